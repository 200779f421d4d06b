package worktime

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var places = []string{"Europe/Helsinki", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Asia/Beirut"}

// drawCalendar draws a calendar with at least one open day a week, mostly around clock changes.
func drawCalendar(t *rapid.T) *Calendar {
	loc, err := time.LoadLocation(rapid.SampledFrom(places).Draw(t, "place"))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Location: loc}
	if rapid.Bool().Draw(t, "holidays") {
		c.Holidays = "FI"
	}
	open := false
	for d := range c.Days {
		at := rapid.IntRange(0, 300).Draw(t, "opens")
		for range rapid.IntRange(0, 2).Draw(t, "spans") {
			end := at + rapid.IntRange(45, 500).Draw(t, "length")
			c.Days[d] = append(c.Days[d], Span{at, end})
			open = true
			at = end + rapid.IntRange(0, 120).Draw(t, "pause")
		}
	}
	if !open {
		c.Days[time.Sunday] = []Span{{0, 24 * 60}}
	}
	for range rapid.IntRange(0, 5).Draw(t, "closings") {
		c.Closed = append(c.Closed, NewDate(2018, 1, 1)+Date(rapid.IntRange(0, 4000).Draw(t, "closed")))
	}
	cal, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func drawMoment(t *rapid.T, label string) time.Time {
	changes := []string{"2025-03-29", "2025-10-25", "2026-03-28", "2026-10-24", "2026-04-04", "2018-11-03", "2018-02-17", "2025-12-23"}
	day, err := time.Parse(time.DateOnly, rapid.SampledFrom(changes).Draw(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return day.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, label+" minute")) * time.Minute)
}

// naiveOpen says by the wall clock alone whether a minute is open.
func naiveOpen(c *Calendar, t time.Time) bool {
	t = t.In(c.loc)
	y, m, d := t.Date()
	if c.holidays && finnishHoliday(NewDate(y, m, d)) != "" || c.closed[NewDate(y, m, d)] {
		return false
	}
	minute := t.Hour()*60 + t.Minute()
	for _, s := range c.days[t.Weekday()] {
		if minute >= s.From && minute < s.To {
			return true
		}
	}
	return false
}

// TestAgainstStepping compares with walking from minute to minute.
func TestAgainstStepping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawMoment(t, "from")
		minutes := rapid.IntRange(1, 900).Draw(t, "minutes")
		at, left, steps := from, minutes, 0
		for ; left > 0 && steps < 60*24*60; steps++ {
			if naiveOpen(c, at) {
				left--
			}
			at = at.Add(time.Minute)
		}
		if left > 0 {
			return
		}
		got, err := c.AddOpen(from, time.Duration(minutes)*time.Minute)
		if err != nil || !got.Equal(at) {
			t.Fatalf("%s + %d min = %s, %v; stepping gives %s", from, minutes, got, err, at)
		}
		if open := c.OpenTime(from, at); open != time.Duration(minutes)*time.Minute {
			t.Fatalf("open time from %s to %s is %s, stepping gives %d min", from, at, open, minutes)
		}
		if c.Open(from) != naiveOpen(c, from) {
			t.Fatalf("Open(%s) is %t", from, c.Open(from))
		}
	})
}

// TestDaysAgainstStepping counts open days by looking at every minute of them.
func TestDaysAgainstStepping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawMoment(t, "from")
		n := rapid.IntRange(1, 4).Draw(t, "days")
		start := from
		for i := 0; !naiveOpen(c, start); i++ {
			if i > 30*24*60 {
				return
			}
			start = start.Add(time.Minute).Truncate(time.Minute)
		}
		local := start.In(c.loc)
		clock := local.Hour()*60 + local.Minute()
		day, left := DateOf(local), n
		var want time.Time
		for i := 0; left > 0; i++ {
			if i > 60 {
				return
			}
			day++
			var opens []time.Time // the open minutes of the day
			for at := Wall(c.loc, day, 0); at.Before(Wall(c.loc, day+1, 0)); at = at.Add(time.Minute) {
				if naiveOpen(c, at) {
					opens = append(opens, at)
				}
			}
			if len(opens) == 0 {
				continue
			}
			if left--; left > 0 {
				continue
			}
			// The latest open minute's end, or open minute, that the clock has reached; else the opening.
			target := Wall(c.loc, day, time.Duration(clock)*time.Minute)
			want = opens[0]
			for _, at := range opens {
				if !at.After(target) {
					want = at
					if at.Before(target) {
						want = at.Add(time.Minute)
					}
				}
			}
		}
		got, err := c.AddDays(from, n)
		if err != nil || !got.Equal(want) {
			t.Fatalf("%s + %dd = %s, %v; stepping gives %s", from, n, got, err, want)
		}
	})
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawMoment(t, "from")
		a := time.Duration(rapid.IntRange(1, 6000).Draw(t, "a")) * time.Minute
		b := time.Duration(rapid.IntRange(1, 6000).Draw(t, "b")) * time.Minute
		add := func(at time.Time, d time.Duration) time.Time {
			got, err := c.AddOpen(at, d)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if one, two := add(from, a+b), add(add(from, a), b); !one.Equal(two) {
			t.Fatalf("adding is not associative: %s and %s", one, two)
		}
		if later := from.Add(a); add(later, b).Before(add(from, b)) {
			t.Fatalf("adding is not monotone in the start")
		}
		if !add(from, a+b).After(add(from, a)) {
			t.Fatalf("adding is not monotone in the amount")
		}
		days := rapid.IntRange(1, 5).Draw(t, "days")
		d, err := ParseDuration(fmt.Sprintf("%dd+%dm", days, rapid.IntRange(1, 600).Draw(t, "m")))
		if err != nil {
			t.Fatal(err)
		}
		for _, deadline := range []func() (time.Time, error){
			func() (time.Time, error) { return c.Add(from, d) },
			func() (time.Time, error) { return c.AddDays(from, days) },
			func() (time.Time, error) { return add(from, a), nil },
		} {
			at, err := deadline()
			if err != nil {
				t.Fatal(err)
			}
			if !at.After(from) {
				t.Fatalf("the deadline %s is not after %s", at, from)
			}
			if !c.Open(at) && !c.Open(at.Add(-time.Nanosecond)) {
				t.Fatalf("the deadline %s is neither an open moment nor a closing time", at)
			}
		}
		// The segments are the time between, without gaps, and what was counted of it is the open time.
		to := add(from, a)
		at, counted := from, time.Duration(0)
		for _, s := range c.Segments(from, to) {
			if !s.From.Equal(at) {
				t.Fatalf("a segment begins at %s, the one before ended at %s", s.From, at)
			}
			if at = s.To; s.Reason == Counted {
				counted += s.To.Sub(s.From)
			}
		}
		if !at.Equal(to) || counted != a {
			t.Fatalf("segments end at %s with %s counted, want %s and %s", at, counted, to, a)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"30m", "1d+4h", "366d", "0h", "1h+", "+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err == nil && (d.String() != s || d.IsZero()) {
			t.Errorf("%q was read as %q", s, d)
		}
	})
}
