package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
)

type directoryOutput struct {
	Items []poolOutput `json:"items"`
}

type poolOutput struct {
	ID    string     `json:"id"`
	Name  textOutput `json:"name"`
	About textOutput `json:"about"`
	// Open reports whether its hours count now.
	Open      bool               `json:"open"`
	Modes     []consult.Mode     `json:"modes"`
	Languages []consult.Language `json:"languages"`
	// Accepts are the professions that it answers; empty: all.
	Accepts []consult.Profession `json:"accepts"`
	// ClaimWithin and AnswerWithin are as the rules write them: "4h", "2d".
	ClaimWithin  withinOutput   `json:"claim_within"`
	AnswerWithin withinOutput   `json:"answer_within"`
	Lead         *personOutput  `json:"lead,omitempty"`
	OnCall       []personOutput `json:"on_call"`
}

type withinOutput struct {
	Urgent  string `json:"urgent"`
	Soon    string `json:"soon"`
	Routine string `json:"routine"`
}

type personOutput struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// pools shows the service directory in the order of the rules, with who is on call now.
func (a *API) pools(c echo.Context, _ consult.Actor) error {
	out := directoryOutput{}
	if r := a.with.Rules.Rules(); r != nil {
		now := a.with.Now()
		for _, p := range r.Document().Pools {
			out.Items = append(out.Items, a.poolOf(&p, now))
		}
	}
	return send(c, http.StatusOK, out)
}

func (a *API) poolOf(p *routing.Pool, now time.Time) poolOutput {
	out := poolOutput{
		ID: p.ID, Name: textOf(p.Name), About: textOf(p.About), Open: p.Calendar.Open(now), Modes: p.Modes, Languages: p.Languages,
		Accepts: p.Accepts, ClaimWithin: within(p.ClaimWithin), AnswerWithin: within(p.AnswerWithin),
	}
	if p.Lead != "" {
		out.Lead = &personOutput{p.Lead, a.with.Name(p.Lead)}
	}
	for _, id := range a.with.Rules.OnCall(p.ID, now) {
		out.OnCall = append(out.OnCall, personOutput{id, a.with.Name(id)})
	}
	return out
}

func within(d routing.Deadlines) withinOutput {
	return withinOutput{d[consult.Urgent].String(), d[consult.Soon].String(), d[consult.Routine].String()}
}
