package ui

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/provider"
	"silta/ui/session"
	"silta/ui/templates"
)

// provider returns the provider of identities that an address names.
func (s *Server) provider(c echo.Context) (*provider.Provider, error) {
	i := slices.IndexFunc(s.Providers, func(p *provider.Provider) bool { return p.ID == c.Param("provider") })
	if i < 0 {
		return nil, consult.Fail(consult.NotFound, "not-found")
	}
	return s.Providers[i], nil
}

// providerName is what people call a provider of identities; "" for none.
func (s *Server) providerName(v *visit, id string) string {
	i := slices.IndexFunc(s.Providers, func(p *provider.Provider) bool { return p.ID == id })
	if i < 0 {
		return id
	}
	return v.l.In(s.Providers[i].Name)
}

// signInWith sends somebody to a provider of identities.
func (s *Server) signInWith(c echo.Context, v *visit) error {
	p, err := s.provider(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	to, attempt, err := p.Start(ctx, localPath(c.QueryParam("next")), s.sessions.Left(ctx), time.Now())
	if err != nil {
		return s.notSignedIn(c, v, err)
	}
	kept, err := json.Marshal(attempt)
	if err != nil {
		return err
	}
	s.sessions.KeepAttempt(ctx, string(kept))
	return c.Redirect(http.StatusSeeOther, to)
}

// signedInWith begins a session for who comes back from a provider, if it has signed them in and they are somebody here.
func (s *Server) signedInWith(c echo.Context, v *visit) error {
	p, err := s.provider(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var attempt provider.Attempt
	if kept := s.sessions.TakeAttempt(ctx); kept != "" {
		if err := json.Unmarshal([]byte(kept), &attempt); err != nil {
			return err
		}
	}
	claimed, err := p.Finish(ctx, c.QueryParams(), attempt, time.Now())
	if err != nil {
		s.logSignIn(c, wrongSignIn, "", string(session.ByProvider))
		return s.notSignedIn(c, v, err)
	}
	person, err := s.Service.Federate(ctx, claimed)
	if consult.KindOf(err) == consult.Forbidden {
		s.logSignIn(c, wrongSignIn, "", string(session.ByProvider))
		return s.signInPage(c, v, http.StatusForbidden, templates.SignIn{Next: "/", Problem: s.problems.Sentence(v.l, err)})
	}
	if err != nil {
		return err
	}
	if err := s.tellMoved(ctx, person); err != nil {
		return err
	}
	return s.enter(c, v, person, session.ByProvider, formValues{"next": {attempt.Next}})
}

// notSignedIn shows the sign-in page to whom a provider did not sign in. What it said is neither shown nor logged.
func (s *Server) notSignedIn(c echo.Context, v *visit, err error) error {
	page := templates.SignIn{Next: "/", Problem: v.l.T("sign-in.provider-refused")}
	switch {
	case errors.Is(err, provider.ErrDown):
		s.Log.Warn("nobody can sign in at a provider", "error", err)
		page.Problem = v.l.T("sign-in.provider-down")
		return s.signInPage(c, v, http.StatusServiceUnavailable, page)
	case errors.Is(err, provider.ErrWeak):
		s.Log.Info("a provider has not made sure enough of somebody", "error", err)
		page.Problem = v.l.T("sign-in.provider-weak")
		return s.signInPage(c, v, http.StatusForbidden, page)
	case errors.Is(err, provider.ErrRefused):
		s.Log.Info("a provider has signed nobody in", "error", err)
		return s.signInPage(c, v, http.StatusUnprocessableEntity, page)
	}
	return err
}
