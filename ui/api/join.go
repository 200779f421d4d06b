package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type joinInput struct {
	Pool   string `json:"pool"`
	Reason string `json:"reason"`
}

func (in joinInput) command() (consult.Command, []string) {
	return consult.JoinCommand{Pool: in.Pool, Reason: in.Reason}, nil
}

// join asks another pool to answer as well.
func (a *API) join(c echo.Context, who consult.Actor) error { return do[joinInput](a, c, who) }
