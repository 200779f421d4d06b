package ui

import (
	"time"

	"github.com/labstack/echo/v4"

	"silta/ui/problem"
)

// streamWait is when somebody with too many open streams is told to try again.
const streamWait = time.Minute

// limitAddress refuses what comes from an address that asks too often. Files and the machines that look after the server are let through.
func (s *Server) limitAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !isFile(c) && !s.routeOf(c).watch {
			if wait := s.Limits.Address(c.RealIP(), s.Now()); wait > 0 {
				return problem.TooMany(wait)
			}
		}
		return next(c)
	}
}

// limitPerson refuses what comes from a person who asks too often by sessions. By tokens it is the API that knows who asks.
func (s *Server) limitPerson(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if v := who(c); v.signedIn && !isAPI(c) {
			if wait := s.Limits.Person(v.actor.ID, s.Now()); wait > 0 {
				return problem.TooMany(wait)
			}
		}
		return next(c)
	}
}
