package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type addInput struct {
	saidInput
}

func (in addInput) command() (consult.Command, []string) {
	return consult.AddCommand{Said: consult.Said(in.saidInput)}, nil
}

// add corrects or adds something unasked.
func (a *API) add(c echo.Context, who consult.Actor) error { return do[addInput](a, c, who) }
