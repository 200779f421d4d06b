package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/limit"
	"silta/ui/problem"
)

// Service is what the handlers ask. [consult.Service] is one; its comments say what the errors mean.
type Service interface {
	ActorByToken(secret string) (consult.Actor, error)
	Submit(ctx context.Context, a consult.Actor, r consult.Request, key string) (*consult.Consultation, bool, error)
	Get(ctx context.Context, a consult.Actor, id string) (*consult.Consultation, error)
	List(ctx context.Context, a consult.Actor, f consult.ListFilter) (consult.Page, error)
	Do(ctx context.Context, a consult.Actor, id string, cmd consult.Command, ch consult.Change) (*consult.Consultation, error)
	OpenWithReason(
		ctx context.Context, a consult.Actor, name string, code consult.ReasonCode, text string,
	) (id string, g *consult.Grant, err error)
	Terms() consult.Terms
	Rota(a consult.Actor, pool string) (*consult.Rota, error)
	Colleagues(pool string) ([]consult.Colleague, error)
	Unchanged() context.Context
}

// Rules are the rules in force; [routing.Book] holds them.
type Rules interface {
	// Rules returns nil before the first publication.
	Rules() *routing.Rules
	Current() consult.RulesVersion
	Explain(f consult.Facts, at time.Time) (routing.Explanation, error)
	// Retrace fails with an error of kind [consult.NotFound] where the rules that decided are not kept.
	Retrace(d consult.Decision, f consult.Facts) ([]routing.Trace, error)
	OnCall(pool string, at time.Time) []string
	DutyOf(pool string, from, to time.Time) (routing.Duty, bool)
}

// History reads what was published. A version that does not exist is an error of kind [consult.NotFound].
type History interface {
	Rules(version uint64) (consult.PublishedRules, error)
	// RulesVersions returns all of them, the first one first.
	RulesVersions() ([]consult.PublishedRules, error)
}

// Publisher puts new versions of the rules in force; [routing.Publisher] is one.
type Publisher interface {
	Publish(ctx context.Context, a consult.Actor, d routing.Draft) (routing.Published, error)
	Check(ctx context.Context, a consult.Actor, d routing.Draft) ([]routing.Finding, error)
	Preview(ctx context.Context, a consult.Actor, d routing.Draft) (routing.Preview, error)
	Compare(ctx context.Context, a consult.Actor, from, to uint64) (routing.Preview, error)
}

// Subscription is a reader's place in the journal. Next returns the next envelope for it, or the context's error, after which
// it can be asked again; when the context has ended already, it returns what is at hand before that. Position is the last one that was looked at.
type Subscription interface {
	Next(ctx context.Context) (consult.Envelope, error)
	Position() uint64
	Close()
}

// Options are what the API is made of. All are needed, except where another meaning of nil is given.
type Options struct {
	Service   Service
	Rules     Rules
	History   History
	Publisher Publisher
	Problems  *problem.Presenter
	// Subscribe starts after a position of the journal, 0 being the present end. Visible is asked in the goroutine of Next.
	Subscribe func(after uint64, visible func(consult.Envelope) bool) Subscription
	// SessionActor returns who is signed in by a browser's session. Nil: there are no sessions.
	SessionActor func(echo.Context) (consult.Actor, bool)
	// Unended returns a context that ends when a session was ended. It is there where SessionActor is.
	Unended func() context.Context
	// Limits bounds how often somebody may ask; nil bounds nothing.
	Limits *limit.Limits
	// Used hears of each use of a token, by whom it acts for. Nil: nobody wants to know.
	Used func(echo.Context, consult.Actor)
	// Name returns a person's name, or "".
	Name func(id string) string
	// Now is the clock.
	Now func() time.Time
	// Beat bounds one wait for events: when its context ends, the stream says that it is alive and looks again at who is
	// listening. Nil: 20 seconds.
	Beat func(context.Context) (context.Context, context.CancelFunc)
	// Closing ends when the server shuts down; streams of events end with it.
	Closing context.Context
}

// API holds the handlers. It is safe for concurrent use.
type API struct {
	with  Options
	cross *http.CrossOriginProtection
}

// New makes the API.
func New(o Options) *API {
	if o.Beat == nil {
		o.Beat = func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, beat) }
	}
	return &API{with: o, cross: http.NewCrossOriginProtection()}
}

// Base is the path below which everything of this package is.
const Base = "/api"

// handler answers a request of somebody who is signed in.
type handler func(a *API, c echo.Context, who consult.Actor) error

// routes are all of them. Paths are below [Base].
var routes = []struct {
	method, path string
	// scope is what a token must be good for.
	scope  consult.TokenScope
	handle handler
}{
	{http.MethodPost, "/v1/consultations", consult.ScopeWrite, (*API).submit},
	{http.MethodGet, "/v1/consultations", consult.ScopeRead, (*API).list},
	{http.MethodGet, "/v1/consultations/:id", consult.ScopeRead, (*API).get},
	{http.MethodGet, "/v1/consultations/:id/decision", consult.ScopeRead, (*API).decision},
	{http.MethodPost, "/v1/consultations/:id/claim", consult.ScopeWrite, (*API).claim},
	{http.MethodPost, "/v1/consultations/:id/assign", consult.ScopeWrite, (*API).assign},
	{http.MethodPost, "/v1/consultations/:id/release", consult.ScopeWrite, (*API).release},
	{http.MethodPost, "/v1/consultations/:id/ask", consult.ScopeWrite, (*API).ask},
	{http.MethodPost, "/v1/consultations/:id/reply", consult.ScopeWrite, (*API).reply},
	{http.MethodPost, "/v1/consultations/:id/add", consult.ScopeWrite, (*API).add},
	{http.MethodPost, "/v1/consultations/:id/answer", consult.ScopeWrite, (*API).answer},
	{http.MethodPost, "/v1/consultations/:id/follow-up", consult.ScopeWrite, (*API).followUp},
	{http.MethodPost, "/v1/consultations/:id/hand-over", consult.ScopeWrite, (*API).handOver},
	{http.MethodPost, "/v1/consultations/:id/join", consult.ScopeWrite, (*API).join},
	{http.MethodPost, "/v1/consultations/:id/withdraw", consult.ScopeWrite, (*API).withdraw},
	{http.MethodPost, "/v1/consultations/:id/close", consult.ScopeWrite, (*API).closeOut},
	{http.MethodPost, "/v1/consultations/:id/step", consult.ScopeWrite, (*API).step},
	{http.MethodPost, "/v1/consultations/:id/worker", consult.ScopeWrite, (*API).worker},
	{http.MethodPost, "/v1/consultations/:id/access", consult.ScopeWrite, (*API).access},
	{http.MethodPost, "/v1/routing/preview", consult.ScopeRead, (*API).preview},
	{http.MethodPost, "/v1/identity-check", consult.ScopeRead, (*API).identityCheck},
	{http.MethodGet, "/v1/routing", consult.ScopeRead, (*API).routing},
	{http.MethodPut, "/v1/routing", consult.ScopeRules, (*API).publish},
	{http.MethodGet, "/v1/routing/versions", consult.ScopeRead, (*API).versions},
	{http.MethodGet, "/v1/routing/versions/:number", consult.ScopeRead, (*API).version},
	{http.MethodPost, "/v1/routing/versions/:number/restore", consult.ScopeRules, (*API).restore},
	{http.MethodPost, "/v1/routing/check", consult.ScopeRead, (*API).check},
	{http.MethodPost, "/v1/routing/diff", consult.ScopeRead, (*API).diff},
	{http.MethodGet, "/v1/routing/diff", consult.ScopeRead, (*API).compare},
	{http.MethodGet, "/v1/pools", consult.ScopeRead, (*API).pools},
	{http.MethodGet, "/v1/pools/:id/rota", consult.ScopeRead, (*API).rota},
	{http.MethodGet, "/v1/events", consult.ScopeRead, (*API).events},
}

// Register adds the routes to a server. Its error handler has to give what happens below [Base] to [API.HandleError].
func (a *API) Register(e *echo.Echo) {
	g := e.Group(Base)
	for _, r := range routes {
		g.Add(r.method, r.path, a.signedIn(r.scope, r.handle))
	}
	g.GET("/openapi.json", a.described)
}

// HandleError answers with the problem that an error of the server itself is: an address that is not there, a method that it
// does not have. It is for the server's error handler.
func (a *API) HandleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch he.Code {
		case http.StatusNotFound:
			err = consult.Fail(consult.NotFound, "not-found")
		case http.StatusMethodNotAllowed:
			err = problem.Method()
		case http.StatusRequestEntityTooLarge:
			err = problem.TooLarge()
		case http.StatusServiceUnavailable:
			err = consult.Fail(consult.Unavailable, "unavailable")
		}
	}
	_ = a.fail(c, err) // The connection is gone: nobody is left to tell.
}

// zone returns the rules' time zone, in which times are told.
func (a *API) zone() *time.Location {
	if r := a.with.Rules.Rules(); r != nil {
		return r.Document().Timezone
	}
	return time.UTC
}

func (a *API) fail(c echo.Context, err error) error {
	if consult.KindOf(err) == consult.Unauthenticated {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="silta"`)
	}
	return a.with.Problems.Write(c.Response(), c.Request(), err)
}
