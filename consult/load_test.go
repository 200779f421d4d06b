package consult_test

import (
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// TestPoolLoad: what somebody has is counted whole, however much they have answered since; and what they have taken since a moment, whatever
// became of it, in this pool alone.
func TestPoolLoad(t *testing.T) {
	d := newDesk(t)
	number := 0
	take := func(pool string, at time.Time, events ...consult.Event) {
		t.Helper()
		number++
		e := consulttest.Submission{Number: number, Pool: pool, At: at}.Entry()
		for revision := uint64(0); ; revision++ {
			if _, err := d.store.Journal.Append(t.Context(), e, revision); err != nil {
				t.Fatal(err)
			}
			if revision == uint64(len(events)) {
				return
			}
			e = consulttest.Next(e.State.(*consult.Consultation), at, "childpsych", events[revision])
		}
	}
	const pool = "child-psychiatry"
	since := consulttest.Start.AddDate(0, 0, 1)
	claimed, answered := &consult.ClaimedEvent{}, &consult.AnsweredEvent{Pool: pool, Text: "x"}
	take(pool, consulttest.Start, claimed)
	take(pool, since, claimed)
	take("youth-psychiatry", since, claimed)
	take(pool, consulttest.Start, claimed, answered)
	take(pool, since, claimed, &consult.WithdrawnEvent{})
	for range 200 {
		take(pool, since.Add(time.Hour), claimed, answered)
	}
	loads, err := d.PoolLoad(d.actor("childpsych2"), pool, since)
	if err != nil || len(loads) != 2 || loads[0].Person.ID != "childpsych" {
		t.Fatalf("%+v, %v", loads, err)
	}
	if loads[0].Open != 2 || loads[0].Since != 201 || loads[1].Open+loads[1].Since != 0 {
		t.Errorf("%d open and %d taken, %d of a colleague", loads[0].Open, loads[0].Since, loads[1].Open+loads[1].Since)
	}
	if _, err := d.PoolLoad(d.actor("nurse"), pool, since); consult.KindOf(err) != consult.NotFound {
		t.Errorf("a sender: %v", err)
	}
}
