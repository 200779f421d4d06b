package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type workerInput struct {
	Role consult.PlanRole `json:"role"`
	Name string           `json:"name"`
}

func (in workerInput) command() (consult.Command, []string) {
	return consult.WorkerCommand(in), nil
}

// worker says who has a part in the plan.
func (a *API) worker(c echo.Context, who consult.Actor) error { return do[workerInput](a, c, who) }
