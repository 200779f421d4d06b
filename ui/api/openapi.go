package api

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

//go:embed openapi.json
var description []byte

// described shows the description of the API. It needs no sign-in.
func (a *API) described(c echo.Context) error {
	return sendBytes(c, http.StatusOK, mimeJSON, description)
}
