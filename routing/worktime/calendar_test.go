package worktime

import (
	"errors"
	"testing"
	"time"
)

func helsinki(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// week makes opening hours: the same for Monday to Thursday, others for Friday, Saturday and Sunday. "" is closed.
func week(t testing.TB, days ...string) (w [7][]Span) {
	t.Helper()
	at := [][]time.Weekday{{time.Monday, time.Tuesday, time.Wednesday, time.Thursday}, {time.Friday}, {time.Saturday}, {time.Sunday}}
	for i, text := range days {
		if text == "" {
			continue
		}
		s, err := ParseSpan(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range at[i] {
			w[d] = append(w[d], s)
		}
	}
	return w
}

func office(t testing.TB, closed ...Date) *Calendar {
	t.Helper()
	c, err := New(Config{Location: helsinki(t), Days: week(t, "08:00-16:00", "08:00-15:00"), Holidays: "FI", Closed: closed})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	if len(s) > 16 { // with an offset: the hour that clocks show twice
		at, err := time.Parse("2006-01-02T15:04-07:00", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", s, helsinki(t))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func duration(t testing.TB, s string) Duration {
	t.Helper()
	d, err := ParseDuration(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func TestAdd(t *testing.T) {
	closing := office(t, NewDate(2026, time.December, 24))
	always := Always(helsinki(t))
	lunch, err := New(Config{Location: helsinki(t), Days: [7][]Span{time.Monday: {{12*60 + 30, 16 * 60}, {8 * 60, 11*60 + 30}},
		time.Tuesday: {{8 * 60, 11*60 + 30}, {12*60 + 30, 16 * 60}}}})
	if err != nil {
		t.Fatal(err)
	}
	evening, err := New(Config{Location: helsinki(t), Days: week(t, "08:00-20:00", "10:00-14:00")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name            string
		cal             *Calendar
		from, add, want string
	}{
		{"within a day", closing, "2026-11-23T08:00", "4h", "2026-11-23T12:00"},
		{"used up at closing time", closing, "2026-11-23T08:00", "8h", "2026-11-23T16:00"},
		{"over the night", closing, "2026-11-23T15:00", "2h", "2026-11-24T09:00"},
		{"from a Saturday", closing, "2026-11-21T12:00", "30m", "2026-11-23T08:30"},
		{"over a weekend", closing, "2026-11-27T14:30", "1h", "2026-11-30T08:30"},
		{"two days", closing, "2026-11-23T08:00", "2d", "2026-11-25T08:00"},
		{"a day cut to Friday's closing", closing, "2026-11-26T15:30", "1d", "2026-11-27T15:00"},
		{"a day from closing time is from the next opening", closing, "2026-11-26T16:00", "1d", "2026-11-30T08:00"},
		{"a day cut to a later opening", evening, "2026-11-26T08:30", "1d", "2026-11-27T10:00"},
		{"a day, and then hours", closing, "2026-11-23T15:00", "1d+4h", "2026-11-25T11:00"},
		{"hours, and then a day", closing, "2026-11-23T15:00", "4h+1d", "2026-11-25T11:00"},
		{"into the gap between spans", lunch, "2026-11-23T08:00", "3h", "2026-11-23T11:00"},
		{"across the gap between spans", lunch, "2026-11-23T11:00", "1h", "2026-11-23T13:00"},
		{"Independence Day on a Sunday, Christmas closed", closing, "2026-12-23T12:00", "1d", "2026-12-28T12:00"},
		{"Epiphany", closing, "2026-01-05T15:00", "2h", "2026-01-07T09:00"},
		{"Easter", closing, "2026-04-02T15:00", "2h", "2026-04-07T09:00"},
		{"always, a day over the spring change", always, "2026-03-28T12:00", "1d", "2026-03-29T12:00"},
		{"always, a day to the skipped time", always, "2026-03-28T03:30", "1d", "2026-03-29T04:00"},
		{"always, 24 hours over the spring change", always, "2026-03-28T12:00", "24h", "2026-03-29T13:00"},
		{"always, 24 hours over the autumn change", always, "2026-10-24T12:00", "24h", "2026-10-25T11:00"},
		{"always, a day to the repeated time", always, "2026-10-24T03:30", "1d", "2026-10-25T03:30+03:00"},
		{"nothing", closing, "2026-11-21T12:00", "", "2026-11-21T12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Duration
			if c.add != "" {
				d = duration(t, c.add)
			}
			got, err := c.cal.Add(moment(t, c.from), d)
			if err != nil {
				t.Fatal(err)
			}
			if want := moment(t, c.want); !got.Equal(want) {
				t.Errorf("%s + %s = %s, want %s", c.from, c.add, got, want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	c := office(t, NewDate(2026, time.December, 24))
	for at, want := range map[string]bool{
		"2026-11-23T07:59": false, "2026-11-23T08:00": true, "2026-11-23T15:59": true, "2026-11-23T16:00": false, // a Monday
		"2026-11-27T14:59": true, "2026-11-27T15:00": false, // a Friday
		"2026-11-21T12:00": false, "2026-12-24T12:00": false, "2026-12-25T12:00": false, // a Saturday, closed, a holiday
	} {
		if got := c.Open(moment(t, at)); got != want {
			t.Errorf("%s: open is %t, want %t", at, got, want)
		}
	}
	if closing := moment(t, "2026-11-23T16:00"); !c.Open(closing.Add(-time.Nanosecond)) {
		t.Error("the last moment of the day is not open")
	}
	night := Always(helsinki(t))
	for _, at := range []string{"2026-11-22T23:59", "2026-11-23T00:00"} {
		if !night.Open(moment(t, at)) {
			t.Errorf("%s is not open", at)
		}
	}
}

// TestClockChanges: every change from 2025 to 2030, in a calendar whose hours lie over the change.
func TestClockChanges(t *testing.T) {
	night, err := New(Config{Location: helsinki(t), Days: week(t, "", "", "", "02:00-05:00")})
	if err != nil {
		t.Fatal(err)
	}
	always := Always(helsinki(t))
	for _, c := range []struct {
		day   string
		night time.Duration
		whole time.Duration
	}{
		{"2025-03-30", 2 * time.Hour, 23 * time.Hour}, {"2025-10-26", 4 * time.Hour, 25 * time.Hour},
		{"2026-03-29", 2 * time.Hour, 23 * time.Hour}, {"2026-10-25", 4 * time.Hour, 25 * time.Hour},
		{"2027-03-28", 2 * time.Hour, 23 * time.Hour}, {"2027-10-31", 4 * time.Hour, 25 * time.Hour},
		{"2028-03-26", 2 * time.Hour, 23 * time.Hour}, {"2028-10-29", 4 * time.Hour, 25 * time.Hour},
		{"2029-03-25", 2 * time.Hour, 23 * time.Hour}, {"2029-10-28", 4 * time.Hour, 25 * time.Hour},
		{"2030-03-31", 2 * time.Hour, 23 * time.Hour}, {"2030-10-27", 4 * time.Hour, 25 * time.Hour},
		{"2026-06-14", 3 * time.Hour, 24 * time.Hour},
	} {
		day, err := ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		from, to := Wall(helsinki(t), day, 0), Wall(helsinki(t), day+1, 0)
		if got := night.OpenTime(from, to); got != c.night {
			t.Errorf("%s: the night is open for %s, want %s", c.day, got, c.night)
		}
		if got := always.OpenTime(from, to); got != c.whole {
			t.Errorf("%s: the day has %s, want %s", c.day, got, c.whole)
		}
	}
}

// TestFinnishHolidays: all that fall on Monday to Friday from 2025 to 2030, by name, and nothing else.
func TestFinnishHolidays(t *testing.T) {
	want := map[string]string{
		"2025-01-01": "Uudenvuodenpäivä", "2025-01-06": "Loppiainen", "2025-04-18": "Pitkäperjantai",
		"2025-04-21": "Toinen pääsiäispäivä", "2025-05-01": "Vappu", "2025-05-29": "Helatorstai", "2025-12-25": "Joulupäivä",
		"2025-12-26": "Tapaninpäivä",
		"2026-01-01": "Uudenvuodenpäivä", "2026-01-06": "Loppiainen", "2026-04-03": "Pitkäperjantai",
		"2026-04-06": "Toinen pääsiäispäivä", "2026-05-01": "Vappu", "2026-05-14": "Helatorstai", "2026-12-25": "Joulupäivä",
		"2027-01-01": "Uudenvuodenpäivä", "2027-01-06": "Loppiainen", "2027-03-26": "Pitkäperjantai",
		"2027-03-29": "Toinen pääsiäispäivä", "2027-05-06": "Helatorstai", "2027-12-06": "Itsenäisyyspäivä",
		"2028-01-06": "Loppiainen", "2028-04-14": "Pitkäperjantai", "2028-04-17": "Toinen pääsiäispäivä", "2028-05-01": "Vappu",
		"2028-05-25": "Helatorstai", "2028-12-06": "Itsenäisyyspäivä", "2028-12-25": "Joulupäivä", "2028-12-26": "Tapaninpäivä",
		"2029-01-01": "Uudenvuodenpäivä", "2029-03-30": "Pitkäperjantai", "2029-04-02": "Toinen pääsiäispäivä", "2029-05-01": "Vappu",
		"2029-05-10": "Helatorstai", "2029-12-06": "Itsenäisyyspäivä", "2029-12-25": "Joulupäivä", "2029-12-26": "Tapaninpäivä",
		"2030-01-01": "Uudenvuodenpäivä", "2030-04-19": "Pitkäperjantai", "2030-04-22": "Toinen pääsiäispäivä", "2030-05-01": "Vappu",
		"2030-05-30": "Helatorstai", "2030-12-06": "Itsenäisyyspäivä", "2030-12-25": "Joulupäivä", "2030-12-26": "Tapaninpäivä",
	}
	c := office(t)
	for d := NewDate(2025, time.January, 1); d < NewDate(2031, time.January, 1); d++ {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		noon := Wall(helsinki(t), d, 12*time.Hour)
		segments := c.Segments(noon, noon.Add(time.Minute))
		name := want[d.String()]
		if got := segments[0].Holiday; got != name {
			t.Errorf("%s: holiday %q, want %q", d, got, name)
		}
		if c.Open(noon) != (name == "") {
			t.Errorf("%s: open is %t", d, c.Open(noon))
		}
	}
	for _, d := range []Date{NewDate(2026, time.June, 20), NewDate(2026, time.October, 31), NewDate(2040, time.December, 26), NewDate(2080, time.May, 1)} {
		if finnishHoliday(d) == "" {
			t.Errorf("%s is a holiday", d)
		}
	}
	for _, d := range []Date{NewDate(2026, time.June, 19), NewDate(2026, time.December, 24)} {
		if name := finnishHoliday(d); name != "" {
			t.Errorf("%s is a site's choice, not %q", d, name)
		}
	}
}

func TestSegments(t *testing.T) {
	c := office(t, NewDate(2026, time.December, 24))
	got := c.Segments(moment(t, "2026-12-23T15:00"), moment(t, "2026-12-28T09:00"))
	want := []struct {
		from, to string
		reason   Reason
		holiday  string
	}{
		{"2026-12-23T15:00", "2026-12-23T16:00", Counted, ""},
		{"2026-12-23T16:00", "2026-12-25T00:00", Closed, ""},
		{"2026-12-25T00:00", "2026-12-26T00:00", Holiday, "Joulupäivä"},
		{"2026-12-26T00:00", "2026-12-27T00:00", Holiday, "Tapaninpäivä"},
		{"2026-12-27T00:00", "2026-12-28T00:00", Weekend, ""},
		{"2026-12-28T00:00", "2026-12-28T08:00", Closed, ""},
		{"2026-12-28T08:00", "2026-12-28T09:00", Counted, ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d segments, want %d: %v", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i]
		if !g.From.Equal(moment(t, w.from)) || !g.To.Equal(moment(t, w.to)) || g.Reason != w.reason || g.Holiday != w.holiday {
			t.Errorf("segment %d is %v, want %v", i, g, w)
		}
	}
}

func TestNeverOpen(t *testing.T) {
	c, err := New(Config{Location: helsinki(t)})
	if err != nil {
		t.Fatal(err)
	}
	now := moment(t, "2026-11-21T12:00")
	if _, err := c.NextOpen(now); !errors.Is(err, ErrNeverOpen) {
		t.Errorf("NextOpen: %v", err)
	}
	for _, d := range []string{"1m", "1d", "366d"} {
		if _, err := c.Add(now, duration(t, d)); !errors.Is(err, ErrNeverOpen) {
			t.Errorf("Add %s: %v", d, err)
		}
	}
	if got := c.OpenTime(now, now.AddDate(1, 0, 0)); got != 0 {
		t.Errorf("OpenTime %s", got)
	}
}

func TestShare(t *testing.T) {
	c := office(t)
	from, to := moment(t, "2026-11-23T08:00"), moment(t, "2026-11-25T08:00")
	for percent, want := range map[int]string{0: "2026-11-23T08:00", 25: "2026-11-23T12:00", 50: "2026-11-23T16:00", 75: "2026-11-24T12:00", 100: "2026-11-25T08:00"} {
		got, err := c.Share(from, to, percent)
		if err != nil || !got.Equal(moment(t, want)) {
			t.Errorf("%d %%: %s, %v, want %s", percent, got, err, want)
		}
	}
	// As long a time as may be asked for.
	from, to = moment(t, "2026-01-01T00:00"), moment(t, "2035-12-31T00:00")
	if got, err := Always(time.UTC).Share(from, to, 50); err != nil || !got.Equal(from.Add(to.Sub(from)/2)) {
		t.Errorf("half of ten years: %s, %v", got, err)
	}
}

func TestParse(t *testing.T) {
	for _, s := range []string{"", "d", "0h", "-1h", "1.5h", "1h30m", "+1h", "1h+", "1w", " 1h", "1 h", "367d", "9000h", "300d+67d", "8784h+24h", "99999999999999999999m", "01x"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
	for _, s := range []string{"", "8-16", "08:00", "08:00-16:60", "08:00-24:01", "16:00-08:00", "08:00-08:00", "08:00-16:00-17:00", "a:00-16:00", "+8:00-16:00"} {
		if v, err := ParseSpan(s); err == nil {
			t.Errorf("%q was read as %v", s, v)
		}
	}
	for s, want := range map[string]Span{"08:00-16:00": {480, 960}, "00:00-24:00": {0, 1440}, "8:00 - 16:30": {480, 990}} {
		if v, err := ParseSpan(s); err != nil || v != want {
			t.Errorf("%q: %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "2026-6-19", "2026-02-29", "19.6.2026", "1969-12-31"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
	if _, err := New(Config{Location: time.UTC, Days: [7][]Span{{{0, 60}, {59, 120}}}}); err == nil {
		t.Error("overlapping spans were taken")
	}
	if _, err := New(Config{Location: time.UTC, Holidays: "SE"}); err == nil {
		t.Error("an unknown country was taken")
	}
}
