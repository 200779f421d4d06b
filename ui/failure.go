package ui

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/templates"
)

// unsent is a failure after which nothing but its page has what somebody wrote.
type unsent struct {
	error
	text string
}

func (u unsent) Unwrap() error { return u.error }

// handleError answers with an error that a handler or the server itself returned.
func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		s.problems.Record(c.Request().Context(), err)
		return
	}
	if s.api != nil && isAPI(c) {
		s.api.HandleError(err, c)
		return
	}
	if he, ok := err.(*echo.HTTPError); ok {
		err = known404(he)
	}
	v := s.visit(c)
	id := s.problems.Record(c.Request().Context(), err)
	status := problem.Status(err)
	text := s.problems.Sentence(v.l, err)
	if id != "" {
		text = v.l.T("internal")
	}
	if h := c.Response().Header(); byScript(c) {
		// A page is not put into a part of another. What has gone from a list or a request is seen by loading it anew.
		h.Set("HX-Reswap", "none")
		if c.Request().Method == http.MethodGet && status < http.StatusInternalServerError {
			h.Set("HX-Refresh", "true")
		}
	}
	p := templates.Failure{
		Page: s.fragment(c, v, shownAt(c)), Status: status, Text: text, ID: id,
		Request: status == http.StatusNotFound && strings.HasPrefix(c.Path(), "/requests/:id"),
	}
	if u, ok := errors.AsType[unsent](err); ok {
		p.Written, p.Once = u.text, true
	}
	problem.SetRetryAfter(c.Response().Header(), err)
	if err := render(c, status, p.View()); err != nil {
		s.problems.Record(c.Request().Context(), err)
	}
}

// shownAt is the address of a failure's page in another language: the same, as far as the routes know it, so that nothing that was sent is
// repeated; else the first page's.
func shownAt(c echo.Context) string {
	isPage := func(r route) bool { return r.method == get && r.path == c.Path() && !strings.Contains(r.path, ":") }
	if slices.ContainsFunc(routes, isPage) {
		return c.Path()
	}
	return "/"
}

// known404 says in our words what the framework's router found out.
func known404(he *echo.HTTPError) error {
	switch he.Code {
	case http.StatusNotFound:
		return consult.Fail(consult.NotFound, "not-found")
	case http.StatusMethodNotAllowed:
		return problem.Method()
	case http.StatusRequestEntityTooLarge:
		return problem.TooLarge()
	case http.StatusBadRequest:
		return consult.Fail(consult.Invalid, "invalid")
	}
	return he
}
