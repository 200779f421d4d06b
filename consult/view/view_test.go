package view_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/internal/boltsafe"
	"silta/consult/view"
)

func submit(t testing.TB, s *consulttest.Store, sub consulttest.Submission) *consult.Consultation {
	t.Helper()
	e := sub.Entry()
	if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
		t.Fatal(err)
	}
	return e.State.(*consult.Consultation)
}

func proceed(t testing.TB, s *consulttest.Store, c *consult.Consultation, by string, ev consult.Event) *consult.Consultation {
	t.Helper()
	e := consulttest.Next(c, consulttest.Start.Add(time.Hour), by, ev)
	if _, err := s.Journal.Append(t.Context(), e, c.Revision); err != nil {
		t.Fatal(err)
	}
	return e.State.(*consult.Consultation)
}

func dump(t *testing.T, v *view.View) map[string]string {
	t.Helper()
	rows, err := v.Dump()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A view that is of another format, or was left while it was built, is built again; one that is whole is left alone.
func TestBuiltAgain(t *testing.T) {
	s := consulttest.Open(t)
	for i := range 300 { // more than one transaction
		c := submit(t, s, consulttest.Submission{Number: i + 1})
		if i%3 == 0 {
			proceed(t, s, c, "childpsych", &consult.ClaimedEvent{})
		}
	}
	want := dump(t, s.View)
	for name, spoil := range map[string]func() error{
		"unfinished":     func() error { return s.View.Unfinish() }, // Of the view that is open then.
		"another format": func() error { return s.View.SetFormat(99) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		s.Reopen(t, view.Options{})
		if !maps.Equal(dump(t, s.View), want) {
			t.Errorf("%s: the view was not built again", name)
		}
	}
	due, err := s.View.Due(consulttest.Start.AddDate(1, 0, 0), 1)
	if err != nil || len(due) != 1 {
		t.Fatalf("due: %v, %v", due, err)
	}
	if err := s.View.Drop(due[0]); err != nil {
		t.Fatal(err)
	}
	s.Reopen(t, view.Options{})
	if len(dump(t, s.View)) != len(want)-1 {
		t.Error("a view that stands where the journal stands was built again")
	}
	s.Reopen(t, view.Options{Rebuild: true})
	if !maps.Equal(dump(t, s.View), want) {
		t.Error("the view was not built again where that was asked for")
	}
}

// A journal that was opened without its view has moved on: the view follows.
func TestBehindTheJournal(t *testing.T) {
	s := consulttest.Open(t)
	submit(t, s, consulttest.Submission{})
	s.Bare(t)
	late := consulttest.Submission{Number: 2}.Entry()
	if _, err := s.Journal.Append(t.Context(), late, 0); err != nil {
		t.Fatal(err)
	}
	s.Reopen(t, view.Options{})
	if _, err := s.View.Consultation(late.ID); err != nil {
		t.Error(err)
	}
}

func TestWatchdog(t *testing.T) {
	s := consulttest.Open(t)
	var all []*consult.Consultation
	for i := range 450 { // more than two of its pages
		c := submit(t, s, consulttest.Submission{Number: i + 1, Pool: pools[i%3], Joined: []string{pools[(i+1)%3]}})
		if i%2 == 0 {
			c = proceed(t, s, c, "childpsych", &consult.ClaimedEvent{})
		}
		if i%10 == 0 {
			c = proceed(t, s, c, "childpsych", &consult.AskedEvent{Text: "Miten kotona?"})
		}
		all = append(all, c)
	}
	lost := map[consult.DueSubject]bool{}
	for _, i := range []int{1, 2, 203, 444, 449} {
		d := consult.DueSubject{Kind: consult.KindConsultation, ID: all[i].ID, At: all[i].Due()}
		lost[d] = true
		if err := s.View.Drop(d); err != nil {
			t.Fatal(err)
		}
	}
	found, err := s.View.OpenWithoutDue(10)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if !lost[d] {
			t.Errorf("%+v has its moment", d)
		}
	}
	if len(found) != len(lost) {
		t.Errorf("%d found, want %d", len(found), len(lost))
	}
	if found, err := s.View.OpenWithoutDue(2); err != nil || len(found) != 2 {
		t.Errorf("two of them: %v, %v", found, err)
	}
}

func TestNotFound(t *testing.T) {
	s := consulttest.Open(t)
	submit(t, s, consulttest.Submission{ID: "abc"})
	for name, ask := range map[string]func() error{
		"consultation": func() error { _, err := s.View.Consultation("ab"); return err },
		"of a longer":  func() error { _, err := s.View.Consultation("abcd"); return err },
		"no id":        func() error { _, err := s.View.Consultation(""); return err },
		"zero byte":    func() error { _, err := s.View.Consultation("abc\x00"); return err },
		"reference":    func() error { _, err := s.View.RefID("S-2026-0002"); return err },
		"short":        func() error { _, err := s.View.RefID("S-2026-1"); return err },
		"no reference": func() error { _, err := s.View.RefID("nonsense"); return err },
		"person":       func() error { _, err := s.View.Person("abc"); return err },
		"token":        func() error { _, err := s.View.Token("abc"); return err },
		"rules":        func() error { _, err := s.View.Rules(1); return err },
		"delivery":     func() error { _, err := s.View.Delivery("abc"); return err },
	} {
		if err := ask(); consult.KindOf(err) != consult.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := s.View.List(consult.ListQuery{Limit: 5}); err != nil || len(page.Items) != 0 || page.Next != (consult.Cursor{}) {
		t.Errorf("a query without scopes: %+v, %v", page, err)
	}
	for _, id := range []string{"", "child-psychiatr", "child-psychiatry\x00", "child"} {
		page, err := s.View.List(consult.ListQuery{Scopes: []consult.Scope{{Kind: consult.ByPool, ID: id}}, Limit: 5})
		if err != nil || len(page.Items) != 0 {
			t.Errorf("pool %q: %+v, %v", id, page, err)
		}
	}
}

// TestEraseOne: what is erased takes nothing with it whose id only begins alike.
func TestEraseOne(t *testing.T) {
	s := consulttest.Open(t)
	submit(t, s, consulttest.Submission{ID: "abc", Number: 1})
	longer := submit(t, s, consulttest.Submission{ID: "abcd", Number: 2})
	if err := s.Journal.Erase(t.Context(), consult.KindConsultation, "abc"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.View.Consultation("abc"); consult.KindOf(err) != consult.NotFound {
		t.Errorf("erased: %v", err)
	}
	if c, err := s.View.Consultation("abcd"); err != nil || c.Ref != longer.Ref {
		t.Errorf("the other one: %v", err)
	}
}

func TestLastRef(t *testing.T) {
	s := consulttest.Open(t)
	want := map[int]int{2025: 9999, 2026: 12345, 2027: 3}
	for _, year := range []int{2027, 2025, 2026} {
		at := time.Date(year, 3, 1, 8, 0, 0, 0, time.UTC)
		for _, n := range []int{1, want[year]} {
			c := submit(t, s, consulttest.Submission{Number: n, At: at})
			got, err := s.View.RefID(fmt.Sprintf("S-%d-%04d", year, n))
			if err != nil || got != c.ID {
				t.Errorf("by reference: %q, %v", got, err)
			}
		}
	}
	for year := 2023; year < 2030; year++ {
		if n, err := s.View.LastRef(year); n != want[year] || err != nil {
			t.Errorf("%d: %d, %v, want %d", year, n, err, want[year])
		}
	}
	for _, year := range []int{-1, 0, 65535, 1 << 40} {
		if n, err := s.View.LastRef(year); n != 0 || err != nil {
			t.Errorf("%d: %d, %v", year, n, err)
		}
	}
}

// What does not fit the request, or can't stand in an index, is refused and leaves nothing.
func TestRefusedEntries(t *testing.T) {
	s := consulttest.Open(t)
	c := submit(t, s, consulttest.Submission{})
	before := dump(t, s.View)
	change := func(f func(c *consult.Consultation)) consult.Entry {
		e := consulttest.Next(c, c.SubmittedAt, "nurse", &consult.AddedEvent{Text: "lisäys"})
		f(e.State.(*consult.Consultation))
		return e
	}
	folded := func(ev consult.Event) consult.Entry {
		return consult.Entry{
			Envelope: consult.Envelope{Kind: consult.KindConsultation, ID: c.ID, At: c.SubmittedAt, By: "nurse", Type: ev.Type()}, Event: ev,
		}
	}
	person := folded(&consult.PersonSetEvent{})
	person.Kind, person.ID = consult.KindToken, "a"
	first := folded(&consult.ClaimedEvent{})
	first.ID = "new"
	empty := folded(&consult.SubmittedEvent{})
	empty.ID = "new"
	unknown := folded(&consult.ClaimedEvent{})
	unknown.Kind, unknown.ID = "shift", "a"
	for name, test := range map[string]struct {
		entry    consult.Entry
		expected uint64
	}{
		"another id":         {change(func(c *consult.Consultation) { c.ID = "x" }), 1},
		"another revision":   {change(func(c *consult.Consultation) { c.Revision = 7 }), 1},
		"no state":           {change(func(c *consult.Consultation) { c.State = "" }), 1},
		"unknown state":      {change(func(c *consult.Consultation) { c.State = "lost" }), 1},
		"typed pool":         {change(func(c *consult.Consultation) { c.Pool = "Lasten psykiatria" }), 1},
		"typed joined pool":  {change(func(c *consult.Consultation) { c.Joined = []string{"a\x00b"} }), 1},
		"no requester":       {change(func(c *consult.Consultation) { c.Requester = "" }), 1},
		"typed holder":       {change(func(c *consult.Consultation) { c.Holder = "Anna A." }), 1},
		"no reference":       {change(func(c *consult.Consultation) { c.Ref = "" }), 1},
		"another reference":  {change(func(c *consult.Consultation) { c.Ref = "S-26-1" }), 1},
		"submitted twice":    {folded(&consult.SubmittedEvent{Request: new(consult.Request)}), 1},
		"claimed before":     {first, 0},
		"without a request":  {empty, 0},
		"event of a person":  {person, 0},
		"kind of the future": {unknown, 0},
	} {
		_, err := s.Journal.Append(t.Context(), test.entry, test.expected)
		if err == nil || errors.Is(err, consult.ErrRevision) || errors.Is(err, boltsafe.ErrDamaged) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if !maps.Equal(before, dump(t, s.View)) || s.Journal.Head() != 1 {
		t.Error("a refused entry left something")
	}
}

// A document that changed on the disk is an error, not another document.
func TestDamagedDocument(t *testing.T) {
	s := consulttest.Open(t)
	a, b := submit(t, s, consulttest.Submission{Number: 1}), submit(t, s, consulttest.Submission{Number: 2})
	if err := s.View.Swap(a.ID, b.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{a.ID, b.ID} {
		if _, err := s.View.Consultation(id); err == nil || consult.KindOf(err) != consult.Internal {
			t.Errorf("a swapped document: %v", err)
		}
	}
	s.Reopen(t, view.Options{Rebuild: true})
	if got, err := s.View.Consultation(a.ID); err != nil || got.Ref != a.Ref {
		t.Errorf("built again: %v", err)
	}
}
