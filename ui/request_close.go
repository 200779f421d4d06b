package ui

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// closeOut closes it with the sender's five questions.
func (s *Server) closeOut(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Close, func(f templates.ActionForm) consult.Command {
		return consult.CloseCommand{CloseOut: consult.CloseOut{
			Outcome: consult.Outcome(f.Outcome), Referral: consult.ReferralOutcome(f.Referral),
			ValueClient: mark(f.ValueClient), ValueMe: mark(f.ValueMe), Text: f.Text,
		}, IdentityConfirmed: f.IdentityConfirmed}
	})
}

// mark reads a value of 1 to 5; what is none is 0, which the service refuses.
func mark(typed string) int {
	n, err := strconv.Atoi(typed)
	if err != nil {
		return 0
	}
	return n
}
