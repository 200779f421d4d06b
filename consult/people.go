package consult

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Actor returns a person with their places in pools, or an error of kind [Unauthenticated] for one who does not exist or is disabled.
func (s *Service) Actor(id string) (Actor, error) {
	if !ValidID(id) {
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	p, err := s.view.Person(id)
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Actor{}, err
	case err != nil || p.Disabled:
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	a := Actor{Person: p}
	if p.Is(Specialist) {
		a.Memberships = s.router.Memberships(id)
	}
	return a, nil
}

// ActorByToken returns whose API token a secret is.
func (s *Service) ActorByToken(secret string) (Actor, error) {
	t, err := s.view.Token(TokenID(secret))
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Actor{}, err
	case err != nil || t.Revoked:
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	return s.Actor(t.Person)
}

// TokenID is the id under which a token is kept: its secret's SHA-256 in hex.
func TokenID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SetPerson writes a person's record, a new one where its revision is 0. Errors: [Forbidden] for who is no administrator, [Invalid],
// [Stale] where the record has changed since, or exists already.
func (s *Service) SetPerson(ctx context.Context, a Actor, p Person) error {
	if !a.Administers() {
		return Fail(Forbidden, "forbidden")
	}
	if err := p.validate(); err != nil {
		return err
	}
	if before, err := s.view.Person(p.ID); err == nil && before.Email != p.Email {
		p.MailFault = MailFault{}
	} else if err != nil && KindOf(err) != NotFound {
		return err
	}
	expected := p.Revision
	p.Revision++
	return s.set(ctx, a, KindPerson, p.ID, &PersonSetEvent{p}, expected)
}

// CreateToken makes an API token for a person. An empty secret is replaced by a random one; either is returned, and kept nowhere.
func (s *Service) CreateToken(ctx context.Context, a Actor, person, note, secret string) (string, error) {
	if !a.Administers() {
		return "", Fail(Forbidden, "forbidden")
	}
	if _, err := s.view.Person(person); err != nil {
		return "", err
	}
	if secret == "" {
		secret = "silta_" + rand.Text()
	}
	t := Token{ID: TokenID(secret), Person: person, Note: note, Created: s.cfg.Now(), Revision: 1}
	return secret, s.set(ctx, a, KindToken, t.ID, &TokenSetEvent{t}, 0)
}

// PublishRules makes a document the next version of the routing rules, where expected is the present one (0: there is none).
// Whoever calls it has checked the document. It returns the new version's number. Errors: [Forbidden] for who is no administrator,
// [Invalid] for the comment, [Stale] where another version is the present one.
func (s *Service) PublishRules(ctx context.Context, a Actor, document, comment string, expected uint64) (uint64, error) {
	if !a.Administers() {
		return 0, Fail(Forbidden, "forbidden")
	}
	var f faults
	f.text("/comment", comment, MaxReason, false)
	if err := f.err(); err != nil {
		return 0, err
	}
	err := s.set(ctx, a, KindRules, RulesID, &RulesPublishedEvent{Document: document, Comment: comment}, expected)
	return expected + 1, err
}

func (s *Service) set(ctx context.Context, a Actor, kind SubjectKind, id string, ev Event, expected uint64) error {
	env := Envelope{Kind: kind, ID: id, Revision: expected + 1, At: s.cfg.Now(), By: a.ID, Type: ev.Type()}
	_, err := s.journal.Append(ctx, Entry{Envelope: env, Event: ev}, expected)
	if errors.Is(err, ErrRevision) {
		return Fail(Stale, "stale")
	}
	return err
}

func (p Person) validate() error {
	var f faults
	if !ValidID(p.ID) || p.ID == SystemID {
		f.add("/id", "bad-id")
	}
	f.text("/name", p.Name, MaxName, true)
	if p.Email != "" && (len(p.Email) > MaxName || !strings.Contains(p.Email, "@") || strings.ContainsAny(p.Email, " \r\n<>,")) {
		f.add("/email", "bad-email")
	}
	choice(&f, "/language", p.Language, Languages)
	if len(p.Roles) == 0 {
		f.add("/roles", "required")
	}
	set(&f, "/roles", p.Roles, Roles)
	if p.Profession != "" || slices.Contains(p.Roles, Requester) {
		choice(&f, "/profession", p.Profession, Professions)
	}
	return f.err()
}

// Colleagues returns the members of a pool who can be given work, for whoever answers for it.
func (s *Service) Colleagues(pool string) ([]Person, error) {
	r, err := s.reach(s.router.Current().Number, pool, []string{"members", "lead"}, s.cfg.Now())
	if err != nil {
		return nil, err
	}
	people := make([]Person, 0, len(r.People))
	for _, id := range r.People {
		p, err := s.view.Person(id)
		if err != nil {
			return nil, fmt.Errorf("member of a pool: %w", err)
		}
		people = append(people, p)
	}
	return people, nil
}
