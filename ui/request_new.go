package ui

import (
	"crypto/rand"
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// pathNewRequest is where the form stands.
const pathNewRequest = "/requests/new"

// showNewRequest shows the empty form. What is the same for most of a sender's requests is filled in.
func (s *Server) showNewRequest(c echo.Context, v *visit) error {
	if !v.actor.Is(consult.Requester) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	form := templates.RequestForm{
		Municipality: v.actor.Municipality, Language: string(consult.Finnish),
		Urgency: string(consult.Routine), Mode: string(consult.Written),
	}
	return s.newRequestPage(c, v, http.StatusOK, templates.NewRequest{
		Form: form, Preview: templates.Preview{Missing: missing(&consult.Request{
			Client: consult.Client{Age: -1, Municipality: form.Municipality},
		}, s.Service.Terms())},
	})
}

func (s *Server) newRequestPage(c echo.Context, v *visit, status int, p templates.NewRequest) error {
	terms := s.Service.Terms()
	p.Page = s.page(c, v, pathNewRequest)
	p.Municipalities, p.Bases = terms.Municipalities, terms.Bases
	if p.Form.Command == "" {
		p.Form.Command = rand.Text()
	}
	return render(c, status, p.View())
}
