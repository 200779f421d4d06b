package view_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
	"silta/consult/view"
)

var bg = context.Background()

// Whatever happens, the view answers as a list of all requests that is searched from end to end would, and the view that is
// built from the journal is the one that grew with it.
func TestViewIsTheJournal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			w.step(rt)
		}
		w.check(rt)
		before := w.dump(rt)
		w.Reopen(t, view.Options{})
		w.check(rt)
		w.Reopen(t, view.Options{Rebuild: true})
		w.check(rt)
		if after := w.dump(rt); !maps.Equal(before, after) {
			for k := range before {
				if before[k] != after[k] {
					rt.Fatalf("row %q\n%q\nbuilt again\n%q", k, before[k], after[k])
				}
			}
			rt.Fatalf("the view that was built again has %d rows, the other one %d", len(after), len(before))
		}
		if _, err := w.Journal.Prove(bg); err != nil {
			rt.Fatalf("verify: %v", err)
		}
	})
}

// check compares what the view answers with what was kept by hand.
func (w *world) check(t *rapid.T) {
	t.Helper()
	w.checkDocuments(t)
	w.checkLists(t)
	w.checkDue(t)
	w.checkFigures(t)
	w.checkSimilar(t)
	for _, pool := range pools {
		counts, err := w.View.Counts(pool)
		if err != nil {
			t.Fatalf("counts: %v", err)
		}
		want := map[consult.State]int{}
		for _, r := range w.requests {
			if slices.Contains(r.AnswerPools(), pool) {
				want[r.State]++
			}
		}
		if !maps.Equal(counts, want) {
			t.Fatalf("counts of %s: %v, want %v", pool, counts, want)
		}
	}
}

func (w *world) checkDocuments(t *rapid.T) {
	t.Helper()
	for id, want := range w.requests {
		got, err := w.View.Consultation(id)
		if err != nil {
			t.Fatalf("consultation: %v", err)
		}
		sameJSON(t, "consultation", got, want)
		if found, err := w.View.RefID(want.Ref); err != nil || found != id {
			t.Fatalf("by reference: %q, %v", found, err)
		}
	}
	for _, id := range w.erased {
		if _, err := w.View.Consultation(id); consult.KindOf(err) != consult.NotFound {
			t.Fatalf("erased: %v", err)
		}
	}
	if n, err := w.View.LastRef(2026); n != w.number || err != nil {
		t.Fatalf("last reference %d, %v, want %d", n, err, w.number)
	}
	people, err := w.View.People()
	if err != nil {
		t.Fatalf("people: %v", err)
	}
	sameJSON(t, "people", people, append([]consult.Person{}, slices.SortedFunc(maps.Values(w.people), func(a, b consult.Person) int {
		return cmp.Compare(a.ID, b.ID)
	})...))
	for id, want := range w.deliveries {
		got, err := w.View.Delivery(id)
		if err != nil {
			t.Fatalf("delivery: %v", err)
		}
		sameJSON(t, "delivery", got, want)
	}
	versions, err := w.View.RulesVersions()
	if err != nil {
		t.Fatalf("rules: %v", err)
	}
	sameJSON(t, "rules", versions, append([]consult.PublishedRules{}, w.rules...))
	for _, want := range w.rules {
		got, err := w.View.Rules(want.Number)
		if err != nil {
			t.Fatalf("rules %d: %v", want.Number, err)
		}
		sameJSON(t, "rules", got, want)
	}
}

func (w *world) checkLists(t *rapid.T) {
	t.Helper()
	scopes := []consult.Scope{}
	for kind, ids := range map[consult.ScopeKind][]string{
		consult.ByRequester: requesters, consult.ByHolder: holders, consult.ByPool: pools,
	} {
		for _, id := range ids {
			scopes = append(scopes, consult.Scope{Kind: kind, ID: id})
		}
	}
	slices.SortFunc(scopes, func(a, b consult.Scope) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	for _, id := range requesters {
		q := consult.ListQuery{
			Scopes: []consult.Scope{{Kind: consult.EndedOf, ID: id}}, States: rapid.SliceOf(rapid.SampledFrom(consult.States)).Draw(t, "states"),
			Limit: rapid.IntRange(1, 7).Draw(t, "limit"), Latest: true,
		}
		want := w.sorted(func(r *consult.Consultation) time.Time { return r.EndedAt }, func(r *consult.Consultation) bool {
			return r.Requester == id && r.State.Ended() && (len(q.States) == 0 || slices.Contains(q.States, r.State))
		})
		slices.Reverse(want)
		if got := pages(t, w.View, q); !slices.Equal(got, want) {
			t.Fatalf("list %+v:\n%v, want\n%v", q, got, want)
		}
	}
	for range 4 {
		q := consult.ListQuery{
			Scopes: rapid.SliceOf(rapid.SampledFrom(scopes)).Draw(t, "scopes"),
			States: rapid.SliceOf(rapid.SampledFrom(consult.States)).Draw(t, "states"),
			Limit:  rapid.IntRange(1, 7).Draw(t, "limit"),
			Latest: rapid.Bool().Draw(t, "latest"),
			Facts:  drawFacts(t, w.now),
			Look:   rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "look"),
		}
		if rapid.Bool().Draw(t, "a queue") {
			q.Scopes = slices.DeleteFunc(q.Scopes, func(s consult.Scope) bool { return s.Kind != consult.ByPool })
			q.States = rapid.SliceOfNDistinct(rapid.SampledFrom(consult.OpenStates), 1, 3, rapid.ID[consult.State]).Draw(t, "open states")
		}
		want := w.sorted(func(r *consult.Consultation) time.Time { return r.AnswerBy }, func(r *consult.Consultation) bool {
			return slices.ContainsFunc(q.Scopes, func(s consult.Scope) bool { return inScope(r, s) }) &&
				(len(q.States) == 0 || slices.Contains(q.States, r.State)) && isOf(r, q.Facts)
		})
		if q.Latest {
			slices.Reverse(want)
		}
		if got := pages(t, w.View, q); !slices.Equal(got, want) {
			t.Fatalf("list %+v:\n%v, want\n%v", q, got, want)
		}
	}
}

func (w *world) checkDue(t *rapid.T) {
	t.Helper()
	var want []consult.DueSubject
	for id, r := range w.requests {
		if at := r.Due(); !at.IsZero() {
			want = append(want, consult.DueSubject{Kind: consult.KindConsultation, ID: id, At: at})
		}
	}
	for id, d := range w.deliveries {
		if at := d.Due(); !at.IsZero() {
			want = append(want, consult.DueSubject{Kind: consult.KindDelivery, ID: id, At: at})
		}
	}
	slices.SortFunc(want, func(a, b consult.DueSubject) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	if got, err := w.View.Due(w.now.AddDate(1, 0, 0), 1000); err != nil || !slices.Equal(got, want) {
		t.Fatalf("due: %v, %v, want %v", got, err, want)
	}
	come := slices.DeleteFunc(slices.Clone(want), func(d consult.DueSubject) bool { return d.At.After(w.now) })
	if got, err := w.View.Due(w.now, 2); err != nil || !slices.Equal(got, come[:min(2, len(come))]) {
		t.Fatalf("due now: %v, %v", got, err)
	}
	if lost, err := w.View.OpenWithoutDue(10); err != nil || len(lost) > 0 {
		t.Fatalf("open without due: %v, %v", lost, err)
	}
	failed, err := w.View.FailedDeliveries(3)
	if err != nil {
		t.Fatalf("failed deliveries: %v", err)
	}
	ids := slices.SortedFunc(maps.Keys(w.failedAt), func(a, b string) int {
		return cmp.Or(w.failedAt[b].Compare(w.failedAt[a]), cmp.Compare(b, a))
	})
	if !slices.EqualFunc(failed, ids[:min(3, len(ids))], func(d consult.Delivery, id string) bool { return d.ID == id }) {
		t.Fatalf("failed deliveries: %v, want %v", failed, ids)
	}
}

func (w *world) dump(t *rapid.T) map[string]string {
	t.Helper()
	rows, err := w.View.Dump()
	if err != nil {
		t.Fatalf("dump: %v", err)
	}
	return rows
}
