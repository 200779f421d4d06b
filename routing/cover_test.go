package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
)

// told are the findings about people who cannot be told, with what they name.
func told(found []Finding) []string {
	var got []string
	for _, f := range found {
		if slices.Contains([]Code{UnknownPerson, NoAddress, NobodyReached, UncoveredTime}, f.Code) {
			got = append(got, fmt.Sprintf("%s %s %s %v%v", f.Severity, f.Code, f.ID, orNone(f.Args["value"]), orNone(f.Args["from"])))
		}
	}
	return got
}

func orNone(v any) any {
	if v == nil {
		return ""
	}
	return v
}

func TestObstacles(t *testing.T) {
	const document = `
timezone: Europe/Helsinki
municipalities: [Tampere]
hours: {office: {days: {mon-fri: "08:00-16:00"}}}
rules: [{id: children, when: {age: "<13"}, to: a, at-least: soon}]
otherwise: b
pools:
  a:
    hours: office
    lead: lead
    members: [m, m2]
    key-persons: {Tampere: famed}
    on-call: {rotation: {every: week, from: 2025-01-06T08:00, order: [m, m2]}}
    escalate: [{at: 50%, to: ["person:other"]}]
  b: {hours: office, members: [m], on-call: {rotation: {every: week, from: 2025-01-06T08:00, order: [m]}}}
`
	doc, found := Parse("f", []byte(document))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	everybody := []string{"lead", "m", "m2", "famed", "other"}
	for name, c := range map[string]struct {
		obstacles map[string]Obstacle
		want      []string
	}{
		"nothing":            {nil, nil},
		"who is shown alone": {map[string]Obstacle{"famed": AddressMissing}, nil},
		"disabled": {map[string]Obstacle{"famed": Disabled, "other": Disabled},
			[]string{"error unknown-person a famed", "error unknown-person a other"}},
		"lead and target": {map[string]Obstacle{"lead": AddressFails, "other": AddressMissing},
			[]string{"warning no-address a lead", "warning no-address a other"}},
		// The one who is on call every other week: no answer takes a whole week.
		"every other week": {map[string]Obstacle{"m2": AddressFails},
			[]string{"warning no-address a m2", "warning nobody-reached a 2026-11-30T08:00"}},
		"always": {map[string]Obstacle{"m": AddressMissing}, []string{"warning no-address a m", "warning nobody-reached a 2026-11-23T08:00",
			"warning no-address b m", "warning nobody-reached b 2026-11-21T12:00"}},
	} {
		if got := told(check(doc, World{Now: now, Persons: everybody, Obstacles: c.obstacles})); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	// The request that is named goes there, and is as urgent as its deadline says.
	for _, f := range check(doc, World{Now: now, Persons: everybody, Obstacles: map[string]Obstacle{"m2": AddressFails}}) {
		if f.Code != NobodyReached {
			continue
		}
		facts, faults := Compile(doc).ParseFacts([]byte(f.Args["example"].(string)))
		if len(faults) > 0 || Compile(doc).Decide(facts).Pool != "a" || f.Args["due"] != "2026-12-02T08:00" {
			t.Errorf("%s", f)
		}
	}
}

// TestCoverAgainstStepping: if nothing is found, every request at every quarter of an hour of the next 60 days meets somebody on
// call who can be told before its answer is due; if something is, the request and moment named do not.
func TestCoverAgainstStepping(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, zone)
	const quarter = 15 * time.Minute
	reached, missed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var shifts strings.Builder
		type shift struct {
			person   string
			from, to time.Time
		}
		var list []shift
		at, people := monday, []string{"good"}
		if rapid.Bool().Draw(t, "some cannot be told") {
			people = []string{"good", "good", "good", "bad"}
		}
		for at.Before(monday.AddDate(0, 0, 120)) {
			to := at.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "length")) * 12 * time.Hour)
			s := shift{rapid.SampledFrom(people).Draw(t, "person"), at, to}
			list = append(list, s)
			fmt.Fprintf(&shifts, "{person: %s, from: \"%s\", to: \"%s\"}, ", s.person, s.from.Format(time.RFC3339), s.to.Format(time.RFC3339))
			at = to
			if rapid.IntRange(0, 9).Draw(t, "hole") == 0 { // now and then a night
				at = at.Add(quarter * time.Duration(rapid.IntRange(1, 20).Draw(t, "night")))
			}
		}
		document := fmt.Sprintf(`
timezone: Europe/Helsinki
municipalities: [Tampere]
hours: {office: {days: {mon-thu: "08:00-16:00", sat: "10:00-12:30"}}}
rules: []
otherwise: a
pools:
  a: {hours: office, members: [good], answer-within: {urgent: %s, soon: %s, routine: %s}, on-call: {shifts: [%s]}}
`, rapid.SampledFrom([]string{"4h", "30h", "2d"}).Draw(t, "urgent"), rapid.SampledFrom([]string{"1d", "3d"}).Draw(t, "soon"),
			rapid.SampledFrom([]string{"5d", "1d+4h"}).Draw(t, "routine"), shifts.String())
		doc, found := Parse("f", []byte(document))
		if doc == nil || HasErrors(found) {
			t.Fatalf("%v", found)
		}
		p := &doc.Pools[0]
		meets := func(from, to time.Time) bool {
			return slices.ContainsFunc(list, func(s shift) bool { return s.person == "good" && s.from.Before(to) && s.to.After(from) })
		}
		var named *Finding
		for _, f := range check(doc, World{Now: monday, Persons: []string{"good", "bad"}, Obstacles: map[string]Obstacle{"bad": AddressFails}}) {
			switch f.Code {
			case UncoveredTime:
				return
			case NobodyReached:
				named = &f
			}
		}
		if named != nil {
			missed++
			from, err := time.ParseInLocation(momentLayout, named.Args["from"].(string), zone)
			due, err2 := time.ParseInLocation(momentLayout, named.Args["due"].(string), zone)
			if err != nil || err2 != nil || meets(from, due) || !from.Before(monday.AddDate(0, 0, coverDays)) {
				t.Fatalf("%s", named)
			}
			return
		}
		reached++
		for at := monday; at.Before(monday.AddDate(0, 0, coverDays)); at = at.Add(quarter) {
			for _, u := range consult.Urgencies {
				due, err := p.Calendar.Add(at, p.AnswerWithin[u])
				if err != nil || !meets(at, due) {
					t.Fatalf("a %s request at %s reaches nobody until %s\n%s", u, at, due, document)
				}
			}
		}
	})
	if reached == 0 || missed == 0 {
		t.Errorf("%d documents are covered, %d are not", reached, missed)
	}
}
