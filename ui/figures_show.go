package ui

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showFigures shows how the pools have answered.
func (s *Server) showFigures(c echo.Context, v *visit) error {
	p, err := s.figures(c, v)
	if err != nil {
		return err
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// downloadFigures gives the same as a file for a spreadsheet.
func (s *Server) downloadFigures(c echo.Context, v *visit) error {
	p, err := s.figures(c, v)
	if err != nil {
		return err
	}
	p.Page = s.fragment(c, v, "/figures")
	from, to := p.Days()
	w, err := newSpreadsheet(c, fmt.Sprintf("silta-%s-%s.csv", from.Format(time.DateOnly), to.Format(time.DateOnly)))
	if err != nil {
		return err
	}
	for _, row := range p.Table() {
		if err := w.row(row...); err != nil {
			return err
		}
	}
	return w.end()
}

// figures is the report on one pool, or on all of them.
func (s *Server) figures(c echo.Context, v *visit) (templates.Figures, error) {
	var p templates.Figures
	var pools []string
	for _, pool := range s.allPools(v) {
		p.Pools = append(p.Pools, templates.Choice{ID: pool.ID, Name: pool.name(v)})
		pools = append(pools, pool.ID)
	}
	if pool := c.QueryParam("pool"); slices.Contains(pools, pool) {
		p.Pool = pool
	}
	s.figurePeriod(c, v, &p)
	report, err := s.Service.Figures(c.Request().Context(), v.actor, consult.FigureOrder{Pools: pools, Pool: p.Pool, From: p.From, To: p.To})
	if err != nil {
		return p, err
	}
	p.Total, p.Short = report.Total, report.Short
	p.Watched, p.AtRisk, p.More, p.Cases = report.Watched, report.AtRisk, report.More, s.casesOf(v, report.Cases)
	group := func(kind string, rows []consult.FigureRow, name func(consult.FigureKey) string) {
		g := templates.FigureGroup{Kind: kind}
		for _, row := range rows {
			g.Rows = append(g.Rows, templates.FigureLine{Name: name(row.Key), FigureRow: row})
		}
		p.Groups = append(p.Groups, g)
	}
	if len(report.ByMonth) > 0 {
		group("month", report.ByMonth, func(key consult.FigureKey) string { return monthName(v, string(key)) })
	}
	if len(pools) > 1 && p.Pool == "" {
		group("pool", report.ByPool, func(key consult.FigureKey) string { return s.poolName(v, string(key)) })
	}
	if report.Short {
		return p, nil
	}
	group("municipality", report.ByMunicipality, func(key consult.FigureKey) string {
		if key == "" {
			return v.l.T("figures.elsewhere")
		}
		return string(key)
	})
	group("concern", report.ByConcern, func(key consult.FigureKey) string { return v.l.Code("concern", string(key)) })
	return p, nil
}
