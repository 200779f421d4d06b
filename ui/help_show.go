package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showHelp tells how the program is used: what concerns the reader, or all of it to who is not signed in.
func (s *Server) showHelp(c echo.Context, v *visit) error {
	p := templates.Help{Page: s.page(c, v, "")}
	for _, part := range []struct {
		name string
		of   bool
	}{
		{"sender", v.actor.Is(consult.Requester)}, {"specialist", v.actor.Is(consult.Specialist)}, {"lead", p.Person != nil && p.Person.Leads},
		{"admin", v.actor.Is(consult.Admin)}, {"auditor", v.actor.Is(consult.Auditor)}, {"sign-in", true},
	} {
		if part.of || !v.signedIn {
			p.Parts = append(p.Parts, part.name)
		}
	}
	return render(c, http.StatusOK, p.View())
}
