package consult

import (
	"context"
	"slices"
)

// Get returns a request that the actor may see, by how they stand to it or by a [Grant], and logs before that they were shown it
// (see [Looking]). One they may not see is as one that does not exist: [NotFound]. [Unavailable]: it could not be logged.
func (s *Service) Get(ctx context.Context, a Actor, id string) (*Consultation, error) {
	c, by, err := s.visible(a, id)
	if err != nil {
		return nil, err
	}
	if err := s.look(ctx, a, c, by); err != nil {
		return nil, err
	}
	return c, nil
}

// Visible returns nil if [Service.Get] would show the request to the actor. It shows nothing itself, so nothing is logged.
func (s *Service) Visible(a Actor, id string) error {
	_, _, err := s.visible(a, id)
	return err
}

// visible returns a request that the actor may see, and why. What is somebody else's and what does not exist take the same work: the
// request itself is only read for who sees it.
func (s *Service) visible(a Actor, id string) (*Consultation, sight, error) {
	sees, err := s.sees(a, id)
	if err != nil {
		return nil, sight{}, err
	}
	var g *Grant
	if !sees {
		if g, err = s.granted(a, id); err != nil {
			return nil, sight{}, err
		}
		if g == nil {
			return nil, sight{}, Fail(NotFound, "not-found")
		}
	}
	c, err := s.view.Consultation(id)
	switch {
	case err != nil:
		return nil, sight{}, err
	case Sees(a, c):
		return c, sightOf(a, c), nil
	case g == nil: // It has just been handed over.
		return nil, sight{}, Fail(NotFound, "not-found")
	}
	return c, sight{StandsByReason, c.Pool, g}, nil
}

// see returns a request for work on it; nothing of it may leave the program.
func (s *Service) see(a Actor, id string) (*Consultation, error) {
	sees, err := s.sees(a, id)
	if err != nil {
		return nil, err
	}
	if !sees {
		return nil, Fail(NotFound, "not-found")
	}
	c, err := s.view.Consultation(id)
	if err != nil {
		return nil, err
	}
	if !Sees(a, c) {
		return nil, Fail(NotFound, "not-found")
	}
	return c, nil
}

// sees reports whether there is a request that the actor sees by how they stand to it.
func (s *Service) sees(a Actor, id string) (bool, error) {
	if !ValidID(id) {
		return false, Fail(NotFound, "not-found")
	}
	c, err := s.view.Outline(id)
	if KindOf(err) == NotFound {
		return false, nil
	}
	return err == nil && Sees(a, c), err
}

// Box is one of the lists of requests that a person has.
type Box string

// Boxes.
const (
	// BoxMine: sent by me.
	BoxMine Box = "mine"
	// BoxQueue: open in my pools.
	BoxQueue Box = "queue"
	// BoxHeld: claimed by me and not ended.
	BoxHeld Box = "held"
	// BoxPool: all of my pools, ended ones too.
	BoxPool Box = "pool"
	// BoxEnded: sent by me and ended, the latest end first.
	BoxEnded Box = "ended"
)

// Boxes are those that other systems ask for, each in the order of the deadlines.
var Boxes = []Box{BoxMine, BoxQueue, BoxHeld, BoxPool}

// ListFilter narrows a box.
type ListFilter struct {
	Box Box
	// Pool limits to requests that this pool answers, as the first or as a joined one; "": all.
	Pool string
	// States limits to these; none: all that the box has.
	States []State
	After  Cursor
	Limit  int
	// Facts narrow the list. So that this never takes long, a page may then be short, and even empty, with another behind it.
	Facts ListFacts
}

// maxLook is how many requests are looked at for a page of a list that is narrowed.
const maxLook = 3_000

// MaxPage is the most requests on one page.
const MaxPage = 200

// List returns a page of a box, the earliest answer deadline first unless the box says otherwise. Pools that are not the actor's hold nothing.
func (s *Service) List(_ context.Context, a Actor, f ListFilter) (Page, error) {
	limit := min(max(f.Limit, 1), MaxPage)
	q := ListQuery{After: f.After, Limit: limit, Facts: f.Facts}
	if f.Facts != (ListFacts{}) {
		q.Look = maxLook
	}
	switch f.Box {
	case BoxMine:
		q.Scopes, q.States = []Scope{{ByRequester, a.ID}}, States
	case BoxEnded:
		q.Scopes, q.States, q.Latest = []Scope{{EndedOf, a.ID}}, EndedStates, true
	case BoxHeld:
		q.Scopes, q.States = []Scope{{ByHolder, a.ID}}, append(slices.Clip(OpenStates), Answered)
	case BoxQueue:
		q.Scopes, q.States = scopesOf(a, f.Pool), OpenStates
	case BoxPool:
		q.Scopes, q.States = scopesOf(a, f.Pool), States
	default:
		return Page{}, &Error{Kind: Invalid, Key: "invalid", Fields: []FieldError{UnknownValue("/box", Boxes)}}
	}
	if len(f.States) > 0 {
		if slices.ContainsFunc(f.States, func(s State) bool { return !slices.Contains(States, s) }) {
			return Page{}, &Error{Kind: Invalid, Key: "invalid", Fields: []FieldError{UnknownValue("/state", States)}}
		}
		q.States = slices.DeleteFunc(slices.Clone(q.States), func(s State) bool { return !slices.Contains(f.States, s) })
		if len(q.States) == 0 {
			return Page{}, nil
		}
	}
	if len(q.Scopes) == 0 {
		return Page{}, nil
	}
	var found Page
	for {
		page, err := s.view.List(q)
		if err != nil {
			return Page{}, err
		}
		// The indexes know who sent, has and answers a request; who may see it is said in one place only.
		for _, c := range page.Items {
			if Sees(a, c) && (f.Pool == "" || slices.Contains(c.AnswerPools(), f.Pool)) {
				found.Items = append(found.Items, c)
			}
		}
		found.Next = page.Next
		if page.Next == (Cursor{}) || len(found.Items) >= limit || q.Look > 0 {
			return found, nil
		}
		q.After, q.Limit = page.Next, limit-len(found.Items)
	}
}

// eachOf calls do with every request of a scope in some states, page after page, whoever may see it. It ends with do's first error.
func (s *Service) eachOf(scope Scope, states []State, do func(*Consultation) error) error {
	q := ListQuery{Scopes: []Scope{scope}, States: states, Limit: MaxPage}
	for {
		page, err := s.view.List(q)
		if err != nil {
			return err
		}
		for _, c := range page.Items {
			if err := do(c); err != nil {
				return err
			}
		}
		if q.After = page.Next; page.Next == (Cursor{}) {
			return nil
		}
	}
}

func scopesOf(a Actor, only string) []Scope {
	var scopes []Scope
	for _, pool := range a.Pools() {
		if only == "" || pool == only {
			scopes = append(scopes, Scope{ByPool, pool})
		}
	}
	return scopes
}
