package worktime

import (
	"fmt"
	"time"
)

// Date is a day of the calendar without a time zone: the number of days since 1 January 1970.
type Date int

const daySeconds = 24 * 60 * 60

// DateOf returns the day that the wall clock of t's location shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate returns the day of a year, month and day of the month.
func NewDate(year int, month time.Month, day int) Date {
	return Date(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), daySeconds))
}

// ParseDate reads a day written as 2026-06-19.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1970 {
		return 0, fmt.Errorf("not a day such as 2026-06-19")
	}
	return DateOf(t), nil
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// Year returns the year that the day is in.
func (d Date) Year() int { return d.utc().Year() }

func (d Date) utc() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }

// String writes the day as 2026-06-19.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Wall returns the first moment at which clocks in loc show a time of the day, given as the time since midnight by the clock.
// Where a clock change skips that time, it is the first moment after the change.
func Wall(loc *time.Location, day Date, clock time.Duration) time.Time {
	wall := int64(day)*daySeconds + int64(clock/time.Second)
	for z := range zones(loc, day) {
		at := wall - z.offset
		if at < z.from {
			at = z.from
		}
		if at < z.to {
			return time.Unix(at, int64(clock%time.Second)).In(loc)
		}
	}
	return time.Unix(wall, 0).In(loc) // not reached: the zones of a day have no end before the day's
}

// ClockOf returns what t's wall clock shows, as the time since midnight by the clock.
func ClockOf(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// zone is a stretch of time with one offset from UTC: Unix seconds, the end excluded.
type zone struct{ from, to, offset int64 }

// zones goes through the stretches of constant offset that can touch a day in loc, in order.
func zones(loc *time.Location, day Date) func(yield func(zone) bool) {
	// Offsets lie between -12 and +14 hours: these bounds hold every moment of the day.
	first, last := int64(day)*daySeconds-14*3600, int64(day+1)*daySeconds+14*3600
	return func(yield func(zone) bool) {
		for at := first; ; {
			t := time.Unix(at, 0).In(loc)
			_, offset := t.Zone()
			_, end := t.ZoneBounds()
			if end.IsZero() || end.Unix() >= last {
				yield(zone{at, last, int64(offset)})
				return
			}
			if !yield(zone{at, end.Unix(), int64(offset)}) {
				return
			}
			at = end.Unix()
		}
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
