package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// health is what machines are told.
type health struct {
	Status CheckStatus `json:"status"`
	Checks []Check     `json:"checks,omitempty"`
}

// showHealth says that the process answers.
func (s *Server) showHealth(c echo.Context, _ *visit) error {
	return c.JSON(http.StatusOK, health{Status: CheckOK})
}

// showReadiness says whether it can serve, and what it needs for that. Warnings do not keep it from serving. The details, which name people
// and teams by their ids, are for who looks after the server alone.
func (s *Server) showReadiness(c echo.Context, _ *visit) error {
	h := health{Status: CheckOK, Checks: []Check{}}
	if s.Ready != nil {
		h.Checks = append(h.Checks, s.Ready(c.Request().Context())...)
	}
	details := s.looksAfter(c.RealIP())
	for i, check := range h.Checks {
		if !details {
			h.Checks[i].Detail = ""
		}
		switch {
		case check.Status == CheckFailed:
			h.Status = CheckFailed
		case check.Status == CheckWarning && h.Status == CheckOK:
			h.Status = CheckWarning
		}
	}
	status := http.StatusOK
	if h.Status == CheckFailed {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, h)
}
