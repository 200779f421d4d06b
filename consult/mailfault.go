package consult

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// MailFault says that mail to a person's address does not arrive. It goes when an administrator sets another address, or takes it
// away by hand. Such a person is still written to, but is never the only one: see [Person.Hears].
type MailFault struct {
	// At is when it became known.
	At time.Time `json:"at"`
	// Status is the code that the mail came back with: of RFC 3463 ("5.1.1") or of RFC 5321 ("550").
	Status string `json:"status"`
}

// MailReason is a code that says in general why mail does not arrive.
type MailReason string

// Reasons why mail does not arrive.
const (
	MailUnknown     MailReason = "unknown"
	MailFull        MailReason = "full"
	MailDisabled    MailReason = "disabled"
	MailUnreachable MailReason = "unreachable"
	MailRefused     MailReason = "refused"
	MailOther       MailReason = "other"
)

// MailReasons are all of them.
var MailReasons = []MailReason{MailUnknown, MailFull, MailDisabled, MailUnreachable, MailRefused, MailOther}

// ReasonOf returns what the code says that a mail came back with: see [MailFault].
func ReasonOf(status string) MailReason {
	_, detail, _ := strings.Cut(status, ".")
	subject, _, _ := strings.Cut(detail, ".")
	switch {
	case detail == "2.1":
		return MailDisabled
	case detail == "2.2", status == "552", status == "452":
		return MailFull
	case subject == "1", status == "550", status == "551", status == "553":
		return MailUnknown
	case subject == "4":
		return MailUnreachable
	case subject == "7", status == "554":
		return MailRefused
	}
	return MailOther
}

// IsZero reports whether there is no fault.
func (f MailFault) IsZero() bool { return f == MailFault{} }

// Hears reports whether a mail is known to have a way to the person.
func (p Person) Hears() bool { return !p.Disabled && p.Email != "" && p.MailFault.IsZero() }

// Unheard is a mail about a request that will not arrive: why an escalation moved on before its time.
type Unheard struct {
	// Revision is the request's at the event that the mail told of.
	Revision uint64 `json:"revision"`
	// Person is who was not told, or "" where the rules name a mail address.
	Person string `json:"person,omitempty"`
	// Status is the code that the mail came back with: see [MailFault].
	Status string `json:"status"`
}

// callsPool reports whether an event's mail asks people to act on a request. Where it does not arrive, others are to be told.
func callsPool(ev Event) bool {
	switch ev := ev.(type) {
	case *SubmittedEvent, *AssignedEvent, *RepliedEvent, *FollowedUpEvent, *HandedOverEvent, *EscalatedEvent:
		return true
	case *RemindedEvent:
		return ev.About == RemindClaim
	}
	return false
}

// MoveOn tells the next people of a request at once, since a mail about it to somebody of its pool was lost. It reports whether
// it did: not where somebody has acted or was told since, where it was known before that mail that it could not arrive, nor where it would
// take the request from who has it.
func (s *Service) MoveOn(ctx context.Context, id string, lost Unheard, now time.Time) (bool, error) {
	for range maxRaces {
		c, err := s.view.Consultation(id)
		if KindOf(err) == NotFound {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !c.awaits(lost) {
			return false, nil
		}
		if known, err := s.passedOver(c, lost); known || err != nil {
			return false, err
		}
		cmd, err := s.escalation(c, now)
		if err != nil {
			return false, err
		}
		if cmd.HandOver != nil && c.Holder != "" {
			return false, nil // Who works on it does not lose it for a mail: the steps have their time.
		}
		cmd.Lost = &lost
		v, err := Decide(c, cmd, System, now, s.cfg.Life)
		if err != nil {
			return false, err
		}
		if _, err = s.append(ctx, System, c, v, "", now); !errors.Is(err, ErrRevision) {
			return err == nil, err
		}
	}
	return false, Fail(Unavailable, "unavailable")
}

// awaits reports whether the request still waits for whom the lost mail was to tell: its event asked the pool to act, and
// nobody has acted, nor was told anew, since.
func (c *Consultation) awaits(lost Unheard) bool {
	if c.State != Submitted && c.State != Claimed || lost.Revision == 0 || lost.Revision > uint64(len(c.Timeline)) ||
		lost.Person == c.Requester {
		return false
	}
	if !callsPool(c.Timeline[lost.Revision-1].Event) {
		return false
	}
	return !slices.ContainsFunc(c.Timeline[lost.Revision:], func(i TimelineItem) bool {
		switch i.Event.Type() {
		case TypeAdded, TypeJoined:
			return false
		case TypeAnswered:
			return i.Event.(*AnsweredEvent).Pool == c.Pool
		}
		return true
	})
}

// passedOver reports whether the person was known not to hear when the event happened: others have been told with them then.
// To go on from that again would go round for ever.
func (s *Service) passedOver(c *Consultation, lost Unheard) (bool, error) {
	if lost.Person == "" {
		return false, nil
	}
	p, err := s.view.Person(lost.Person)
	if err != nil {
		return KindOf(err) == NotFound, clearNotFound(err)
	}
	told := c.Timeline[lost.Revision-1]
	if p.Disabled || p.Email == "" || !p.MailFault.IsZero() && !p.MailFault.At.After(told.At) {
		return true, nil
	}
	// The address is not to blame, so the same can happen to the next mail and the one after it. The steps come to an end, and so does this.
	last, ok := told.Event.(*EscalatedEvent)
	return p.MailFault.IsZero() && ok && last.Lost != nil && c.NextStep >= len(c.Steps), nil
}

func clearNotFound(err error) error {
	if KindOf(err) == NotFound {
		return nil
	}
	return err
}

// FlagAddress records that mail to a person's address does not arrive, and reports whether that is new. It says nothing of an
// address that is not the person's any more; isTheirs compares.
func (s *Service) FlagAddress(ctx context.Context, person string, isTheirs func(address string) bool, status string, now time.Time) (bool, error) {
	for range maxRaces {
		p, err := s.view.Person(person)
		if err != nil {
			return false, clearNotFound(err)
		}
		if p.Email == "" || !p.MailFault.IsZero() || !isTheirs(p.Email) {
			return false, nil
		}
		expected := p.Revision
		p.MailFault, p.Revision = MailFault{At: now, Status: status}, expected+1
		if err := s.set(ctx, System, KindPerson, p.ID, &PersonSetEvent{p}, expected); KindOf(err) != Stale {
			return err == nil, err
		}
	}
	return false, Fail(Unavailable, "unavailable")
}

// ClearAddress takes the flag of a person's address away: mail arrives again. Errors: [Forbidden] for who is no administrator,
// [NotFound].
func (s *Service) ClearAddress(ctx context.Context, a Actor, person string) error {
	_, err := s.EditPerson(ctx, a, person, func(p *Person) error {
		p.MailFault = MailFault{}
		return nil
	})
	return err
}

// hears reports whether somebody of these hears. Who does not exist hears nothing.
func (s *Service) hears(people []string) (bool, error) {
	for _, id := range people {
		p, err := s.view.Person(id)
		if err == nil && p.Hears() {
			return true, nil
		}
		if err != nil && KindOf(err) != NotFound {
			return false, err
		}
	}
	return false, nil
}

// audible adds to whom a verdict tells, where people of the pool are asked to act and none of them hears: who is on call, else its lead, else
// its members, else the administrators; the first of these groups in which somebody hears.
func (s *Service) audible(next *Consultation, v Verdict, now time.Time) ([]string, error) {
	if !callsPool(v.Event) || len(v.Addresses) > 0 {
		return v.Tell, nil
	}
	pool := slices.DeleteFunc(slices.Clone(v.Tell), func(p string) bool { return p == next.Requester })
	if heard, err := s.hears(pool); heard || err != nil || len(pool) == 0 {
		return v.Tell, err
	}
	more, err := s.hearing(next.Pool, now, "on-call", "lead", "members")
	return unique(slices.Concat(v.Tell, more)), err
}

// hearing returns the people of the first of some targets of a pool among whom somebody hears, else the administrators.
func (s *Service) hearing(pool string, now time.Time, targets ...string) ([]string, error) {
	for _, to := range targets {
		r, err := s.reach(s.router.Current().Number, pool, []string{to}, now)
		if err != nil {
			return nil, err
		}
		if heard, err := s.hears(r.People); heard || err != nil {
			return r.People, err
		}
	}
	return s.fallback()
}

// fallback returns the administrators who hear, or all of them where none does.
func (s *Service) fallback() ([]string, error) {
	people, err := s.view.People()
	if err != nil {
		return nil, err
	}
	var all, hear []string
	for _, p := range people {
		if !p.Is(Admin) || p.Disabled {
			continue
		}
		all = append(all, p.ID)
		if p.Hears() {
			hear = append(hear, p.ID)
		}
	}
	if hear != nil {
		return hear, nil
	}
	return all, nil
}
