package routing

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
	"silta/routing/oncall"
)

const explained = `
timezone: Europe/Helsinki
municipalities: [Tampere]
hours:
  office: {days: {mon-thu: "08:00-16:00", fri: "08:00-15:00"}, holidays: FI}
interlocks:
  - {id: danger, when: {red-flag: [psychosis]}, action: block, phone: "112", show: {en: Call}}
  - {id: other, when: {red-flag: [other-acute]}, action: confirm, phone: "116117", show: {en: Call}}
rules:
  - id: hybrid
    when:
      - {age: 13-17, involved: [child-protection], concern: {any: [self-harm, mood]}}
      - {age: 13-17, urgency: urgent}
    to: b
    with: [a]
    at-least: soon
  - id: children
    when: {age: "<13"}
    to: a
otherwise: b
pools:
  a:
    hours: office
    modes: [written]
    accepts: [school-nurse]
    claim-within: {urgent: 1h, soon: 4h, routine: 1d}
    answer-within: {urgent: 4h, soon: 2d, routine: 1d+4h}
    lead: lea
    members: [anna, lea]
    on-call: {rotation: {every: week, from: 2026-01-05T08:00, order: [anna, lea]}}
    escalate:
      - {at: "+1d", to: [members, coordinator, "person:boss", "chief@example.org"]}
      - {at: 100%, to: [on-call, lead]}
      - {at: 50%, to: [on-call]}
      - {at: "+3d", to: ["pool:b"]}
  b: {hours: office, members: [bo]}
`

func explainedRules(t testing.TB) *Rules {
	t.Helper()
	doc, found := Parse("f", []byte(explained))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	return Compile(doc)
}

// TestExplainJSON: the whole answer, for a Saturday on which nobody works.
func TestExplainJSON(t *testing.T) {
	r := explainedRules(t)
	f, faults := r.ParseFacts([]byte(`{"age": 9, "concern": ["mood"], "profession": "teacher", "mode": "visit", "municipality": "Tampere", "red-flag": ["other-acute"]}`))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r.Explain(f, now, oncall.Known{})); err != nil {
		t.Fatal(err)
	}
	want := `{"pool":"a","with":[],"rule":"children","urgency":"routine","interlocks":["other"],` +
		`"claim_by":"2026-11-24T08:00:00+02:00","answer_by":"2026-11-24T12:00:00+02:00","on_call":["lea"],` +
		`"unclaimed":[{"at":"2026-11-24T08:00:00+02:00","to":["on-call"],"people":["anna"]}],"escalations":[` +
		`{"at":"2026-11-23T14:00:00+02:00","to":["on-call"],"people":["anna"]},` +
		`{"at":"2026-11-24T12:00:00+02:00","to":["on-call","lead"],"people":["anna","lea"]},` +
		`{"at":"2026-11-25T12:00:00+02:00","to":["members","coordinator","person:boss","chief@example.org"],"people":["anna","lea","boss"]},` +
		`{"at":"2026-11-27T12:00:00+02:00","to":["pool:b"],"people":[]}],` +
		`"trace":[{"rule":"hybrid","matched":false,"failed":[` +
		`{"fact":"age","wanted":"13-17","got":9},{"fact":"involved","wanted":["child-protection"],"got":[]}]},` +
		`{"rule":"children","matched":true,"failed":[]}],` +
		`"notes":["mode-not-offered","profession-not-accepted"],"rules_hash":"` + r.doc.Hash + `","segments":[` +
		`{"from":"2026-11-21T12:00:00+02:00","to":"2026-11-23T00:00:00+02:00","reason":"weekend"},` +
		`{"from":"2026-11-23T00:00:00+02:00","to":"2026-11-23T08:00:00+02:00","reason":"closed"},` +
		`{"from":"2026-11-23T08:00:00+02:00","to":"2026-11-23T16:00:00+02:00","reason":"open"},` +
		`{"from":"2026-11-23T16:00:00+02:00","to":"2026-11-24T08:00:00+02:00","reason":"closed"},` +
		`{"from":"2026-11-24T08:00:00+02:00","to":"2026-11-24T12:00:00+02:00","reason":"open"}]}`
	if got := strings.TrimSpace(b.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(r.doc.Hash) != 64 {
		t.Errorf("hash %q", r.doc.Hash)
	}
}

func TestBlocked(t *testing.T) {
	r := explainedRules(t)
	f := consult.Facts{Age: 14, Concerns: []consult.Concern{"mood"}, Urgency: "urgent", Profession: "teacher", Municipality: "Tampere",
		RedFlags: []consult.RedFlag{"other-acute", "psychosis"}}
	e := r.Explain(f, now, oncall.Known{})
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if e.Pool != "" || len(e.With) != 0 || len(e.Interlocks) != 2 || e.ClaimBy != nil || len(e.Escalations) != 0 || !strings.Contains(string(text), `"claim_by":null`) {
		t.Errorf("a blocked request is explained as %s", text)
	}
	d := r.Decide(f)
	if open := d.Blocked([]string{"other", "danger"}); len(open) != 1 || open[0].ID != "danger" {
		t.Errorf("blocked by %v", open)
	}
}

func TestNearestMiss(t *testing.T) {
	r := explainedRules(t)
	f := consult.Facts{Age: 14, Concerns: []consult.Concern{"sleep"}, Profession: "teacher", Municipality: "Tampere"}
	failed := r.Explain(f, now, oncall.Known{}).Trace[0].Failed
	if len(failed) != 1 || failed[0].Fact != "urgency" {
		t.Errorf("the nearest miss is %+v", failed)
	}
	f.Involved = []consult.Party{"child-protection"}
	failed = r.Explain(f, now, oncall.Known{}).Trace[0].Failed
	if len(failed) != 1 || failed[0].Fact != "concern" || failed[0].Wanted.String() != "any: self-harm, mood" || failed[0].Got.String() != "sleep" {
		t.Errorf("the nearest miss is %+v", failed)
	}
}

// TestPauses: while the pool waits for the sender its clock stands still.
func TestPauses(t *testing.T) {
	r := explainedRules(t)
	at := func(s string) time.Time {
		m, err := time.ParseInLocation("2006-01-02T15:04", s, r.doc.Timezone)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	start := at("2026-11-23T08:00") // due on Tuesday at 12:00, half of it on Monday at 14:00
	for _, c := range []struct {
		name                            string
		pauses                          []string
		claim, answer, half, after, out string
	}{
		{"none", nil, "2026-11-24T08:00", "2026-11-24T12:00", "2026-11-23T14:00", "2026-11-25T12:00", "2026-11-27T12:00"},
		{"an hour on Monday morning", []string{"2026-11-23T09:00", "2026-11-23T10:00"},
			"2026-11-24T09:00", "2026-11-24T13:00", "2026-11-23T15:00", "2026-11-25T13:00", "2026-11-27T13:00"},
		{"a night", []string{"2026-11-23T16:00", "2026-11-24T08:00"},
			"2026-11-24T08:00", "2026-11-24T12:00", "2026-11-23T14:00", "2026-11-25T12:00", "2026-11-27T12:00"},
		{"two pauses, the second over the deadline as it was", []string{"2026-11-24T08:00", "2026-11-24T11:00", "2026-11-24T14:00", "2026-11-26T14:00"},
			"2026-11-24T08:00", "2026-11-26T15:00", "2026-11-23T14:00", "2026-11-27T15:00", "2026-12-01T15:00"},
		{"a pause after the deadline moves only what comes later", []string{"2026-11-24T13:00", "2026-11-24T15:00"},
			"2026-11-24T08:00", "2026-11-24T12:00", "2026-11-23T14:00", "2026-11-25T14:00", "2026-11-27T14:00"},
		{"a pause that ends before it begins is none", []string{"2026-11-23T10:00", "2026-11-23T09:00"},
			"2026-11-24T08:00", "2026-11-24T12:00", "2026-11-23T14:00", "2026-11-25T12:00", "2026-11-27T12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := consult.Clock{Start: start}
			for i := 0; i < len(c.pauses); i += 2 {
				clock.Pauses = append(clock.Pauses, consult.Interval{From: at(c.pauses[i]), To: at(c.pauses[i+1])})
			}
			s, err := r.Schedule("a", "routine", clock)
			if err != nil {
				t.Fatal(err)
			}
			for what, pair := range map[string][2]time.Time{
				"claim": {s.ClaimBy, at(c.claim)}, "answer": {s.AnswerBy, at(c.answer)}, "half": {s.Steps[0].At, at(c.half)},
				"full": {s.Steps[1].At, at(c.answer)}, "a day after": {s.Steps[2].At, at(c.after)}, "three days after": {s.Steps[3].At, at(c.out)},
			} {
				if !pair[0].Equal(pair[1]) {
					t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
				}
			}
		})
	}
}

// TestPausesStopTheClock: with pauses a deadline has the same open time outside of them before it as it had without, and is never
// earlier.
func TestPausesStopTheClock(t *testing.T) {
	rules := explainedRules(t)
	pool := rules.Pool("a")
	rapid.Check(t, func(t *rapid.T) {
		at := func(label string, after time.Time) time.Time {
			return after.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, label)) * time.Minute)
		}
		u := rapid.SampledFrom(consult.Urgencies).Draw(t, "urgency")
		clock := consult.Clock{Start: at("start", now)}
		whole, err := rules.Schedule("a", u, clock)
		if err != nil {
			t.Fatal(err)
		}
		last := clock.Start
		for range rapid.IntRange(1, 3).Draw(t, "pauses") {
			from := at("from", last)
			last = at("to", from)
			clock.Pauses = append(clock.Pauses, consult.Interval{From: from, To: last})
		}
		s, err := rules.Schedule("a", u, clock)
		if err != nil {
			t.Fatal(err)
		}
		for i, pair := range [][2]time.Time{{whole.ClaimBy, s.ClaimBy}, {whole.AnswerBy, s.AnswerBy}, {whole.Steps[0].At, s.Steps[0].At}} {
			counted := pool.Calendar.OpenTime(clock.Start, pair[1])
			for _, pause := range clock.Pauses {
				if pause.From.Before(pair[1]) {
					counted -= pool.Calendar.OpenTime(pause.From, pause.To)
				}
			}
			if want := pool.Calendar.OpenTime(clock.Start, pair[0]); counted != want || pair[1].Before(pair[0]) {
				t.Fatalf("moment %d: %s became %s, with %s instead of %s counted", i, pair[0], pair[1], counted, want)
			}
		}
	})
}

func TestReach(t *testing.T) {
	r := explainedRules(t)
	got, err := r.Reach("a", []string{"on-call", "lead", "members", "coordinator", "person:x", "pool:b", "pool:a", "m@example.org", "m@example.org"}, now, oncall.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got.People, " "); s != "lea anna x" || got.HandOver != "b" || len(got.Addresses) != 1 {
		t.Errorf("reached %+v", got)
	}
	if got, err = r.Reach("b", []string{"coordinator"}, now, oncall.Known{}); err != nil || strings.Join(got.People, " ") != "bo" {
		t.Errorf("the coordinator of a pool without a lead: %+v, %v", got, err)
	}
	if got, err = r.Reach("b", []string{"on-call", "lead"}, now, oncall.Known{}); err != nil || !got.Empty() {
		t.Errorf("nobody is there, but %+v, %v", got, err)
	}
	if _, err = r.Reach("c", nil, now, oncall.Known{}); consult.KindOf(err) != consult.NotFound {
		t.Errorf("a pool that is not there: %v", err)
	}
	for person, want := range map[string]int{"anna": 1, "lea": 1, "bo": 1, "x": 0} {
		if n := len(r.Memberships(person, nil)); n != want {
			t.Errorf("%s works for %d pools, want %d", person, n, want)
		}
	}
	if m := r.Memberships("lea", nil); !m[0].Lead {
		t.Error("lea does not lead")
	}
}
