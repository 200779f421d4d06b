package ui

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showSignIn shows the page for signing in.
func (s *Server) showSignIn(c echo.Context, v *visit) error {
	next := localPath(c.QueryParam("next"))
	if v.signedIn {
		return c.Redirect(http.StatusSeeOther, next)
	}
	return s.signInPage(c, v, http.StatusOK, templates.SignIn{Next: next})
}

func (s *Server) signInPage(c echo.Context, v *visit, status int, p templates.SignIn) error {
	path := "/sign-in"
	if p.Next != "/" {
		path += "?" + url.Values{"next": {p.Next}}.Encode()
	}
	p.Page = s.page(c, v, path)
	var err error
	if p.Lapsed, err = s.sessions.Lapsed(c); err != nil {
		return err
	}
	p.Passkeys = s.passkeys != nil
	for _, known := range s.Providers {
		p.Providers = append(p.Providers, templates.SignInProvider{
			Name: v.l.In(known.Name), Path: "/sign-in/with/" + known.ID + "?" + url.Values{"next": {p.Next}}.Encode(),
		})
	}
	if s.Demo != nil {
		p.Password = s.Demo.Password
		for _, id := range s.Demo.People {
			// One who is disabled or gone cannot be signed in as.
			if a, err := s.Service.Actor(id); err == nil {
				p.People = append(p.People, templates.DemoPerson{ID: a.ID, Name: a.Name, About: s.about(v, a)})
			}
		}
	}
	return render(c, status, p.View())
}

// askToSignIn answers somebody who has to sign in first. The script of a page with a form is only told so: the page stays as it is.
func (s *Server) askToSignIn(c echo.Context, r route) error {
	switch {
	case r.stream || byScript(c) && r.method == post:
		return consult.Fail(consult.Unauthenticated, "unauthenticated")
	case byScript(c):
		// A list that would refresh itself shows what is no longer to be seen: away with it, until somebody signs in again.
		to := "/sign-in"
		if page, err := url.Parse(c.Request().Header.Get("HX-Current-URL")); err == nil && page.Path != "" {
			to += "?" + url.Values{"next": {localPath(pathOf(page))}}.Encode()
		}
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusNoContent)
	case r.method == get && who(c).enrols:
		return c.Redirect(http.StatusSeeOther, pathAccount)
	case r.method == get:
		return c.Redirect(http.StatusSeeOther, "/sign-in?"+url.Values{"next": {pathOf(c.Request().URL)}}.Encode())
	}
	v := s.visit(c)
	p := templates.SignIn{Next: "/"}
	if err := s.keep(c, r, &p); err != nil {
		return err
	}
	p.Problem = v.l.T("sign-in.ended-unsent")
	if len(p.Kept) > 0 {
		p.Problem = v.l.T("sign-in.ended")
	}
	return s.signInPage(c, v, http.StatusUnauthorized, p)
}

// localPath returns a path of this site to go on to; "/" for anything else.
func localPath(next string) string {
	u, err := url.Parse(next)
	// Two slashes begin the name of another host; an encoded one becomes one where the path is encoded anew, and the dots of /.// go on the way.
	if err != nil || path.Clean(u.Path) != u.Path || strings.ContainsFunc(u.Path, unicode.IsControl) || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(next, "/") ||
		strings.ContainsAny(next, "\\\r\n\t") || u.Path == "/sign-in" {
		return "/"
	}
	return u.RequestURI()
}
