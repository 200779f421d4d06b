package oncall

import (
	"cmp"
	"slices"
	"time"

	"silta/consult"
)

// Known is what duty, and who else belongs to a pool, depends on besides the rules. The zero value knows of nothing.
type Known struct {
	// Feed gives the shifts of calendars.
	Feed Feed
	// Overrides gives what was agreed for a pool and counts at present, in the order in which it was set. It must be safe for concurrent
	// use.
	Overrides func(pool string) []consult.Override
	// Claimants gives the members of a pool whom the rules do not name. They have no duty by any plan. It must be safe for concurrent use.
	Claimants func(pool string) []string
}

// ClaimantsOf returns the members of a pool whom the rules do not name.
func (k Known) ClaimantsOf(pool string) []string {
	if k.Claimants == nil {
		return nil
	}
	return k.Claimants(pool)
}

// Rota is who is on call: a plan, and what was agreed for certain times instead.
type Rota struct {
	Plan Plan
	Feed Feed
	// Overrides are in the order in which they were set: a later one changes what the ones before have left.
	Overrides []consult.Override
}

// Of returns the rota of a pool with a plan.
func (k Known) Of(pool string, p Plan) Rota {
	r := Rota{Plan: p, Feed: k.Feed}
	if k.Overrides != nil {
		r.Overrides = k.Overrides(pool)
	}
	return r
}

// At returns who is on call at t, each person once; where shifts overlap, in the order of the plan.
func (r Rota) At(t time.Time) []string {
	people := r.Plan.At(t, r.Feed)
	for _, o := range r.Overrides {
		if t.Before(o.From) || !t.Before(o.To) {
			continue
		}
		switch i := slices.Index(people, o.For); {
		case o.For == "":
			people = []string{o.Person}
		case i < 0 || o.Person == o.For:
		case slices.Contains(people, o.Person):
			people = slices.Delete(people, i, i+1)
		default:
			people[i] = o.Person
		}
	}
	return people
}

// Between returns the shifts that touch a window, by their beginning. They are not cut to the window, but to what was agreed.
func (r Rota) Between(from, to time.Time) []Shift {
	list := r.Plan.Between(from, to, r.Feed)
	for _, o := range r.Overrides { // Also those outside the window: a shift that touches it ends where they begin.
		list = apply(list, o)
	}
	list = slices.DeleteFunc(list, func(s Shift) bool { return !s.From.Before(to) || !s.To.After(from) })
	sortShifts(list)
	return list
}

// apply takes an override's time from the shifts that it relieves, and gives it to its person.
func apply(list []Shift, o consult.Override) []Shift {
	var next []Shift
	for _, s := range list {
		if o.For != "" && s.Person != o.For || !s.From.Before(o.To) || !s.To.After(o.From) {
			next = append(next, s)
			continue
		}
		taken := Shift{Person: o.Person, From: o.From, To: o.To}
		if s.From.Before(o.From) {
			next = append(next, Shift{Person: s.Person, From: s.From, To: o.From})
		} else {
			taken.From = s.From
		}
		if s.To.After(o.To) {
			next = append(next, Shift{Person: s.Person, From: o.To, To: s.To})
		} else {
			taken.To = s.To
		}
		if o.For != "" {
			next = append(next, taken)
		}
	}
	if o.For == "" {
		next = append(next, Shift{Person: o.Person, From: o.From, To: o.To})
	}
	return next
}

func sortShifts(list []Shift) {
	slices.SortStableFunc(list, func(a, b Shift) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
}

// NextChange returns the first moment after t at which a shift begins or ends. ok is false if there is none.
func (r Rota) NextChange(t time.Time) (at time.Time, ok bool) {
	// Each override can hide some edges of the plan, which are passed over; those that it makes itself are looked at too.
	for {
		at, ok = r.Plan.NextChange(t, r.Feed)
		for _, o := range r.Overrides {
			for _, edge := range []time.Time{o.From, o.To} {
				if edge.After(t) && (!ok || edge.Before(at)) {
					at, ok = edge, true
				}
			}
		}
		if !ok || r.edge(at) {
			return at, ok
		}
		t = at
	}
}

// edge reports whether a shift begins or ends at a moment.
func (r Rota) edge(t time.Time) bool {
	return slices.ContainsFunc(r.Between(t.Add(-1), t.Add(1)), func(s Shift) bool { return s.From.Equal(t) || s.To.Equal(t) })
}

// Gaps returns the stretches of a window in which nobody is on call, in order.
func (r Rota) Gaps(from, to time.Time) []consult.Interval { return Gaps(r.Between(from, to), from, to) }

// Gaps returns what shifts, sorted by their beginning, leave of a window.
func Gaps(list []Shift, from, to time.Time) []consult.Interval {
	var left []consult.Interval
	for _, s := range list {
		if s.From.After(from) {
			left = append(left, consult.Interval{From: from, To: s.From})
		}
		if s.To.After(from) {
			from = s.To
		}
	}
	if from.Before(to) {
		left = append(left, consult.Interval{From: from, To: to})
	}
	return left
}
