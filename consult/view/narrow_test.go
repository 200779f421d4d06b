package view_test

import (
	"fmt"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/view"
)

// narrowings are the ways in which a queue is narrowed, with how many of the few requests of [narrowQueue] they find. None of the many
// others is urgent, of the concern grief, of Ylöjärvi, or has a mood in Akaa and anxiety in Tampere, although many are of each alone.
var narrowings = map[consult.ListFacts]int{
	{}: 50, {Urgency: consult.Urgent}: 12, {Municipality: "Ylöjärvi"}: 6, {Concern: "grief"}: 6,
	{Municipality: "Tampere", Concern: "mood"}: 6, {Urgency: consult.Urgent, Municipality: "Akaa"}: 6,
	{Urgency: consult.Urgent, Concern: "anxiety"}: 6, {Urgency: consult.Urgent, Municipality: "Akaa", Concern: "anxiety"}: 6,
	{Urgency: consult.Urgent, Municipality: "Tampere"}: 0, {Municipality: "Nowhere"}: 0, {Concern: "migration-stress"}: 0,
	{Municipality: "Ylöjärvi", Concern: "anxiety"}: 0, {Urgency: consult.Soon, Concern: "gambling-or-gaming"}: 0,
}

// narrowQueue is a store with many open requests, and behind them, by deadline, a few that can be opened; 50 before them can, too.
func narrowQueue(t *testing.T, many int) *view.View {
	s := consulttest.Open(t)
	if err := s.View.FillOpen(many, consulttest.Start.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	n := 0
	send := func(answerBy time.Time, u consult.Urgency, municipality string, c consult.Concern) {
		n++
		e := consulttest.Submission{
			Number: n, AnswerBy: answerBy.Add(time.Duration(n) * time.Minute), Background: "x",
			Change: func(r *consult.Request) {
				r.Urgency, r.Client.Municipality, r.Concerns = u, municipality, []consult.Concern{c}
			},
		}.Entry()
		if _, err := s.Journal.Append(bg, e, 0); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 {
		send(consulttest.Start, consult.Soon, "Kihniö", "other")
	}
	late := consulttest.Start.AddDate(2, 0, 0)
	for range 6 {
		send(late, consult.Soon, "Ylöjärvi", "grief")
		send(late, consult.Soon, "Tampere", "mood")
		send(late, consult.Urgent, "Akaa", "anxiety")
		send(late, consult.Urgent, "Kihniö", "other")
	}
	return s.View
}

// A page of a queue looks for as much in the file among 500 open requests as among 20,000, however the queue is narrowed and however few
// are then found. What it passes by in between is bounded, and it says where it goes on.
func TestNarrowQueue(t *testing.T) {
	t.Parallel()
	small, large := narrowQueue(t, 500), narrowQueue(t, 20_000)
	const look = 4_000
	for facts, want := range narrowings {
		t.Run(fmt.Sprintf("%+v", facts), func(t *testing.T) {
			q := consult.ListQuery{
				Scopes: []consult.Scope{{Kind: consult.ByPool, ID: "child-psychiatry"}}, States: consult.OpenStates,
				Limit: 50, Facts: facts, Look: look,
			}
			found, next, few, err := small.Steps(q)
			if end := next == (consult.Cursor{}); found != want || end != (want < 50) || err != nil {
				t.Errorf("%d of few requests, want %d; the end: %t; %v", found, want, end, err)
			}
			all, pages := 0, 0
			for {
				found, next, many, err := large.Steps(q)
				if err != nil {
					t.Fatal(err)
				}
				if all, pages = all+found, pages+1; many > few {
					t.Errorf("%d steps among few, %d on page %d among many", few, many, pages)
				}
				if q.After = next; next == (consult.Cursor{}) || facts == (consult.ListFacts{}) {
					break
				}
			}
			if all != want || facts != (consult.ListFacts{}) && pages != 20_000/look+1 {
				t.Errorf("%d of many requests on %d pages, want %d", all, pages, want)
			}
		})
	}
}
