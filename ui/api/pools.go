package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// Pool is a line of the service directory.
type Pool struct {
	ID    string
	Name  consult.Text
	About consult.Text
	// Open reports whether its hours count now.
	Open      bool
	Modes     []consult.Mode
	Languages []consult.Language
	// Accepts are the professions that it answers; empty: all.
	Accepts []consult.Profession
	// ClaimWithin and AnswerWithin are the promised times, as the rules write them ("4h", "2d").
	ClaimWithin, AnswerWithin map[consult.Urgency]string
	// Lead and OnCall are ids of persons; Lead can be "".
	Lead   string
	OnCall []string
}

type directoryOutput struct {
	Items []poolOutput `json:"items"`
}

type poolOutput struct {
	ID           string                     `json:"id"`
	Name         consult.Text               `json:"name"`
	About        consult.Text               `json:"about"`
	Open         bool                       `json:"open"`
	Modes        []consult.Mode             `json:"modes"`
	Languages    []consult.Language         `json:"languages"`
	Accepts      []consult.Profession       `json:"accepts"`
	ClaimWithin  map[consult.Urgency]string `json:"claim_within"`
	AnswerWithin map[consult.Urgency]string `json:"answer_within"`
	Lead         *personOutput              `json:"lead,omitempty"`
	OnCall       []personOutput             `json:"on_call"`
}

type personOutput struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// pools shows the service directory, with who is on call now.
func (a *API) pools(c echo.Context, _ consult.Actor) error {
	pools, err := a.Pools.Directory(c.Request().Context(), a.Now())
	if err != nil {
		return err
	}
	out := directoryOutput{Items: make([]poolOutput, len(pools))}
	for i, p := range pools {
		o := poolOutput{
			ID: p.ID, Name: p.Name, About: p.About, Open: p.Open, Modes: p.Modes, Languages: p.Languages, Accepts: p.Accepts,
			ClaimWithin: p.ClaimWithin, AnswerWithin: p.AnswerWithin,
		}
		if p.Lead != "" {
			o.Lead = &personOutput{p.Lead, a.Name(p.Lead)}
		}
		for _, id := range p.OnCall {
			o.OnCall = append(o.OnCall, personOutput{id, a.Name(id)})
		}
		out.Items[i] = o
	}
	return send(c, http.StatusOK, out)
}
