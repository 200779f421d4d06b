package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"silta/consult"
	shared "silta/consult/locale"
	"silta/ui/limit"
	"silta/ui/locale"
	"silta/ui/passkey"
	"silta/ui/problem"
	"silta/ui/session"
)

// Server is the web server's handler with all that it needs.
type Server struct {
	Options
	public    *url.URL
	catalogue *shared.Catalogue
	problems  *problem.Presenter
	sessions  *session.Manager
	passwords *session.Passwords
	cross     *http.CrossOriginProtection
	// passkeys is nil where browsers know none at the site's address.
	passkeys *passkey.Site
	// guesses makes guessing slow, resets asking for new passwords.
	guesses, resets *limit.Guesses
	// work is what is done after its answer was given.
	work    chan func(context.Context) error
	metrics *metrics
	api     API
	echo    *echo.Echo
	// table has the routes by method and path.
	table map[string]route
}

// New makes a server. The error names what is missing or wrong in the options.
func New(o Options) (*Server, error) {
	public, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Options: o, public: public, table: map[string]route{}, guesses: limit.NewGuesses(), resets: limit.NewGuesses(),
		work: make(chan func(context.Context) error, workLine), cross: http.NewCrossOriginProtection(),
	}
	// A proxy may hand on another Host than the browser's.
	if err := s.cross.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, err
	}
	if s.catalogue, err = locale.Catalogue(); err != nil {
		return nil, err
	}
	if s.passkeys, err = passkey.New(public, "Silta"); err != nil {
		return nil, err
	}
	if s.metrics, err = newMetrics(o.Metrics); err != nil {
		return nil, err
	}
	if s.passwords, err = session.NewPasswords(s.metrics.passwords.Inc); err != nil {
		return nil, err
	}
	s.problems = problem.New(s.catalogue, s.personName, o.Log)
	s.sessions = session.New(session.Options{
		Store: o.Sessions, Secure: s.secure(), Idle: o.SessionIdle, Lifetime: o.SessionLifetime,
	})

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{})
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = echo.ExtractIPDirect()
	if len(o.TrustedProxies) > 0 {
		trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
		for _, network := range o.TrustedProxies {
			trust = append(trust, echo.TrustIPRange(network))
		}
		e.IPExtractor = echo.ExtractIPFromXFFHeader(trust...)
	}
	s.echo = e
	s.use()
	s.register()
	go s.doLater()
	return s, nil
}

// Handler returns the handler for everything.
func (s *Server) Handler() http.Handler { return s.echo }

// SessionReader tells the API who is signed in by a browser's session.
type SessionReader interface {
	// SessionActor returns who is signed in, at this moment, by the session of the request's browser.
	SessionActor(c echo.Context) (consult.Actor, bool)
	// Unended returns a context that ends when somebody's session was ended.
	Unended() context.Context
	// Calls hears who sends the request with a token, for the log.
	Calls(c echo.Context, a consult.Actor)
}

// Calls implements SessionReader.
func (s *Server) Calls(c echo.Context, a consult.Actor) { who(c).caller = a }

// Unended implements SessionReader.
func (s *Server) Unended() context.Context { return s.sessions.Unended() }

// SessionActor returns who is signed in, at this moment, by the session of the request's browser.
func (s *Server) SessionActor(c echo.Context) (consult.Actor, bool) {
	v := who(c)
	if !v.signedIn {
		return consult.Actor{}, false
	}
	return s.still(c.Request().Context(), v.actor.ID)
}

func (s *Server) secure() bool { return s.public.Scheme == "https" }

// called reports whether the site may be called by this name.
func (s *Server) called(host string) bool {
	return host == s.public.Host || slices.Contains(s.Hosts, host) || slices.Contains(s.Hosts, "*")
}

// discard swallows what the framework itself would print: the access log says it all.
type discard struct{}

// Write implements io.Writer.
func (discard) Write(p []byte) (int, error) { return len(p), nil }
