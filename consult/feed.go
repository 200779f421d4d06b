package consult

import (
	"context"
	"crypto/rand"
	"slices"
	"time"
)

// Feed is a private address of a calendar of duty, for programs that cannot sign in. Its id is the SHA-256 of the secret in the
// address, in hex: the secret itself is nowhere.
type Feed struct {
	ID     string `json:"id"`
	Person string `json:"person"`
	// Pool is whose shifts it tells; "": the person's own, in all pools.
	Pool    string    `json:"pool,omitempty"`
	Created time.Time `json:"created"`
	Revoked bool      `json:"revoked,omitempty"`
	// Revision counts the changes to this record, from 1.
	Revision uint64 `json:"revision"`
}

// maxFeeds is how many feeds a person can have at a time.
const maxFeeds = 20

// CreateFeed makes a feed of the actor's own shifts, or of all of a pool's, and returns the secret of its address, which is kept nowhere.
// Errors: those of [MayRota] for [ViewRota] of the pool; [Forbidden] for who is on call nowhere; [Conflict] where there are too many.
func (s *Service) CreateFeed(ctx context.Context, a Actor, pool string) (secret string, err error) {
	if pool != "" {
		if _, err := s.Rota(a, pool); err != nil {
			return "", err
		}
	} else if len(a.Memberships) == 0 {
		return "", Fail(Forbidden, "forbidden")
	}
	feeds, err := s.Feeds(a)
	if err != nil {
		return "", err
	}
	if len(feeds) >= maxFeeds {
		return "", Fail(Conflict, "conflict.feeds-full", "max", maxFeeds)
	}
	secret = rand.Text() + rand.Text()
	f := Feed{ID: TokenID(secret), Person: a.ID, Pool: pool, Created: s.cfg.Now(), Revision: 1}
	return secret, s.set(ctx, a, KindFeed, f.ID, &FeedSetEvent{f}, 0)
}

// RevokeFeed ends a feed of the actor's own. Errors: [NotFound] for any other.
func (s *Service) RevokeFeed(ctx context.Context, a Actor, id string) error {
	if !ValidID(id) {
		return Fail(NotFound, "not-found")
	}
	f, err := s.view.Feed(id)
	if err != nil {
		return err
	}
	if f.Person != a.ID {
		return Fail(NotFound, "not-found")
	}
	if f.Revoked {
		return nil
	}
	f.Revoked = true
	expected := f.Revision
	f.Revision++
	return s.set(ctx, a, KindFeed, id, &FeedSetEvent{f}, expected)
}

// Feeds returns the actor's feeds that are not revoked, the oldest first.
func (s *Service) Feeds(a Actor) ([]Feed, error) {
	all, err := s.view.Feeds()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f Feed) bool { return f.Person != a.ID || f.Revoked })
	slices.SortFunc(all, func(a, b Feed) int { return a.Created.Compare(b.Created) })
	return all, nil
}

// FeedBySecret returns whose feed a secret is, with the pools whose shifts it tells. One that was revoked, or whose person is gone or has
// left the pool, is as one that does not exist: [NotFound].
func (s *Service) FeedBySecret(secret string) (f Feed, a Actor, pools []string, err error) {
	gone := Fail(NotFound, "not-found")
	if f, err = s.view.Feed(TokenID(secret)); err != nil {
		return f, a, nil, err
	}
	if f.Revoked {
		return f, a, nil, gone
	}
	a, err = s.Actor(f.Person)
	if KindOf(err) == Unauthenticated {
		return f, a, nil, gone
	}
	if err != nil {
		return f, a, nil, err
	}
	if f.Pool == "" {
		return f, a, a.Pools(), nil
	}
	if _, err := s.Rota(a, f.Pool); err != nil {
		return f, a, nil, gone
	}
	return f, a, []string{f.Pool}, nil
}
