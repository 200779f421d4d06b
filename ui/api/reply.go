package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

// saidInput is what the sender adds: of reply, add and follow-up.
type saidInput struct {
	Text              string   `json:"text"`
	IdentityConfirmed []string `json:"identity_confirmed"`
}

type replyInput struct {
	saidInput
}

func (in replyInput) command() (consult.Command, []string) {
	return consult.ReplyCommand{Said: consult.Said(in.saidInput)}, nil
}

// reply answers the question of the pool.
func (a *API) reply(c echo.Context, who consult.Actor) error { return do[replyInput](a, c, who) }
