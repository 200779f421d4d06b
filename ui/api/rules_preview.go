package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
)

type findingsOutput struct {
	Findings []problem.Fault `json:"findings"`
}

// diffOutput is what a document would change.
type diffOutput struct {
	Version  uint64           `json:"version"`
	Findings []problem.Fault  `json:"findings"`
	Changes  []routing.Change `json:"changes"`
	Complete bool             `json:"complete"`
	OnlyOld  []string         `json:"only_old"`
	OnlyNew  []string         `json:"only_new"`
	History  historyOutput    `json:"history"`
}

// historyOutput counts requests of the past; nothing else of them is told.
type historyOutput struct {
	Since string `json:"since"`
	routing.Replay
}

// check says what is found in the document in the body.
func (a *API) check(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	data, err := document(c)
	if err != nil {
		return err
	}
	found, err := a.with.Publisher.Check(c.Request().Context(), who, routing.Draft{File: "routing", Data: data})
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, findingsOutput{a.findings(c, found)})
}

// diff says what the document in the body would change.
func (a *API) diff(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	data, err := document(c)
	if err != nil {
		return err
	}
	p, err := a.with.Publisher.Preview(c.Request().Context(), who, routing.Draft{File: "routing", Data: data})
	if err != nil {
		return err
	}
	return a.sendDiff(c, p)
}

// compare says what changed between two versions.
func (a *API) compare(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	from, err := number(c.QueryParam("from"))
	if err != nil {
		return err
	}
	to, err := number(c.QueryParam("to"))
	if err != nil {
		return err
	}
	p, err := a.with.Publisher.Compare(c.Request().Context(), who, from, to)
	if err != nil {
		return err
	}
	return a.sendDiff(c, p)
}

func (a *API) sendDiff(c echo.Context, p routing.Preview) error {
	return send(c, http.StatusOK, diffOutput{
		Version: p.Version, Findings: a.findings(c, p.Findings), Changes: p.Changes, Complete: p.Complete,
		OnlyOld: p.OnlyOld, OnlyNew: p.OnlyNew, History: historyOutput{stamp(p.Since, a.zone()), p.Replay},
	})
}
