package worktime

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNeverOpen says that a calendar has no open moment, or not enough of them, within ten years.
var ErrNeverOpen = errors.New("worktime: no open hours within ten years")

// horizon bounds every search, in days.
const horizon = 3660

// ErrSpanOrder is the error of a span that ends before it begins.
var ErrSpanOrder = errors.New("the span ends before it begins")

// OverlapError is the error of two spans of one day that overlap.
type OverlapError struct{ One, Other Span }

// Error names both spans.
func (e *OverlapError) Error() string { return fmt.Sprintf("%s and %s overlap", e.One, e.Other) }

// Span is a stretch of the day by the wall clock, in minutes since midnight, the end excluded. 0 to 1440 is the whole day.
type Span struct{ From, To int }

// ParseSpan reads 08:00-16:00. 24:00 is the end of the day.
func ParseSpan(s string) (Span, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Span{}, errors.New("not a span such as 08:00-16:00")
	}
	a, okA := parseClock(from)
	b, okB := parseClock(to)
	if !okA || !okB {
		return Span{}, errors.New("not a span such as 08:00-16:00")
	}
	if a >= b {
		return Span{}, ErrSpanOrder
	}
	return Span{a, b}, nil
}

func parseClock(s string) (minutes int, ok bool) {
	s = strings.TrimSpace(s)
	h, m, found := strings.Cut(s, ":")
	if !found || len(h) < 1 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hours, err := strconv.ParseUint(h, 10, 8)
	if err != nil {
		return 0, false
	}
	mins, err := strconv.ParseUint(m, 10, 8)
	if err != nil || mins > 59 || hours > 24 || hours == 24 && mins > 0 {
		return 0, false
	}
	return int(hours*60 + mins), true
}

// String writes the span as 08:00-16:00.
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// Config is what a calendar is made of.
type Config struct {
	Location *time.Location
	// Days are the opening hours, by [time.Weekday]. The spans of a day may come in any order, but not overlap.
	Days [7][]Span
	// Holidays is one of [HolidayCountries], or "": holidays are days like others.
	Holidays string
	// Closed are days on which the site is closed.
	Closed []Date
}

// Calendar knows when a pool is open. It does not change once it is made and may be used by several goroutines.
type Calendar struct {
	loc      *time.Location
	days     [7][]Span
	holidays bool
	closed   map[Date]bool
}

// New makes a calendar. It fails if spans of a day overlap or the holidays' country is not known. A calendar with no open day
// can be made; it answers with [ErrNeverOpen].
func New(c Config) (*Calendar, error) {
	cal := &Calendar{loc: c.Location, closed: make(map[Date]bool, len(c.Closed))}
	for d, spans := range c.Days {
		spans = slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return a.From - b.From })
		for i := 1; i < len(spans); i++ {
			if spans[i].From < spans[i-1].To {
				return nil, &OverlapError{spans[i-1], spans[i]}
			}
		}
		cal.days[d] = spans
	}
	if c.Holidays != "" {
		if !slices.Contains(HolidayCountries, c.Holidays) {
			return nil, fmt.Errorf("the holidays of %q are not known", c.Holidays)
		}
		cal.holidays = true
	}
	for _, d := range c.Closed {
		cal.closed[d] = true
	}
	return cal, nil
}

// Always is open at every moment.
func Always(loc *time.Location) *Calendar {
	c := &Calendar{loc: loc}
	for d := range c.days {
		c.days[d] = []Span{{0, 24 * 60}}
	}
	return c
}

// Location is the calendar's time zone.
func (c *Calendar) Location() *time.Location { return c.loc }

// Week returns the opening hours of a day of the week, in order.
func (c *Calendar) Week(d time.Weekday) []Span { return slices.Clone(c.days[d]) }

// Holidays reports whether holidays are closed.
func (c *Calendar) Holidays() bool { return c.holidays }

// Closed returns the days on which the site is closed besides, in order.
func (c *Calendar) Closed() []Date { return slices.Sorted(maps.Keys(c.closed)) }

// spans returns the opening hours of a day, and why it has none.
func (c *Calendar) spans(d Date) (spans []Span, why Reason, holiday string) {
	if c.holidays {
		if name := finnishHoliday(d); name != "" {
			return nil, Holiday, name
		}
	}
	if c.closed[d] {
		return nil, Closed, ""
	}
	spans = c.days[d.Weekday()]
	if day := d.Weekday(); len(spans) == 0 && (day == time.Saturday || day == time.Sunday) {
		return nil, Weekend, ""
	}
	return spans, Closed, ""
}

// stretch is an open stretch of time in Unix seconds, the end excluded.
type stretch struct{ from, to int64 }

// open returns the open stretches of a day in the order of time, joined where they touch.
func (c *Calendar) open(d Date, into []stretch) []stretch {
	spans, _, _ := c.spans(d)
	into = into[:0]
	if len(spans) == 0 {
		return into
	}
	midnight := int64(d) * daySeconds
	for z := range zones(c.loc, d) {
		for _, s := range spans {
			from := max(midnight+int64(s.From)*60-z.offset, z.from)
			to := min(midnight+int64(s.To)*60-z.offset, z.to)
			if from >= to {
				continue
			}
			if n := len(into); n > 0 && into[n-1].to == from {
				into[n-1].to = to
				continue
			}
			into = append(into, stretch{from, to})
		}
	}
	return into
}

// from goes through the open stretches that end after t, cut to begin at t at the earliest, until the horizon.
func (c *Calendar) from(t time.Time) func(yield func(from, to time.Time) bool) {
	t = t.In(c.loc)
	return func(yield func(from, to time.Time) bool) {
		first := DateOf(t)
		buffer := make([]stretch, 0, 4)
		for d := first; d < first+horizon; d++ {
			buffer = c.open(d, buffer)
			for _, s := range buffer {
				from, to := time.Unix(s.from, 0).In(c.loc), time.Unix(s.to, 0).In(c.loc)
				if !to.After(t) {
					continue
				}
				if from.Before(t) {
					from = t
				}
				if !yield(from, to) {
					return
				}
			}
		}
	}
}

// Open reports whether the calendar is open at t. The closing moment itself is closed.
func (c *Calendar) Open(t time.Time) bool {
	t = t.In(c.loc)
	spans, _, _ := c.spans(DateOf(t))
	clock := ClockOf(t)
	return slices.ContainsFunc(spans, func(s Span) bool {
		return clock >= time.Duration(s.From)*time.Minute && clock < time.Duration(s.To)*time.Minute
	})
}

// NextOpen returns t if the calendar is open then, else the moment at which it next opens, or [ErrNeverOpen].
func (c *Calendar) NextOpen(t time.Time) (time.Time, error) {
	for from := range c.from(t) {
		return from, nil
	}
	return time.Time{}, ErrNeverOpen
}
