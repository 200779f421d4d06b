package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// input is the body of a call that changes a consultation.
type input interface {
	// command returns what is to be done, and the pointers of the members that it cannot be done without and that are missing.
	command() (consult.Command, []string)
}

// do reads the body of a changing call, carries it out and shows the consultation after it.
func do[In input](a *API, c echo.Context, who consult.Actor) error {
	ch, err := change(c)
	if err != nil {
		return err
	}
	var in In
	if err := decode(c, &in); err != nil {
		return err
	}
	cmd, missing := in.command()
	con, err := a.with.Service.Do(c.Request().Context(), who, c.Param("id"), cmd, ch)
	if err != nil {
		return lacking(err, missing)
	}
	return a.show(c, http.StatusOK, con)
}
