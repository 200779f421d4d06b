package worktime

import "time"

// Add returns the moment that lies d of working time after t, part by part: see [Calendar.AddOpen] and [Calendar.AddDays]. It
// fails with [ErrNeverOpen].
func (c *Calendar) Add(t time.Time, d Duration) (time.Time, error) {
	t = t.In(c.loc)
	for _, part := range d.parts {
		var err error
		if part.Days > 0 {
			t, err = c.AddDays(t, part.Days)
		} else {
			t, err = c.AddOpen(t, part.Open)
		}
		if err != nil {
			return time.Time{}, err
		}
	}
	return t, nil
}

// AddOpen returns the first moment by which the calendar has been open for d since t. If the last of d is used up at closing
// time, it is that closing time, not the next opening. With d of zero or less it is t.
func (c *Calendar) AddOpen(t time.Time, d time.Duration) (time.Time, error) {
	if d <= 0 {
		return t.In(c.loc), nil
	}
	for from, to := range c.from(t) {
		if left := to.Sub(from); d > left {
			d -= left
			continue
		}
		return from.Add(d), nil
	}
	return time.Time{}, ErrNeverOpen
}

// AddDays moves t to the next open moment and from there n open days forward at the same wall-clock time. A day is open if it
// has any open time. Where the day that is reached is not open at that time, the result is the closing time before it, or the
// day's first opening if that comes later.
func (c *Calendar) AddDays(t time.Time, n int) (time.Time, error) {
	start, err := c.NextOpen(t)
	if err != nil {
		return time.Time{}, err
	}
	first, clock := DateOf(start), ClockOf(start)
	buffer := make([]stretch, 0, 4)
	for d := first + 1; d < first+horizon; d++ {
		if buffer = c.open(d, buffer); len(buffer) == 0 {
			continue
		}
		if n--; n > 0 {
			continue
		}
		at := Wall(c.loc, d, clock)
		cut := time.Unix(buffer[0].from, 0).In(c.loc)
		for _, s := range buffer {
			from, to := time.Unix(s.from, 0).In(c.loc), time.Unix(s.to, 0).In(c.loc)
			if at.Before(from) {
				break
			}
			cut = at
			if at.After(to) {
				cut = to
			}
		}
		return cut, nil
	}
	return time.Time{}, ErrNeverOpen
}

// OpenTime returns for how long the calendar is open between two moments, at most ten years apart; what lies beyond is not
// counted.
func (c *Calendar) OpenTime(from, to time.Time) time.Duration {
	var sum time.Duration
	for a, b := range c.from(from) {
		if !a.Before(to) {
			break
		}
		if b.After(to) {
			b = to
		}
		sum += b.Sub(a)
	}
	return sum
}

// Share returns the moment by which percent of the open time between from and to has passed. 100 gives to itself.
func (c *Calendar) Share(from, to time.Time, percent int) (time.Time, error) {
	if percent >= 100 {
		return to.In(c.loc), nil
	}
	open, share := c.OpenTime(from, to), time.Duration(percent)
	return c.AddOpen(from, open/100*share+open%100*share/100) // The open time of years, a hundred times over, is more than a Duration holds.
}
