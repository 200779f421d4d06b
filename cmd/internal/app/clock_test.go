package app

import (
	"testing"
	"time"

	"silta/consult/consulttest"
)

// A clock that runs fast waits for those who act by it; one that does not is the machine's.
func TestFastClockWaits(t *testing.T) {
	c := newClock(func() *time.Location { return time.UTC })
	start := consulttest.Start.UTC()
	c.set(start, 1e9)
	reaches := func(want time.Time) {
		t.Helper()
		for c.Now().Before(want) {
		}
		if now := c.Now(); !now.Equal(want) {
			t.Errorf("shows %s, want %s", now, want)
		}
	}
	reaches(start.Add(lead))
	c.saw(start.Add(lead / 2))
	reaches(start.Add(lead * 3 / 2))
	c.saw(start)
	reaches(start.Add(lead * 3 / 2))
	c.set(start, 1)
	c.since = c.since.Add(-2 * lead)
	if now := c.Now(); now.Before(start.Add(2 * lead)) {
		t.Errorf("shows %s", now)
	}
}

// TestClockPutRight: a machine whose clock was wrong when the program started, or that was asleep, does not leave it with the wrong time.
func TestClockPutRight(t *testing.T) {
	c := newClock(func() *time.Location { return time.UTC })
	for _, now := range []time.Time{time.Unix(0, 0).UTC(), time.Unix(1_795_000_000, 0).UTC(), time.Unix(1_794_990_000, 0).UTC()} {
		c.machine = func() time.Time { return now }
		if got := c.Now(); !got.Equal(now) {
			t.Errorf("it is %s, and the machine says %s", got, now)
		}
	}
}
