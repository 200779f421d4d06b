package ui

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// showInvitation shows the form behind the link of an invitation. Nothing changes by looking at it.
func (s *Server) showInvitation(c echo.Context, v *visit) error {
	p, err := s.Service.Invited(c.Param("token"))
	if err != nil {
		return err
	}
	return s.invitationPage(c, v, http.StatusOK, p, nil)
}

// acceptInvitation gives whom an invitation is for the password that they have chosen, and signs them in.
func (s *Server) acceptInvitation(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p, err := s.Service.Invited(c.Param("token"))
	if err != nil {
		return err
	}
	hash, wrong := s.chosen(c, p, f.secret("new_password"))
	if wrong != nil {
		return s.invitationPage(c, v, http.StatusUnprocessableEntity, p, fieldsOf(wrong))
	}
	if p, err = s.Service.Accept(c.Request().Context(), c.Param("token"), hash); err != nil {
		return err
	}
	if len(p.TOTP) > 0 {
		if err := s.sessions.Owe(c.Request().Context(), p.ID, p.Stamp()); err != nil {
			return err
		}
		return s.codePage(c, v, http.StatusOK, templates.SignInCode{Next: "/"})
	}
	if s.wantsFactor(p) && len(p.Passkeys) > 0 {
		return s.wantPasskey(c, v, p, templates.SignIn{Next: "/"})
	}
	return s.enter(c, v, p, session.ByInvitation, formValues{})
}

func (s *Server) invitationPage(c echo.Context, v *visit, status int, person consult.Person, errors templates.Errors) error {
	p := templates.Invitation{Name: person.Name, ID: person.ID, Min: session.MinPassword, Errors: errors}
	p.Page = s.page(c, v, "")
	return render(c, status, p.View())
}

// chosen returns the hash of a password that a person chooses, or what is wrong with it.
func (s *Server) chosen(c echo.Context, p consult.Person, password string) (string, error) {
	var f faults
	if password == "" {
		f.add("/new_password", "required")
		return "", f.err(nil)
	}
	if err := session.Refuse(password, p, s.public.Hostname(), "/new_password"); err != nil {
		return "", err
	}
	return s.passwords.Hash(c.Request().Context(), password)
}

// sendInvitation plans the mail with the link of an invitation.
func (s *Server) sendInvitation(ctx context.Context, kind, token string, p consult.Person) error {
	_, err := s.Letters.Letter(ctx, letterID(kind), p.ID, consult.Letter{
		Kind: kind, At: s.Now(), Path: "/invitation/" + token,
		Facts: []consult.LetterFact{
			{Name: "account", Value: consult.LetterValue{Text: p.ID}},
			{Name: "good-until", Value: consult.LetterValue{Moment: p.Invitation.Expires}},
		},
	})
	return err
}
