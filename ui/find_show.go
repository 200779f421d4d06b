package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// showFind asks for a reference.
func (s *Server) showFind(c echo.Context, v *visit) error {
	if !consult.MayOpenWithReason(v.actor) {
		return consult.Fail(consult.NotFound, "not-found")
	}
	return s.findPage(c, v, http.StatusOK, templates.Find{})
}

// find leads to the request of a reference. Whether there is one of another pool is not told: whoever names one is asked why.
func (s *Server) find(c echo.Context, v *visit) error {
	if !consult.MayOpenWithReason(v.actor) {
		return consult.Fail(consult.NotFound, "not-found")
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	p := templates.Find{Ref: strings.ToUpper(f.line("ref"))}
	if _, _, ok := consult.ParseRef(p.Ref); !ok {
		p.Errors = templates.Errors{{Pointer: "/ref", Code: "bad-ref"}}
		return s.findPage(c, v, http.StatusUnprocessableEntity, p)
	}
	if id, ok := s.Service.Known(v.actor, p.Ref); ok {
		return c.Redirect(http.StatusSeeOther, "/requests/"+id)
	}
	p.Reason = true
	return s.findPage(c, v, http.StatusOK, p)
}

// openFound opens a request of another pool for the reason that was stated.
func (s *Server) openFound(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p := templates.Find{Ref: f.line("ref"), Reason: true, Code: consult.ReasonCode(f.line("reason")), Text: f.text("text")}
	id, _, err := s.Service.OpenWithReason(c.Request().Context(), v.actor, p.Ref, p.Code, p.Text)
	if err != nil {
		if p.Errors = fieldsOf(err); len(p.Errors) == 0 {
			return err
		}
		return s.findPage(c, v, http.StatusUnprocessableEntity, p)
	}
	return s.done(c, "/requests/"+id, session.Flash{Kind: "warn", Key: "done.opened"})
}

func (s *Server) findPage(c echo.Context, v *visit, status int, p templates.Find) error {
	p.Page = s.page(c, v, "/find")
	return render(c, status, p.View())
}
