package consult

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// TokenScope is one kind of thing that a token can be good for, within what its person may do.
type TokenScope string

// Scopes of tokens.
const (
	// ScopeRead: everything that changes nothing.
	ScopeRead TokenScope = "read"
	// ScopeWrite: to send requests and to act on them.
	ScopeWrite TokenScope = "write"
	// ScopeRules: to publish routing rules.
	ScopeRules TokenScope = "rules"
)

// TokenScopes in the order in which they are listed.
var TokenScopes = []TokenScope{ScopeRead, ScopeWrite, ScopeRules}

// MaxTokenLife is how long a token can be good for at most.
const MaxTokenLife = 2 * 366 * 24 * time.Hour

// Token is a credential of the API. Its id is the SHA-256 of the secret, in hex: the secret itself is nowhere.
type Token struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Note    string    `json:"note,omitempty"`
	Created time.Time `json:"created"`
	// Scopes say what it is good for; none: all that the person may do.
	Scopes []TokenScope `json:"scopes,omitempty"`
	// Expires is when it ends by itself; the zero time: never.
	Expires time.Time `json:"expires,omitzero"`
	// Epoch is the person's at the time of its making.
	Epoch   int  `json:"epoch,omitempty"`
	Revoked bool `json:"revoked,omitempty"`
	// Revision counts the changes to this record, from 1.
	Revision uint64 `json:"revision"`
}

// Allows reports whether the token is good for something.
func (t Token) Allows(s TokenScope) bool { return len(t.Scopes) == 0 || slices.Contains(t.Scopes, s) }

// Good reports whether the token lets in, at a moment, whom it belongs to.
func (t Token) Good(p Person, now time.Time) bool {
	return !t.Revoked && !p.Disabled && t.Epoch == p.Epoch && (t.Expires.IsZero() || now.Before(t.Expires))
}

// shortToken is how much of a token's id names it in lists.
const shortToken = 12

// Short names the token in lists: the beginning of its id, from which nobody can tell the secret.
func (t Token) Short() string { return t.ID[:min(len(t.ID), shortToken)] }

// TokenID is the id under which a token is kept: its secret's SHA-256 in hex.
func TokenID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// ActorByToken returns whose API token a secret is.
func (s *Service) ActorByToken(secret string) (Actor, error) {
	t, err := s.view.Token(TokenID(secret))
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Actor{}, err
	case err != nil:
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	a, err := s.Actor(t.Person)
	if err != nil {
		return Actor{}, err
	}
	if !t.Good(a.Person, s.cfg.Now()) {
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	a.Token = &t
	return a, nil
}

// TokenOrder says what token is to be made.
type TokenOrder struct {
	Person string
	// Note says what it is for.
	Note   string
	Scopes []TokenScope
	// Life is how long it is good for; 0: for ever.
	Life time.Duration
	// Secret is the token itself; "": a random one.
	Secret string
}

// CreateToken makes an API token and returns its secret, which is kept nowhere. People make tokens for themselves; only the program
// makes them for others, on an operator's word: whoever had somebody's token could read what that person reads. Errors: [Forbidden],
// [Invalid], [NotFound] for a person who does not exist.
func (s *Service) CreateToken(ctx context.Context, a Actor, o TokenOrder) (string, error) {
	if !a.System && (a.ID != o.Person || a.Token != nil) {
		return "", Fail(Forbidden, "forbidden")
	}
	var f faults
	f.text("/note", o.Note, MaxName, !a.System)
	set(&f, "/scopes", o.Scopes, TokenScopes)
	if !a.System && len(o.Scopes) == 0 {
		f.add("/scopes", "required")
	}
	if o.Life < 0 || o.Life > MaxTokenLife || o.Life == 0 && !a.System {
		f.add("/days", "out-of-range", "min", 1, "max", int(MaxTokenLife/(24*time.Hour)))
	}
	if err := f.err(); err != nil {
		return "", err
	}
	p, err := s.view.Person(o.Person)
	if err != nil {
		return "", err
	}
	if o.Secret == "" {
		o.Secret = "silta_" + rand.Text()
	}
	now := s.cfg.Now()
	t := Token{
		ID: TokenID(o.Secret), Person: o.Person, Note: o.Note, Scopes: o.Scopes, Created: now, Epoch: p.Epoch, Revision: 1,
	}
	if o.Life > 0 {
		t.Expires = now.Add(o.Life)
	}
	return o.Secret, s.set(ctx, a, KindToken, t.ID, &TokenSetEvent{t}, 0)
}

// Tokens returns the tokens that still let in: the actor's own or, for an administrator, somebody's, and everybody's where person
// is "". The latest comes first.
func (s *Service) Tokens(a Actor, person string) ([]Token, error) {
	if person != a.ID && !a.Administers() {
		return nil, Fail(Forbidden, "forbidden")
	}
	all, err := s.view.Tokens()
	if err != nil {
		return nil, err
	}
	var good []Token
	for _, t := range all {
		if person != "" && t.Person != person {
			continue
		}
		p, err := s.view.Person(t.Person)
		if err != nil {
			return nil, err
		}
		if t.Good(p, s.cfg.Now()) {
			good = append(good, t)
		}
	}
	slices.SortStableFunc(good, func(a, b Token) int { return b.Created.Compare(a.Created) })
	return good, nil
}

// minTokenName is the least of a token's id by which it can be called, in characters.
const minTokenName = 8

// RevokeToken ends a token for good. It is named by its id or the beginning of it, as lists do. Errors: [NotFound] for one that does
// not exist, is ended already or is somebody else's, except for an administrator; [Conflict] where several begin so.
func (s *Service) RevokeToken(ctx context.Context, a Actor, name string) (Token, error) {
	person := a.ID
	if a.Administers() {
		person = ""
	}
	good, err := s.Tokens(a, person)
	if err != nil {
		return Token{}, err
	}
	good = slices.DeleteFunc(good, func(t Token) bool { return len(name) < minTokenName || !strings.HasPrefix(t.ID, name) })
	switch len(good) {
	case 0:
		return Token{}, Fail(NotFound, "not-found.token")
	case 1:
	default:
		return Token{}, Fail(Conflict, "conflict.token-name")
	}
	t := good[0]
	expected := t.Revision
	t.Revision++
	t.Revoked = true
	return t, s.set(ctx, a, KindToken, t.ID, &TokenSetEvent{t}, expected)
}
