package consult

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Journal is what the service needs of the journal.
type Journal interface {
	Orderer
	// Lookup returns the receipt of a command that was appended before, and whether there is one.
	Lookup(command string) (Receipt, bool, error)
	// Subject returns a subject's present revision, 0 where it does not exist.
	Subject(kind SubjectKind, id string) (uint64, error)
}

// Reader is what the service needs of the view. What is not there is an error of kind [NotFound].
type Reader interface {
	Consultation(id string) (*Consultation, error)
	// Outline returns of a request its reference, its state, who sent it, who has it and which pools answer it: nothing is unsealed for it.
	Outline(id string) (*Consultation, error)
	List(q ListQuery) (Page, error)
	Person(id string) (Person, error)
	People() ([]Person, error)
	Token(id string) (Token, error)
	Tokens() ([]Token, error)
	Rota(pool string) (Rota, error)
	Figures(q FigureQuery) (map[FigureKey]*Figures, error)
	Similar(pool string, concerns []Concern, age, limit int) ([]*Consultation, error)
	Feed(id string) (Feed, error)
	Feeds() ([]Feed, error)
	// LastRef returns the highest number given to a request in a year, 0 where there is none.
	LastRef(year int) (int, error)
	// RefID returns the id of the request of a reference, erased ones included.
	RefID(ref string) (string, error)
	Looks(q LookQuery) (LookPage, error)
	// Grant returns the latest grant of a person for a request, and Grants those for a pool's requests, the latest first.
	Grant(person, request string) (Grant, error)
	Grants(pool, after string, limit int) (GrantPage, error)
}

// Service is what can be done with consultations and people. Every method decides on the actor's behalf and returns what the
// actor may see; all of it is safe for concurrent use.
type Service struct {
	journal Journal
	view    Reader
	router  Router
	cfg     Config
	rounder rounder
	refs    refs
	looks   looks
	// records rings when a person, a token or the rules have changed.
	records Bell
	roster  atomic.Pointer[roster]
}

// Config is what a service is made with.
type Config struct {
	// Now is the clock. Its location is the one in which a year begins.
	Now func() time.Time
	// NewID makes ids of consultations: unique, valid by [ValidID], and ascending in time, which keeps the store compact.
	NewID func() string
	// Bases are the legal grounds for an identified request.
	Bases []Basis
	Life  Lifetimes
	// Claimed are the pools that providers of identities can give by the configuration.
	Claimed []ClaimedPool
	// FigureKey is the secret by which figures are rounded. With another one they are rounded anew.
	FigureKey string
}

// NewService ties the parts together.
func NewService(j Journal, v Reader, r Router, cfg Config) *Service {
	return &Service{journal: j, view: v, router: r, cfg: cfg, rounder: rounder{[]byte(cfg.FigureKey)}}
}

// maxRaces bounds how often a decision is made again because somebody else was faster. Each loss means that another won.
const maxRaces = 64

// Change says how a command is to be taken.
type Change struct {
	// Key makes the command idempotent for this actor, this request and this action: a repetition changes nothing, and what says
	// something else under the same key is a [Conflict]. "": it is not.
	Key string
	// Version, if not 0, is the only version of the request on which the command may act.
	Version uint64
}

// Do carries out a command of an actor on a request, and returns the request as it is then. Errors: those of [Decide]; of kind
// [Stale] where the change names another version, and [Unavailable] where others were always faster. Where the context says that the result is to leave over the API, that is logged.
func (s *Service) Do(ctx context.Context, a Actor, id string, cmd Command, ch Change) (*Consultation, error) {
	c, by, err := s.do(ctx, a, id, cmd, ch)
	if err == nil && lookKind(ctx) == LookAPI {
		err = s.look(ctx, a, c, by)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// do is Do, and says how the actor stood to the request before.
func (s *Service) do(ctx context.Context, a Actor, id string, cmd Command, ch Change) (*Consultation, sight, error) {
	command := commandID(a.ID, string(cmd.Action()), id, ch.Key)
	for range maxRaces {
		switch c, ev, err := s.repeated(a, command); {
		case err != nil:
			return nil, sight{}, err
		case c != nil && !repeats(cmd, ev):
			return nil, sight{}, Fail(Conflict, "conflict.idempotency")
		case c != nil:
			return c, sightOf(a, c), nil
		}
		now := s.cfg.Now()
		c, err := s.see(a, id)
		if err != nil {
			return nil, sight{}, err
		}
		if ch.Version != 0 && ch.Version != c.Revision {
			return nil, sight{}, Fail(Stale, "stale")
		}
		// What may not be done is not worked out either: it might make no sense.
		if err := May(a, cmd.Action(), c); err != nil {
			return nil, sight{}, err
		}
		full, err := s.complete(c, cmd, now)
		if err != nil {
			return nil, sight{}, err
		}
		v, err := Decide(c, full, a, now, s.cfg.Life)
		if err != nil {
			return nil, sight{}, err
		}
		next, err := s.append(ctx, a, c, v, command, now)
		if !errors.Is(err, ErrRevision) && !errors.Is(err, errRepeated) {
			return next, sightOf(a, c), err
		}
	}
	return nil, sight{}, Fail(Unavailable, "unavailable")
}

// repeated returns the request of a command that was carried out before, and what the command came to; or nil.
func (s *Service) repeated(a Actor, command string) (*Consultation, Event, error) {
	if command == "" {
		return nil, nil, nil
	}
	r, found, err := s.journal.Lookup(command)
	if err != nil || !found {
		return nil, nil, err
	}
	c, err := s.see(a, r.ID)
	if err != nil {
		return nil, nil, err
	}
	return c, c.Timeline[r.Revision-1].Event, nil
}

// errRepeated is returned by append where somebody was faster with the same command.
var errRepeated = errors.New("the command was carried out before")

// append makes a verdict true, and returns the request after it.
func (s *Service) append(ctx context.Context, a Actor, c *Consultation, v Verdict, command string, now time.Time) (*Consultation, error) {
	env := Envelope{
		Kind: KindConsultation, ID: c.ID, Revision: c.Revision + 1, Command: command, At: now, By: a.ID, Type: v.Event.Type(),
	}
	next := c.After(env, v.Event)
	env.Notice = next.Notice()
	tell, err := s.audible(next, v, now)
	if err != nil {
		return nil, err
	}
	env.Notice.Tell, env.Notice.TellAddresses = tell, v.Addresses
	switch ev := v.Event.(type) {
	case *HandedOverEvent:
		env.Notice.Pools = append(env.Notice.Pools, ev.From)
	case *RemindedEvent:
		env.Notice.Reminder = ev.About
	}
	r, err := s.journal.Append(ctx, Entry{Envelope: env, Event: v.Event, State: next}, c.Revision)
	if err != nil {
		return nil, err
	}
	if r.Repeated {
		return nil, errRepeated
	}
	if next.State.Open() && !s.homely(next.Pool) {
		// Other rules came into force since the decision. Should this fail, the watchdog does it: the append itself has not failed.
		if moved, err := s.rehome(ctx, next, now); err == nil {
			next = moved
		}
	}
	return next, nil
}

// complete fills in what a command needs of the rules and the people.
func (s *Service) complete(c *Consultation, cmd Command, now time.Time) (Command, error) {
	var err error
	switch cmd := cmd.(type) {
	case AssignCommand:
		cmd.Member = s.answersFor(cmd.Person, c.Pool)
		return cmd, nil
	case ReleaseCommand:
		// A pause that is still on is counted when it ends.
		clock := c.Clock
		clock.Claim = now
		cmd.Plan, err = s.plan(c.Rules, c.Pool, c.Urgency, clock)
		return cmd, err
	case AskCommand:
		cmd.Remind, err = s.firstReminder(c, now)
		return cmd, err
	case ReplyCommand:
		clock := c.clockAt(now)
		if c.Holder == "" {
			clock.Claim = now
		}
		cmd.Plan, err = s.plan(c.Rules, c.Pool, c.Urgency, clock)
		return cmd, err
	case FollowUpCommand:
		cmd.HolderStays = c.Holder != "" && s.answersFor(c.Holder, c.Pool)
		if cmd.Plan, err = s.plan(c.Rules, c.Pool, c.Urgency, Clock{Start: now}); err != nil {
			return nil, err
		}
		cmd.OnCall, err = s.first(c.Pool, now)
		return cmd, err
	case HandOverCommand:
		return s.completeHandOver(c, cmd, now)
	case JoinCommand:
		if cmd.Known = s.router.HasPool(cmd.Pool); cmd.Known {
			cmd.OnCall, err = s.first(cmd.Pool, now)
		}
		return cmd, err
	}
	return cmd, nil
}

// completeHandOver plans the new pool's work under the rules in force; the clock goes on from where it was, but for the claim: nobody
// could claim it there before.
func (s *Service) completeHandOver(c *Consultation, cmd HandOverCommand, now time.Time) (HandOverCommand, error) {
	if cmd.Known = s.router.HasPool(cmd.Pool); !cmd.Known {
		return cmd, nil
	}
	var err error
	clock := c.clockAt(now)
	clock.Claim = now
	if cmd.Plan, err = s.plan(s.router.Current(), cmd.Pool, c.Urgency, clock); err != nil {
		return cmd, err
	}
	if cmd.OnCall, err = s.first(cmd.Pool, now); err != nil {
		return cmd, err
	}
	cmd.Next = s.again(s.router.Current().Number, cmd.Pool, now)
	lead, err := s.reach(s.router.Current().Number, cmd.Pool, []string{"lead"}, now)
	cmd.Lead = lead.People
	return cmd, err
}

func (s *Service) plan(rules RulesVersion, pool string, u Urgency, clock Clock) (Plan, error) {
	sch, err := s.router.Schedule(rules.Number, pool, u, clock)
	return Plan{Rules: rules, Clock: clock, Schedule: sch}, err
}

// first returns whom a pool's new request is told to: who is on call, else its lead, else all its members.
func (s *Service) first(pool string, now time.Time) ([]string, error) {
	for _, to := range []string{"on-call", "lead", "members"} {
		r, err := s.reach(s.router.Current().Number, pool, []string{to}, now)
		if err != nil || len(r.People) > 0 {
			return r.People, err
		}
	}
	return nil, nil
}

// reach resolves targets to people who can be told: those that exist and are not barred.
func (s *Service) reach(version uint64, pool string, to []string, at time.Time) (Reach, error) {
	r, err := s.router.Reach(version, pool, to, at)
	if err != nil {
		return Reach{}, err
	}
	var people []string
	for _, id := range r.People {
		if p, err := s.view.Person(id); err == nil && !p.Barred() {
			people = append(people, id)
		} else if err != nil && KindOf(err) != NotFound {
			return Reach{}, err
		}
	}
	r.People = people
	return r, nil
}

func (s *Service) answersFor(person, pool string) bool {
	a, err := s.Actor(person)
	return err == nil && a.MemberOf(pool)
}

// commandID names a command so that its repetition is known. The key is hashed: a caller's words stay out of the journal.
func commandID(parts ...string) string {
	if parts[len(parts)-1] == "" {
		return ""
	}
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}
