package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
)

// decisionOutput says how a consultation came to its first pool, and why.
type decisionOutput struct {
	At         string             `json:"at"`
	Pool       string             `json:"pool"`
	With       []string           `json:"with"`
	Rule       string             `json:"rule"`
	Why        textOutput         `json:"why,omitzero"`
	Urgency    consult.Urgency    `json:"urgency"`
	Interlocks []string           `json:"interlocks"`
	Notes      []consult.NoteCode `json:"notes"`
	Rules      rulesOutput        `json:"rules"`
	// Trace is nil where the rules that decided are not kept.
	Trace *[]routing.Trace `json:"trace"`
}

// decision says of a consultation, however old, which rule sent it where, and what stood in the way of the rules before.
func (a *API) decision(c echo.Context, who consult.Actor) error {
	con, err := a.with.Service.Get(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	d := con.Decision()
	out := decisionOutput{
		At: stamp(con.SubmittedAt, a.zone()), Pool: d.Pool, With: d.With, Rule: d.Rule, Why: textOf(d.Why), Urgency: d.Urgency, Notes: d.Notes,
		Rules: rulesOutput(d.Rules),
	}
	for _, lock := range d.Interlocks {
		out.Interlocks = append(out.Interlocks, lock.ID)
	}
	switch trace, err := a.with.Rules.Retrace(d, con.Request.Facts(con.Profession)); {
	case err == nil:
		out.Trace = &trace
	case consult.KindOf(err) != consult.NotFound:
		return err
	}
	return send(c, http.StatusOK, out)
}
