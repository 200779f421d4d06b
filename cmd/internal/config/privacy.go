package config

import "time"

// Privacy is `privacy`.
type Privacy struct {
	// Reasoned is `reasoned-access`: how long a request of another pool stays open to who stated a reason. Default 12h.
	Reasoned time.Duration
	// Heads is `heads`: the file to which the journal's head is added every week. "": to none.
	Heads string
}

func defaultPrivacy() Privacy { return Privacy{Reasoned: 12 * time.Hour} }

func (p *Privacy) read(r *reader) {
	scalar(r, "reasoned-access", &p.Reasoned, duration(15*time.Minute, 7*day))
	r.pathname("heads", &p.Heads)
}
