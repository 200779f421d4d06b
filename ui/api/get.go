package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// get shows one consultation.
func (a *API) get(c echo.Context, who consult.Actor) error {
	con, err := a.with.Service.Get(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	return a.show(c, http.StatusOK, con)
}
