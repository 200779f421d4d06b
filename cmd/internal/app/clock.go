package app

import (
	"sync"
	"time"
)

// clock is the program's time. A demo's runs from any moment at any speed, and stands still where it is told to.
type clock struct {
	// zone returns the zone of the rules in force, in which time is told.
	zone func() *time.Location
	// machine is the machine's clock.
	machine func() time.Time

	mu    sync.Mutex
	from  time.Time // the moment shown at since
	since time.Time // of the machine's clock; zero: that clock is followed, also where it is put right
	speed float64   // 0 while it stands
	seen  time.Time // the moment up to which was done what is due
}

// lead is how far a clock that runs fast goes beyond what has been seen to: however slow the machine is, no step of an escalation is passed over
// for the next one.
const lead = time.Hour

// newClock follows the machine's clock.
func newClock(zone func() *time.Location) *clock {
	return &clock{zone: zone, machine: time.Now}
}

// Now tells the time in the zone of the rules.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.machine().In(c.zone())
	}
	passed := time.Duration(float64(c.machine().Sub(c.since)) * c.speed)
	now := c.from.Add(passed)
	if most := c.seen.Add(lead); c.speed > 1 && now.After(most) {
		now = most
		c.from, c.since = most, c.machine()
	}
	return now.In(c.zone())
}

// saw tells that what was due at a moment has been done.
func (c *clock) saw(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.seen) {
		c.seen = t
	}
}

// set shows a moment and goes on from there at a speed; 0 holds it.
func (c *clock) set(t time.Time, speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.since, c.speed, c.seen = t, c.machine(), speed, t
}
