package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type withdrawInput struct {
	Reason            string   `json:"reason"`
	IdentityConfirmed []string `json:"identity_confirmed"`
}

func (in withdrawInput) command() (consult.Command, []string) {
	return consult.WithdrawCommand(in), nil
}

// withdraw takes the request back.
func (a *API) withdraw(c echo.Context, who consult.Actor) error { return do[withdrawInput](a, c, who) }
