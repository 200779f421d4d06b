package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// accessInput is why somebody opens a request of another pool.
type accessInput struct {
	Reason consult.ReasonCode `json:"reason"`
	Text   string             `json:"text"`
}

// access opens a request of another pool for a stated reason, for a while, and shows it. It is named by its id or its reference.
func (a *API) access(c echo.Context, who consult.Actor) error {
	var in accessInput
	if err := decode(c, &in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	id, _, err := a.with.Service.OpenWithReason(ctx, who, c.Param("id"), in.Reason, in.Text)
	if err != nil {
		return err
	}
	con, err := a.with.Service.Get(ctx, who, id)
	if err != nil {
		return err
	}
	return a.show(c, http.StatusOK, con)
}
