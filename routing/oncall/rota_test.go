package oncall

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
)

func override(t testing.TB, person, relieved, from, to string) consult.Override {
	t.Helper()
	return consult.Override{Person: person, For: relieved, From: at(t, from), To: at(t, to)}
}

// TestOverrides goes through one week of a weekly rotation, a and b, with what was agreed.
func TestOverrides(t *testing.T) {
	weekly := rotation(t, 7, "2026-01-05T08:00", "a", "b")
	listed := Plan{Shifts: []Shift{
		{Person: "a", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-07T08:00")},
		{Person: "b", From: at(t, "2026-01-06T08:00"), To: at(t, "2026-01-08T08:00")},
	}}
	for _, c := range []struct {
		name      string
		plan      Plan
		overrides []consult.Override
		want      string // who from when, as "day hour:people", where it changes
	}{
		{"nothing agreed", weekly, nil, "5T08:a 12T08:b"},
		{"a day in the middle", weekly, []consult.Override{override(t, "c", "", "2026-01-07T08:00", "2026-01-08T08:00")},
			"5T08:a 7T08:c 8T08:a 12T08:b"},
		{"over a hand-over of the plan", weekly, []consult.Override{override(t, "c", "", "2026-01-10T08:00", "2026-01-13T08:00")},
			"5T08:a 10T08:c 13T08:b"},
		{"the later one counts", weekly, []consult.Override{
			override(t, "c", "", "2026-01-06T08:00", "2026-01-09T08:00"), override(t, "d", "", "2026-01-07T08:00", "2026-01-08T08:00"),
		}, "5T08:a 6T08:c 7T08:d 8T08:c 9T08:a 12T08:b"},
		{"somebody instead of themselves", weekly, []consult.Override{override(t, "a", "a", "2026-01-06T08:00", "2026-01-08T08:00")}, "5T08:a 12T08:b"},
		{"a swap relieves one person only", listed, []consult.Override{override(t, "c", "a", "2026-01-05T08:00", "2026-01-08T08:00")},
			"5T08:c 6T08:c,b 7T08:b 8T08:"},
		{"what was taken over is handed on", weekly, []consult.Override{
			override(t, "c", "a", "2026-01-06T08:00", "2026-01-09T08:00"), override(t, "d", "c", "2026-01-07T08:00", "2026-01-08T08:00"),
		}, "5T08:a 6T08:c 7T08:d 8T08:c 9T08:a 12T08:b"},
		{"who is on call anyway is not twice", listed, []consult.Override{override(t, "b", "a", "2026-01-05T08:00", "2026-01-07T08:00")},
			"5T08:b 8T08:"},
		{"a swap of somebody who is not on call changes nothing", weekly,
			[]consult.Override{override(t, "c", "b", "2026-01-06T08:00", "2026-01-07T08:00")}, "5T08:a 12T08:b"},
		{"before the plan begins", weekly, []consult.Override{override(t, "c", "", "2026-01-04T08:00", "2026-01-05T08:00")},
			"4T08:c 5T08:a 12T08:b"},
	} {
		r := Rota{Plan: c.plan, Overrides: c.overrides}
		var got []string
		last := ""
		for m := at(t, "2026-01-04T00:00"); m.Before(at(t, "2026-01-14T00:00")); m = m.Add(time.Hour) {
			if who := strings.Join(r.At(m), ","); who != last {
				got, last = append(got, m.Format("2T15:")+who), who
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, strings.Join(got, " "), c.want)
		}
	}
}

func TestRotaNextChange(t *testing.T) {
	r := Rota{Plan: rotation(t, 7, "2026-01-05T08:00", "a", "b"), Overrides: []consult.Override{
		override(t, "c", "", "2026-01-10T08:00", "2026-01-14T08:00"), override(t, "d", "b", "2026-01-06T08:00", "2026-01-07T08:00"),
	}}
	for from, want := range map[string]string{
		"2026-01-05T08:00": "2026-01-10T08:00", "2026-01-10T08:00": "2026-01-14T08:00", "2026-01-14T08:00": "2026-01-19T08:00",
	} {
		if got, ok := r.NextChange(at(t, from)); !ok || !got.Equal(at(t, want)) {
			t.Errorf("after %s: %s, want %s", from, got, want)
		}
	}
}

func TestOverrideClosesGap(t *testing.T) {
	r := Rota{Plan: Plan{Shifts: []Shift{{Person: "a", From: at(t, "2026-01-05T08:00"), To: at(t, "2026-01-06T08:00")}}}}
	from, to := at(t, "2026-01-05T08:00"), at(t, "2026-01-08T08:00")
	if got := r.Gaps(from, to); len(got) != 1 || !got[0].From.Equal(at(t, "2026-01-06T08:00")) || !got[0].To.Equal(to) {
		t.Errorf("gaps: %v", got)
	}
	r.Overrides = []consult.Override{override(t, "b", "", "2026-01-06T08:00", "2026-01-09T08:00")}
	if got := r.Gaps(from, to); got != nil {
		t.Errorf("gaps with an override: %v", got)
	}
}

// drawRota draws a plan over the weeks of a clock change, with overlapping overrides.
func drawRota(t testing.TB, r *rapid.T, start time.Time) Rota {
	people := []string{"a", "b", "c"}
	moment := func(label string) time.Time {
		return start.Add(time.Duration(rapid.IntRange(-7*96, 21*96).Draw(r, label)) * 15 * time.Minute)
	}
	stretch := func(label string) (from, to time.Time) {
		from = moment(label)
		return from, from.Add(time.Duration(rapid.IntRange(1, 4*96).Draw(r, label)) * 15 * time.Minute)
	}
	var rota Rota
	if rapid.Bool().Draw(r, "rotation") {
		rota.Plan = rotation(t, rapid.SampledFrom([]int{1, 7}).Draw(r, "days"), start.Format("2006-01-02T15:04"), people...)
	} else {
		for range rapid.IntRange(0, 5).Draw(r, "shifts") {
			from, to := stretch("shift")
			rota.Plan.Shifts = append(rota.Plan.Shifts, Shift{Person: rapid.SampledFrom(people).Draw(r, "person"), From: from, To: to})
		}
	}
	for range rapid.IntRange(0, 5).Draw(r, "overrides") {
		from, to := stretch("override")
		rota.Overrides = append(rota.Overrides, consult.Override{
			Person: rapid.SampledFrom([]string{"a", "b", "d"}).Draw(r, "instead"),
			For:    rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(r, "relieved"), From: from, To: to,
		})
	}
	return rota
}

// TestRotaLaws: what At says of moments and Between of stretches is the same; nobody is on call whom neither the plan nor an override
// names then; an override that relieves everybody leaves one person; and changes are where NextChange says.
func TestRotaLaws(t *testing.T) {
	for name, start := range map[string]time.Time{"spring": at(t, "2026-03-27T08:00"), "autumn": at(t, "2026-10-23T08:00")} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				rota := drawRota(t, r, start)
				from, to := start.AddDate(0, 0, -8), start.AddDate(0, 0, 28)
				shifts := rota.Between(from, to)
				for range 40 {
					checkMoment(r, rota, shifts, from.Add(time.Duration(rapid.IntRange(0, 35*96).Draw(r, "moment"))*15*time.Minute))
				}
				m := from.Add(time.Duration(rapid.IntRange(0, 35*96).Draw(r, "window")) * 15 * time.Minute)
				touching := slices.DeleteFunc(slices.Clone(shifts), func(s Shift) bool { return m.Before(s.From) || !m.Before(s.To) })
				if got := rota.Between(m, m.Add(1)); !slices.Equal(got, touching) {
					r.Fatalf("a window at %s has %v, the one around it %v", m, got, touching)
				}
				for i, s := range shifts {
					if !s.From.Before(s.To) {
						r.Fatalf("the shift %v has no length", s)
					}
					if i > 0 && s.From.Before(shifts[i-1].From) {
						r.Fatalf("%v stands after %v", s, shifts[i-1])
					}
				}
				before := from
				for m, ok := rota.NextChange(from); ok && m.Before(to); m, ok = rota.NextChange(m) {
					if !slices.Equal(sorted(rota.At(before)), sorted(rota.At(m.Add(-1)))) {
						r.Fatalf("it changes between %s and %s", before, m)
					}
					before = m
				}
			})
		})
	}
}

func checkMoment(r *rapid.T, rota Rota, shifts []Shift, m time.Time) {
	got := rota.At(m)
	var listed []string
	for _, s := range shifts {
		if !m.Before(s.From) && m.Before(s.To) && !slices.Contains(listed, s.Person) {
			listed = append(listed, s.Person)
		}
	}
	if !slices.Equal(sorted(got), sorted(listed)) {
		r.Fatalf("at %s %v is on call, but the shifts say %v", m, got, listed)
	}
	if len(sorted(got)) != len(got) {
		r.Fatalf("at %s somebody is twice on call: %v", m, got)
	}
	plan := rota.Plan.At(m, nil)
	last := ""
	for _, o := range rota.Overrides {
		if m.Before(o.From) || !m.Before(o.To) {
			continue
		}
		plan = append(plan, o.Person)
		if last = ""; o.For == "" {
			last = o.Person
		}
	}
	for _, person := range got {
		if !slices.Contains(plan, person) {
			r.Fatalf("at %s %s is on call, whom nothing names", m, person)
		}
	}
	if last != "" && !slices.Equal(got, []string{last}) {
		r.Fatalf("at %s %v is on call, but %s was to relieve everybody", m, got, last)
	}
}

// sorted returns each once.
func sorted(people []string) []string {
	people = slices.Clone(people)
	slices.Sort(people)
	return slices.Compact(people)
}
