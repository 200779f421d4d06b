package routing

import (
	"time"

	"silta/consult"
	"silta/routing/worktime"
)

// Duty is who is on call for a pool in a window of time, and when nobody is while the pool is open.
type Duty struct {
	// Shifts are in the order of their beginning; they are not cut to the window.
	Shifts []consult.Shift
	Gaps   []consult.Interval
}

// DutyOf returns the duty of a pool under the rules in force, and false for a pool that does not exist.
func (b *Book) DutyOf(pool string, from, to time.Time) (Duty, bool) {
	rules := b.Rules()
	if rules == nil || rules.pools[pool] == nil {
		return Duty{}, false
	}
	rota := b.known.Of(pool, rules.pools[pool].OnCall)
	d := Duty{Shifts: rota.Between(from, to)}
	for _, gap := range rota.Gaps(from, to) {
		for _, s := range rules.pools[pool].Calendar.Segments(gap.From, gap.To) {
			if s.Reason == worktime.Counted {
				d.Gaps = append(d.Gaps, consult.Interval{From: s.From, To: s.To})
			}
		}
	}
	return d, true
}
