package ical

import (
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
)

// event is a VEVENT as far as it is understood.
type event struct {
	number   int
	uid      string
	sequence int
	from     time.Time
	allDay   bool
	// days and rest are its length by the wall clock: whole days, and what is left of one.
	days int
	rest time.Duration
	// instead is the repetition that it takes the place of; zero in an event that stands for itself.
	instead   time.Time
	addresses []string
	summary   string
	cancelled bool
	raw       *goical.Component
}

// end returns when the duty that begins at a moment ends: at the same wall-clock time all the year round.
func (e *event) end(from time.Time) time.Time {
	at := from.In(e.from.Location())
	return time.Date(at.Year(), at.Month(), at.Day()+e.days, at.Hour(), at.Minute(), at.Second(), 0, at.Location()).Add(e.rest)
}

// event reads a VEVENT; ok is false where it has to be left out.
func (r *reader) event(number int, raw goical.Event) (e *event, ok bool) {
	e = &event{number: number, raw: raw.Component}
	props := raw.Props
	if p := props.Get(goical.PropUID); p != nil {
		e.uid = p.Value
	}
	if p := props.Get(goical.PropSequence); p != nil {
		e.sequence, _ = p.Int()
	}
	if p := props.Get(goical.PropStatus); p != nil {
		e.cancelled = strings.EqualFold(p.Value, string(goical.EventCancelled))
	}
	if p := props.Get(goical.PropSummary); p != nil {
		e.summary = title(p)
	}
	e.addresses = attendees(props[goical.PropAttendee])
	start := props.Get(goical.PropDateTimeStart)
	if start == nil {
		r.fault(e, goical.PropDateTimeStart, Missing)
		return nil, false
	}
	var why Reason
	if e.from, e.allDay, why = r.moment(start, start.Value); why != "" {
		r.fault(e, goical.PropDateTimeStart, why)
		return nil, false
	}
	if !r.length(e, props) {
		return nil, false
	}
	if p := props.Get(goical.PropRecurrenceID); p != nil {
		if p.Params.Get(goical.ParamRange) != "" {
			r.fault(e, goical.PropRecurrenceID, OfRange)
			return nil, false
		}
		if e.instead, _, why = r.moment(p, p.Value); why != "" {
			r.fault(e, goical.PropRecurrenceID, why)
			return nil, false
		}
	}
	return e, true
}

// maxLength is the longest duty.
const maxLength = 366 * 24 * time.Hour

// length works out how long the event lasts.
func (r *reader) length(e *event, props goical.Props) bool {
	property := goical.PropDateTimeEnd
	var why Reason
	switch end, lasts := props.Get(goical.PropDateTimeEnd), props.Get(goical.PropDuration); {
	case end != nil:
		var to time.Time
		if to, _, why = r.moment(end, end.Value); why == "" {
			if to.Before(e.from) || to.Sub(e.from) > maxLength {
				why = BadEnd
				break
			}
			e.days, e.rest = wall(e.from, to)
		}
	case lasts != nil:
		property = goical.PropDuration
		e.days, e.rest, why = duration(lasts.Value)
	case e.allDay:
		e.days = 1
	}
	if why != "" {
		r.fault(e, property, why)
	}
	return why == ""
}

// wall returns the whole days by the wall clock between two moments, and the time that is left.
func wall(from, to time.Time) (days int, rest time.Duration) {
	at := to.In(from.Location())
	days = int(midnight(at).Sub(midnight(from)) / (24 * time.Hour))
	step := func() time.Time { return from.AddDate(0, 0, days) }
	for days > 0 && step().After(to) {
		days--
	}
	return days, to.Sub(step())
}

// midnight is the day of a moment, as a count of whole days.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// duration reads a length such as P1DT8H, weeks and days by the wall clock.
func duration(s string) (days int, rest time.Duration, why Reason) {
	const bad = BadLength
	s, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(s), "+"), "P")
	if !ok || s == "" {
		return 0, 0, bad
	}
	units := map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	inTime, number, digits := false, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if number, digits = number*10+int(c-'0'), digits+1; digits > 8 {
				return 0, 0, bad
			}
			continue
		case c == 'T' && digits == 0 && !inTime:
			inTime = true
			continue
		case digits == 0:
			return 0, 0, bad
		case c == 'W' && !inTime:
			days += 7 * number
		case c == 'D' && !inTime:
			days += number
		case inTime && units[c] > 0:
			rest += min(time.Duration(number), maxLength/units[c]+1) * units[c] // More than the longest is too long, however much.
		default:
			return 0, 0, bad
		}
		number, digits = 0, 0
	}
	if digits > 0 || days > 366 || rest > maxLength {
		return 0, 0, bad
	}
	return days, rest, ""
}

// moment reads a date or a time, and why it cannot be read.
func (r *reader) moment(p *goical.Prop, value string) (at time.Time, day bool, why Reason) {
	zone := r.window.Zone
	if id := p.Params.Get(goical.ParamTimezoneID); id != "" {
		if zone = r.zone(id); zone == nil {
			return at, false, UnknownZone
		}
	}
	var err error
	switch {
	case len(value) == len("20060102"):
		at, err = time.ParseInLocation("20060102", value, r.window.Zone)
		day = true
	case strings.HasSuffix(value, "Z"):
		at, err = time.Parse("20060102T150405Z", value)
	default:
		at, err = time.ParseInLocation("20060102T150405", value, zone)
	}
	switch {
	case err != nil:
		why = BadMoment
	case at.Year() < 1970 || at.Year() > 2200:
		why = FarAway
	}
	return at, day, why
}

// title reads a text whose escapes may be wrong.
func title(p *goical.Prop) string {
	s, err := p.Text()
	if err != nil {
		s = p.Value
	}
	return strings.TrimSpace(s)
}

// attendees returns the mail addresses of those who have not declined.
func attendees(props []goical.Prop) []string {
	var list []string
	for _, p := range props {
		address, ok := cutPrefixFold(strings.TrimSpace(p.Value), "mailto:")
		if ok && address != "" && !strings.EqualFold(p.Params.Get(goical.ParamParticipationStatus), "DECLINED") {
			list = append(list, strings.ToLower(address))
		}
	}
	return list
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
