package consult

// Ties are what would come loose if somebody could not sign in any more.
type Ties struct {
	// Held is how many open requests they have, by pool; Sent is how many that they sent are not ended.
	Held map[string]int
	Sent int
	// Alone are the pools for which nobody else works, Leads those that they coordinate, both in the order of the rules.
	Alone, Leads []string
}

// tiesLooks is how many requests are read at a time to be counted.
const tiesLooks = 200

// Ties returns what would come loose if a person could not sign in any more, for an administrator. It counts, and shows no request. Errors:
// [Forbidden] for who is no administrator, [NotFound].
func (s *Service) Ties(a Actor, id string) (Ties, error) {
	if !a.Administers() {
		return Ties{}, Fail(Forbidden, "forbidden")
	}
	if !ValidID(id) {
		return Ties{}, Fail(NotFound, "not-found.person")
	}
	p, err := s.view.Person(id)
	if err != nil {
		return Ties{}, err
	}
	t := Ties{Held: map[string]int{}}
	if err := s.eachOf(Scope{ByHolder, id}, OpenStates, func(c *Consultation) { t.Held[c.Pool]++ }); err != nil {
		return Ties{}, err
	}
	if err := s.eachOf(Scope{ByRequester, id}, append([]State{Answered}, OpenStates...), func(*Consultation) { t.Sent++ }); err != nil {
		return Ties{}, err
	}
	for _, m := range s.Memberships(p) {
		colleagues, err := s.Colleagues(m.Pool)
		if err != nil {
			return Ties{}, err
		}
		if len(colleagues) == 1 {
			t.Alone = append(t.Alone, m.Pool)
		}
		if m.Lead {
			t.Leads = append(t.Leads, m.Pool)
		}
	}
	return t, nil
}

// eachOf calls do with every request of a scope in some states.
func (s *Service) eachOf(scope Scope, states []State, do func(*Consultation)) error {
	q := ListQuery{Scopes: []Scope{scope}, States: states, Limit: tiesLooks}
	for {
		page, err := s.view.List(q)
		if err != nil {
			return err
		}
		for _, c := range page.Items {
			do(c)
		}
		if page.Next == (Cursor{}) {
			return nil
		}
		q.After = page.Next
	}
}
