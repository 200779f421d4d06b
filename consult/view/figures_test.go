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

// checkFigures counts all requests anew.
func (w *world) checkFigures(t *rapid.T) {
	t.Helper()
	for _, pool := range pools {
		for _, by := range []consult.Dimension{consult.ByDay, consult.ByMonth, consult.ByMunicipality, consult.ByConcern} {
			want := map[consult.FigureKey]*consult.Figures{}
			for _, r := range w.requests {
				a, ok := r.FirstAnswer()
				if !ok || a.Pool != pool {
					continue
				}
				var keys []consult.FigureKey
				switch by {
				case consult.ByDay:
					keys = append(keys, consult.FigureKey(a.At.Format("2006-01-02")))
				case consult.ByMonth:
					keys = append(keys, consult.FigureKey(a.At.Format("2006-01")))
				case consult.ByMunicipality:
					keys = append(keys, consult.FigureKey(r.Request.Client.Municipality))
				case consult.ByConcern:
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
			q := consult.FigureQuery{Pool: pool, By: by, From: w.now.AddDate(0, -3, 0), To: w.now, Municipalities: municipalities}
			got, err := w.View.Figures(q)
			if err != nil || !maps.EqualFunc(got, want, func(a, b *consult.Figures) bool { return *a == *b }) {
				t.Fatalf("figures of %s by %c: %v, %v, want %v", pool, by, got, err, want)
			}
			q.From, q.To = w.now.AddDate(0, -5, 0), w.now.AddDate(0, -4, 0)
			if got, err := w.View.Figures(q); err != nil || len(got) > 0 {
				t.Fatalf("figures of before: %v, %v", got, err)
			}
		}
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
