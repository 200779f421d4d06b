package routing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
)

// opening is a calendar as a test knows it: by the wall clock, minute for minute.
type opening struct {
	yaml   string
	days   map[time.Weekday][][2]int
	closed map[string]bool
}

func every(spans [][2]int, days ...time.Weekday) map[time.Weekday][][2]int {
	m := map[time.Weekday][][2]int{}
	for _, d := range days {
		m[d] = spans
	}
	return m
}

var (
	weekdaysOnly = []time.Weekday{1, 2, 3, 4, 5}
	allDays      = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	openings     = []opening{
		{`{days: {mon-fri: "08:00-16:00"}, holidays: FI, closed: [2026-12-24]}`, every([][2]int{{480, 960}}, weekdaysOnly...),
			map[string]bool{"2026-12-24": true, "2026-12-25": true, "2027-01-01": true, "2027-01-06": true, "2027-03-26": true, "2027-03-29": true}},
		{`{days: {mon-fri: ["08:00-11:30", "12:15-16:00"]}}`, every([][2]int{{480, 690}, {735, 960}}, weekdaysOnly...), nil},
		{`{days: {mon-sun: "00:00-24:00"}}`, every([][2]int{{0, 1440}}, allDays...), nil},
		{`{days: {mon-sun: ["00:00-06:00", "22:00-24:00"]}}`, every([][2]int{{0, 360}, {1320, 1440}}, allDays...), nil},
	}
	helsinki = func() *time.Location {
		zone, err := time.LoadLocation("Europe/Helsinki")
		if err != nil {
			panic(err)
		}
		return zone
	}()
)

func (o *opening) open(t time.Time) bool {
	t = t.In(helsinki)
	if o.closed[t.Format(time.DateOnly)] {
		return false
	}
	minute := t.Hour()*60 + t.Minute()
	for _, s := range o.days[t.Weekday()] {
		if minute >= s[0] && minute < s[1] {
			return true
		}
	}
	return false
}

// stepped walks from minute to minute to the moment by which as many open minutes have gone by outside of the pauses as there are between
// the start and the deadline; it waits for the opening where the deadline is one. Only pauses that begin before the deadline count.
func (o *opening) stepped(start, deadline time.Time, pauses []consult.Interval) time.Time {
	left := 0
	for at := start; at.Before(deadline); at = at.Add(time.Minute) {
		if o.open(at) {
			left++
		}
	}
	waits := func(at time.Time) bool {
		for _, p := range pauses {
			if !at.Before(p.From) && at.Before(p.To) {
				return true
			}
		}
		return false
	}
	at := start
	for ; left > 0; at = at.Add(time.Minute) {
		if o.open(at) && !waits(at) {
			left--
		}
	}
	if at.Before(deadline) { // the deadline is an opening: nothing is left, but it is not due before the pool is there
		for at = deadline; !o.open(at) || waits(at); at = at.Add(time.Minute) {
		}
	}
	return at
}

func pausedPool(t *rapid.T) (*opening, *Rules) {
	o := rapid.SampledFrom(openings).Draw(t, "hours")
	doc, found := Parse("f", []byte(`
timezone: Europe/Helsinki
municipalities: [Tampere]
hours: {h: `+o.yaml+`}
rules: []
otherwise: a
pools:
  a:
    hours: h
    members: [m]
    claim-within: {urgent: 45m, soon: 3h, routine: 1d}
    answer-within: {urgent: 5h, soon: 2d, routine: 2d+90m}
    escalate: [{at: 50%, to: [lead]}, {at: 100%, to: [lead]}, {at: "+4h", to: [lead]}]
`))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	return &o, Compile(doc)
}

// TestPauseLaws: what waiting for the sender does to deadlines, tried around clock changes and holidays, against walking through the
// minutes.
func TestPauseLaws(t *testing.T) {
	days := []string{"2026-10-23", "2026-11-23", "2026-12-22", "2026-12-31", "2027-03-24", "2027-03-27"}
	rapid.Check(t, func(t *rapid.T) {
		o, rules := pausedPool(t)
		minutes := func(label string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Minute
		}
		day, err := time.ParseInLocation(time.DateOnly, rapid.SampledFrom(days).Draw(t, "day"), helsinki)
		if err != nil {
			t.Fatal(err)
		}
		start := day.Add(minutes("sent", 2*24*60))
		u := rapid.SampledFrom(consult.Urgencies).Draw(t, "urgency")
		plan := func(pauses ...consult.Interval) consult.Schedule {
			s, err := rules.Schedule("a", u, consult.Clock{Start: start, Pauses: pauses})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		same := func(law string, a, b consult.Schedule) {
			t.Helper()
			if x, y := moments(a), moments(b); x != y {
				t.Fatalf("%s: sent %s, %s:\n%s\n%s", law, start, u, x, y)
			}
		}
		whole := plan()

		var pauses []consult.Interval
		at := start
		for range rapid.IntRange(1, 3).Draw(t, "pauses") {
			from := at.Add(minutes("from", 1500))
			at = from.Add(minutes("for", 3000))
			pauses = append(pauses, consult.Interval{From: from, To: at})
		}
		s := plan(pauses...)
		for i, pair := range [][2]time.Time{{whole.ClaimBy, s.ClaimBy}, {whole.AnswerBy, s.AnswerBy}, {whole.Steps[0].At, s.Steps[0].At}} {
			if want := o.stepped(start, pair[0], before(pauses, pair[1])); !pair[1].Equal(want) {
				t.Fatalf("moment %d of %s, sent %s, with pauses %v: %s became %s, stepping gives %s", i, u, start, pauses, pair[0], pair[1], want)
			}
			if pair[1].Before(pair[0]) {
				t.Fatalf("a pause brought %s forward to %s", pair[0], pair[1])
			}
			if lawful := o.open(pair[1]) || o.open(pair[1].Add(-time.Minute)); !lawful {
				t.Fatalf("%s is neither an open moment nor a closing time", pair[1])
			}
		}

		none := start.Add(minutes("none", 3000))
		same("a pause of no time changes nothing", whole, plan(consult.Interval{From: none, To: none}))

		one := pauses[0]
		cut := one.From.Add(time.Duration(rapid.Int64Range(0, int64(one.To.Sub(one.From)/time.Minute)).Draw(t, "cut")) * time.Minute)
		same("a pause in two parts is the same", plan(one), plan(consult.Interval{From: one.From, To: cut}, consult.Interval{From: cut, To: one.To}))

		longer := plan(consult.Interval{From: one.From, To: one.To.Add(minutes("more", 2000))})
		if short := plan(one); longer.AnswerBy.Before(short.AnswerBy) || longer.ClaimBy.Before(short.ClaimBy) {
			t.Fatalf("a longer pause gives an earlier deadline")
		}

		for from := one.From; from.Before(one.From.Add(48 * time.Hour)); from = from.Add(time.Minute) {
			if o.open(from) {
				continue
			}
			to := from
			for !o.open(to) && to.Before(from.Add(60*time.Hour)) {
				to = to.Add(time.Minute)
			}
			same("a pause in closed time changes nothing", whole, plan(consult.Interval{From: from, To: from.Add(to.Sub(from) / 2).Truncate(time.Minute)}))
			same("a pause up to the opening changes nothing", whole, plan(consult.Interval{From: from, To: to}))
			break
		}
	})
}

// before leaves out the pauses that begin when a deadline is over.
func before(pauses []consult.Interval, deadline time.Time) []consult.Interval {
	var list []consult.Interval
	for _, p := range pauses {
		if p.From.Before(deadline) {
			list = append(list, p)
		}
	}
	return list
}

func moments(s consult.Schedule) string {
	var b strings.Builder
	for _, m := range append(append([]consult.Step{{At: s.ClaimBy}, {At: s.AnswerBy}}, s.Steps...), s.ClaimSteps...) {
		fmt.Fprintf(&b, "%s %v; ", m.At.In(helsinki).Format("02.01. 15:04"), m.To)
	}
	return b.String()
}

// TestPauseOverTheOpening: a pause that lasts until the pool has closed does not leave a deadline in the night.
func TestPauseOverTheOpening(t *testing.T) {
	rules := explainedRules(t)
	at := func(s string) time.Time {
		m, err := time.ParseInLocation("2006-01-02T15:04", s, helsinki)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	// Due on Tuesday at eight, when the pool opens; asked on Monday evening.
	clock := consult.Clock{Start: at("2026-11-23T08:00")}
	for replied, want := range map[string]string{
		"2026-11-23T22:00": "2026-11-24T08:00", "2026-11-24T10:30": "2026-11-24T10:30", "2026-11-24T20:00": "2026-11-25T08:00", "2026-11-27T18:00": "2026-11-30T08:00",
	} {
		clock.Pauses = []consult.Interval{{From: at("2026-11-23T20:00"), To: at(replied)}}
		s, err := rules.Schedule("a", consult.Routine, clock)
		if err != nil || !s.ClaimBy.Equal(at(want)) {
			t.Errorf("replied %s: %s, %v, want %s", replied, s.ClaimBy, err, want)
		}
	}
}
