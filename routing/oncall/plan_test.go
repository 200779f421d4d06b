package oncall

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/routing/worktime"
)

func helsinki(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02T15:04", s, helsinki(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rotation(t testing.TB, days int, from string, order ...string) Plan {
	t.Helper()
	m := at(t, from)
	return Plan{Rotation: &Rotation{Days: days, Location: helsinki(t), First: worktime.DateOf(m), Clock: worktime.ClockOf(m), Order: order}}
}

func TestRotation(t *testing.T) {
	weekly := rotation(t, 7, "2026-01-05T08:00", "a", "b", "c")
	daily := rotation(t, 1, "2026-03-28T03:30", "a", "b")
	for _, c := range []struct {
		name string
		plan Plan
		at   string
		want []string
	}{
		{"before the first turn", weekly, "2026-01-05T07:59", nil},
		{"the first moment", weekly, "2026-01-05T08:00", []string{"a"}},
		{"the last moment of a turn", weekly, "2026-01-12T07:59", []string{"a"}},
		{"the hand-over", weekly, "2026-01-12T08:00", []string{"b"}},
		{"round again", weekly, "2026-01-26T08:00", []string{"a"}},
		{"the hand-over after the spring change", weekly, "2026-03-30T07:59", []string{"c"}},
		{"at the same wall-clock time", weekly, "2026-03-30T08:00", []string{"a"}},
		{"and after the autumn change", weekly, "2026-10-26T08:00", []string{"a"}},
		{"a minute before it", weekly, "2026-10-26T07:59", []string{"c"}},
		{"a hand-over in the skipped hour is at its end", daily, "2026-03-29T04:00", []string{"b"}},
		{"and not before", daily, "2026-03-29T02:59", []string{"a"}},
	} {
		if got := c.plan.At(at(t, c.at), nil); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v on call, want %v", c.name, got, c.want)
		}
	}
}

func TestNextChange(t *testing.T) {
	weekly := rotation(t, 7, "2026-01-05T08:00", "a", "b")
	for from, want := range map[string]string{"2025-12-01T00:00": "2026-01-05T08:00", "2026-01-05T08:00": "2026-01-12T08:00",
		"2026-03-28T12:00": "2026-03-30T08:00"} {
		if got, ok := weekly.NextChange(at(t, from), nil); !ok || !got.Equal(at(t, want)) {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
	shifts := Plan{Shifts: []Shift{{Person: "a", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-06T08:00")}}}
	if got, ok := shifts.NextChange(at(t, "2026-01-05T08:00"), nil); !ok || !got.Equal(at(t, "2026-01-06T08:00")) {
		t.Errorf("end of a shift: %s, %t", got, ok)
	}
	if _, ok := shifts.NextChange(at(t, "2026-01-06T08:00"), nil); ok {
		t.Error("a change after the last shift")
	}
}

func TestShifts(t *testing.T) {
	plan := Plan{Shifts: []Shift{
		{Person: "b", From: at(t, "2026-01-06T08:00"), To: at(t, "2026-01-07T08:00")},
		{Person: "a", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-06T10:00")},
		{Person: "a", From: at(t, "2026-01-09T08:00"), To: at(t, "2026-01-09T10:00")},
	}}
	if got := plan.At(at(t, "2026-01-06T09:00"), nil); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("overlapping shifts: %v", got)
	}
	if got := plan.At(at(t, "2026-01-07T08:00"), nil); got != nil {
		t.Errorf("after the end: %v", got)
	}
	if got := plan.People(); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("people: %v", got)
	}
	from, to := at(t, "2026-01-05T00:00"), at(t, "2026-01-10T00:00")
	gaps := Gaps(plan.Between(from, to, nil), from, to)
	want := []string{"2026-01-05T00:00", "2026-01-05T08:00", "2026-01-07T08:00", "2026-01-09T08:00", "2026-01-09T10:00", "2026-01-10T00:00"}
	if len(gaps)*2 != len(want) {
		t.Fatalf("gaps: %v", gaps)
	}
	for i, g := range gaps {
		if !g.From.Equal(at(t, want[2*i])) || !g.To.Equal(at(t, want[2*i+1])) {
			t.Errorf("gap %d is %v", i, g)
		}
	}
}

func TestCalendarFeed(t *testing.T) {
	plan := Plan{Calendar: "https://example.org/rota.ics", Staff: []string{"a"}}
	now := at(t, "2026-01-05T09:00")
	if got := plan.At(now, nil); got != nil {
		t.Errorf("nothing was loaded, but %v is on call", got)
	}
	feed := func(calendar string) []Shift {
		if calendar != plan.Calendar {
			return nil
		}
		return []Shift{
			{Person: "a", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-05T16:00")},
			{Person: "stranger", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-05T16:00")},
		}
	}
	if got := plan.At(now, feed); !slices.Equal(got, []string{"a"}) {
		t.Errorf("on call: %v", got)
	}
}

// TestTurnsMeet: turns follow one another without gap or overlap, each at the same wall-clock time, and At agrees with them.
func TestTurnsMeet(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		start := at(t, "2025-01-01T00:00").Add(time.Duration(rapid.IntRange(0, 500*24*60).Draw(r, "start")) * time.Minute)
		plan := rotation(t, rapid.SampledFrom([]int{1, 7}).Draw(r, "days"), start.Format("2006-01-02T15:04"), "a", "b", "c")
		from := start.Add(time.Duration(rapid.IntRange(-100*24*60, 500*24*60).Draw(r, "from")) * time.Minute)
		shifts := plan.Between(from, from.AddDate(0, 0, 40), nil)
		for i, s := range shifts {
			if i > 0 && !shifts[i-1].To.Equal(s.From) {
				r.Fatalf("%v does not follow %v", s, shifts[i-1])
			}
			for _, m := range []time.Time{s.From, s.To.Add(-time.Second)} {
				if got := plan.At(m, nil); !slices.Equal(got, []string{s.Person}) {
					r.Fatalf("at %s %v is on call, want %s", m, got, s.Person)
				}
			}
			if c := worktime.ClockOf(s.From); c != plan.Rotation.Clock && !skipped(t, s.From, plan.Rotation.Clock) {
				r.Fatalf("the turn %v begins at another time of the day", s)
			}
		}
		if len(shifts) > 0 && len(Gaps(shifts, shifts[0].From, shifts[len(shifts)-1].To)) > 0 {
			r.Fatal("a gap between turns")
		}
	})
}

// skipped reports whether the clock never shows the time on the day.
func skipped(t testing.TB, day time.Time, clock time.Duration) bool {
	return worktime.ClockOf(worktime.Wall(helsinki(t), worktime.DateOf(day), clock)) != clock
}
