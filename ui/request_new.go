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

// showNewRequest shows the empty form, with what is the same for most of a sender's requests filled in, or one that was begun.
func (s *Server) showNewRequest(c echo.Context, v *visit) error {
	if !v.actor.Is(consult.Requester) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	if id := c.QueryParam("draft"); id != "" {
		return s.showRequestDraft(c, v, id)
	}
	form := templates.RequestForm{
		Municipality: v.actor.Municipality, Language: string(consult.Finnish),
		Urgency: string(consult.Routine), Mode: string(consult.Written),
	}
	begun, err := s.requestDrafts(v)
	if err != nil {
		return err
	}
	return s.newRequestPage(c, v, http.StatusOK, templates.NewRequest{
		Form: form, Begun: begun, Preview: templates.Preview{Missing: missing(&consult.Request{
			Client: consult.Client{Age: -1, Municipality: form.Municipality},
		}, s.Service.Terms())},
	})
}

// showRequestDraft shows the form as it was left. A draft that is gone was sent or discarded: the list tells.
func (s *Server) showRequestDraft(c echo.Context, v *visit, id string) error {
	d, found, err := s.Drafts.Find(v.actor.ID, id)
	if err != nil {
		return err
	}
	if !found {
		return c.Redirect(http.StatusSeeOther, "/requests")
	}
	typed, r, wrong := readRequest(formValues(d.Form))
	p := templates.NewRequest{Form: typed, Draft: templates.Draft{ID: id, SavedAt: d.SavedAt, After: d.Page}}
	if p.Preview, err = s.preview(v, r, wrong); err != nil {
		return err
	}
	return s.newRequestPage(c, v, http.StatusOK, p)
}

// newRequestAgain shows the form as it was typed.
func (s *Server) newRequestAgain(c echo.Context, v *visit, status int, f formValues, p templates.NewRequest) error {
	if requestDraftID(p.Form.Command) == "" {
		p.Form.Command = rand.Text()
	}
	f["command"] = []string{p.Form.Command}
	p.Draft = templates.Draft{
		ID: requestDraftID(p.Form.Command), Writer: f.line(templates.DraftPage), After: f.line(templates.DraftAfter),
	}
	p.Draft.SavedAt = s.keepShown(c, v, p.Draft.ID, f)
	return s.newRequestPage(c, v, status, p)
}

func (s *Server) newRequestPage(c echo.Context, v *visit, status int, p templates.NewRequest) error {
	terms := s.Service.Terms()
	if requestDraftID(p.Form.Command) == "" {
		p.Form.Command = rand.Text()
	}
	path := pathNewRequest
	if !p.Draft.SavedAt.IsZero() {
		path += "?draft=" + p.Draft.ID
	}
	if p.Draft.ID = requestDraftID(p.Form.Command); p.Draft.Writer == "" {
		p.Draft.Writer = rand.Text()
	}
	p.Page = s.page(c, v, path)
	p.Municipalities, p.Bases = terms.Municipalities, terms.Bases
	return render(c, status, p.View())
}
