package ical

import (
	"regexp"
	"slices"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

// starts returns when an event begins within the window: once, or at each of its repetitions.
func (r *reader) starts(e *event) ([]time.Time, error) {
	props := e.raw.Props
	list := []time.Time{e.from}
	if len(props[goical.PropRecurrenceRule]) > 0 {
		if r.recurring++; r.recurring > maxRecurring {
			return nil, &Error{Reason: TooMany}
		}
		rule, why := recurrence(e)
		if why != "" {
			r.fault(e, goical.PropRecurrenceRule, why)
			return nil, nil
		}
		var err error
		if list, err = r.turnsOf(e, rule); err != nil {
			return nil, err
		}
	}
	known := make(map[int64]bool, len(list))
	for _, at := range list {
		known[at.Unix()] = true
	}
	for _, p := range props[goical.PropRecurrenceDates] {
		more, _, why := r.dates(&p)
		if why != "" {
			r.fault(e, goical.PropRecurrenceDates, why)
			return nil, nil
		}
		for _, at := range more {
			if !known[at.Unix()] {
				known[at.Unix()] = true
				list = append(list, at)
			}
		}
	}
	return r.without(e, list), nil
}

// turnsOf returns the repetitions that touch the window.
func (r *reader) turnsOf(e *event, rule *rrule.RRule) ([]time.Time, error) {
	var list []time.Time
	next := rule.Iterator()
	for at, ok := next(); ok && at.Before(r.window.To); at, ok = next() {
		if r.turns++; r.turns > maxTurns || len(list) > maxDuties {
			return nil, &Error{Reason: TooMany}
		}
		if e.end(at).After(r.window.From) {
			list = append(list, at)
		}
	}
	return list, nil
}

// without leaves out what is excepted. A date alone excepts whatever begins on it.
func (r *reader) without(e *event, list []time.Time) []time.Time {
	moments, days := map[int64]bool{}, map[string]bool{}
	for _, p := range e.raw.Props[goical.PropExceptionDates] {
		except, whole, why := r.dates(&p)
		if why != "" {
			// One exception that cannot be read puts somebody too many on call, not too few.
			r.fault(e, goical.PropExceptionDates, why)
			continue
		}
		for _, at := range except {
			if moments[at.Unix()] = true; whole {
				days[at.Format(time.DateOnly)] = true
			}
		}
	}
	return slices.DeleteFunc(list, func(at time.Time) bool {
		return moments[at.Unix()] || len(days) > 0 && days[at.In(e.from.Location()).Format(time.DateOnly)]
	})
}

// maxDates is how many dates one property can list.
const maxDates = 2_000

// dates reads a list of dates or times. Of periods the start counts.
func (r *reader) dates(p *goical.Prop) (list []time.Time, days bool, why Reason) {
	values := strings.Split(p.Value, ",")
	if len(values) > maxDates {
		return nil, false, TooManyDates
	}
	for _, value := range values {
		start, _, _ := strings.Cut(strings.TrimSpace(value), "/")
		at, day, why := r.moment(p, start)
		if why != "" {
			return nil, false, why
		}
		days = days || day
		list = append(list, at)
	}
	return list, days, ""
}

// untilDay finds an end that is a date alone.
var untilDay = regexp.MustCompile(`(?i)UNTIL=\d{8}(;|$)`)

// recurrence reads the rule of an event that repeats, and why it cannot be read.
func recurrence(e *event) (_ *rrule.RRule, why Reason) {
	props := e.raw.Props[goical.PropRecurrenceRule]
	if len(props) > 1 {
		return nil, SeveralRules
	}
	text := strings.ToUpper(strings.TrimSpace(props[0].Value))
	const bad = BadRule
	if len(text) > 1_000 || strings.ContainsAny(text, "\r\n") {
		return nil, bad
	}
	o, err := rrule.StrToROptionInLocation(text, e.from.Location())
	if err != nil || !o.Dtstart.IsZero() || o.Interval < 0 || o.Count < 0 || len(o.Byeaster) > 0 {
		return nil, bad
	}
	if o.Freq > rrule.DAILY || len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 {
		return nil, TooOften
	}
	if !possible(o) {
		return nil, NeverADay
	}
	if untilDay.MatchString(text) {
		o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second)
	}
	o.Dtstart = e.from
	rule, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, bad
	}
	return rule, ""
}

// possible rules out what never happens, which the library would look for until the end of its calendar.
func possible(o *rrule.ROption) bool {
	// A position within the days of a month or a year can be there or not; within a day or a week there is no need for one.
	if len(o.Bysetpos) > 0 && (o.Freq > rrule.MONTHLY || len(o.Byweekday) == 0) {
		return false
	}
	for _, n := range o.Bysetpos {
		if n == 0 || n > 5 || n < -5 {
			return false
		}
	}
	if len(o.Byyearday) > 0 || len(o.Byweekno) > 0 || o.Interval > 1_000 {
		return false
	}
	if len(o.Bymonthday) == 0 {
		return true
	}
	months := o.Bymonth
	if len(months) == 0 {
		months = []int{1}
	}
	for _, month := range months {
		for _, day := range o.Bymonthday {
			// 2024 is a leap year.
			if last := time.Date(2024, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); day != 0 && day <= last && day >= -last {
				return true
			}
		}
	}
	return false
}
