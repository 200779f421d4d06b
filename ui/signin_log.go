package ui

import (
	"log/slog"

	"github.com/labstack/echo/v4"
)

// What is logged of who shows, or does not show, that they are somebody.
const (
	signedIn     = "signed in"
	signedOut    = "signed out"
	wrongSignIn  = "sign-in was wrong"
	weakSignIn   = "sign-in lacks the second factor"
	slowedSignIn = "sign-in has to wait"
)

// logSignIn logs an attempt to show who one is, with where it came from. By is how; the person is "" where nobody has that name: what
// was typed may be a password in the wrong field.
func (s *Server) logSignIn(c echo.Context, what, person, by string) {
	level := slog.LevelInfo
	if what == wrongSignIn || what == slowedSignIn || what == weakSignIn {
		level = slog.LevelWarn
	}
	s.Log.LogAttrs(c.Request().Context(), level, what, slog.String("person", person), slog.String("by", by), slog.String("from", c.RealIP()),
		slog.String("request", c.Response().Header().Get(echo.HeaderXRequestID)))
}
