package routing

import (
	"errors"
	"time"

	"silta/routing/oncall"
)

func (d *decoder) onCall(n *node) (plan oncall.Plan) {
	if !d.mapping(n, "on-call", "rotation", "shifts", "calendar") {
		return plan
	}
	rotation, shifts, calendar := n.get("rotation"), n.get("shifts"), n.get("calendar")
	count := 0
	for _, v := range []*node{rotation, shifts, calendar} {
		if v != nil {
			count++
		}
	}
	if count != 1 {
		d.bad(n.at, "one-plan")
		return plan
	}
	if rotation != nil {
		plan.Rotation = d.rotation(rotation)
	}
	for _, item := range d.list(shifts, "shifts") {
		if s, ok := d.shift(item); ok {
			plan.Shifts = append(plan.Shifts, s)
		}
	}
	if calendar != nil {
		plan.Calendar = d.calendarSource(calendar)
	}
	return plan
}

func (d *decoder) calendarSource(n *node) string {
	source, ok := d.text(n, "calendar")
	if !ok {
		return ""
	}
	switch _, _, err := oncall.Source(source); {
	case errors.Is(err, oncall.ErrNotHTTPS):
		d.bad(n.at, "calendar-not-https")
	case err != nil:
		d.bad(n.at, "calendar-not-local")
	}
	return source
}

func (d *decoder) rotation(n *node) *oncall.Rotation {
	if !d.mapping(n, "rotation", "every", "from", "order") {
		return nil
	}
	r := &oncall.Rotation{Location: d.doc.Timezone}
	every, okEvery := d.code(d.needs(n, "every"), "every", []string{"day", "week"})
	if r.Days = 1; every == "week" {
		r.Days = 7
	}
	var okFrom bool
	if from := d.needs(n, "from"); from != nil {
		r.First, r.Clock, okFrom = d.clock(from, "from")
	}
	order := d.needs(n, "order")
	for _, item := range d.oneOrMore(order, "order") { // a person may have several turns in a round
		if s, ok := d.person(item, "order"); ok {
			r.Order = append(r.Order, s)
		}
	}
	if order != nil && order.kind == listNode && len(order.items) == 0 {
		d.bad(order.at, "empty-choice", "key", "order")
	}
	if !okEvery || !okFrom || len(r.Order) == 0 {
		return nil
	}
	return r
}

func (d *decoder) shift(n *node) (s oncall.Shift, ok bool) {
	if !d.mapping(n, "shifts", "person", "from", "to") {
		return s, false
	}
	person, okPerson := d.person(d.needs(n, "person"), "person")
	var from, to time.Time
	var okFrom, okTo bool
	if v := d.needs(n, "from"); v != nil {
		from, okFrom = d.moment(v, "from")
	}
	v := d.needs(n, "to")
	if v != nil {
		to, okTo = d.moment(v, "to")
	}
	if !okPerson || !okFrom || !okTo {
		return s, false
	}
	if !from.Before(to) {
		d.bad(v.at, "shift-order")
		return s, false
	}
	return oncall.Shift{Person: person, From: from, To: to}, true
}
