package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type askInput struct {
	Text string `json:"text"`
}

func (in askInput) command() (consult.Command, []string) {
	return consult.AskCommand{Text: in.Text}, nil
}

// ask puts a question to the sender.
func (a *API) ask(c echo.Context, who consult.Actor) error { return do[askInput](a, c, who) }
