package routing

import "silta/routing/oncall"

// CalendarNews is what a check knows of a calendar that is kept elsewhere.
type CalendarNews struct {
	// Shifts are those of the next days. A person may be [oncall.Somebody].
	Shifts []oncall.Shift
	// Unread: it has not been read, and nothing can be said of it.
	Unread bool
	// Err says why it cannot be read; of no key: it can.
	Err Phrase
	// Stale: the last good copy counts, but it is old.
	Stale bool
	// Faults say which events were left out, and why. Unknown is how many events name nobody who is known.
	Faults  []Phrase
	Unknown int
}

// reportCalendar reports what is wrong with the calendar that a pool goes by, and returns its shifts. ok is false where they are not
// known.
func (p *Pool) reportCalendar(world World, found *findings) (feed oncall.Feed, ok bool) {
	news := world.Calendar(p.OnCall.Calendar, p.Calendar.Location())
	at := p.OnCallAt
	switch {
	case news.Unread:
		found.add(at, CalendarUnread, p.ID, "calendar-unread", "pool", p.ID)
		return nil, false
	case news.Err.Key != "":
		found.add(at, BadCalendar, p.ID, "bad-calendar", "pool", p.ID, "reason", news.Err)
		return nil, false
	case news.Stale:
		found.add(at, CalendarStale, p.ID, "calendar-stale", "pool", p.ID)
	}
	if n := len(news.Faults); n > 0 {
		found.add(at, CalendarEvent, p.ID, "calendar-event", "pool", p.ID, "count", n, "reason", news.Faults[0])
	}
	if news.Unknown > 0 {
		found.add(at, CalendarEvent, p.ID, "calendar-unknown", "pool", p.ID, "count", news.Unknown)
	}
	return func(string) []oncall.Shift { return news.Shifts }, true
}
