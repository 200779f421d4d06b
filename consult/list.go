package consult

import "time"

// ListQuery asks for a page of requests, the earliest answer deadline or end first, or the latest. The service builds it from what the caller
// may see: a query without scopes finds nothing.
type ListQuery struct {
	// Scopes are the index walks that are merged: a request that is in several is returned once.
	Scopes []Scope
	// States limits to these; empty: all states.
	States []State
	// After continues behind the last item of an earlier page.
	After Cursor
	// Latest turns the order round: the latest first.
	Latest bool
	// Limit is the most items to return, at least 1.
	Limit int
	// Facts narrow the list. Look is how many requests are looked at for that, 0: any number. A page can then have fewer items than
	// Limit and be followed by another.
	Facts ListFacts
	Look  int
}

// ListFacts narrow a list to requests of which all this is true. What is zero does not count.
type ListFacts struct {
	Urgency      Urgency
	Municipality string
	Concern      Concern
	// AgeBelow is in completed years.
	AgeBelow        int
	SubmittedBefore time.Time
}

// Scope names one index of requests.
type Scope struct {
	Kind ScopeKind
	// ID is of a person or a pool, as the kind says.
	ID string
}

// ScopeKind is what a list of requests is by.
type ScopeKind byte

// Kinds of scopes.
const (
	// ByRequester: sent by a person.
	ByRequester ScopeKind = 'r'
	// ByHolder: claimed by a person.
	ByHolder ScopeKind = 'h'
	// ByPool: answered by a pool, as the first or as a joined one.
	ByPool ScopeKind = 'p'
	// EndedOf: sent by a person and ended, in the order of the ends. It is merged with no other kind.
	EndedOf ScopeKind = 'e'
)

// Cursor is a place between two requests in the order of lists. The zero cursor is before all of them.
type Cursor struct {
	// At is what the list is ordered by: the answer deadline, or the end.
	At time.Time
	ID string
}

// Page is one page of a list.
type Page struct {
	Items []*Consultation
	// Next is where the next page starts, the zero cursor at the end.
	Next Cursor
}
