package consult

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Actor returns a person with their places in pools, or an error of kind [Unauthenticated] for one who does not exist or is barred.
func (s *Service) Actor(id string) (Actor, error) {
	if !ValidID(id) {
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	p, err := s.view.Person(id)
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Actor{}, err
	case err != nil || p.Barred():
		return Actor{}, Fail(Unauthenticated, "unauthenticated")
	}
	return Actor{Person: p, Memberships: s.Memberships(p)}, nil
}

// Staff returns everybody, by id, for an administrator.
func (s *Service) Staff(a Actor) ([]Account, error) {
	if !a.Administers() {
		return nil, Fail(Forbidden, "forbidden")
	}
	people, err := s.view.People()
	accounts := make([]Account, len(people))
	for i, p := range people {
		accounts[i] = p.Account(s.cfg.Now())
	}
	return accounts, err
}

// SetPerson writes a person's record, a new one where its revision is 0. Errors: [Forbidden] for who is no administrator, [Invalid],
// [Stale] where the record has changed since, [Conflict] where a new one exists already.
func (s *Service) SetPerson(ctx context.Context, a Actor, p Person) error {
	if !a.Administers() {
		return Fail(Forbidden, "forbidden")
	}
	var before Person
	if p.Revision > 0 {
		var err error
		if before, err = s.view.Person(p.ID); err != nil {
			return err
		}
	}
	err := s.writePerson(ctx, a, &p, before)
	if p.Revision == 1 && KindOf(err) == Stale {
		return Fail(Conflict, "conflict.person-exists")
	}
	return err
}

// writePerson makes a record the next one after that of its revision. Barring ends everything that acts in the person's name. With
// another mail address the links are void that went to the one before, which is kept for a while: whoever reads there is to hear of it.
func (s *Service) writePerson(ctx context.Context, a Actor, p *Person, before Person) error {
	if err := p.validate(); err != nil {
		return err
	}
	p.Epoch = before.Epoch
	if p.Barred() && !before.Barred() {
		p.Epoch++
		p.Invitation = nil
	}
	if !a.System {
		p.Claimed = before.Claimed // What a provider says, nobody else does.
	}
	if p.Barred() {
		p.Claimed = nil
	}
	p.Revision++
	now := s.cfg.Now()
	p.Former = slices.DeleteFunc(slices.Clone(before.Former), func(f FormerEmail) bool { return now.Sub(f.At) > formerKept })
	if before.Email != p.Email {
		p.MailFault, p.Invitation = MailFault{}, nil
	}
	if before.Email != p.Email && before.Email != "" {
		p.Former = append(p.Former, FormerEmail{Email: before.Email, Until: p.Revision, At: now, By: a.ID})
	}
	return s.set(ctx, a, KindPerson, p.ID, &PersonSetEvent{*p}, p.Revision-1)
}

// EditPerson changes a person's record as it is now, and returns it as it is then. Whoever is disabled by it has all sessions and
// tokens ended for good. Credentials only the program changes. Errors: [Forbidden] for who is no administrator, [NotFound], [Invalid],
// [Conflict] for an administrator who would disable themselves, or what edit returns.
func (s *Service) EditPerson(ctx context.Context, a Actor, id string, edit func(*Person) error) (Person, error) {
	if !a.Administers() {
		return Person{}, Fail(Forbidden, "forbidden")
	}
	return s.editPerson(ctx, a, id, func(p *Person) error {
		before := *p
		if err := edit(p); err != nil {
			return err
		}
		if !a.System {
			p.Credentials = before.Credentials
		}
		if p.Disabled && p.ID == a.ID {
			return Fail(Conflict, "conflict.yourself")
		}
		return nil
	})
}

// editPerson makes a change, again if somebody else was faster.
func (s *Service) editPerson(ctx context.Context, a Actor, id string, edit func(*Person) error) (Person, error) {
	if !ValidID(id) {
		return Person{}, Fail(NotFound, "not-found.person")
	}
	for range maxRaces {
		p, err := s.view.Person(id)
		if KindOf(err) == NotFound {
			return Person{}, Fail(NotFound, "not-found.person")
		}
		if err != nil {
			return Person{}, err
		}
		before := p
		p.Roles = slices.Clone(p.Roles)
		if err := edit(&p); err != nil {
			return Person{}, err
		}
		p.ID, p.Revision = before.ID, before.Revision
		err = s.writePerson(ctx, a, &p, before)
		if KindOf(err) != Stale {
			return p, err
		}
	}
	return Person{}, Fail(Unavailable, "unavailable")
}

// Unchanged returns a context that ends with the next change to a person, a token or the rules in force. Whoever tells somebody of events
// over a long time takes it as the moment to ask again who that is: what has been taken from them ends at once.
func (s *Service) Unchanged() context.Context { return s.records.Unrung() }

// Republished says that other rules are in force than before, which whoever waits for a change hears: who is in which pool may be
// another matter now.
func (s *Service) Republished() { s.records.Ring() }

func (s *Service) set(ctx context.Context, a Actor, kind SubjectKind, id string, ev Event, expected uint64) error {
	env := Envelope{Kind: kind, ID: id, Revision: expected + 1, At: s.cfg.Now(), By: a.ID, Type: ev.Type()}
	_, err := s.journal.Append(ctx, Entry{Envelope: env, Event: ev}, expected)
	if errors.Is(err, ErrRevision) {
		return Fail(Stale, "stale")
	}
	if err == nil {
		s.records.Ring()
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
	if len(p.Roles) == 0 && len(p.Logins) == 0 {
		f.add("/roles", "required")
	}
	set(&f, "/roles", p.Roles, Roles)
	if p.Profession != "" || slices.Contains(p.Roles, Requester) {
		choice(&f, "/profession", p.Profession, Professions)
	}
	return f.err()
}
