package ui

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// page fills in what all pages have. The path is that of the page itself; "" is the request's own.
func (s *Server) page(c echo.Context, v *visit, path string) templates.Page {
	p := s.fragment(c, v, path)
	for _, f := range s.sessions.TakeFlashes(c.Request().Context()) {
		args := make(map[string]any, len(f.Args))
		for k, text := range f.Args {
			args[k] = text
		}
		p.Flashes = append(p.Flashes, templates.Flash{Kind: f.Kind, Text: v.l.Message(f.Key, args)})
		p.At = f.At
	}
	return p
}

// fragment is page for a part of one: messages wait for a whole page.
func (s *Server) fragment(c echo.Context, v *visit, path string) templates.Page {
	if path == "" {
		path = pathOf(c.Request().URL)
	}
	p := templates.Page{L: v.l, Now: s.Now(), Path: path, Demo: s.Demo != nil, Site: s.Site}
	if v.signedIn {
		p.Person = &templates.Person{
			Name: v.actor.Name, About: s.about(v, v.actor),
			Sends: v.actor.Is(consult.Requester), Answers: v.actor.Is(consult.Specialist),
			Finds: consult.MayOpenWithReason(v.actor), Audits: v.actor.Is(consult.Auditor),
			Leads:       slices.ContainsFunc(v.actor.Memberships, func(m consult.Membership) bool { return m.Lead }),
			Operates:    s.Operations != nil && v.actor.Administers(),
			Rules:       v.actor.Is(consult.Admin) && s.Rules != nil,
			Administers: v.actor.Administers(),
		}
		if v.enrols {
			p.Person = &templates.Person{Name: p.Person.Name, About: p.Person.About, Enrols: true}
		}
	}
	return p
}

// pathOf is the address without the choice of language.
func pathOf(u *url.URL) string {
	q := u.Query()
	if !q.Has(paramLanguage) {
		return u.RequestURI()
	}
	q.Del(paramLanguage)
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

// about says what somebody is: their teams, their profession, or their role.
func (s *Server) about(v *visit, a consult.Actor) string {
	var parts []string
	switch {
	case len(a.Memberships) > 0:
		for _, pool := range a.Pools() {
			parts = append(parts, s.poolName(v, pool))
		}
	case a.Profession != "":
		parts = append(parts, v.l.Code("profession", string(a.Profession)))
		if a.Municipality != "" {
			parts = append(parts, a.Municipality)
		}
	default:
		for _, r := range a.Roles {
			parts = append(parts, v.l.Code("role", string(r)))
		}
	}
	return strings.Join(parts, ", ")
}

// poolName returns what people call a pool. One that the rules in force do not have any more is shown by its id.
func (s *Server) poolName(v *visit, id string) string {
	if p, ok := s.pool(v, id); ok {
		return p.name(v)
	}
	return id
}

func (s *Server) pool(v *visit, id string) (Pool, bool) {
	all := s.allPools(v)
	if i := slices.IndexFunc(all, func(p Pool) bool { return p.ID == id }); i >= 0 {
		return all[i], true
	}
	return Pool{}, false
}

// allPools returns the pools in force, the same ones for the whole of a page.
func (s *Server) allPools(v *visit) []Pool {
	if v.pools == nil {
		v.pools = s.Pools.All()
	}
	return v.pools
}

func (p Pool) name(v *visit) string {
	if name := v.l.In(p.Name); name != "" {
		return name
	}
	return p.ID
}

func (s *Server) poolNames(v *visit, ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.poolName(v, id)
	}
	return names
}

// render answers with a component, drawn as a whole first: nothing half-done reaches the browser.
func render(c echo.Context, status int, components ...templ.Component) error {
	var b bytes.Buffer
	for _, component := range components {
		if err := component.Render(c.Request().Context(), &b); err != nil {
			return err
		}
	}
	return c.HTMLBlob(status, b.Bytes())
}

// done leaves a message and leads to the page that shows what became of it.
func (s *Server) done(c echo.Context, path string, f session.Flash) error {
	s.sessions.Flash(c.Request().Context(), f)
	return c.Redirect(http.StatusSeeOther, path)
}

// byScript reports whether a part of the page was asked for, by htmx.
func byScript(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }
