package ui

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/limit"
	"silta/ui/templates"
)

// showForgot shows the page for asking for a new password.
func (s *Server) showForgot(c echo.Context, v *visit) error {
	return render(c, http.StatusOK, templates.Forgot{Page: s.page(c, v, "")}.View())
}

// forgot sends a link to a new password to the person of a name, if there is one with a mail address. The answer is the same and takes
// as long whether there is or not: the work is done after it.
func (s *Server) forgot(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	name := f.line("name")
	if consult.ValidID(name) && s.resets.Try(limit.Attempt{Account: name, Address: c.RealIP()}, s.Now()) == 0 {
		s.later(func(ctx context.Context) error { return s.sendReset(ctx, name) })
	}
	return render(c, http.StatusOK, templates.Forgot{Page: s.page(c, v, "/sign-in/forgot"), Sent: true}.View())
}

func (s *Server) sendReset(ctx context.Context, id string) error {
	p, err := s.People.Person(id)
	switch {
	case consult.KindOf(err) == consult.NotFound:
		return nil
	case err != nil:
		return err
	case p.Barred() || p.Email == "":
		return nil
	}
	token, p, err := s.Service.Invite(ctx, consult.System, id, consult.ResetLife, false)
	if err != nil {
		return err
	}
	return s.sendInvitation(ctx, "reset", token, p)
}

// later does something after the answer was given, in order. What cannot wait in line any more is left out: it can be asked for again.
func (s *Server) later(do func(context.Context) error) {
	select {
	case s.work <- do:
	default:
	}
}

// workLine is how much waits for later at most.
const workLine = 100

// doLater does what waits until the server shuts down.
func (s *Server) doLater() {
	for {
		select {
		case <-s.Closing.Done():
			return
		case do := <-s.work:
			if err := do(s.Closing); err != nil && s.Closing.Err() == nil {
				s.problems.Record(s.Closing, err)
			}
		}
	}
}
