package config

import "time"

// Privacy is `privacy`.
type Privacy struct {
	// Reasoned is `reasoned-access`: how long a request of another pool stays open to who stated a reason. Default 12h.
	Reasoned time.Duration
	// Heads is `heads`: the file to which the journal's head is added every week. "": to none.
	Heads string
	// Retention is `retention`.
	Retention Retention
}

// Retention is how long what is kept; 0: for ever.
type Retention struct {
	// Requests is `requests`: after the last that happened to one that has ended. Default 730d.
	Requests time.Duration
	// Deliveries is `deliveries`: after the last try to send. Default 365d.
	Deliveries time.Duration
	// Looks is `access-log`: after the last look of the month. Default 4383d, twelve years.
	Looks time.Duration
}

func defaultPrivacy() Privacy {
	return Privacy{
		Reasoned:  12 * time.Hour,
		Retention: Retention{Requests: 730 * day, Deliveries: 365 * day, Looks: 4383 * day},
	}
}

func (p *Privacy) read(r *reader) {
	scalar(r, "reasoned-access", &p.Reasoned, duration(15*time.Minute, 7*day))
	r.pathname("heads", &p.Heads)
	r.section("retention", func(r *reader) {
		scalar(r, "requests", &p.Retention.Requests, duration(day, 20_000*day))
		scalar(r, "deliveries", &p.Retention.Deliveries, duration(day, 20_000*day))
		scalar(r, "access-log", &p.Retention.Looks, duration(day, 20_000*day))
	})
}
