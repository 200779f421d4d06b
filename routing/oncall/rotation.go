package oncall

import (
	"time"

	"silta/routing/worktime"
)

// Rotation hands the duty on at fixed intervals of the wall clock, in the order of the persons and then from the first again.
type Rotation struct {
	// Days is the length of a turn: 1 or 7.
	Days     int
	Location *time.Location
	// First and Clock are the day and the time of the day, by the wall clock, at which the first person begins. Nobody is on call
	// before that.
	First worktime.Date
	Clock time.Duration
	// Order holds ids of persons. It is not empty.
	Order []string
}

// start returns the moment at which turn n begins.
func (r *Rotation) start(n int) time.Time {
	return worktime.Wall(r.Location, r.First+worktime.Date(n*r.Days), r.Clock)
}

// turn returns the number of the turn that t falls into, negative before the first.
func (r *Rotation) turn(t time.Time) int {
	days := int(worktime.DateOf(t.In(r.Location)) - r.First)
	n := days / r.Days
	if days%r.Days < 0 {
		n--
	}
	// On the day of the change itself it depends on the time.
	if r.start(n).After(t) {
		n--
	}
	return n
}

// shift returns turn n.
func (r *Rotation) shift(n int) Shift {
	return Shift{Person: r.Order[n%len(r.Order)], From: r.start(n), To: r.start(n + 1)}
}

// at returns the turn that t falls into.
func (r *Rotation) at(t time.Time) (Shift, bool) {
	n := r.turn(t)
	if n < 0 {
		return Shift{}, false
	}
	return r.shift(n), true
}

// between returns the turns that touch a window, in order.
func (r *Rotation) between(from, to time.Time) []Shift {
	var list []Shift
	for n := max(r.turn(from), 0); r.start(n).Before(to); n++ {
		list = append(list, r.shift(n))
	}
	return list
}
