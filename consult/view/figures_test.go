package view_test

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
)

// drawFacts narrows a list by some facts.
func drawFacts(t *rapid.T, now time.Time) (f consult.ListFacts) {
	if rapid.Bool().Draw(t, "narrowed") {
		f.Urgency = rapid.SampledFrom(append(consult.Urgencies[:2:2], "")).Draw(t, "of urgency")
		f.Municipality = rapid.SampledFrom(append(municipalities[:2:2], "", "Nowhere")).Draw(t, "of municipality")
		f.Concern = rapid.SampledFrom(append(consult.Concerns[:2:2], "")).Draw(t, "of concern")
		f.AgeBelow = rapid.SampledFrom([]int{0, 7, 23}).Draw(t, "below")
		if rapid.Bool().Draw(t, "older") {
			f.SubmittedBefore = now.Add(-time.Hour)
		}
	}
	return f
}

func isOf(r *consult.Consultation, f consult.ListFacts) bool {
	return (f.Urgency == "" || r.Urgency == f.Urgency) &&
		(f.Municipality == "" || r.Request.Client.Municipality == f.Municipality) &&
		(f.Concern == "" || slices.Contains(r.Request.Concerns, f.Concern)) &&
		(f.AgeBelow == 0 || r.Request.Client.Age < f.AgeBelow) &&
		(f.SubmittedBefore.IsZero() || r.SubmittedAt.Before(f.SubmittedBefore))
}

// checkFigures counts all requests anew, over stretches of time that begin and end anywhere.
func (w *world) checkFigures(t *rapid.T) {
	t.Helper()
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	month := time.Date(w.now.Year(), w.now.Month(), 1, 0, 0, 0, 0, helsinki)
	back := func(label string) time.Time {
		return w.now.Add(-time.Duration(rapid.IntRange(-10, 4*90*24).Draw(t, label)) * consult.FigureGrain)
	}
	one, other := back("one"), back("other")
	if other.Before(one) {
		one, other = other, one
	}
	for _, span := range [][2]time.Time{
		{w.now.AddDate(0, -3, 0), w.now.Add(time.Hour)}, {month, month.AddDate(0, 1, 0)}, {month.AddDate(0, -1, 0), month}, {one, other},
		{w.now.AddDate(0, -5, 0), w.now.AddDate(0, -4, 0)},
	} {
		for _, pool := range pools {
			for _, by := range []consult.Dimension{consult.All, consult.ByMunicipality, consult.ByConcern} {
				w.checkSpan(t, consult.FigureQuery{Pool: pool, By: by, From: span[0], To: span[1], Municipalities: municipalities})
			}
		}
	}
}

func (w *world) checkSpan(t *rapid.T, q consult.FigureQuery) {
	t.Helper()
	from, to := q.From.Truncate(consult.FigureGrain), q.To.Add(consult.FigureGrain-1).Truncate(consult.FigureGrain)
	want := map[consult.FigureKey]*consult.Figures{}
	for _, r := range w.requests {
		a, ok := r.FirstAnswer()
		if !ok || a.Pool != q.Pool || a.At.Before(from) || !a.At.Before(to) {
			continue
		}
		keys := []consult.FigureKey{""}
		switch q.By {
		case consult.ByMunicipality:
			keys = []consult.FigureKey{consult.FigureKey(r.Request.Client.Municipality)}
		case consult.ByConcern:
			keys = nil
			for _, c := range r.Request.Concerns {
				keys = append(keys, consult.FigureKey(c))
			}
		}
		for _, key := range keys {
			if want[key] == nil {
				want[key] = new(consult.Figures)
			}
			want[key].Add(figuresOf(r, a))
		}
	}
	got, err := w.View.Figures(q)
	if err != nil || !maps.EqualFunc(got, want, func(a, b *consult.Figures) bool { return *a == *b }) {
		t.Fatalf("figures of %s by %c from %s to %s: %v, %v, want %v", q.Pool, q.By, q.From, q.To, got, err, want)
	}
}

func figuresOf(r *consult.Consultation, a consult.FirstAnswer) *consult.Figures {
	f := &consult.Figures{Answered: 1}
	if a.InTime {
		f.InTime = 1
	}
	f.Spans[consult.SpanStep(a.After.Truncate(time.Minute))] = 1
	if c := r.CloseOut; c != nil {
		f.Outcomes[slices.Index(consult.Outcomes, c.Outcome)] = 1
		f.Referrals[slices.Index(consult.ReferralOutcomes, c.Referral)] = 1
	}
	return f
}

// checkSimilar looks through all requests for those that are alike.
func (w *world) checkSimilar(t *rapid.T) {
	t.Helper()
	bands := [][2]int{{0, 6}, {7, 12}, {13, 17}, {18, 22}, {23, 120}}
	band := rapid.SampledFrom(bands).Draw(t, "band")
	concerns := consult.Concerns[:2]
	type alike struct {
		id string
		n  int
		at time.Time
	}
	for _, pool := range pools {
		var want []alike
		for id, r := range w.requests {
			a, ok := r.FirstAnswer()
			n := len(slices.DeleteFunc(slices.Clone(r.Request.Concerns), func(c consult.Concern) bool { return !slices.Contains(concerns, c) }))
			if ok && a.Pool == pool && n > 0 && r.Request.Client.Age >= band[0] && r.Request.Client.Age <= band[1] {
				want = append(want, alike{id, n, a.At})
			}
		}
		slices.SortFunc(want, func(a, b alike) int { return cmp.Or(b.n-a.n, b.at.Compare(a.at), cmp.Compare(a.id, b.id)) })
		got, err := w.View.Similar(pool, concerns, band[1], 3)
		if err != nil || !slices.EqualFunc(got, want[:min(3, len(want))], func(c *consult.Consultation, a alike) bool { return c.ID == a.id }) {
			t.Fatalf("similar of %s, %v: %v, %v, want %v", pool, band, got, err, want)
		}
	}
}
