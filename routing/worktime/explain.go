package worktime

import "time"

// Reason says why a stretch of time was not counted.
type Reason string

// Reasons for not counting a stretch. Counted is the reason of those that are.
const (
	Counted Reason = "open"
	// Closed: outside the opening hours, or one of the site's closed days.
	Closed  Reason = "closed"
	Weekend Reason = "weekend"
	Holiday Reason = "holiday"
)

// Segment is a stretch of time between two moments, and whether it was counted.
type Segment struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason Reason    `json:"reason"`
	// Holiday is the holiday's name, in the language of the country, if that is the reason.
	Holiday string `json:"holiday,omitempty"`
}

// Segments cuts the time between two moments, at most ten years apart, into stretches that were counted as working time and
// stretches that were not, in order and without gaps. Neighbours have different reasons.
func (c *Calendar) Segments(from, to time.Time) []Segment {
	from, to = from.In(c.loc), to.In(c.loc)
	var list []Segment
	add := func(s Segment) {
		if s.From.Before(from) {
			s.From = from
		}
		if s.To.After(to) {
			s.To = to
		}
		if !s.From.Before(s.To) {
			return
		}
		if n := len(list); n > 0 && list[n-1].Reason == s.Reason && list[n-1].Holiday == s.Holiday {
			list[n-1].To = s.To
			return
		}
		list = append(list, s)
	}
	first, buffer := DateOf(from), make([]stretch, 0, 4)
	for d := first; d < first+horizon; d++ {
		at, end := Wall(c.loc, d, 0), Wall(c.loc, d+1, 0)
		if !at.Before(to) {
			break
		}
		_, why, name := c.spans(d)
		buffer = c.open(d, buffer)
		for _, s := range buffer {
			opens, closes := time.Unix(s.from, 0).In(c.loc), time.Unix(s.to, 0).In(c.loc)
			add(Segment{at, opens, why, name})
			add(Segment{opens, closes, Counted, ""})
			at = closes
		}
		add(Segment{at, end, why, name})
	}
	return list
}
