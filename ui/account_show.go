package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// pathAccount is the page of what one signs in with.
const pathAccount = "/account"

// showAccount shows what one signs in with, where one is signed in, and one's tokens.
func (s *Server) showAccount(c echo.Context, v *visit) error {
	return s.accountPage(c, v, http.StatusOK, templates.Account{})
}

// accountPage shows the page with a form that was refused, if any.
func (s *Server) accountPage(c echo.Context, v *visit, status int, p templates.Account) error {
	ctx := c.Request().Context()
	p.Page = s.page(c, v, pathAccount)
	p.ID, p.Email, p.Min = v.actor.ID, v.actor.Email, session.MinPassword
	p.Moves = s.moves(v, v.actor.Person)
	p.HasPassword, p.HasCodes, p.Recovery = v.actor.PasswordHash != "", len(v.actor.TOTP) > 0, len(v.actor.Recovery)
	if p.Days == "" {
		p.Days = "90"
	}
	p.MayPasskeys = s.passkeys != nil && p.HasPassword
	for _, k := range v.actor.Passkeys {
		use, err := s.Sessions.PasskeyUsed(k.ID)
		if err != nil {
			return err
		}
		p.Passkeys = append(p.Passkeys, templates.AccountPasskey{
			ID: k.Short(), Name: k.Name, Created: k.Created, Used: use.At, Synced: k.Synced,
		})
	}
	list, err := s.sessions.List(ctx, v.actor.ID)
	if err != nil {
		return err
	}
	for _, in := range list {
		browser, system, _ := strings.Cut(string(in.Browser), "/")
		p.Sessions = append(p.Sessions, templates.AccountSession{
			ID: in.ID, Method: string(in.Method), Browser: browser, System: system, Began: in.Began, Used: in.Used, Here: in.Here,
		})
	}
	tokens, err := s.Service.Tokens(v.actor, v.actor.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		shown, err := s.accountToken(t)
		if err != nil {
			return err
		}
		p.Tokens = append(p.Tokens, shown)
	}
	return render(c, status, p.View())
}

func (s *Server) accountToken(t consult.Token) (templates.AccountToken, error) {
	used, err := s.Sessions.Used(t.ID)
	shown := templates.AccountToken{ID: t.Short(), Note: t.Note, Scopes: t.Scopes, Created: t.Created, Expires: t.Expires, Used: used}
	if len(shown.Scopes) == 0 {
		shown.Scopes = consult.TokenScopes
	}
	return shown, err
}

// refuseAccount shows the account's page again with what is wrong with one of its forms.
func (s *Server) refuseAccount(c echo.Context, v *visit, form string, err error, typed templates.Account) error {
	fields := fieldsOf(err)
	if len(fields) == 0 {
		return err
	}
	typed.Form, typed.Errors = form, fields
	return s.accountPage(c, v, http.StatusUnprocessableEntity, typed)
}
