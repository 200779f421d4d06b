package consult_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"silta/consult"
)

// officeOpen says whether the example's office is open in a minute around the turn of the year 2026.
func officeOpen(t time.Time) bool {
	closes := map[time.Weekday]int{time.Monday: 16, time.Tuesday: 16, time.Wednesday: 16, time.Thursday: 16, time.Friday: 15}
	holidays := []string{"2026-12-24", "2026-12-25", "2027-01-01", "2027-01-06"}
	return t.Hour() >= 8 && t.Hour() < closes[t.Weekday()] && !slices.Contains(holidays, t.Format(time.DateOnly))
}

// clockModel is what a request's clocks are by the rules' contract, worked out minute by minute.
type clockModel struct {
	zone         *time.Location
	start, claim time.Time
	pauses       []consult.Interval
}

// due is the moment by which hours of open time have gone by since a start, outside of the pauses.
func (m *clockModel) due(start time.Time, hours int) time.Time {
	at := start.In(m.zone)
	for left := hours * 60; left > 0; at = at.Add(time.Minute) {
		waits := slices.ContainsFunc(m.pauses, func(p consult.Interval) bool {
			return !at.Before(p.From) && at.Before(p.To) && !p.From.Before(start)
		})
		if officeOpen(at) && !waits {
			left--
		}
	}
	return at
}

// TestClocks: whatever is done to a request, its deadlines are those that counting minutes gives: waiting for the sender stops both
// clocks; a release and a hand-over begin that of the claim anew, and that of the answer goes on.
func TestClocks(t *testing.T) {
	d := newDesk(t)
	if err := d.SetPerson(t.Context(), consult.System, consult.Person{
		ID: "youthpsych", Name: "youthpsych", Language: consult.Finnish, Roles: []consult.Role{consult.Specialist},
	}); err != nil {
		t.Fatal(err)
	}
	zone := d.zone()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]int{20, 23, 26, 34, 51}).Draw(t, "day") // of November, and on
		d.now = time.Date(2026, 11, day, 0, rapid.IntRange(0, 24*60).Draw(t, "minute"), 0, 0, zone)
		c, _, err := d.Submit(context.Background(), d.actor("nurse"), consult.Request{
			Client: consult.Client{Age: 9, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, Question: "Miten jatkamme?", Urgency: consult.Urgent,
		}, "")
		if err != nil {
			t.Fatal(err)
		}
		m := &clockModel{zone: zone, start: d.now, claim: d.now}
		var asked time.Time
		resume := func() {
			if !asked.IsZero() {
				m.pauses = append(m.pauses, consult.Interval{From: asked, To: d.now})
			}
			asked = time.Time{}
		}
		var did []string
		for range rapid.IntRange(1, 7).Draw(t, "steps") {
			d.now = d.now.Add(time.Duration(rapid.IntRange(0, 1600).Draw(t, "wait")) * time.Minute)
			answers, other := "childpsych", "youth-psychiatry"
			if c.Pool == other {
				answers, other = "youthpsych", "child-psychiatry"
			}
			act := rapid.SampledFrom([]string{"claim", "ask", "reply", "release", "hand-over"}).Draw(t, "act")
			who, cmd := answers, consult.Command(consult.ClaimCommand{})
			switch act {
			case "ask":
				cmd = consult.AskCommand{Text: "Entä kotona?"}
			case "reply":
				who, cmd = "nurse", consult.ReplyCommand{Said: consult.Said{Text: "Hyvin."}}
			case "release":
				cmd = consult.ReleaseCommand{}
			case "hand-over":
				cmd = consult.HandOverCommand{Pool: other, Reason: "Kuuluu sinne."}
			}
			held := c.Holder != ""
			next, err := d.Do(context.Background(), d.actor(who), c.ID, cmd, consult.Change{})
			if err != nil {
				if k := consult.KindOf(err); k != consult.Conflict && k != consult.Forbidden {
					t.Fatalf("%s after %v: %v", act, did, err)
				}
				continue
			}
			did = append(did, d.now.In(zone).Format("02.01. 15:04 ")+act)
			switch c = next; act {
			case "ask":
				asked = d.now
			case "reply":
				if resume(); !held {
					m.claim = d.now
				}
			case "release":
				m.claim = d.now
			case "hand-over":
				resume()
				m.claim = d.now
			}
			if c.State == consult.Waiting { // the clocks stand; where they stand is said when they go on
				continue
			}
			if claim, answer := m.due(m.claim, 1), m.due(m.start, 4); !c.ClaimBy.Equal(claim) || !c.AnswerBy.Equal(answer) {
				t.Fatalf("sent %s, %v: to be claimed by %s and answered by %s, want %s and %s", m.start, did,
					c.ClaimBy.In(zone), c.AnswerBy.In(zone), claim, answer)
			}
			if due := c.Due(); due.IsZero() {
				t.Fatalf("%v: no next moment", did)
			}
		}
	})
}
