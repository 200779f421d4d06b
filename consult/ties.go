package consult

// Ties are what would come loose if somebody could not sign in any more.
type Ties struct {
	// Held is how many open requests they have, by pool; Sent is how many that they sent are not ended.
	Held map[string]int
	Sent int
	// Alone are the pools for which nobody else works, Leads those that they coordinate, both in the order of the rules.
	Alone, Leads []string
}

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
	held := func(c *Consultation) error {
		t.Held[c.Pool]++
		return nil
	}
	sent := func(*Consultation) error {
		t.Sent++
		return nil
	}
	if err := s.eachOf(Scope{ByHolder, id}, OpenStates, held); err != nil {
		return Ties{}, err
	}
	if err := s.eachOf(Scope{ByRequester, id}, append([]State{Answered}, OpenStates...), sent); err != nil {
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
