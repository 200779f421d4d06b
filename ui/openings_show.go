package ui

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showOpenings shows the lead of a pool who of other pools has opened its requests, and why.
func (s *Server) showOpenings(c echo.Context, v *visit) error {
	var p templates.Openings
	only := c.QueryParam("pool")
	for _, m := range v.actor.Memberships {
		if !m.Lead || only != "" && only != m.Pool {
			continue
		}
		page, err := s.Service.Grants(c.Request().Context(), v.actor, m.Pool, c.QueryParam("after"), pageSize)
		if err != nil {
			return err
		}
		g := templates.OpeningGroup{Pool: s.poolName(v, m.Pool)}
		for _, o := range page.Items {
			g.Items = append(g.Items, templates.Opening{
				At: o.At, Until: o.Until, Who: s.name(v, o.Person), Ref: o.Ref, Request: o.Request, Reason: o.Reason, Text: o.Text,
			})
		}
		if page.Next != "" {
			g.Next = "/openings?" + url.Values{"pool": {m.Pool}, "after": {page.Next}}.Encode()
		}
		p.Groups = append(p.Groups, g)
	}
	if len(p.Groups) == 0 {
		return consult.Fail(consult.NotFound, "not-found")
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}
