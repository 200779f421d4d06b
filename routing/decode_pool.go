package routing

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"

	"silta/consult"
	"silta/routing/oncall"
	"silta/routing/worktime"
)

// maxSteps is how many escalation steps a pool can have.
const maxSteps = 50

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

func (d *decoder) allPools(n *node) {
	if n.kind != mapNode {
		d.bad(n.at, "wants", "key", "pools", "wanted", aMapping)
		return
	}
	if len(n.entries) == 0 {
		d.missing(n.at, "pools")
	}
	for _, e := range n.entries {
		if !poolPattern.MatchString(e.key) {
			d.bad(e.at, "bad-pool-id", "key", show(e.key))
			continue
		}
		d.id = e.key
		p := Pool{ID: e.key, At: e.at, ClaimWithin: defaultClaim, AnswerWithin: defaultAnswer, Calendar: worktime.Always(d.doc.Timezone),
			Unclaimed: defaultUnclaimed}
		d.pool(e.value, &p)
		d.doc.Pools = append(d.doc.Pools, p)
		d.id = ""
	}
}

func (d *decoder) pool(n *node, p *Pool) {
	if !d.mapping(n, "pools", "name", "about", "hours", "modes", "languages", "accepts", "claim-within", "answer-within", "lead",
		"members", "key-persons", "on-call", "unclaimed", "escalate", "asks") {
		return
	}
	p.Name, p.About = d.translated(n.get("name"), "name"), d.translated(n.get("about"), "about")
	if v := n.get("hours"); v != nil {
		if s, ok := d.name(v, "hours"); ok {
			p.Hours = s
			d.hours = append(d.hours, use{name: s, id: p.ID, at: v.at})
			for _, h := range d.doc.Hours {
				if h.ID == s {
					p.Calendar = h.Calendar
				}
			}
		}
	}
	if p.Modes = codeList[consult.Mode](d, n.get("modes"), "modes", modeCodes); n.get("modes") == nil {
		p.Modes = consult.Modes
	}
	if p.Accepts = codeList[consult.Profession](d, n.get("accepts"), "accepts", professionCodes); n.get("accepts") == nil {
		p.Accepts = consult.Professions
	}
	p.Languages = codeList[consult.Language](d, n.get("languages"), "languages", languageCodes)
	p.ClaimWithin = d.deadlines(n.get("claim-within"), "claim-within", defaultClaim)
	p.AnswerWithin = d.deadlines(n.get("answer-within"), "answer-within", defaultAnswer)
	p.Lead, _ = d.person(n.get("lead"), "lead")
	p.Members = d.persons(n.get("members"), "members")
	if v := n.get("key-persons"); v != nil {
		d.keyPersons(v, p)
	}
	if v := n.get("on-call"); v != nil {
		before := d.errors
		p.OnCallAt = v.at
		p.OnCall = d.onCall(v)
		p.onCallUnread = d.errors > before
		if p.OnCall.Calendar != "" {
			p.OnCall.Staff = staff(p)
		}
	}
	p.Asks = d.asks(n.get("asks"))
	if v := n.get("unclaimed"); v != nil {
		p.Unclaimed = d.steps(v, "unclaimed", d.claimStep)
	}
	p.Escalate = d.steps(n.get("escalate"), "escalate", d.answerStep)
}

func (d *decoder) steps(n *node, what string, read func(*node) (Step, bool)) []Step {
	var steps []Step
	for i, item := range d.list(n, what) {
		if i == maxSteps {
			d.bad(item.at, "too-many-values", "key", what, "limit", maxSteps)
			break
		}
		if step, ok := read(item); ok {
			steps = append(steps, step)
		}
	}
	return steps
}

func (d *decoder) deadlines(n *node, what string, missing Deadlines) Deadlines {
	if n == nil || !d.mapping(n, what, urgencyCodes...) {
		return missing
	}
	list := Deadlines{}
	for _, u := range consult.Urgencies {
		list[u] = missing[u]
		if v := n.get(string(u)); v != nil {
			if within, ok := d.duration(v, what); ok {
				list[u] = within
			}
		}
	}
	return list
}

// person reads a person's id and keeps it for the look-up among the known users.
func (d *decoder) person(n *node, what string) (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := d.name(n, what)
	if ok {
		d.doc.persons = append(d.doc.persons, use{name: s, id: d.id, at: n.at})
	}
	return s, ok
}

func (d *decoder) persons(n *node, what string) []string {
	ids, at := d.names(n, what)
	for i, s := range ids {
		d.doc.persons = append(d.doc.persons, use{name: s, id: d.id, at: at[i]})
	}
	return ids
}

func (d *decoder) keyPersons(n *node, p *Pool) {
	if !d.mapping(n, "key-persons", d.doc.Municipalities...) {
		return
	}
	p.KeyPersons = map[string]string{}
	for _, e := range n.entries {
		if s, ok := d.person(e.value, "key-persons"); ok {
			d.doc.persons[len(d.doc.persons)-1].shown = true
			p.KeyPersons[e.key] = s
		}
	}
}

// staff are the pool's lead and members.
func staff(p *Pool) []string {
	all := slices.Clone(p.Members)
	if p.Lead != "" && !slices.Contains(all, p.Lead) {
		all = append(all, p.Lead)
	}
	return all
}

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

// Targets of a step, besides persons, pools and addresses.
const (
	toOnCall      = "on-call"
	toLead        = "lead"
	toMembers     = "members"
	toCoordinator = "coordinator"
	personPrefix  = "person:"
	poolPrefix    = "pool:"
)

// answerStep reads a step of escalate.
func (d *decoder) answerStep(n *node) (Step, bool) { return d.step(n, "escalate", 100, "bad-share") }

// maxClaimShare is how late a share of the claim time can be, in percent.
const maxClaimShare = 1000

// claimStep reads a step of unclaimed. It tells people: only an escalation hands a request over.
func (d *decoder) claimStep(n *node) (step Step, ok bool) {
	if step, ok = d.step(n, "unclaimed", maxClaimShare, "bad-claim-share"); !ok {
		return step, false
	}
	for i, target := range step.To {
		if strings.HasPrefix(target, poolPrefix) {
			d.bad(step.ToAt[i], "no-hand-over", "value", show(target))
			ok = false
		}
	}
	return step, ok
}

// step reads when a step comes and whom it tells; shares go up to a limit in percent, and badShare is the finding of one that can't be read.
func (d *decoder) step(n *node, what string, limit int, badShare string) (step Step, ok bool) {
	if !d.mapping(n, what, "at", "to") {
		return step, false
	}
	step.At = n.at
	at := d.needs(n, "at")
	if s, read := d.text(at, "at"); read {
		ok = true
		if after, isAfter := strings.CutPrefix(s, "+"); isAfter {
			within, err := worktime.ParseDuration(after)
			if step.After = within; err != nil {
				d.badDuration(at.at, s, err)
				ok = false
			}
		} else {
			share, isShare := strings.CutSuffix(s, "%")
			n, isNumber := wholeNumber(share)
			if step.Percent = n; !isShare || !isNumber || n < 0 || n > limit {
				d.bad(at.at, badShare, "value", show(s))
				ok = false
			}
		}
	}
	to := d.needs(n, "to")
	for _, item := range d.oneOrMore(to, "to") {
		if s, read := d.target(item); read {
			step.To, step.ToAt = append(step.To, s), append(step.ToAt, item.at)
		}
	}
	if to != nil && to.kind == listNode && len(to.items) == 0 {
		d.bad(to.at, "empty-choice", "key", "to")
	}
	return step, ok && len(step.To) > 0
}

func (d *decoder) target(n *node) (string, bool) {
	s, ok := d.text(n, "to")
	if !ok {
		return "", false
	}
	known := []string{toOnCall, toLead, toMembers, toCoordinator}
	if slices.Contains(known, s) {
		return s, true
	}
	if id, is := strings.CutPrefix(s, personPrefix); is {
		if !idPattern.MatchString(id) {
			d.bad(n.at, "bad-id", "key", "person")
			return "", false
		}
		d.doc.persons = append(d.doc.persons, use{name: id, id: d.id, at: n.at})
		return s, true
	}
	if id, is := strings.CutPrefix(s, poolPrefix); is {
		if !poolPattern.MatchString(id) {
			d.bad(n.at, "bad-pool-id", "key", show(id))
			return "", false
		}
		d.pools = append(d.pools, use{name: id, id: d.id, at: n.at})
		return s, true
	}
	if strings.Contains(s, "@") {
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			d.bad(n.at, "bad-address", "value", show(s))
			return "", false
		}
		return s, true
	}
	d.add(n.at, UnknownValue, d.id, "unknown-target", "value", show(s), "nearest", closest{s, known})
	return "", false
}
