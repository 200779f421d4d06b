package jobs

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func helsinki(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// moments lists those of a schedule in a window, the end excluded.
func moments(s Schedule, from, to time.Time) []string {
	var all []string
	for at := s.Next(from.Add(-1)); !at.IsZero() && at.Before(to); at = s.Next(at) {
		all = append(all, at.Format("02.01. 15:04 -07"))
	}
	return all
}

func TestClockChanges(t *testing.T) {
	loc := helsinki(t)
	// On 29 March 2026 there is no 03:00–04:00, on 25 October there are two.
	for _, test := range []struct{ schedule, from, want string }{
		{"30 3 * * *", "2026-03-28", "28.03. 03:30 +02, 29.03. 04:00 +03, 30.03. 03:30 +03"},
		{"30 3 * * *", "2026-10-24", "24.10. 03:30 +03, 25.10. 03:30 +03, 26.10. 03:30 +02"},
		{"0 4 * * *", "2026-03-28", "28.03. 04:00 +02, 29.03. 04:00 +03, 30.03. 04:00 +03"},
		{"0 0 * * sun", "2026-03-28", "29.03. 00:00 +02"},
		{"0 7 * * mon-fri", "2026-11-20", "20.11. 07:00 +02"},
		{"0 7 1 * mon", "2026-02-28", "01.03. 07:00 +02, 02.03. 07:00 +02"},
		{"@daily", "2026-01-01", "01.01. 00:00 +02, 02.01. 00:00 +02, 03.01. 00:00 +02"},
	} {
		s := Must(test.schedule)
		from, err := time.ParseInLocation(time.DateOnly, test.from, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(moments(s, from, from.AddDate(0, 0, 3)), ", "); got != test.want {
			t.Errorf("%s from %s: %s, want %s", test.schedule, test.from, got, test.want)
		}
	}
	night := time.Date(2026, 10, 25, 2, 30, 0, 0, loc)
	if got := len(moments(Must("0 * * * *"), night, night.Add(4*time.Hour))); got != 4 {
		t.Errorf("every hour: %d moments in four hours of the longest night", got)
	}
	if got := len(moments(Must("*/15 * * * *"), night.AddDate(0, -7, 4), night.AddDate(0, -7, 4).Add(4*time.Hour))); got != 16 {
		t.Errorf("every quarter: %d moments in four hours of the shortest night", got)
	}
}

// TestLaw holds Last and Next to each other, and both to the wall clock, in every zone that changes its clock in a way of its own.
func TestLaw(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"Europe/Helsinki", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut", "UTC"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loc)
	}
	texts := []string{"30 3 * * *", "0 0 * * *", "15,45 2-4 * * *", "0 7 * * mon-fri", "0 6 1 * *", "0 * * * *", "@weekly", "30 0 29 2 *"}
	rapid.Check(t, func(t *rapid.T) {
		s := Must(rapid.SampledFrom(texts).Draw(t, "schedule"))
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(1_000_000_000, 1_900_000_000).Draw(t, "now"), 0).In(loc)
		last, next := s.Last(now), s.Next(now)
		if last.IsZero() || next.IsZero() || last.After(now) || !next.After(now) {
			t.Fatalf("at %s: last %s, next %s", now, last, next)
		}
		if again := s.Last(next); !again.Equal(next) {
			t.Fatalf("the next after %s is %s, but the last at it %s", now, next, again)
		}
		if again := s.Last(next.Add(-1)); !again.Equal(last) {
			t.Fatalf("between %s and %s there is %s", last, next, again)
		}
	})
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "every minute", "@every", "@every 5", "0 7 * *", "0 0 31 2 *", "TZ=UTC 0 7 * * *", "CRON_TZ=UTC 0 7 * * *", "61 * * * *"} {
		if s, err := Parse(text); err == nil {
			t.Errorf("%q was accepted as %v", text, s)
		}
	}
	if s := Must("@every 90s"); s.Every() != 90*time.Second || s.String() != "@every 90s" || !s.Next(time.Now()).IsZero() || !s.Last(time.Now()).IsZero() {
		t.Errorf("%+v", s)
	}
	if s := Every(time.Minute); s != Must(s.String()) {
		t.Errorf("%+v is not what its text says", s)
	}
}
