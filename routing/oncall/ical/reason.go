package ical

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Reason is a code that says why a calendar, or an event of it, is not understood.
type Reason string

// Reasons why a text is refused as a whole. Those from Broken on say that it is no calendar.
const (
	TooLarge    Reason = "too-large"
	TooMany     Reason = "too-many"
	Broken      Reason = "broken"
	NoProperty  Reason = "no-property"
	NoBeginning Reason = "no-beginning"
	TooDeep     Reason = "too-deep"
	EndsNothing Reason = "ends-nothing"
	Nothing     Reason = "nothing"
	CutOff      Reason = "cut-off"
)

// Reasons why an event is left out.
const (
	Missing      Reason = "missing"
	OfRange      Reason = "of-range"
	BadEnd       Reason = "bad-end"
	BadLength    Reason = "bad-length"
	UnknownZone  Reason = "unknown-zone"
	BadMoment    Reason = "bad-moment"
	FarAway      Reason = "far-away"
	TooManyDates Reason = "too-many-dates"
	SeveralRules Reason = "several-rules"
	BadRule      Reason = "bad-rule"
	TooOften     Reason = "too-often"
	NeverADay    Reason = "never-a-day"
)

// reasons are all of them in English.
var reasons = map[Reason]string{
	TooLarge:    "the calendar is too large",
	TooMany:     "the calendar has too many events or repetitions",
	Broken:      "it is not an iCalendar file: a line or a component is broken",
	NoProperty:  "it is not an iCalendar file: line {line} is not a property",
	NoBeginning: "it is not an iCalendar file: line {line} does not begin a calendar",
	TooDeep:     "it is not an iCalendar file: line {line} is nested too deep",
	EndsNothing: "it is not an iCalendar file: line {line} ends what has not begun",
	Nothing:     "it is not an iCalendar file: it is empty",
	CutOff:      "it is not an iCalendar file: it ends in the middle",

	Missing:      "is missing",
	OfRange:      "RANGE is not understood: end the series and begin another one",
	BadEnd:       "is before the start, or more than a year after it",
	BadLength:    "is not a length of time",
	UnknownZone:  "names a time zone that is not known",
	BadMoment:    "is not a date or a time",
	FarAway:      "is too far away",
	TooManyDates: "has too many dates",
	SeveralRules: "stands there more than once",
	BadRule:      "is not a rule of repetition",
	TooOften:     "repeats more than once a day",
	NeverADay:    "has no day",
}

// Reasons returns all of them.
func Reasons() []Reason { return slices.Sorted(maps.Keys(reasons)) }

// String is the reason in English; "{line}" stands for the number of a line.
func (r Reason) String() string { return reasons[r] }

// Error refuses a text as a whole.
type Error struct {
	Reason Reason
	// Line counts from 1; 0: the reason speaks of none.
	Line int
}

// Error says why, in English and without the calendar's own text.
func (e *Error) Error() string {
	return strings.ReplaceAll(e.Reason.String(), "{line}", strconv.Itoa(e.Line))
}

// Is reports whether the error is of another one's reason.
func (e *Error) Is(other error) bool {
	o, ok := other.(*Error)
	return ok && o.Reason == e.Reason
}
