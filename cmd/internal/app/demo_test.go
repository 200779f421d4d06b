package app

import (
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"silta/cmd/internal/demo"
	"silta/consult"
)

// TestDemoPast: whenever a demo is started, it has a year behind it of which figures can be told, and only its last week's requests are
// open or wait for somebody.
func TestDemoPast(t *testing.T) {
	clocks := []string{"2026-11-23T09:30:00+02:00", "2026-03-30T07:05:00+03:00", "2028-02-29T23:55:00+02:00"}
	if testing.Short() {
		clocks = clocks[:1]
	}
	for _, clock := range clocks {
		t.Run(clock[:10], func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, clock)
			if err != nil {
				t.Fatal(err)
			}
			a := start(t, Options{Config: settings(t, ""), Demo: &Demo{Start: now}, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard})
			s := a.store
			pools := rotas{s.book}.Pools()
			report, err := s.service.Figures(t.Context(), consult.System, consult.FigureOrder{
				Pools: pools, From: now.Add(-demo.Year), To: now,
			})
			if err != nil {
				t.Fatal(err)
			}
			if report.Total.Answered < 200 || !report.Total.Told || report.AtRisk > 0 {
				t.Errorf("%+v, %d at risk", report.Total, report.AtRisk)
			}
			untold := slices.DeleteFunc(report.ByPool, func(row consult.FigureRow) bool { return row.Told })
			if len(untold) > 1 {
				t.Errorf("too few answers to tell figures of %d teams", len(untold))
			}
			for _, pool := range pools {
				page, err := s.view.List(consult.ListQuery{
					Scopes: []consult.Scope{{Kind: consult.ByPool, ID: pool}}, States: append(slices.Clip(consult.OpenStates), consult.Answered), Limit: consult.MaxPage,
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page.Items {
					if now.Sub(c.SubmittedAt) > 9*24*time.Hour {
						t.Errorf("%s of %s is %s", c.Ref, c.SubmittedAt, c.State)
					}
				}
			}
		})
	}
}
