package consult

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for name, tc := range map[string]struct {
		times []time.Duration
		want  time.Duration
	}{
		"none":        {nil, 0},
		"one":         {[]time.Duration{3 * time.Hour}, 3 * time.Hour},
		"odd":         {[]time.Duration{time.Minute, 20 * time.Hour, 90 * 24 * time.Hour}, 20 * time.Hour},
		"many alike":  {[]time.Duration{time.Hour, time.Hour, time.Hour, time.Hour, 100 * time.Hour}, time.Hour},
		"beyond":      {[]time.Duration{10_000 * time.Hour}, 1600 * time.Hour},
		"never below": {[]time.Duration{-time.Hour, 0, time.Second}, time.Minute},
	} {
		var s Spans
		for _, d := range tc.times {
			s[SpanStep(d)]++
		}
		got := s.Median()
		if got < tc.want*8/10 && tc.want > time.Minute || got > tc.want*12/10+time.Second {
			t.Errorf("%s: %v instead of about %v", name, got, tc.want)
		}
	}
	for d := time.Minute; d < 60*24*time.Hour; d += d / 7 {
		if step := SpanStep(d); spanUpTo(step) < d || step > 0 && spanUpTo(step-1) > d {
			t.Fatalf("%v is in the step %d, up to %v", d, step, spanUpTo(step))
		}
	}
}

// The first answer counts as it was due then, and by whoever gave it.
func TestFirstAnswer(t *testing.T) {
	start := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
	plan := func(hours int) Plan { return Plan{Schedule: Schedule{AnswerBy: at(hours)}} }
	c := (*Consultation)(nil).After(Envelope{ID: "c", At: start}, &SubmittedEvent{
		Request: &Request{}, Decision: Decision{Pool: "a", With: []string{"b"}}, Plan: plan(4),
	})
	step := func(hours int, ev Event) { c = c.After(Envelope{ID: "c", At: at(hours)}, ev) }
	step(1, &AnsweredEvent{Pool: "b"})
	if a, ok := c.FirstAnswer(); ok {
		t.Errorf("a joined pool's word is an answer: %+v", a)
	}
	step(2, &HandedOverEvent{From: "a", Pool: "c", Plan: plan(6)})
	step(3, &AskedEvent{})
	step(5, &RepliedEvent{Plan: plan(8)})
	step(7, &AnsweredEvent{Pool: "c"})
	step(9, &FollowedUpEvent{Plan: plan(10)})
	step(20, &AnsweredEvent{Pool: "c"})
	want := FirstAnswer{Pool: "c", At: at(7), After: 7 * time.Hour, InTime: true}
	if a, ok := c.FirstAnswer(); !ok || a != want {
		t.Errorf("the first answer is %+v, %t", a, ok)
	}
}
