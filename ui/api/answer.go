package api

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
)

type answerInput struct {
	Text        string              `json:"text"`
	Disposition consult.Disposition `json:"disposition"`
	Minutes     minutesInput        `json:"minutes"`
	Plan        []planInput         `json:"plan"`
}

type planInput struct {
	What string       `json:"what"`
	Who  string       `json:"who"`
	Due  consult.Date `json:"due"`
}

func (in answerInput) command() (consult.Command, []string) {
	cmd := consult.AnswerCommand{Text: in.Text, Disposition: in.Disposition, Minutes: consult.MinuteBracket(in.Minutes)}
	for _, s := range in.Plan {
		cmd.Steps = append(cmd.Steps, consult.PlanStep(s))
	}
	return cmd, nil
}

// answer gives the advice.
func (a *API) answer(c echo.Context, who consult.Actor) error { return do[answerInput](a, c, who) }
