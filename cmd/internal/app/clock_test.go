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
