package routing

import (
	"strings"
	"testing"
	"time"

	"silta/consult"
)

// TestUnclaimed: who is told of a request that nobody claims, and when, as the document says.
func TestUnclaimed(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		urgency    consult.Urgency
		pauses     []string
		want       string
	}{
		{"left out", "", "soon", nil, "23.11. 13:00 on-call, 24.11. 09:00 on-call lead"},
		{"left out, until the answer is due", "", "urgent", nil, "23.11. 10:00 on-call, 23.11. 11:00 on-call lead"},
		{"left out, days", "", "routine", nil, "24.11. 09:00 on-call"},
		{"nobody", "unclaimed: []", "soon", nil, ""},
		{"before, at and after the deadline, in their order", `unclaimed: [{at: "+1h", to: ["person:x"]}, {at: 250%, to: [lead]}, {at: 50%, to: [members]}, {at: 100%, to: [m@example.org]}]`,
			"soon", nil, "23.11. 11:00 members, 23.11. 13:00 m@example.org, 23.11. 14:00 person:x, 24.11. 11:00 lead"},
		{"at once", "unclaimed: [{at: 0%, to: [members]}]", "routine", nil, "23.11. 09:00 members"},
		{"not once the answer is due", `unclaimed: [{at: 300%, to: [members]}, {at: 400%, to: [lead]}, {at: "+3h", to: [coordinator]}]`, "urgent", nil, "23.11. 12:00 members"},
		{"over a day's end", `unclaimed: [{at: "+4h", to: [lead]}]`, "soon", nil, "24.11. 09:00 lead"},
		{"a pause before", `unclaimed: [{at: 50%, to: [members]}, {at: "+1h", to: [lead]}]`, "soon", []string{"10:00", "11:00"},
			"23.11. 12:00 members, 23.11. 15:00 lead"},
		{"a pause after the deadline", `unclaimed: [{at: "+2h", to: [lead]}, {at: 200%, to: [on-call]}]`, "soon", []string{"13:30", "14:00"},
			"23.11. 15:30 lead, 24.11. 09:30 on-call"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, found := Parse("f", []byte(strings.Replace(explained, "    lead: lea\n", "    lead: lea\n    "+c.yaml+"\n", 1)))
			if doc == nil || HasErrors(found) {
				t.Fatal(found)
			}
			at := func(clock string) time.Time {
				m, err := time.ParseInLocation("2006-01-02T15:04", "2026-11-23T"+clock, doc.Timezone)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			clock := consult.Clock{Start: at("09:00")}
			for i := 0; i < len(c.pauses); i += 2 {
				clock.Pauses = append(clock.Pauses, consult.Interval{From: at(c.pauses[i]), To: at(c.pauses[i+1])})
			}
			s, err := Compile(doc).Schedule("a", c.urgency, clock)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, step := range s.ClaimSteps {
				got = append(got, step.At.In(doc.Timezone).Format("02.01. 15:04 ")+strings.Join(step.To, " "))
			}
			if have := strings.Join(got, ", "); have != c.want {
				t.Errorf("told: %s\nwant: %s", have, c.want)
			}
		})
	}
}
