package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type claimInput struct{}

func (claimInput) command() (consult.Command, []string) { return consult.ClaimCommand{}, nil }

// claim takes the request.
func (a *API) claim(c echo.Context, who consult.Actor) error { return do[claimInput](a, c, who) }
