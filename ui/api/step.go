package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

// stepInput marks a step of the plan; where it does not say as what, as done.
type stepInput struct {
	Step *int  `json:"step"`
	Done *bool `json:"done"`
}

func (in stepInput) command() (consult.Command, []string) {
	cmd := consult.StepCommand{Step: never, Done: in.Done == nil || *in.Done}
	if in.Step == nil {
		return cmd, []string{"/step"}
	}
	cmd.Step = *in.Step
	return cmd, nil
}

// step says that a step of the plan was done, or that it was not.
func (a *API) step(c echo.Context, who consult.Actor) error { return do[stepInput](a, c, who) }
