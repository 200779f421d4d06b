package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type assignInput struct {
	Person string `json:"person"`
}

func (in assignInput) command() (consult.Command, []string) {
	var missing []string
	if in.Person == "" {
		missing = []string{"/person"}
	}
	return consult.AssignCommand{Person: in.Person}, missing
}

// assign gives the request to a member of the pool.
func (a *API) assign(c echo.Context, who consult.Actor) error { return do[assignInput](a, c, who) }
