package routing

import (
	"errors"
	"slices"
	"strings"

	"silta/routing/worktime"
)

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (d *decoder) allHours(n *node) {
	if n.kind != mapNode {
		d.bad(n.at, "wants", "key", "hours", "wanted", aMapping)
		return
	}
	for _, e := range n.entries {
		if !idPattern.MatchString(e.key) {
			d.bad(e.at, "bad-id", "key", "hours")
			continue
		}
		d.id = e.key
		cal := d.calendar(e.value)
		if cal == nil { // the name is known, whatever is wrong with it
			cal = worktime.Always(d.doc.Timezone)
		}
		d.doc.Hours = append(d.doc.Hours, Hours{ID: e.key, At: e.at, Calendar: cal})
		d.id = ""
	}
}

// calendar returns nil if there is a fault anywhere in the hours.
func (d *decoder) calendar(n *node) *worktime.Calendar {
	if !d.mapping(n, "hours", "days", "holidays", "closed") {
		return nil
	}
	before := d.errors
	c := worktime.Config{Location: d.doc.Timezone}
	if days := d.needs(n, "days"); days != nil && days.kind != mapNode {
		d.bad(days.at, "wants", "key", "days", "wanted", aMapping)
	} else if days != nil {
		given := [7]bool{}
		for _, e := range days.entries {
			d.day(e, &c, &given)
		}
	}
	if v := n.get("holidays"); v != nil {
		c.Holidays, _ = d.code(v, "holidays", worktime.HolidayCountries)
	}
	for _, item := range d.oneOrMore(n.get("closed"), "closed") {
		if s, ok := d.text(item, "closed"); ok {
			day, err := worktime.ParseDate(s)
			if err != nil {
				d.bad(item.at, "bad-date", "value", show(s))
				continue
			}
			c.Closed = append(c.Closed, day)
		}
	}
	if d.errors > before {
		return nil
	}
	cal, err := worktime.New(c)
	if overlap, ok := errors.AsType[*worktime.OverlapError](err); ok {
		d.bad(n.at, "bad-hours", "one", overlap.One, "other", overlap.Other)
	}
	return cal
}

// day reads the hours of a day, or of a range of days.
func (d *decoder) day(e entry, c *worktime.Config, given *[7]bool) {
	from, to, isRange := strings.Cut(e.key, "-")
	first, last := slices.Index(weekdays, from), slices.Index(weekdays, to)
	if !isRange {
		last = first
	}
	switch {
	case first < 0 && !isRange:
		d.add(e.at, UnknownKey, d.id, "unknown-key", "key", show(e.key), "nearest", closest{e.key, weekdays})
		return
	case first < 0 || last < first:
		d.bad(e.at, "bad-days", "value", show(e.key))
		return
	}
	var spans []worktime.Span
	for _, item := range d.oneOrMore(e.value, e.key) {
		s, ok := d.text(item, e.key)
		if !ok {
			continue
		}
		span, err := worktime.ParseSpan(s)
		if err != nil {
			key := "bad-span"
			if errors.Is(err, worktime.ErrSpanOrder) {
				key = "span-order"
			}
			d.bad(item.at, key, "value", show(s))
			continue
		}
		spans = append(spans, span)
	}
	for i := first; i <= last; i++ {
		if given[i] {
			d.bad(e.at, "day-twice", "day", weekdays[i])
			return
		}
		given[i] = true
		c.Days[(i+1)%7] = spans
	}
}
