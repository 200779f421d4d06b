package api_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"silta/consult"
	"silta/ui/api"
)

// memory is a journal with its view, kept in memory.
type memory struct {
	mu        sync.Mutex
	entries   []consult.Envelope
	commands  map[string]consult.Receipt
	requests  map[string]*consult.Consultation
	people    map[string]consult.Person
	tokens    map[string]consult.Token
	revisions map[string]uint64
	// grown is closed, and made anew, by every append.
	grown chan struct{}
}

func newMemory() *memory {
	return &memory{
		commands: map[string]consult.Receipt{}, requests: map[string]*consult.Consultation{}, people: map[string]consult.Person{},
		tokens: map[string]consult.Token{}, revisions: map[string]uint64{}, grown: make(chan struct{}),
	}
}

func (m *memory) Append(_ context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.commands[e.Command]; ok && e.Command != "" {
		r.Repeated = true
		return r, nil
	}
	subject := string(e.Kind) + "/" + e.ID
	if m.revisions[subject] != expected {
		return consult.Receipt{}, consult.ErrRevision
	}
	m.revisions[subject]++
	e.Position = uint64(len(m.entries) + 1)
	m.entries = append(m.entries, e.Envelope)
	switch ev := e.Event.(type) {
	case *consult.PersonSetEvent:
		m.people[e.ID] = ev.Person
	case *consult.TokenSetEvent:
		m.tokens[e.ID] = ev.Token
	default:
		m.requests[e.ID] = e.State.(*consult.Consultation)
	}
	r := consult.Receipt{Position: e.Position, Kind: e.Kind, ID: e.ID, Revision: e.Revision}
	m.commands[e.Command] = r
	close(m.grown)
	m.grown = make(chan struct{})
	return r, nil
}

func (m *memory) Lookup(command string) (consult.Receipt, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.commands[command]
	return r, ok, nil
}

func (m *memory) head() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.entries))
}

func find[T any](m *memory, in map[string]T, id string) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := in[id]
	if !ok {
		return v, consult.Fail(consult.NotFound, "not-found")
	}
	return v, nil
}

func (m *memory) Consultation(id string) (*consult.Consultation, error) {
	return find(m, m.requests, id)
}
func (m *memory) Person(id string) (consult.Person, error) { return find(m, m.people, id) }
func (m *memory) Token(id string) (consult.Token, error)   { return find(m, m.tokens, id) }
func (m *memory) People() ([]consult.Person, error)        { return nil, nil }
func (m *memory) LastRef(int) (int, error)                 { return 0, nil }

func (m *memory) List(q consult.ListQuery) (consult.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []*consult.Consultation
	order := func(a, b *consult.Consultation) int {
		return cmp.Or(a.AnswerBy.Compare(b.AnswerBy), cmp.Compare(a.ID, b.ID))
	}
	after := &consult.Consultation{ID: q.After.ID, AnswerBy: q.After.AnswerBy}
	for _, c := range m.requests {
		in := slices.ContainsFunc(q.Scopes, func(s consult.Scope) bool {
			return s.Kind == consult.ByRequester && s.ID == c.Requester || s.Kind == consult.ByHolder && s.ID == c.Holder ||
				s.Kind == consult.ByPool && slices.Contains(c.AnswerPools(), s.ID)
		})
		if in && slices.Contains(q.States, c.State) && order(c, after) > 0 {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, order)
	n := min(len(found), q.Limit)
	return consult.Page{Items: found[:n], More: n < len(found)}, nil
}

// reader is a place in the journal.
type reader struct {
	m       *memory
	at      uint64
	visible func(consult.Envelope) bool
	closed  func()
}

func (m *memory) subscribe(after uint64, visible func(consult.Envelope) bool, closed func()) api.Subscription {
	if after == 0 {
		after = m.head()
	}
	return &reader{m, after, visible, closed}
}

func (r *reader) Position() uint64 { return r.at }
func (r *reader) Close()           { r.closed() }

func (r *reader) Next(ctx context.Context) (consult.Envelope, error) {
	for {
		r.m.mu.Lock()
		entries, grown := r.m.entries, r.m.grown
		r.m.mu.Unlock()
		for r.at < uint64(len(entries)) {
			e := entries[r.at]
			r.at++
			if e.Notice != nil && r.visible(e) {
				return e, nil
			}
		}
		select {
		case <-ctx.Done():
			return consult.Envelope{}, ctx.Err()
		case <-grown:
		}
	}
}
