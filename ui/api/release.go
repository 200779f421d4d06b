package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type releaseInput struct{}

func (releaseInput) command() (consult.Command, []string) { return consult.ReleaseCommand{}, nil }

// release puts the request back into the queue.
func (a *API) release(c echo.Context, who consult.Actor) error { return do[releaseInput](a, c, who) }
