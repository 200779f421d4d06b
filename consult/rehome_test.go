package consult_test

import (
	"context"
	"fmt"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
)

// rulesWith is a document with these pools, each answered by childpsych; the young go to the first.
func rulesWith(pools ...string) []byte {
	doc := fmt.Sprintf("timezone: Europe/Helsinki\nmunicipalities: [Ylöjärvi]\nrules:\n  - {id: young, when: {age: \"<13\"}, to: %s}\notherwise: %s\npools:\n", pools[0], pools[len(pools)-1])
	for _, p := range pools {
		doc += fmt.Sprintf("  %s: {members: [childpsych], on-call: {rotation: {every: day, from: 2026-01-05T08:00, order: [childpsych]}}}\n", p)
	}
	return []byte(doc)
}

// meanwhile is a journal in which something else happens just before the next append.
type meanwhile struct {
	consult.Journal
	before func()
}

func (m *meanwhile) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if before := m.before; before != nil {
		m.before = nil
		before()
	}
	return m.Journal.Append(ctx, e, expected)
}

// TestPoolGoesWhileARequestComes: rules without the pool come into force between the decision and the append.
func TestPoolGoesWhileARequestComes(t *testing.T) {
	d := newDesk(t)
	j := &meanwhile{Journal: d.store.Journal}
	d.Service = consult.NewService(j, d.store.View, d.book, consult.Config{Now: d.clock, NewID: consulttest.NewID})
	publish := func(version uint64, pools ...string) {
		t.Helper()
		if err := d.book.Publish(version, rulesWith(pools...)); err != nil {
			t.Fatal(err)
		}
	}
	rerouted := func(c *consult.Consultation, from, to string) {
		t.Helper()
		ev, ok := c.Timeline[len(c.Timeline)-1].Event.(*consult.HandedOverEvent)
		if !ok || !ev.Rerouted || ev.Escalation || ev.From != from || c.Pool != to || c.Escalation != 0 || c.State != consult.Submitted {
			t.Errorf("%+v of a request with %s", ev, c.Pool)
		}
		if _, err := d.Do(t.Context(), d.actor("childpsych"), c.ID, consult.ClaimCommand{}, consult.Change{}); err != nil {
			t.Errorf("claimed: %v", err)
		}
	}
	publish(2, "small", "big")
	j.before = func() { publish(3, "big") }
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	rerouted(c, "small", "big")

	publish(4, "big", "small", "other")
	c = d.sent()
	j.before = func() { publish(5, "big", "other") }
	c, err = d.Do(t.Context(), d.actor("childpsych"), c.ID, consult.HandOverCommand{Pool: "small", Reason: "Nuori."}, consult.Change{})
	if err != nil {
		t.Fatal(err)
	}
	rerouted(c, "small", "big")

	// Those that are there already, such as after a crash in between, the watchdog finds.
	publish(6, "small", "big")
	c = d.sent()
	publish(7, "big")
	if n, err := d.Rehome(t.Context(), d.store.View, d.clock()); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	rerouted(d.get(c.ID), "small", "big")
	if n, err := d.Rehome(t.Context(), d.store.View, d.clock()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}
