package oncall

import (
	"slices"
	"time"

	"silta/consult"
)

// Shift is one person's duty, the end excluded.
type Shift = consult.Shift

// Feed gives the shifts that were last read from a calendar, by the name that the rules give it. An unknown or never loaded
// calendar has none. It must be safe for concurrent use.
type Feed func(calendar string) []Shift

// Plan is where a pool's duty comes from: one of a rotation, shifts and a calendar. With none of them nobody is ever on call.
type Plan struct {
	Rotation *Rotation
	Shifts   []Shift
	// Calendar is the file or address of an iCalendar feed.
	Calendar string
	// Staff are those whom a calendar can put on call: who keeps it elsewhere does not decide who belongs to the pool.
	Staff []string
}

// IsZero reports whether the pool has no plan at all.
func (p Plan) IsZero() bool { return p.Rotation == nil && p.Shifts == nil && p.Calendar == "" }

// People returns the ids of all persons whom the plan itself names, each once, in the order in which they first appear.
func (p Plan) People() []string {
	var ids []string
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if p.Rotation != nil {
		for _, id := range p.Rotation.Order {
			add(id)
		}
	}
	for _, s := range p.Shifts {
		add(s.Person)
	}
	return ids
}

func (p Plan) listed(feed Feed) []Shift {
	if p.Calendar == "" || feed == nil {
		return p.Shifts
	}
	var list []Shift
	for _, s := range feed(p.Calendar) {
		if slices.Contains(p.Staff, s.Person) {
			list = append(list, s)
		}
	}
	return list
}

// At returns who is on call at t, each person once; where shifts overlap, in the order of the plan. feed may be nil.
func (p Plan) At(t time.Time, feed Feed) []string {
	if p.Rotation != nil {
		if s, ok := p.Rotation.at(t); ok {
			return []string{s.Person}
		}
		return nil
	}
	var ids []string
	for _, s := range p.listed(feed) {
		if !t.Before(s.From) && t.Before(s.To) && !slices.Contains(ids, s.Person) {
			ids = append(ids, s.Person)
		}
	}
	return ids
}

// Between returns the shifts that touch a window, by their beginning. They are not cut to the window.
func (p Plan) Between(from, to time.Time, feed Feed) []Shift {
	if p.Rotation != nil {
		return p.Rotation.between(from, to)
	}
	var list []Shift
	for _, s := range p.listed(feed) {
		if s.From.Before(to) && s.To.After(from) {
			list = append(list, s)
		}
	}
	sortShifts(list)
	return list
}

// NextChange returns the first moment after t at which a shift begins or ends. ok is false if there is none.
func (p Plan) NextChange(t time.Time, feed Feed) (at time.Time, ok bool) {
	if r := p.Rotation; r != nil {
		return r.start(max(r.turn(t)+1, 0)), true
	}
	for _, s := range p.listed(feed) {
		for _, edge := range []time.Time{s.From, s.To} {
			if edge.After(t) && (!ok || edge.Before(at)) {
				at, ok = edge, true
			}
		}
	}
	return at, ok
}
