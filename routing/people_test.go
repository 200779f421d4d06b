package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/routing/oncall"
)

// people checks a document with these pools and reports what is said about people and time.
func people(t *testing.T, pools string, world World) []string {
	t.Helper()
	text := `
timezone: Europe/Helsinki
municipalities: [Tampere]
hours:
  office: {days: {mon-fri: "08:00-16:00"}, holidays: FI}
  never: {days: {}}
rules:
  - {id: children, when: {age: "<13"}, to: a, with: [b]}
  - {id: never, when: {age: "<5"}, to: e}
otherwise: a
pools:
` + pools
	doc, found := Parse("f", []byte(text))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	world.Now = now
	var got []string
	for _, f := range check(doc, world) {
		if slices.Contains([]Code{NoAnswerer, UncoveredTime, NeverInTime, EscalationLoop, UnknownPerson, BadCalendar, CalendarUnread, LateClaim,
			CalendarStale, CalendarEvent}, f.Code) {
			line := string(f.Code) + " " + f.ID
			for _, arg := range []string{"from", "to", "pools", "value", "within"} {
				if v, ok := f.Args[arg].(string); ok {
					line += " " + v
				}
			}
			got = append(got, line)
		}
	}
	return got
}

const (
	onCall = `on-call: {rotation: {every: week, from: 2025-01-06T08:00, order: [m]}}`
	fine   = `  a: {hours: office, members: [m], ` + onCall + `}
  b: {hours: office, members: [m], ` + onCall + `}
  e: {hours: office, members: [m], ` + onCall + "}\n"
)

func TestPeopleAndTime(t *testing.T) {
	for name, c := range map[string]struct {
		pools string
		want  []string
	}{
		"nothing": {fine, nil},
		"nobody in a joined pool": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, "  b: {hours: office, lead: m", 1),
			[]string{"no-answerer b"}},
		"nobody where nothing comes":        {strings.Replace(fine, "  e: {hours: office, members: [m], "+onCall, "  e: {hours: office", 1), nil},
		"on call without members is enough": {strings.Replace(fine, "b: {hours: office, members: [m], ", "b: {hours: office, ", 1), nil},
		"nobody where a hand-over leads": {fine + `  c: {hours: office, members: [m], ` + onCall + `, escalate: [{at: "+1d", to: ["pool:d"]}]}
  d: {hours: office}
`, nil},
		"nobody where a hand-over leads on": {strings.Replace(fine, "  a: {", `  a: {escalate: [{at: "+1d", to: ["pool:c"]}], `, 1) +
			`  c: {hours: office, members: [m], ` + onCall + `, escalate: [{at: "+1d", to: ["pool:d"]}]}
  d: {hours: office}
`, []string{"no-answerer d"}},
		"shifts with a hole": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, `  b: {hours: office, members: [m], on-call: {shifts: [
    {person: m, from: 2026-11-20T08:00, to: 2026-11-25T12:00}, {person: m, from: 2026-11-25T14:00, to: 2027-03-01T08:00}]}`, 1),
			[]string{"uncovered-time b 2026-11-25T12:00 2026-11-25T14:00"}},
		"shifts with a hole at night": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, `  b: {hours: office, members: [m], on-call: {shifts: [
    {person: m, from: 2026-11-20T08:00, to: 2026-11-25T16:00}, {person: m, from: 2026-11-26T08:00, to: 2027-03-01T08:00}]}`, 1), nil},
		"a hole over a night": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, `  b: {hours: office, members: [m], on-call: {shifts: [
    {person: m, from: 2026-11-20T08:00, to: 2026-11-25T15:00}, {person: m, from: 2026-11-26T10:00, to: 2027-03-01T08:00}]}`, 1),
			[]string{"uncovered-time b 2026-11-25T15:00 2026-11-25T16:00"}},
		"a rotation that begins later": {strings.Replace(fine, "2025-01-06T08:00", "2026-12-07T08:00", 1),
			[]string{"uncovered-time a 2026-11-23T08:00 2026-11-23T16:00"}},
		"the shifts end within 60 days": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, `  b: {hours: office, members: [m], on-call: {shifts: [
    {person: m, from: 2026-11-20T08:00, to: 2027-01-19T16:00}]}`, 1), []string{"uncovered-time b 2027-01-20T08:00 2027-01-20T12:00"}},
		"the shifts end after 60 days": {strings.Replace(fine, "  b: {hours: office, members: [m], "+onCall, `  b: {hours: office, members: [m], on-call: {shifts: [
    {person: m, from: 2026-11-20T08:00, to: 2027-01-20T12:00}]}`, 1), nil},
		"members without any duty": {strings.Replace(fine, ", "+onCall, "", 1), []string{"uncovered-time a 2026-11-23T08:00 2026-11-23T16:00"}},
		"never open":               {strings.Replace(fine, "a: {hours: office", "a: {hours: never", 1), []string{"never-in-time a"}},
		"a step after a hand-over": {strings.Replace(fine, "  a: {", `  a: {escalate: [{at: 50%, to: ["pool:b"]}, {at: 100%, to: [lead]}, {at: "+1d", to: [lead]}, {at: 20%, to: [lead]}], `, 1),
			[]string{"never-in-time a b", "never-in-time a b"}},
		"a step after a late hand-over": {strings.Replace(fine, "  a: {", `  a: {escalate: [{at: "+4h", to: ["pool:b"]}, {at: "+1d", to: [lead]}, {at: "+1d+1h", to: [lead]}, {at: "+4h", to: [lead]}], `, 1),
			[]string{"never-in-time a b", "never-in-time a b"}},
		"claimed after the answer is due": {strings.Replace(fine, "  a: {", "  a: {claim-within: {urgent: 5h, soon: 3d, routine: 5d}, answer-within: {urgent: 4h, soon: 1d, routine: 5d}, ", 1),
			[]string{"late-claim a", "late-claim a"}},
		"claimed after the answer at some hours": {strings.Replace(fine, "  a: {", "  a: {claim-within: {soon: 1d}, answer-within: {soon: 9h}, ", 1), nil},
		"a circle": {strings.Replace(strings.Replace(fine, "  a: {", `  a: {escalate: [{at: "+1d", to: ["pool:b"]}], `, 1),
			"  b: {", `  b: {escalate: [{at: "+1d", to: ["pool:e"]}], `, 1) + `  x: {members: [m], ` + onCall + `, escalate: [{at: "+1d", to: ["pool:x"]}]}
`, []string{"escalation-loop x x → x"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := people(t, c.pools, World{}); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoops(t *testing.T) {
	step := func(to string) string { return `escalate: [{at: "+1d", to: [lead, "pool:` + to + `"]}]` }
	pools := `  a: {members: [m], ` + onCall + `, ` + step("b") + `}
  b: {members: [m], ` + onCall + `, ` + step("e") + `}
  e: {members: [m], ` + onCall + `, ` + step("b") + `}
`
	if got, want := people(t, pools, World{}), []string{"escalation-loop b b → e → b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestClaimedPools: claims that give a pool which is not there are said where they stand, and nothing that is checked counts on claims.
func TestClaimedPools(t *testing.T) {
	pool := func(id string, at Pos) ClaimedPool {
		return ClaimedPool{consult.ClaimedPool{Provider: "county", Pool: id}, at}
	}
	_, found := Examine("f", []byte("municipalities: [T]\notherwise: alone\npools:\n  alone: {}\n"), World{Now: now, Claimed: []ClaimedPool{
		pool("alone", Pos{}), pool("alone", Pos{7, 3}), pool("gone", Pos{}), pool("alon", Pos{9, 5}),
	}})
	var got []string
	for _, f := range found {
		if f.Code != Gap {
			got = append(got, f.String())
		}
	}
	want := []string{
		"f:1:1: warning: the pool gone is missing here, and people who sign in by county are its members by their claims: they lose sight of its requests; add the pool if it was left out by mistake [pool-claimed]",
		"f:4:3: error: requests can reach the pool alone, but it has neither members nor anybody on call: add either [no-answerer]",
		"f:9:5: error: there is no pool alon: the nearest known name is alone [unknown-pool]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestPersons(t *testing.T) {
	if got := people(t, fine, World{Persons: []string{"n", "m"}}); got != nil {
		t.Errorf("got %q", got)
	}
	got := people(t, strings.Replace(fine, "members: [m]", "members: [m], lead: mm", 1), World{Persons: []string{"m"}})
	if want := []string{"unknown-person a mm"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got = people(t, fine, World{Persons: []string{}}); len(got) != 6 {
		t.Errorf("nobody is known: %q", got)
	}
}

func TestCalendarCover(t *testing.T) {
	pools := strings.Replace(fine, "  a: {hours: office, members: [m], "+onCall, "  a: {hours: office, members: [m], on-call: {calendar: rota.ics}", 1)
	if got := people(t, pools, World{}); got != nil {
		t.Errorf("the calendar is not known here, but %q", got)
	}
	some := []oncall.Shift{
		{Person: "m", From: now.AddDate(0, 0, 1), To: now.AddDate(0, 0, 3)}, {Person: "stranger", From: now, To: now.AddDate(0, 0, 1)},
	}
	all := []oncall.Shift{{Person: oncall.Somebody, From: now, To: now.AddDate(1, 0, 0)}}
	for name, c := range map[string]struct {
		news CalendarNews
		want []string
	}{
		"a gap":          {CalendarNews{Shifts: some}, []string{"uncovered-time a 2026-11-24T12:00 2026-11-24T16:00"}},
		"somebody":       {CalendarNews{Shifts: all}, nil},
		"not read":       {CalendarNews{Unread: true}, []string{"calendar-unread a"}},
		"not readable":   {CalendarNews{Err: phrase("ics-nothing")}, []string{"bad-calendar a"}},
		"old":            {CalendarNews{Shifts: all, Stale: true}, []string{"calendar-stale a"}},
		"events missing": {CalendarNews{Shifts: all, Faults: []Phrase{phrase("ics-event", "event", 1)}, Unknown: 2}, []string{"calendar-event a", "calendar-event a"}},
	} {
		got := people(t, pools, World{Calendar: func(string, *time.Location) CalendarNews { return c.news }})
		for i, text := range got {
			got[i] = strings.TrimSpace(text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestCircles: every pool that is on a circle stands in a finding, also where circles share pools, and in bounded time.
func TestCircles(t *testing.T) {
	document := func(next map[string][]string) string {
		var b strings.Builder
		b.WriteString("municipalities: [T]\notherwise: p0\npools:\n")
		for i := range len(next) {
			id := fmt.Sprintf("p%d", i)
			fmt.Fprintf(&b, "  %s: {members: [m], escalate: [{at: 100%%, to: [", id)
			for _, to := range next[id] {
				fmt.Fprintf(&b, "pool:%s, ", to)
			}
			b.WriteString("lead]}]}\n")
		}
		return b.String()
	}
	loops := func(next map[string][]string) (texts []string) {
		_, found := Examine("f", []byte(document(next)), World{Now: now})
		for _, f := range found {
			if f.Code == EscalationLoop {
				texts = append(texts, f.Text)
			}
		}
		return texts
	}
	got := strings.Join(loops(map[string][]string{"p0": {"p1", "p2"}, "p1": {"p0"}, "p2": {"p3"}, "p3": {"p0"}, "p4": {"p0", "p4"}, "p5": {"p0"}}), "\n")
	for _, circle := range []string{"p0 → p1 → p0", "p2 → p3 → p0 → p2", "p4 → p4"} {
		if strings.Count(got, circle) != 1 {
			t.Errorf("%s is not reported once:\n%s", circle, got)
		}
	}
	if strings.Contains(got, "p5") {
		t.Errorf("p5 is on no circle:\n%s", got)
	}
	line := map[string][]string{}
	for i := range 990 {
		for j := i + 1; j < min(i+40, 990); j++ {
			line[fmt.Sprintf("p%d", i)] = append(line[fmt.Sprintf("p%d", i)], fmt.Sprintf("p%d", j))
		}
	}
	line["p989"] = nil
	if got := loops(line); got != nil {
		t.Errorf("a line has circles: %v", got)
	}
}
