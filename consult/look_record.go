package consult

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// sight is how somebody may see a request.
type sight struct {
	standing Standing
	pool     string
	grant    *Grant
}

// sightOf returns how an actor stands to a request that they see.
func sightOf(a Actor, c *Consultation) sight {
	r := relationOf(a, c)
	switch {
	case r&holder != 0:
		return sight{standing: StandsAsHolder, pool: c.Pool}
	case r&member != 0:
		return sight{standing: StandsAsMember, pool: c.Pool}
	case r&lead != 0:
		return sight{standing: StandsAsLead, pool: c.Pool}
	case r&joined != 0:
		for _, p := range c.Joined {
			if a.MemberOf(p) {
				return sight{standing: StandsAsJoined, pool: p}
			}
		}
	}
	return sight{standing: StandsAsSender}
}

// look logs that a request is about to be shown. Without the entry nothing may be shown: the error is then of kind
// [Unavailable].
func (s *Service) look(ctx context.Context, a Actor, c *Consultation, by sight) error {
	kind := lookKind(ctx)
	if a.System || kind == lookRefresh && s.looks.knows(a.ID, c) {
		return nil
	}
	if kind == lookRefresh {
		kind = LookView
	}
	l := Look{Request: c.ID, Ref: c.Ref, Pool: by.pool, Kind: kind, Standing: by.standing}
	if by.grant != nil {
		l.Grant, l.Reason = by.grant.ID, by.grant.Reason
	}
	now := s.cfg.Now()
	id := LooksID(a.ID, now)
	turn := s.looks.of(id)
	turn.Lock()
	defer turn.Unlock()
	for range maxRaces {
		revision, known := s.looks.revision(id)
		if !known {
			var err error
			if revision, err = s.journal.Subject(KindLooks, id); err != nil {
				return notLogged(err)
			}
		}
		ev := &LookedEvent{l}
		_, err := s.journal.Append(ctx, Entry{
			Envelope: Envelope{Kind: KindLooks, ID: id, Revision: revision + 1, At: now, By: a.ID, Type: ev.Type()}, Event: ev,
		}, revision)
		if err == nil {
			s.looks.done(id, revision+1, a.ID, c)
			return nil
		}
		s.looks.forget(id)
		if !errors.Is(err, ErrRevision) {
			return notLogged(err)
		}
	}
	return notLogged(ErrRevision)
}

func notLogged(err error) error {
	return &Error{Kind: Unavailable, Key: "unavailable", Cause: fmt.Errorf("access log: %w", err)}
}

// looks spares the log what it knows already: where each person's looks of the month stand, so that the entries of one person
// follow each other without a race, and what the open pages show. It is a memory and no truth.
type looks struct {
	mu    sync.Mutex
	turns map[string]*sync.Mutex
	stand map[string]uint64
	shown map[string]uint64
}

// maxLooks bounds the memory. Beyond it everything is forgotten, which costs some lookups.
const maxLooks = 20_000

// of returns the lock under which looks of a subject are logged.
func (l *looks) of(id string) *sync.Mutex {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns == nil || len(l.turns) >= maxLooks {
		l.turns = map[string]*sync.Mutex{}
	}
	if l.turns[id] == nil {
		l.turns[id] = new(sync.Mutex)
	}
	return l.turns[id]
}

func (l *looks) revision(id string) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.stand[id]
	return r, ok
}

func (l *looks) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.stand, id)
}

func (l *looks) done(id string, revision uint64, person string, c *Consultation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stand == nil || len(l.stand) >= maxLooks {
		l.stand = map[string]uint64{}
	}
	l.stand[id] = revision
	if l.shown == nil || len(l.shown) >= maxLooks {
		l.shown = map[string]uint64{}
	}
	l.shown[person+" "+c.ID] = c.Revision
}

// knows reports whether the person was shown the request as it is.
func (l *looks) knows(person string, c *Consultation) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown[person+" "+c.ID] == c.Revision && c.Revision > 0
}

// Looks returns a page of the access log, for auditors: [Forbidden] for others.
func (s *Service) Looks(_ context.Context, a Actor, q LookQuery) (LookPage, error) {
	if !a.Is(Auditor) {
		return LookPage{}, Fail(Forbidden, "forbidden")
	}
	q.Limit = min(max(q.Limit, 1), MaxPage)
	return s.view.Looks(q)
}

// Referred returns the id of the request of a reference, for auditors. What was erased still has its own.
func (s *Service) Referred(a Actor, ref string) (string, error) {
	if !a.Is(Auditor) {
		return "", Fail(Forbidden, "forbidden")
	}
	return s.view.RefID(ref)
}
