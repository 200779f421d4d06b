package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"silta/consult"
	"silta/routing"
	"silta/routing/oncall"
	"silta/ui/draft"
	"silta/ui/limit"
	"silta/ui/problem"
	"silta/ui/provider"
	"silta/ui/session"
	"silta/ui/templates"
)

// Service is what the handlers ask. [consult.Service] is one; its comments say what the errors mean.
type Service interface {
	Actor(id string) (consult.Actor, error)
	Memberships(p consult.Person) []consult.Membership
	Get(ctx context.Context, a consult.Actor, id string) (*consult.Consultation, error)
	Visible(a consult.Actor, id string) error
	Known(a consult.Actor, ref string) (id string, known bool)
	OpenWithReason(
		ctx context.Context, a consult.Actor, name string, code consult.ReasonCode, text string,
	) (id string, g *consult.Grant, err error)
	Granted(a consult.Actor, c *consult.Consultation) time.Time
	Grants(ctx context.Context, a consult.Actor, pool, after string, limit int) (consult.GrantPage, error)
	Looks(ctx context.Context, a consult.Actor, q consult.LookQuery) (consult.LookPage, error)
	Referred(a consult.Actor, ref string) (string, error)
	List(ctx context.Context, a consult.Actor, f consult.ListFilter) (consult.Page, error)
	Submit(ctx context.Context, a consult.Actor, r consult.Request, key string) (*consult.Consultation, bool, error)
	Do(ctx context.Context, a consult.Actor, id string, cmd consult.Command, ch consult.Change) (*consult.Consultation, error)
	Preview(f consult.Facts, now time.Time) (consult.Decision, consult.Plan, error)
	Terms() consult.Terms
	Figures(ctx context.Context, a consult.Actor, o consult.FigureOrder) (consult.FigureReport, error)
	Similar(ctx context.Context, a consult.Actor, c *consult.Consultation) ([]*consult.Consultation, error)
	LatelyTook(pool string, now time.Time) (time.Duration, bool, error)
	Colleagues(pool string) ([]consult.Colleague, error)
	SetPreferences(ctx context.Context, a consult.Actor, language consult.Language, p consult.Preferences) error
	Rota(a consult.Actor, pool string) (*consult.Rota, error)
	ChangeRota(ctx context.Context, a consult.Actor, pool string, cmd consult.RotaCommand, ch consult.Change) (*consult.Rota, error)
	CreateFeed(ctx context.Context, a consult.Actor, pool string) (secret string, err error)
	RevokeFeed(ctx context.Context, a consult.Actor, id string) error
	Feeds(a consult.Actor) ([]consult.Feed, error)
	FeedBySecret(secret string) (f consult.Feed, a consult.Actor, pools []string, err error)
	// Agreed returns what was agreed about a pool's duty, for a reader whose right was looked at.
	Agreed(pool string) (*consult.Rota, error)
	PoolLoad(a consult.Actor, pool string, since time.Time) ([]consult.Load, error)
	Unchanged() context.Context

	Staff(a consult.Actor) ([]consult.Account, error)
	SetPerson(ctx context.Context, a consult.Actor, p consult.Person) error
	Ties(a consult.Actor, id string) (consult.Ties, error)
	EditPerson(ctx context.Context, a consult.Actor, id string, edit func(*consult.Person) error) (consult.Person, error)
	ClearAddress(ctx context.Context, a consult.Actor, person string) error
	EditCredentials(ctx context.Context, a consult.Actor, edit func(*consult.Credentials) error) (consult.Person, error)
	PasskeyOwner(id []byte) (consult.Person, consult.Passkey, error)
	Invite(ctx context.Context, a consult.Actor, id string, life time.Duration, fresh bool) (string, consult.Person, error)
	Federate(ctx context.Context, c consult.Assertion) (consult.Person, error)
	Invited(token string) (consult.Person, error)
	Accept(ctx context.Context, token, passwordHash string) (consult.Person, error)
	CreateToken(ctx context.Context, a consult.Actor, o consult.TokenOrder) (string, error)
	Tokens(a consult.Actor, person string) ([]consult.Token, error)
	RevokeToken(ctx context.Context, a consult.Actor, name string) (consult.Token, error)
}

// People finds people by id. One who does not exist is an error of kind [consult.NotFound].
type People interface {
	Person(id string) (consult.Person, error)
	// People returns everybody, by id.
	People() ([]consult.Person, error)
}

// Prover proves that the log is whole.
type Prover interface {
	// Start begins a proof in the background, unless one is under way.
	Start()
	// Result says whether a proof is under way, and how the last one ended; nil: there was none.
	Result() (running bool, last *consult.ProofResult)
}

// Letters plans mails that are not about one request, each id once.
type Letters interface {
	Letter(ctx context.Context, id, person string, l consult.Letter) (fresh bool, err error)
}

// Pools tells of the pools of the rules in force.
type Pools interface {
	// All returns them in the order of the rules.
	All() []Pool
	// OnCall returns who is on call for a pool at a moment, and who will be after the next change of shift.
	OnCall(pool string, at time.Time) (now, next []string)
	// Find returns a pool with all that the rules say of it, or nil. It is not to be changed.
	Find(pool string) *routing.Pool
	// Rota returns who is on call when; DutyOf the same of a window, with the gaps, and false for a pool that does not exist.
	Rota(pool string) oncall.Rota
	// Stamp grows with every change of the rules and of the calendars that they name, and says when the last one was.
	Stamp() (version uint64, at time.Time)
	DutyOf(pool string, from, to time.Time) (routing.Duty, bool)
}

// Pool is a pool as people know it.
type Pool struct {
	ID string
	// Name is empty where the rules give none; the id stands in for it.
	Name, About consult.Text
	// Asks are what the pool usually has to ask the sender for.
	Asks []routing.Ask
}

// Rules are the rules in force; [routing.Book] holds them.
type Rules interface {
	// Rules returns nil before the first publication.
	Rules() *routing.Rules
	Current() consult.RulesVersion
	Explain(f consult.Facts, at time.Time) (routing.Explanation, error)
	// Retrace fails with an error of kind [consult.NotFound] where the rules that decided are not kept.
	Retrace(d consult.Decision, f consult.Facts) ([]routing.Trace, error)
}

// RulesHistory reads what was published. A version that does not exist is an error of kind [consult.NotFound].
type RulesHistory interface {
	Rules(version uint64) (consult.PublishedRules, error)
	// RulesVersions returns all of them, the first one first.
	RulesVersions() ([]consult.PublishedRules, error)
}

// RulesPublisher looks at new versions of the rules and puts them in force; [routing.Publisher] is one.
type RulesPublisher interface {
	Publish(ctx context.Context, a consult.Actor, d routing.Draft) (routing.Published, error)
	Check(ctx context.Context, a consult.Actor, d routing.Draft) ([]routing.Finding, error)
	Preview(ctx context.Context, a consult.Actor, d routing.Draft) (routing.Preview, error)
	Compare(ctx context.Context, a consult.Actor, from, to uint64) (routing.Preview, error)
}

// Subscription is a screen's place in the journal. Next returns the next envelope for it, or the context's error, after which it
// can be asked again.
type Subscription interface {
	Next(ctx context.Context) (consult.Envelope, error)
	// Position is the last one that was looked at.
	Position() uint64
	Close()
}

// API is what is mounted below /api.
type API interface {
	Register(e *echo.Echo)
	// HandleError answers with an error of the server itself.
	HandleError(err error, c echo.Context)
}

// Check is one thing that the server needs for its work, as it stands.
type Check struct {
	Name string `json:"name"`
	// Status is "ok", "warning" (it works, and somebody should look) or "failed" (it cannot serve).
	Status CheckStatus `json:"status"`
	// Detail says more, in English. Of people it holds no more than ids, and only who looks after the server is told it.
	Detail string `json:"detail,omitempty"`
}

// CheckStatus is the state of a [Check].
type CheckStatus string

// States of checks.
const (
	CheckOK      CheckStatus = "ok"
	CheckWarning CheckStatus = "warning"
	CheckFailed  CheckStatus = "failed"
)

// Demo is what only the demo has.
type Demo struct {
	// People are the ids of those whom the sign-in page offers, Password is everybody's.
	People   []string
	Password string
	// Mails returns the mails that would have been sent, the latest first. Nil: they are sent, and there is no such page.
	Mails func() []Mail
}

// Mail is a mail of the demo.
type Mail struct {
	// ID is valid by [consult.ValidID].
	ID          string
	To, Subject string
	At          time.Time
	Text, HTML  string
}

// Metrics is where the server registers its own and finds all; a [prometheus.Registry] is one.
type Metrics interface {
	prometheus.Registerer
	prometheus.Gatherer
}

// Options are what a server is made of. All are needed, except where another meaning of the zero value is given.
type Options struct {
	Service Service
	People  People
	Pools   Pools
	// Rules, RulesHistory and RulesPublisher are for the pages on which rules are edited. Nil, together: there are none.
	Rules          Rules
	RulesHistory   RulesHistory
	RulesPublisher RulesPublisher
	// Prover proves the log for auditors. Nil: their page does not offer it.
	Prover Prover
	// Subscribe starts after a position of the journal, 0 being the present end. Visible is asked in the goroutine of Next.
	Subscribe func(after uint64, visible func(consult.Envelope) bool) Subscription
	// API makes the API; it is given who tells who is signed in by a session, and the words for errors. Nil: there is none.
	API func(sessions SessionReader, problems *problem.Presenter) API

	// Letters: nil sends none, and nobody can ask for a new password.
	Letters Letters
	// Limits: nil bounds nothing.
	Limits *limit.Limits
	// SecondFactor are the roles of whom a password alone is not enough.
	SecondFactor []consult.Role
	// Providers are where people can sign in besides with a password.
	Providers []*provider.Provider

	Sessions *session.Store
	// Drafts keeps what is typed and not sent yet.
	Drafts *draft.Store
	// SessionIdle and SessionLifetime are how long a session lasts; 0: the defaults of package session.
	SessionIdle, SessionLifetime time.Duration

	// PublicURL is where browsers find the site: scheme and host, no path.
	PublicURL string
	// Hosts are further names, with their ports, under which the site may be called. With none, only the public one is
	// accepted; "*" accepts any.
	Hosts []string
	// TrustedProxies are the networks whose X-Forwarded-For is believed. None: the peer's own address counts.
	TrustedProxies []*net.IPNet

	// Now is the clock, Zone the time zone in which times are told.
	Now  func() time.Time
	Zone func() *time.Location
	Log  *slog.Logger
	// Metrics: nil is a registry of the server's own.
	Metrics Metrics
	// Ready says whether the parts of the program work. Nil: nothing but the server itself is asked.
	Ready func(context.Context) []Check
	// Operations says how the program does, to whoever may know: an error of kind [consult.NotFound] for all others. Nil: there is no
	// such page.
	Operations func(consult.Actor) (templates.OperationsState, error)
	// Retention says what is kept how long and what goes next, to whoever may know: an error of kind [consult.NotFound] for all others.
	// Nil: there is no such page.
	Retention func(context.Context, consult.Actor) (templates.RetentionState, error)
	// Beat bounds one wait of a live page: then its stream says that it is alive, and looks whether its reader still is signed
	// in. Nil: 15 seconds.
	Beat func(context.Context) (context.Context, context.CancelFunc)
	// Closing ends when the server shuts down; live pages end with it.
	Closing context.Context
	// Site is who runs this installation.
	Site templates.Site
	// MetricsFrom are the networks that /metrics and the details of /readyz are for. None: nobody.
	MetricsFrom []*net.IPNet
	// Demo is nil but in the demo.
	Demo *Demo
}

// beat is the default of Options.Beat: well below the minute after which proxies drop a silent connection. The pages' script knows it.
const beat = 15 * time.Second

func (o *Options) complete() (public *url.URL, err error) {
	switch {
	case o.Service == nil, o.People == nil, o.Pools == nil, o.Subscribe == nil, o.Sessions == nil, o.Drafts == nil, o.Now == nil, o.Zone == nil,
		o.Log == nil, o.Closing == nil:
		return nil, errors.New("the web server lacks a part")
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Beat == nil {
		o.Beat = func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, beat) }
	}
	public, err = url.Parse(o.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") || strings.Trim(public.Path, "/") != "" {
		return nil, fmt.Errorf("public address %q: write scheme and host only, such as https://silta.example.fi", o.PublicURL)
	}
	return public, nil
}
