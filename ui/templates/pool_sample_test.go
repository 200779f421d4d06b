package templates_test

import (
	"time"

	"github.com/a-h/templ"

	"silta/consult"
	"silta/ui/templates"
)

// samples of a team's page and of the directory join the others.
func init() {
	samples = append([]sample{
		{"services", "/services", func(p templates.Page) templ.Component { return fullServices(p).View() }},
		{"services-empty", "/services", func(p templates.Page) templ.Component { return templates.Services{Page: p}.View() }},
		{"pool", "/pools/child-psychiatry", func(p templates.Page) templ.Component { return fullPool(p).View() }},
		{"pool-refused", "/pools/child-psychiatry", func(p templates.Page) templ.Component {
			r := fullPool(p)
			r.OnCall, r.Shifts, r.Own = nil, nil, nil
			r.Input = templates.RotaForm{Action: consult.SetOverride, Person: "b", From: "2026-11-23T08:00", To: "2026-11-22T08:00"}
			r.Errors = templates.Errors{{Pointer: "/to", Code: "before-from"}, {Pointer: "/person", Code: "not-a-member"}}
			return r.View()
		}},
	}, samples...)
}

func office() []templates.Hours {
	return []templates.Hours{
		{From: time.Monday, To: time.Thursday, Spans: []templates.Span{{From: 8 * 60, To: 16 * 60}}},
		{From: time.Friday, To: time.Friday, Spans: []templates.Span{{From: 8 * 60, To: 11 * 60}, {From: 12 * 60, To: 15 * 60}}},
	}
}

func fullServices(p templates.Page) templates.Services {
	return templates.Services{Page: p, Pools: []templates.Service{
		{
			ID: "child-psychiatry", Name: unit, About: "Neuvoo alle 13-vuotiaiden mielenterveydessä, käytöksessä ja kehityksessä.", Open: true,
			Hours: office(), Modes: consult.Modes, Languages: consult.Languages, OnCall: []string{"Leena Lastenpsykiatri"}, Lead: "Eeva Esihenkilö",
			KeyPersons: []templates.KeyPerson{{Municipality: "Kangasala", Name: "Eeva Esihenkilö"}, {Municipality: "Ylöjärvi", Name: "Leena Lastenpsykiatri"}},
			MayManage:  true,
		},
		{
			ID: "youth", Name: youth, Hours: []templates.Hours{{From: time.Monday, To: time.Sunday, Spans: []templates.Span{{To: 24 * 60}}}},
			Modes: consult.Modes[:1], Opens: now.Add(20 * time.Hour), Accepts: consult.Professions[:3],
		},
	}}
}

func fullPool(p templates.Page) templates.PoolPage {
	p.Person = specialist
	week := func(n int) templates.Stretch {
		from := now.AddDate(0, 0, 7*n)
		return templates.Stretch{From: from, To: from.AddDate(0, 0, 7)}
	}
	return templates.PoolPage{
		Page: p, ID: "child-psychiatry", Name: unit, Open: true, Hours: office(), OnCall: []string{"Leena Lastenpsykiatri"}, Until: now.AddDate(0, 0, 3),
		Shifts: []templates.ShiftRow{
			{Stretch: week(0), Name: "Leena Lastenpsykiatri", Mine: true}, {Stretch: week(1), Name: "Eeva Esihenkilö"},
			{Stretch: templates.Stretch{From: now, To: now.Add(2 * time.Hour)}, Name: "Eeva Esihenkilö", Changed: true},
		},
		Gaps: []templates.Stretch{week(3), week(4), week(5), week(6), week(7), week(8), week(9)},
		Swaps: []templates.SwapRow{
			{Stretch: week(1), ID: "s1", Asker: "Eeva Esihenkilö", Colleague: "Leena Lastenpsykiatri", ForMe: true, MayAnswer: true},
			{Stretch: week(2), ID: "s2", Asker: "Leena Lastenpsykiatri", Colleague: "Eeva Esihenkilö", MayWithdraw: true},
		},
		Overrides: []templates.OverrideRow{
			{Stretch: week(1), ID: "o1", Name: "Eeva Esihenkilö", For: "Leena Lastenpsykiatri", Counts: true, MayRemove: true, Covered: true},
			{Stretch: week(2), ID: "o2", Name: "Poissa Oleva"},
		},
		Load: []templates.LoadRow{
			{Name: "Leena Lastenpsykiatri", Open: 7, Month: 23}, {Name: "Eeva Esihenkilö"},
			{Name: "Veera Vierailija", Provider: "Hyvinvointialueen tunnus", Open: 1, Month: 2},
		},
		Flagged: []string{"Eeva Esihenkilö"}, Risk: cases(2, consult.Submitted, consult.Claimed), RiskMore: true,
		People: []templates.Choice{{ID: "a", Name: "Leena Lastenpsykiatri"}, {ID: "b", Name: "Eeva Esihenkilö"}}, Others: []templates.Choice{{ID: "a", Name: "Leena Lastenpsykiatri"}, {ID: "b", Name: "Eeva Esihenkilö"}},
		Own: []templates.Choice{{ID: "x/y", Name: "ma 23.11. klo 8.00 – ma 30.11. klo 8.00"}}, MaySet: true, MayAsk: true, Feeds: []templates.FeedRow{{ID: "f1", Created: now}, {ID: "f2", Pool: unit, Created: now}}, Version: 3, Command: "c",
	}
}
