package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// rotaDays is how far ahead a rota is told where nothing else is asked for, maxRotaDays the most.
const rotaDays, maxRotaDays = 42, 400

type rotaOutput struct {
	Pool string    `json:"pool"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Version is that of what was agreed.
	Version uint64         `json:"version"`
	Members []memberOutput `json:"members"`
	Shifts  []shiftOutput  `json:"shifts"`
	// Gaps are the open hours with nobody on call.
	Gaps      []stretchOutput  `json:"gaps"`
	Overrides []overrideOutput `json:"overrides"`
	Swaps     []swapOutput     `json:"swaps"`
}

type memberOutput struct {
	Person personOutput `json:"person"`
	Lead   bool         `json:"lead"`
	// Provider is that by whose claims alone they are a member.
	Provider string `json:"provider,omitempty"`
}

type stretchOutput struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

type shiftOutput struct {
	Person personOutput `json:"person"`
	stretchOutput
}

type overrideOutput struct {
	ID     string        `json:"id"`
	Person personOutput  `json:"person"`
	For    *personOutput `json:"for,omitempty"`
	stretchOutput
}

type swapOutput struct {
	ID        string       `json:"id"`
	Asker     personOutput `json:"asker"`
	Colleague personOutput `json:"colleague"`
	stretchOutput
}

// rota tells a pool's own people who is on call when, where nobody is, and what was agreed.
func (a *API) rota(c echo.Context, who consult.Actor) error {
	now := a.with.Now()
	from, err := momentOf(c, "from", now)
	if err != nil {
		return err
	}
	to, err := momentOf(c, "to", from.AddDate(0, 0, rotaDays))
	if err != nil {
		return err
	}
	if !to.After(from) || to.Sub(from) > maxRotaDays*24*time.Hour {
		return invalid("/to", "too-far", "max", maxRotaDays)
	}
	id := c.Param("id")
	agreed, err := a.with.Service.Rota(who, id)
	if err != nil {
		return err
	}
	zone := a.zone()
	stretch := func(from, to time.Time) stretchOutput { return stretchOutput{from.In(zone), to.In(zone)} }
	person := func(id string) personOutput { return personOutput{id, a.with.Name(id)} }
	out := rotaOutput{
		Pool: id, From: from.In(zone), To: to.In(zone), Version: agreed.Revision,
		Members: []memberOutput{}, Shifts: []shiftOutput{}, Gaps: []stretchOutput{}, Overrides: []overrideOutput{}, Swaps: []swapOutput{},
	}
	colleagues, err := a.with.Service.Colleagues(id)
	if err != nil {
		return err
	}
	for _, c := range colleagues {
		out.Members = append(out.Members, memberOutput{person(c.Person.ID), c.Lead, c.Provider})
	}
	duty, _ := a.with.Rules.DutyOf(id, from, to)
	for _, s := range duty.Shifts {
		out.Shifts = append(out.Shifts, shiftOutput{person(s.Person), stretch(s.From, s.To)})
	}
	for _, g := range duty.Gaps {
		out.Gaps = append(out.Gaps, stretch(g.From, g.To))
	}
	for _, o := range agreed.Overrides {
		if !o.To.After(from) || !o.From.Before(to) {
			continue
		}
		row := overrideOutput{ID: o.ID, Person: person(o.Person), stretchOutput: stretch(o.From, o.To)}
		if o.For != "" {
			row.For = new(person(o.For))
		}
		out.Overrides = append(out.Overrides, row)
	}
	for _, s := range agreed.Swaps {
		if s.Open(now) {
			out.Swaps = append(out.Swaps, swapOutput{s.ID, person(s.Asker), person(s.Colleague), stretch(s.From, s.To)})
		}
	}
	return send(c, http.StatusOK, out)
}

// momentOf reads a moment of the query; one that is not there is the given one.
func momentOf(c echo.Context, name string, otherwise time.Time) (time.Time, error) {
	text := c.QueryParam(name)
	if text == "" {
		return otherwise.Truncate(time.Second), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 1970 || at.Year() > 2200 {
		return at, invalid("/"+name, "wrong-type")
	}
	return at, nil
}
