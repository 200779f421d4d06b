package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify/mail/mailtest"
	"silta/routing/oncall"
	"silta/routing/worktime"
)

// weekly is a pool whose duty goes from anna to bror every Monday at eight.
type weekly struct{ overrides []consult.Override }

func (weekly) Pools() []string { return []string{"child-psychiatry"} }

func (w *weekly) Rota(string) oncall.Rota {
	return oncall.Rota{Overrides: w.overrides, Plan: oncall.Plan{Rotation: &oncall.Rotation{
		Days: 7, Location: time.UTC, First: worktime.DateOf(monday.AddDate(0, 0, -70)), Clock: 8 * time.Hour, Order: []string{"anna", "bror"},
	}}}
}

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// written is where letters go in a test.
type written struct{ list []string }

func (w *written) Letter(_ context.Context, id, person string, l consult.Letter) (bool, error) {
	line := person + " " + l.Kind
	for _, f := range l.Facts {
		if f.Name == "open" || f.Name == "unclaimed" {
			line += fmt.Sprintf(" %d", f.Value.Number)
		}
	}
	if slices.ContainsFunc(w.list, func(have string) bool { return strings.HasPrefix(have, id) }) {
		return false, nil
	}
	w.list = append(w.list, id+" "+line)
	return true, nil
}

func (w *written) take() string {
	var lines []string
	for _, line := range w.list {
		_, rest, _ := strings.Cut(line, " ")
		lines = append(lines, rest)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func TestHandOver(t *testing.T) {
	store := consulttest.Open(t)
	for i := range 2 {
		e := consulttest.Submission{Number: i + 1, At: monday.Add(-time.Hour), AnswerBy: monday.Add(time.Hour), Background: "MARKER"}.Entry()
		if _, err := store.Journal.Append(t.Context(), e, 0); err != nil {
			t.Fatal(err)
		}
	}
	rota := &weekly{}
	for _, c := range []struct {
		name      string
		overrides []consult.Override
		at        []time.Duration // after Monday at eight
		last      time.Duration   // of the look before, if there was one
		want      string
	}{
		{"the hand-over, however often it is looked", nil, []time.Duration{0, time.Minute, 2 * time.Minute}, 0,
			"anna duty-begins 2 2, bror duty-ends 2 2"},
		{"hours after it", nil, []time.Duration{23 * time.Hour}, 0, "anna duty-begins 2 2, bror duty-ends 2 2"},
		{"when whoever has it knows", nil, []time.Duration{24 * time.Hour}, 0, ""},
		{"after weeks without the program only the present one", nil, []time.Duration{(14*24 + 5) * time.Hour}, 0, "anna duty-begins 2 2, bror duty-ends 2 2"},
		{"an override begins and ends", []consult.Override{{Person: "cia", From: monday.Add(24 * time.Hour), To: monday.Add(48 * time.Hour)}},
			[]time.Duration{0, 24 * time.Hour, 48 * time.Hour}, 0,
			"anna duty-begins 2 2, anna duty-begins 2 2, anna duty-ends 2 2, bror duty-ends 2 2, cia duty-begins 2 2, cia duty-ends 2 2"},
		{"who goes on has nothing handed over", []consult.Override{{Person: "bror", From: monday, To: monday.Add(48 * time.Hour)}},
			[]time.Duration{0}, 0, ""},
		{"the program was down over the hand-over, for days", nil, []time.Duration{75 * time.Hour, 76 * time.Hour}, -time.Hour,
			"anna duty-begins 2 2, bror duty-ends 2 2"},
		{"the program was down for days, but not then", nil, []time.Duration{75 * time.Hour}, time.Minute, ""},
	} {
		rota.overrides = c.overrides
		w := &written{}
		d := NewDuty(rota, store.View, w)
		for _, after := range c.at {
			var last time.Time
			if c.last != 0 {
				last = monday.Add(c.last)
			}
			if err := d.Tick(t.Context(), monday.Add(after), last); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.take(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestOldChangesOfDuty: who has not been told of a change of duty for two days, since the program was new or its records are gone, is not told
// of it any more; who was not told since the program was last up, is.
func TestOldChangesOfDuty(t *testing.T) {
	store := consulttest.Open(t)
	asked := consult.Entry{
		Envelope: consult.Envelope{
			Kind: consult.KindRota, ID: "child-psychiatry", At: monday, By: "anna", Type: consult.TypeSwapAsked,
			Notice: &consult.Notice{Pool: "child-psychiatry", Tell: []string{"bror"}, Shift: &consult.ShiftNotice{
				Person: "bror", For: "anna", From: monday.Add(240 * time.Hour), To: monday.Add(250 * time.Hour),
			}},
		},
		Event: &consult.SwapAskedEvent{Colleague: "bror", From: monday.Add(240 * time.Hour), To: monday.Add(250 * time.Hour)},
	}
	if _, err := store.Journal.Append(t.Context(), asked, 0); err != nil {
		t.Fatal(err)
	}
	nobody := &weekly{overrides: []consult.Override{{Person: "anna", From: monday.AddDate(0, -1, 0), To: monday.AddDate(0, 1, 0)}}}
	for _, c := range []struct {
		name     string
		at, last time.Time
		want     string
	}{
		{"lately", monday.Add(48 * time.Hour), time.Time{}, "bror swap-asked"},
		{"long ago", monday.Add(48*time.Hour + time.Second), time.Time{}, ""},
		{"long ago, and the program was down", monday.Add(96 * time.Hour), monday.Add(-time.Hour), "bror swap-asked"},
		{"long ago, and the program was up", monday.Add(96 * time.Hour), monday.Add(time.Hour), ""},
	} {
		w := &written{}
		if err := NewDuty(nobody, store.View, w).Tick(t.Context(), c.at, c.last); err != nil {
			t.Fatal(err)
		}
		if got := w.take(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDutyMails: the hand-over and a swap come as mails, over real SMTP, once each; they name requests by reference and hold nothing of
// them.
func TestDutyMails(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	if _, err := p.Journal.Append(t.Context(), consulttest.Submission{
		Number: 7, At: monday.Add(-time.Hour), AnswerBy: monday.Add(time.Hour), Background: "MARKER",
	}.Entry(), 0); err != nil {
		t.Fatal(err)
	}
	rota := consult.Entry{
		Envelope: consult.Envelope{
			Kind: consult.KindRota, ID: "child-psychiatry", At: p.clock(), By: "anna", Type: consult.TypeSwapAsked,
			Notice: &consult.Notice{Pool: "child-psychiatry", Tell: []string{"bror"}, Shift: &consult.ShiftNotice{
				Person: "bror", For: "anna", From: monday, To: monday.Add(time.Hour),
			}},
		},
		Event: &consult.SwapAskedEvent{Colleague: "bror", From: monday, To: monday.Add(time.Hour)},
	}
	if _, err := p.Journal.Append(t.Context(), rota, 0); err != nil {
		t.Fatal(err)
	}
	d := NewDuty(&weekly{}, p.View, p.planner)
	for range 3 {
		if err := d.Tick(t.Context(), p.clock(), time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := p.courier.SendDue(t.Context(), p.clock().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string]int{}
	for _, m := range p.server.Mails() {
		text := string(m.Raw)
		if strings.Contains(text, "MARKER") {
			t.Errorf("a mail holds what was typed:\n%s", text)
		}
		for _, part := range []string{"Bror Berg, 040 765 4321", "/pools/child-psychiatry", "/queue?pool=3Dchild-psychiatry", "S-2026-0007"} {
			if strings.Contains(text, part) {
				told[part]++
			}
		}
		told[m.To]++
	}
	if told["anna@example.org"] != 1 || told["bror@example.org"] != 2 || told["/pools/child-psychiatry"] != 1 ||
		told["/queue?pool=3Dchild-psychiatry"] != 2 || told["S-2026-0007"] != 2 ||
		told["Bror Berg, 040 765 4321"] != 1 {
		t.Errorf("told %v", told)
	}
}
