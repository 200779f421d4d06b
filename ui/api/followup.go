package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type followUpInput struct {
	saidInput
}

func (in followUpInput) command() (consult.Command, []string) {
	return consult.FollowUpCommand{Said: consult.Said(in.saidInput)}, nil
}

// followUp asks again after the answer.
func (a *API) followUp(c echo.Context, who consult.Actor) error { return do[followUpInput](a, c, who) }
