package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"silta/routing/worktime"
)

// Schedule says when a job is due: every so often, or at times of the wall clock. The zero value is never.
type Schedule struct {
	text string
	// every is set for a schedule of equal pauses, spec for one of the wall clock.
	every time.Duration
	spec  *cron.SpecSchedule
}

// horizon is how far a moment of a schedule is looked for: 29 February comes at least every eight years.
const horizon = 8*366 + 1

// Parse reads "@every" with a length of time of at least a second, or a cron line of five fields: minute, hour, day of the month,
// month, day of the week. It refuses a line that never comes.
func Parse(text string) (Schedule, error) {
	if strings.Contains(text, "TZ=") {
		return Schedule{}, errors.New("a time zone does not belong here")
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return Schedule{}, err
	}
	s := Schedule{text: text}
	switch p := parsed.(type) {
	case cron.ConstantDelaySchedule:
		s.every = p.Delay
	case *cron.SpecSchedule:
		p.Location = nil
		s.spec = p
	}
	if s.every == 0 && s.Next(time.Unix(0, 0).UTC()).IsZero() {
		return Schedule{}, errors.New("that day never comes")
	}
	return s, nil
}

// Must is Parse for a text that the program itself has: one that is wrong panics.
func Must(text string) Schedule {
	s, err := Parse(text)
	if err != nil {
		panic(fmt.Sprintf("schedule %q: %v", text, err))
	}
	return s
}

// Every is a schedule of equal pauses.
func Every(pause time.Duration) Schedule {
	return Schedule{text: "@every " + pause.String(), every: pause}
}

// String returns the text that the schedule was read from.
func (s Schedule) String() string { return s.text }

// Every returns the pause of a schedule of equal pauses, and 0 for one of the wall clock.
func (s Schedule) Every() time.Duration { return s.every }

// Last returns the latest moment of a schedule of the wall clock that is not after t, by the clock of t's location. The zero time
// stands for none within eight years.
//
// A time that a clock change skips comes at the change. A time that it repeats comes once, or, in a schedule for every hour, twice.
func (s Schedule) Last(t time.Time) (last time.Time) {
	for day, n := worktime.DateOf(t), 0; s.spec != nil && n < horizon; day, n = day-1, n+1 {
		s.onDay(day, t.Location(), func(at time.Time) {
			if !at.After(t) && at.After(last) {
				last = at
			}
		})
		if !last.IsZero() {
			return last
		}
	}
	return last
}

// Next returns the earliest moment of a schedule of the wall clock after t. See [Schedule.Last].
func (s Schedule) Next(t time.Time) (next time.Time) {
	for day, n := worktime.DateOf(t), 0; s.spec != nil && n < horizon; day, n = day+1, n+1 {
		s.onDay(day, t.Location(), func(at time.Time) {
			if at.After(t) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		})
		if !next.IsZero() {
			return next
		}
	}
	return next
}

// starBit marks a field of a [cron.SpecSchedule] that was written as a star.
const starBit = 1 << 63

const allHours = 1<<24 - 1

// onDay yields the schedule's moments on a day, in no particular order.
func (s Schedule) onDay(day worktime.Date, loc *time.Location, yield func(time.Time)) {
	noon := worktime.Wall(time.UTC, day, 12*time.Hour)
	if !has(s.spec.Month, int(noon.Month())) {
		return
	}
	dom, dow := has(s.spec.Dom, noon.Day()), has(s.spec.Dow, int(noon.Weekday()))
	// Of two fields for days of which neither is a star, one is enough: so it is with cron.
	if either := s.spec.Dom&starBit == 0 && s.spec.Dow&starBit == 0; !(dom && dow || either && (dom || dow)) {
		return
	}
	for hour := range 24 {
		if !has(s.spec.Hour, hour) {
			continue
		}
		for minute := range 60 {
			if !has(s.spec.Minute, minute) {
				continue
			}
			clock := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
			at := worktime.Wall(loc, day, clock)
			yield(at)
			if again := at.Add(time.Hour); s.spec.Hour&allHours == allHours && worktime.ClockOf(again) == worktime.ClockOf(at) {
				yield(again)
			}
		}
	}
}

func has(set uint64, bit int) bool { return set&(1<<bit) != 0 }
