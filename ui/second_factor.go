package ui

import (
	"slices"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
)

// wantsFactor reports whether a password alone does not sign a person in: the configuration wants two factors of one of their roles.
func (s *Server) wantsFactor(p consult.Person) bool { return slices.ContainsFunc(s.SecondFactor, p.Is) }

// hasFactor reports whether a person has something to show besides a password.
func hasFactor(p consult.Person) bool { return len(p.TOTP) > 0 || len(p.Passkeys) > 0 }

// owesFactor reports whether somebody who has signed in by a method has shown too little for what is wanted of them. What a provider of
// identities has seen, its own entry in the configuration says.
func (s *Server) owesFactor(p consult.Person, m session.Method) bool {
	switch m {
	case session.ByPasskey, session.ByProvider:
		return false
	case session.ByPasswordAndCode:
		return s.wantsFactor(p) && !hasFactor(p) // They have switched off what they had.
	}
	return s.wantsFactor(p)
}

// enrolled goes on with the session of somebody who has set up a second factor in it, and by that has shown it.
func (s *Server) enrolled(c echo.Context, v *visit, m session.Method) {
	s.sessions.Shown(c.Request().Context(), m)
	v.enrols = false
}
