package ical

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
)

// Bounds of what is read: far beyond any rota, and small enough for any machine.
const (
	// MaxSize is the longest text, in bytes.
	MaxSize = 4 << 20
	// maxEvents is how many events there may be, maxRecurring how many of them may repeat.
	maxEvents    = 20_000
	maxRecurring = 500
	// maxDuties is how many duties may come of them, maxTurns how many repetitions are looked at for it.
	maxDuties = 50_000
	maxTurns  = 1_000_000
	// maxFaults is how many events are told of that could not be understood.
	maxFaults = 20
	// maxDepth is how deep components may be nested.
	maxDepth = 8
)

// Duty is one event, or one repetition of it: somebody's duty, the end excluded.
type Duty struct {
	From, To time.Time
	// Addresses are the mail addresses of the attendees, in small letters; Summary is the event's title. Who is meant: see [Directory].
	Addresses []string
	Summary   string
}

// Fault says what is wrong with an event that was left out.
type Fault struct {
	// Event counts the events of the text from 1.
	Event int
	// Property is the name of what could not be understood, such as "RRULE".
	Property string
	Reason   Reason
}

// String tells it in English, without the calendar's own text.
func (f Fault) String() string { return fmt.Sprintf("event %d: %s: %s", f.Event, f.Property, f.Reason) }

// Window is what is read of a calendar.
type Window struct {
	// From and To bound the duties: those that touch it are read.
	From, To time.Time
	// Zone is the one of all-day events, and of times that name none.
	Zone *time.Location
}

// Read returns the duties of a calendar in the order of their beginning, and what is wrong with the events that were left out. A text
// that is refused as a whole is an error of type [*Error].
func Read(data []byte, w Window) ([]Duty, []Fault, error) {
	if len(data) > MaxSize {
		return nil, nil, &Error{Reason: TooLarge}
	}
	cal, err := decode(data)
	if err != nil {
		return nil, nil, err
	}
	r := &reader{window: w, zones: zonesOf(cal)}
	series := r.collect(cal)
	for _, s := range series {
		if err := r.spread(s); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(r.duties, func(a, b Duty) int { return a.From.Compare(b.From) })
	slices.SortFunc(r.faults, func(a, b Fault) int { return a.Event - b.Event })
	return r.duties, r.faults[:min(len(r.faults), maxFaults)], nil
}

// decode parses the text. The library's errors are left out: they may quote it.
func decode(data []byte) (cal *goical.Calendar, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := wellFormed(data); err != nil {
		return nil, err
	}
	// The library takes some broken lines for a fault of its own.
	defer func() {
		if recover() != nil {
			cal, err = nil, &Error{Reason: Broken}
		}
	}()
	cal, err = goical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		return nil, &Error{Reason: Broken}
	}
	return cal, nil
}

// wellFormed finds, by line, what no calendar has, so that it can be mended; and it bounds what the library has to bear.
func wellFormed(data []byte) error {
	var open []string
	number, events := 0, 0
	for line := range bytes.Lines(data) {
		number++
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" || text[0] == ' ' || text[0] == '\t' {
			continue
		}
		name, value, found := strings.Cut(text, ":")
		switch name = strings.ToUpper(name); {
		case !found && !strings.Contains(text, ";"):
			return &Error{NoProperty, number}
		case len(open) == 0 && (name != "BEGIN" || !strings.EqualFold(value, goical.CompCalendar)):
			return &Error{NoBeginning, number}
		case name == "BEGIN":
			if open = append(open, strings.ToUpper(value)); len(open) > maxDepth {
				return &Error{TooDeep, number}
			}
			if strings.EqualFold(value, goical.CompEvent) {
				events++
			}
			if events > maxEvents {
				return &Error{Reason: TooMany}
			}
		case name == "END":
			if open[len(open)-1] != strings.ToUpper(value) {
				return &Error{EndsNothing, number}
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return nil // Several calendars in one text: the first one counts.
			}
		}
	}
	if number == 0 || len(open) == 0 {
		return &Error{Reason: Nothing}
	}
	return &Error{Reason: CutOff}
}

// reader is one reading.
type reader struct {
	window    Window
	zones     map[string]*time.Location
	duties    []Duty
	faults    []Fault
	recurring int
	turns     int
}

func (r *reader) fault(e *event, property string, reason Reason) {
	r.faults = append(r.faults, Fault{Event: e.number, Property: property, Reason: reason})
}

// series is an event with those that take the place of some of its repetitions.
type series struct {
	master *event
	moved  []*event
	// place is where in moved stands what takes the place of the repetition at a moment, in Unix seconds.
	place map[int64]int
}

// move has an event take the place of a repetition. Of two for the same one, that of the higher sequence counts.
func (s *series) move(e *event) {
	at := e.instead.Unix()
	switch i, there := s.place[at]; {
	case !there:
		s.place[at] = len(s.moved)
		s.moved = append(s.moved, e)
	case s.moved[i].sequence <= e.sequence:
		s.moved[i] = e
	}
}

// collect puts the events together by their UID. Of two with the same one, that of the higher sequence counts.
func (r *reader) collect(cal *goical.Calendar) []*series {
	byUID := map[string]*series{}
	var list []*series
	for i, raw := range cal.Events() {
		e, ok := r.event(i+1, raw)
		if !ok {
			continue
		}
		s := byUID[e.uid]
		if s == nil || e.uid == "" {
			s = &series{place: map[int64]int{}}
			list = append(list, s)
			byUID[e.uid] = s
		}
		switch {
		case !e.instead.IsZero():
			s.move(e)
		case s.master == nil || s.master.sequence <= e.sequence:
			s.master = e
		}
	}
	return list
}

// spread adds the duties of a series.
func (r *reader) spread(s *series) error {
	for _, m := range s.moved {
		if err := r.add(m, m.from); err != nil {
			return err
		}
	}
	if s.master == nil {
		return nil
	}
	starts, err := r.starts(s.master)
	if err != nil {
		return err
	}
	for _, from := range starts {
		if _, moved := s.place[from.Unix()]; moved {
			continue
		}
		if err := r.add(s.master, from); err != nil {
			return err
		}
	}
	return nil
}

// add adds the duty of an event that begins at a moment.
func (r *reader) add(e *event, from time.Time) error {
	to := e.end(from)
	if e.cancelled || !from.Before(to) || !from.Before(r.window.To) || !to.After(r.window.From) {
		return nil
	}
	if len(r.duties) == maxDuties {
		return &Error{Reason: TooMany}
	}
	r.duties = append(r.duties, Duty{From: from, To: to, Addresses: e.addresses, Summary: e.summary})
	return nil
}
