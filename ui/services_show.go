package ui

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/templates"
)

// showServices shows everybody what each pool answers, when, and to whom.
func (s *Server) showServices(c echo.Context, v *visit) error {
	p := templates.Services{Page: s.page(c, v, "")}
	now := s.Now()
	for _, pool := range s.allPools(v) {
		if full := s.Pools.Find(pool.ID); full != nil {
			p.Pools = append(p.Pools, s.service(v, pool, full, now))
		}
	}
	// One's own teams come first: their pages are looked at every day.
	slices.SortStableFunc(p.Pools, func(a, b templates.Service) int {
		return cmp.Compare(count(v.actor.MemberOf(b.ID)), count(v.actor.MemberOf(a.ID)))
	})
	return render(c, http.StatusOK, p.View())
}

// service is a pool as the directory shows it.
func (s *Server) service(v *visit, pool Pool, full *routing.Pool, now time.Time) templates.Service {
	onCall, _ := s.Pools.OnCall(pool.ID, now)
	row := templates.Service{
		ID: pool.ID, Name: pool.name(v), About: v.l.In(pool.About), Open: full.Calendar.Open(now), Hours: hoursOf(full),
		Modes: full.Modes, Languages: full.Languages, OnCall: s.namesOf(v, onCall), Lead: s.name(v, full.Lead),
		MayManage: consult.MayRota(v.actor, consult.ViewRota, pool.ID, nil) == nil,
	}
	if !row.Open {
		if next, err := full.Calendar.NextOpen(now); err == nil {
			row.Opens = next
		}
	}
	if len(full.Accepts) < len(consult.Professions) {
		row.Accepts = full.Accepts
	}
	for _, municipality := range slices.Sorted(maps.Keys(full.KeyPersons)) {
		row.KeyPersons = append(row.KeyPersons, templates.KeyPerson{Municipality: municipality, Name: s.name(v, full.KeyPersons[municipality])})
	}
	return row
}

// hoursOf are a pool's opening hours, neighbouring days with the same ones together, from Monday on.
func hoursOf(p *routing.Pool) []templates.Hours {
	var list []templates.Hours
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		var spans []templates.Span
		for _, span := range p.Calendar.Week(day) {
			spans = append(spans, templates.Span{From: span.From, To: span.To})
		}
		if n := len(list); n > 0 && slices.Equal(list[n-1].Spans, spans) {
			list[n-1].To = day
			continue
		}
		list = append(list, templates.Hours{From: day, To: day, Spans: spans})
	}
	return slices.DeleteFunc(list, func(h templates.Hours) bool { return len(h.Spans) == 0 })
}
