package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type handOverInput struct {
	Pool   string `json:"pool"`
	Reason string `json:"reason"`
}

func (in handOverInput) command() (consult.Command, []string) {
	return consult.HandOverCommand{Pool: in.Pool, Reason: in.Reason}, nil
}

// handOver gives the request to another pool.
func (a *API) handOver(c echo.Context, who consult.Actor) error { return do[handOverInput](a, c, who) }
