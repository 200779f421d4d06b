package consult_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/view"
)

func (d *desk) add(p consult.Person) consult.Actor {
	d.t.Helper()
	p.Name, p.Language = p.ID, consult.Finnish
	if err := d.SetPerson(d.t.Context(), consult.System, p); err != nil {
		d.t.Fatal(err)
	}
	return d.actor(p.ID)
}

func (d *desk) auditor() consult.Actor {
	d.t.Helper()
	if a, err := d.Actor("auditor"); err == nil {
		return a
	}
	return d.add(consult.Person{ID: "auditor", Roles: []consult.Role{consult.Auditor}})
}

// looks returns the log, the latest look first, as "person kind standing".
func (d *desk) looks(q consult.LookQuery) []string {
	d.t.Helper()
	q.Limit = 200
	page, err := d.Looks(d.t.Context(), d.auditor(), q)
	if err != nil {
		d.t.Fatal(err)
	}
	all := []string{}
	for _, l := range page.Items {
		all = append(all, l.By+" "+string(l.Kind)+" "+string(l.Standing))
	}
	return all
}

func TestLooksAreLogged(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	nurse, first, second := d.actor("nurse"), d.actor("childpsych"), d.actor("childpsych2")
	get := func(ctx context.Context, a consult.Actor) {
		t.Helper()
		if _, err := d.Get(ctx, a, c.ID); err != nil {
			t.Error(err)
		}
	}
	want := []string{}
	check := func(more ...string) {
		t.Helper()
		want = append(more, want...)
		if got := d.looks(consult.LookQuery{}); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check() // Who sends reads nothing.
	get(ctx, nurse)
	d.wait(time.Second)
	get(ctx, first)
	d.wait(time.Second)
	get(consult.Looking(ctx, consult.LookPrint), second)
	d.wait(time.Second)
	check("childpsych2 print member", "childpsych view member", "nurse view sender")
	get(consult.Refreshing(ctx), first) // Nothing has changed since they looked.
	check()
	if _, err := d.Do(ctx, first, c.ID, consult.ClaimCommand{}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	check()
	get(consult.Refreshing(ctx), first)
	check("childpsych view holder")
	d.wait(time.Second)
	if _, err := d.Do(consult.Looking(ctx, consult.LookAPI), first, c.ID, consult.AskCommand{Text: "Mitä?"}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	check("childpsych api holder")
	if err := d.Visible(nurse, c.ID); err != nil {
		t.Error(err)
	}
	if _, err := d.List(ctx, first, consult.ListFilter{Box: consult.BoxQueue, Limit: 10}); err != nil {
		t.Error(err)
	}
	check()
	for _, who := range []string{"admin", "auditor"} {
		if _, err := d.Get(ctx, d.actor(who), c.ID); consult.KindOf(err) != consult.NotFound {
			t.Errorf("%s: %v", who, err)
		}
	}
	check()
	if page, err := d.Looks(ctx, d.actor("admin"), consult.LookQuery{}); consult.KindOf(err) != consult.Forbidden || len(page.Items) > 0 {
		t.Errorf("the log for an administrator: %v", err)
	}
	if got := d.looks(consult.LookQuery{Person: "childpsych2"}); len(got) != 1 {
		t.Errorf("of one person: %q", got)
	}
	if _, err := d.store.Journal.Prove(ctx); err != nil {
		t.Error(err)
	}
	d.store.Reopen(t, view.Options{Rebuild: true})
	page, err := d.store.View.Looks(consult.LookQuery{Request: c.ID, Limit: 100})
	if err != nil || len(page.Items) != len(want) || page.Items[0].Ref != c.Ref || page.Items[0].Pool != "child-psychiatry" {
		t.Errorf("rebuilt: %+v, %v", page, err)
	}
}

// Pages follow each other without a gap, within any limits.
func TestLooksByPage(t *testing.T) {
	d := newDesk(t)
	nurse := d.actor("nurse")
	var ids []string
	var moments []time.Time
	for range 3 {
		c, _, err := d.submit("")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	for i := range 24 {
		d.wait(36 * time.Hour) // over a change of month
		moments = append(moments, d.clock())
		if _, err := d.Get(t.Context(), nurse, ids[i%3]); err != nil {
			t.Fatal(err)
		}
	}
	read := func(q consult.LookQuery) (n int) {
		t.Helper()
		var last time.Time
		for q.Limit = 5; ; {
			page, err := d.Looks(t.Context(), d.auditor(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page.Items {
				if n++; !last.IsZero() && !l.At.Before(last) {
					t.Errorf("%v is not before %v", l.At, last)
				}
				last = l.At
			}
			if q.After = page.Next; q.After == "" {
				return n
			}
		}
	}
	for _, test := range []struct {
		q    consult.LookQuery
		want int
	}{
		{consult.LookQuery{}, 24}, {consult.LookQuery{Person: "nurse"}, 24}, {consult.LookQuery{Person: "childpsych"}, 0},
		{consult.LookQuery{Request: ids[0]}, 8}, {consult.LookQuery{Request: ids[0], Person: "nurse"}, 8},
		{consult.LookQuery{From: moments[4]}, 20}, {consult.LookQuery{To: moments[4]}, 4},
		{consult.LookQuery{From: moments[4], To: moments[10], Request: ids[1]}, 2},
	} {
		if got := read(test.q); got != test.want {
			t.Errorf("%+v: %d, want %d", test.q, got, test.want)
		}
	}
	if _, err := d.Looks(t.Context(), d.auditor(), consult.LookQuery{After: "not a place!"}); consult.KindOf(err) != consult.NotFound {
		t.Errorf("%v", err)
	}
}

// deaf is a journal that takes no looks.
type deaf struct{ consult.Journal }

var errDisk = errors.New("the disk is full")

func (d deaf) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if e.Kind == consult.KindLooks {
		return consult.Receipt{}, errDisk
	}
	return d.Journal.Append(ctx, e, expected)
}

// Where a look can't be logged nothing is shown.
func TestNothingIsShownUnlogged(t *testing.T) {
	d := newDesk(t)
	c, _, err := d.submit("key")
	if err != nil {
		t.Fatal(err)
	}
	s := consult.NewService(deaf{d.store.Journal}, d.store.View, d.book, consult.Config{Now: d.clock, NewID: consulttest.NewID})
	api := consult.Looking(t.Context(), consult.LookAPI)
	refused := func(got *consult.Consultation, err error) {
		t.Helper()
		if got != nil || consult.KindOf(err) != consult.Unavailable || !errors.Is(err, errDisk) {
			t.Errorf("shown: %t, %v", got != nil, err)
		}
	}
	refused(s.Get(t.Context(), d.actor("nurse"), c.ID))
	refused(s.Get(api, d.actor("childpsych"), c.ID))
	refused(s.Get(consult.Refreshing(t.Context()), d.actor("childpsych"), c.ID))
	refused(s.Do(api, d.actor("childpsych"), c.ID, consult.ClaimCommand{}, consult.Change{}))
	again, _, err := s.Submit(api, d.actor("nurse"), consult.Request{
		Client: consult.Client{Age: 9, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, Question: "Miten jatkamme?",
	}, "key")
	refused(again, err)
}

// Many looks of one person at once are all logged, and are in nobody's way.
func TestLooksAtOnce(t *testing.T) {
	d := newDesk(t)
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, who := range []string{"nurse", "childpsych", "childpsych2"} {
		a := d.actor(who)
		for range 10 {
			all.Go(func() {
				if _, err := d.Get(t.Context(), a, c.ID); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if got := d.looks(consult.LookQuery{}); len(got) != 30 {
		t.Errorf("%d looks", len(got))
	}
	if got, err := d.store.View.Consultation(c.ID); err != nil || got.Revision != 1 {
		t.Errorf("the request has moved: %v", err)
	}
}

func TestLooksID(t *testing.T) {
	at := time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC)
	long := ""
	for len(long) < 64 {
		long += "a"
	}
	for person, want := range map[string]string{"nurse": "202611-nurse", long: ""} {
		id := consult.LooksID(person, at)
		if !consult.ValidID(id) || want != "" && id != want {
			t.Errorf("%s: %s", person, id)
		}
	}
}
