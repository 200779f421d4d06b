package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// submit sends a request. A repetition is answered as the first time was: 201, with the consultation as it is now.
func (a *API) submit(c echo.Context, who consult.Actor) error {
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	var in requestInput
	if err := decode(c, &in); err != nil {
		return err
	}
	r, missing := in.request()
	con, _, err := a.with.Service.Submit(c.Request().Context(), who, r, key)
	if err != nil {
		return lacking(err, missing)
	}
	c.Response().Header().Set(echo.HeaderLocation, Base+"/v1/consultations/"+con.ID)
	return a.show(c, http.StatusCreated, con)
}
