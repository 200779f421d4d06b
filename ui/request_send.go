package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// sendRequest sends a new request, and leads to its page. What keeps it from being sent is said on the form, with all that was typed.
func (s *Server) sendRequest(c echo.Context, v *visit) error {
	if !v.actor.Is(consult.Requester) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	typed, r, wrong := readRequest(f)
	sent, err := s.send(c, v, r, wrong, typed.Command)
	if err == nil {
		s.endDraft(c, v, requestDraftID(typed.Command), typed.Command)
		return s.done(c, "/requests/"+sent.ID, session.Flash{Kind: "ok", Key: "done.submit", Args: map[string]string{"ref": sent.Ref}})
	}
	status, p := problem.Status(err), templates.NewRequest{Form: typed, Errors: fieldsOf(err)}
	if len(p.Errors) == 0 {
		p.Problem = s.problem(c, v, err)
	}
	if consult.KindOf(err) == consult.Conflict {
		// Something else was sent under that command. After any other error the same one is tried again, as it may have been taken.
		p.Form.Command = ""
	}
	if p.Preview, err = s.preview(v, r, wrong); err != nil && p.Problem == "" {
		p.Problem = s.problem(c, v, err)
	}
	return s.newRequestAgain(c, v, status, f, p)
}

// send submits a request that is one. Of what is none yet, all faults are found.
func (s *Server) send(c echo.Context, v *visit, r consult.Request, wrong faults, key string) (*consult.Consultation, error) {
	if len(wrong) > 0 {
		r.Normalize()
		return nil, wrong.err(r.Validate(s.Service.Terms(), s.Now()))
	}
	sent, _, err := s.Service.Submit(c.Request().Context(), v.actor, r, key)
	return sent, err
}

// problem is what somebody is told who has typed something that could not be taken, for whatever reason.
func (s *Server) problem(c echo.Context, v *visit, err error) string {
	if id := s.problems.Record(c.Request().Context(), err); id != "" {
		return v.l.T("internal") + " " + v.l.T("failure.id") + " " + id
	}
	return s.problems.Sentence(v.l, err)
}
