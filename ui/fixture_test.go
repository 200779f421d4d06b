package ui_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
	"silta/routing"
	"silta/routing/oncall"
	"silta/ui"
	"silta/ui/draft"
	"silta/ui/session"
)

// password is everybody's.
const password = "one bridge for all"

var hash = sync.OnceValues(func() (string, error) {
	// It is checked with each sign-in of a test: a cheap one takes more than half of the processor's time off all of them together.
	return argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// site is a whole server over a real store.
type site struct {
	t       testing.TB
	store   *consulttest.Store
	service *consult.Service
	book    *routing.Book
	// publisher publishes further versions of the rules.
	publisher *routing.Publisher
	sessions  string
	drafts    string
	keys      *seal.Keyring
	logs      *consulttest.Log
	// unlogged: no look can be written down any more, as with a full disk.
	unlogged atomic.Bool
	reads    reads
	change   func(*ui.Options)

	http *httptest.Server
	// stop ends the web server alone, as a restart does.
	stop func()

	mu  sync.Mutex
	now time.Time
}

// newSite starts a server with everybody it needs. Change, if not nil, changes its options.
func newSite(t testing.TB, change func(*ui.Options)) *site {
	t.Helper()
	s := &site{
		t: t, store: consulttest.Open(t), logs: &consulttest.Log{}, change: change, now: consulttest.Start.Add(2 * time.Hour),
		sessions: filepath.Join(t.TempDir(), "sessions.db"), drafts: filepath.Join(t.TempDir(), "drafts.db"),
	}
	s.reads.View = s.store.View
	keys, err := seal.CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	s.check(err)
	s.keys = keys
	file, err := os.ReadFile("testdata/rules.yaml")
	s.check(err)
	rules, faults := routing.Section("rules.yaml", file)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	s.book = routing.NewBook(func(version uint64) ([]byte, error) {
		p, err := s.store.View.Rules(version)
		return []byte(p.Document), err
	}, oncall.Known{
		Overrides: func(pool string) []consult.Override { return s.service.Overrides(pool) },
		Claimants: func(pool string) []string { return s.service.Claimants(pool) },
	})
	s.check(s.book.Publish(1, rules))
	s.service = consult.NewService(diary{s.store.Journal, &s.unlogged}, &s.reads, s.book, consult.Config{
		Now: s.clock, NewID: consulttest.NewID, Bases: []consult.Basis{consult.Consent},
		Life:    consult.Lifetimes{Expire: 28 * 24 * time.Hour, Reasoned: 12 * time.Hour},
		Claimed: []consult.ClaimedPool{{Provider: "county", Pool: "child-psychiatry"}, {Provider: "county", Pool: "youth-psychiatry"}},
	})
	_, err = s.service.PublishRules(t.Context(), consult.System, string(rules), "", 0)
	s.check(err)
	s.publisher = routing.NewPublisher(s.book, s.service, routing.Site{
		World: func() (routing.World, error) {
			people, err := s.store.View.People()
			world := routing.World{Now: s.clock(), Persons: []string{}}
			for _, p := range people {
				world.Persons = append(world.Persons, p.ID)
			}
			return world, err
		},
		Open: func(pool string) (int, error) {
			counts, err := s.store.View.Counts(pool)
			return counts[consult.Submitted], err
		},
		Submitted: s.store.View.Submitted, Published: s.service.Republished,
	})
	h, err := hash()
	s.check(err)
	for _, p := range []consult.Person{
		{ID: "nurse", Name: "Noora Nurmi", Roles: []consult.Role{consult.Requester}, Profession: "school-nurse", Municipality: "Ylöjärvi", Phone: "040 0"},
		{ID: "midwife", Name: "Maija Mäki", Roles: []consult.Role{consult.Requester}, Profession: "midwife", Municipality: "Tampere", Language: "sv"},
		{ID: "childpsych", Name: "Lauri Laine", Roles: []consult.Role{consult.Specialist}},
		{ID: "childpsych2", Name: "Liisa Lehto", Roles: []consult.Role{consult.Specialist}, Language: "en"},
		{ID: "youthpsych", Name: "Niilo Niemi", Roles: []consult.Role{consult.Specialist}},
		{ID: "protection", Name: "Sanna Salo", Roles: []consult.Role{consult.Specialist}},
		{ID: "admin", Name: "Anna Aalto", Roles: []consult.Role{consult.Admin}, Language: "en"},
		{ID: "auditor", Name: "Aulis Ahti", Roles: []consult.Role{consult.Auditor}, Language: "en"},
	} {
		if p.Language == "" {
			p.Language = consult.Finnish
		}
		p.PasswordHash = h
		s.check(s.service.SetPerson(t.Context(), consult.System, p))
	}
	s.start()
	return s
}

func (s *site) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// later lets time pass.
func (s *site) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// loopback is the network of this machine.
var loopback = &net.IPNet{IP: net.IPv4(127, 0, 0, 0), Mask: net.CIDRMask(8, 32)}

func (s *site) start() {
	s.t.Helper()
	sessions, err := session.Open(s.sessions)
	s.check(err)
	drafts, err := draft.Open(s.drafts, s.keys.Box("draft"), time.Now)
	s.check(err)
	closing, end := context.WithCancel(context.Background())
	s.http = httptest.NewUnstartedServer(nil)
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	s.check(err)
	o := ui.Options{
		Rules: s.book, RulesHistory: s.store.View, RulesPublisher: s.publisher,
		Service: s.service, People: s.store.View, Pools: ui.PoolsOf(s.book, func() (uint64, time.Time) { return s.book.Current().Number, consulttest.Start }), Subscribe: s.subscribe, Sessions: sessions, Drafts: drafts,
		PublicURL: "http://" + s.http.Listener.Addr().String(), Now: s.clock, Zone: func() *time.Location { return helsinki },
		Log: slog.New(slog.NewJSONHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Closing: closing,
		MetricsFrom: []*net.IPNet{loopback},
	}
	if s.change != nil {
		s.change(&o)
	}
	server, err := ui.New(o)
	s.check(err)
	s.http.Config.Handler = server.Handler()
	s.http.Start()
	s.stop = sync.OnceFunc(func() {
		end()
		s.http.Close()
		if err := errors.Join(sessions.Close(), drafts.Close()); err != nil {
			s.t.Error(err)
		}
	})
	s.t.Cleanup(s.stop)
}

// restart ends the web server and starts it anew, over the same sessions.
func (s *site) restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

// diary is a journal whose access log can be full.
type diary struct {
	*journal.Journal
	full *atomic.Bool
}

func (d diary) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if e.Kind == consult.KindLooks && d.full.Load() {
		return consult.Receipt{}, errors.New("no space left on device")
	}
	return d.Journal.Append(ctx, e, expected)
}

// reads is a view that notes what of requests is read.
type reads struct {
	*view.View
	mu    sync.Mutex
	noted []string
}

func (r *reads) note(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noted = append(r.noted, what)
}

// take returns what was noted since it was asked last.
func (r *reads) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	noted := r.noted
	r.noted = nil
	return noted
}

func (r *reads) Consultation(id string) (*consult.Consultation, error) {
	r.note("unseal")
	return r.View.Consultation(id)
}

func (r *reads) Outline(id string) (*consult.Consultation, error) {
	r.note("outline")
	return r.View.Outline(id)
}

func (r *reads) Grant(person, request string) (consult.Grant, error) {
	r.note("grant")
	return r.View.Grant(person, request)
}

func (r *reads) RefID(ref string) (string, error) {
	r.note("ref")
	return r.View.RefID(ref)
}

func (r *reads) List(q consult.ListQuery) (consult.Page, error) {
	r.note("list")
	return r.View.List(q)
}

func (r *reads) Similar(pool string, concerns []consult.Concern, age, limit int) ([]*consult.Consultation, error) {
	r.note("similar")
	return r.View.Similar(pool, concerns, age, limit)
}

// update changes a person's record.
func (s *site) update(id string, change func(*consult.Person)) {
	s.t.Helper()
	p, err := s.store.View.Person(id)
	s.check(err)
	change(&p)
	s.check(s.service.SetPerson(s.t.Context(), consult.System, p))
}

// actor is a person as the service knows them.
func (s *site) actor(id string) consult.Actor {
	s.t.Helper()
	a, err := s.service.Actor(id)
	s.check(err)
	return a
}

// subscribe follows the journal itself.
func (s *site) subscribe(after uint64, visible func(consult.Envelope) bool) ui.Subscription {
	if after == 0 {
		after = s.store.Journal.Head()
	}
	return &follower{s.store, after, visible}
}

type follower struct {
	store   *consulttest.Store
	at      uint64
	visible func(consult.Envelope) bool
}

func (f *follower) Next(ctx context.Context) (consult.Envelope, error) {
	for {
		for e, err := range f.store.Journal.Envelopes(f.at) {
			if err != nil {
				return e, err
			}
			if f.at = e.Position; e.Notice != nil && f.visible(e) {
				return e, nil
			}
		}
		if err := f.store.Journal.Wait(ctx, f.at); err != nil {
			return consult.Envelope{}, err
		}
	}
}

func (f *follower) Position() uint64 { return f.at }

func (f *follower) Close() {}

// fakeAPI answers below /api with who is signed in.
type fakeAPI struct {
	actor func(echo.Context) (consult.Actor, bool)
}

func (a fakeAPI) Register(e *echo.Echo) {
	e.GET("/api/v1/me", func(c echo.Context) error {
		who, ok := a.actor(c)
		if !ok {
			return c.String(401, "nobody")
		}
		return c.String(200, who.ID)
	})
}

func (a fakeAPI) HandleError(_ error, c echo.Context) { _ = c.String(499, "the api's own") }
