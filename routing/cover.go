package routing

import (
	"slices"
	"time"

	"silta/consult"
	"silta/routing/oncall"
	"silta/routing/worktime"
)

// coverDays is how far ahead a check looks for requests that would reach nobody.
const coverDays = 60

// momentLayout is how findings write a moment, by the document's clock.
const momentLayout = "2006-01-02T15:04"

// reportObstacles reports the persons who cannot be told anything, each once per pool.
func (d *Document) reportObstacles(obstacles map[string]Obstacle, found *findings) {
	type place struct{ person, pool string }
	reported := map[place]bool{}
	for _, u := range d.persons {
		o, here := obstacles[u.name], place{u.name, u.id}
		switch {
		case o == "" || reported[here]:
		case o == Disabled:
			reported[here] = true
			found.add(u.at, UnknownPerson, u.id, "person-disabled", "value", show(u.name))
		case !u.shown:
			reported[here] = true
			found.add(u.at, NoAddress, u.id, string(o), "value", show(u.name))
		}
	}
}

// reportCover reports the first stretch of open time in the next days with nobody on call for a pool. Where there is none, a
// request to the pool at any moment of those days finds somebody on call before its answer is due: who is on call when it is
// sent, or when it is open next. Then it is looked whether one of those can be told.
func (a *analysis) reportCover(p *Pool, world World, found *findings) {
	if p.onCallUnread {
		return
	}
	if p.OnCall.Calendar != "" && world.Calendar == nil {
		if a.exampleFor(p.ID) != "" {
			found.add(p.OnCallAt, NotAnalysed, p.ID, "not-analysed", "what", phrase("whether-covered", "pool", p.ID))
		}
		return
	}
	if len(p.Members) == 0 && (p.OnCall.IsZero() || p.OnCall.Calendar != "") { // that is no-answerer, or nothing comes here
		return
	}
	known, plan := world.Known, p.OnCall
	if plan.Calendar != "" {
		var read bool
		if known.Feed, read = p.reportCalendar(world, found); !read {
			return
		}
		plan.Staff = append(slices.Clone(plan.Staff), oncall.Somebody)
	}
	duty := known.Of(p.ID, plan)
	now := world.Now.In(p.Calendar.Location())
	end := worktime.Wall(p.Calendar.Location(), worktime.DateOf(now)+coverDays, worktime.ClockOf(now))
	for _, gap := range duty.Gaps(now, end) {
		for _, s := range p.Calendar.Segments(gap.From, gap.To) {
			if s.Reason == worktime.Counted {
				a.reportUncovered(p, s, found)
				return
			}
		}
	}
	a.reportNobodyReached(p, duty, now, end, world.Obstacles, found)
}

func (a *analysis) reportUncovered(p *Pool, s worktime.Segment, found *findings) {
	key, example := "uncovered", a.exampleFor(p.ID)
	if example != "" {
		key = "uncovered-example"
	}
	found.add(p.dutyAt(), UncoveredTime, p.ID, key, "pool", p.ID, "from", s.From.Format(momentLayout), "to", s.To.Format(momentLayout),
		"example", example)
}

// dutyAt is where a finding about the pool's duty stands.
func (p *Pool) dutyAt() Pos {
	if p.OnCallAt == (Pos{}) {
		return p.At
	}
	return p.OnCallAt
}

// reportNobodyReached reports a request and a moment within a window for which nobody who can be told is on call from then until
// the answer is due. A later moment never has an earlier deadline, so of each stretch without such a person the first moment
// decides.
func (a *analysis) reportNobodyReached(p *Pool, duty oncall.Rota, now, end time.Time, obstacles map[string]Obstacle, found *findings) {
	until := end
	for _, u := range consult.Urgencies {
		due, err := p.Calendar.Add(end, p.AnswerWithin[u])
		if err != nil { // that is never-in-time
			return
		}
		until = later(until, due)
	}
	shifts := slices.DeleteFunc(duty.Between(now, until), func(s oncall.Shift) bool { return obstacles[s.Person] != "" })
	for _, gap := range oncall.Gaps(shifts, now, until) {
		if !gap.From.Before(end) {
			return
		}
		for _, u := range consult.Urgencies {
			due, err := p.Calendar.Add(gap.From, p.AnswerWithin[u])
			if err != nil || due.After(gap.To) {
				continue
			}
			if example := a.exampleAt(p.ID, u); example != "" {
				found.add(p.dutyAt(), NobodyReached, p.ID, "nobody-reached", "pool", p.ID, "from", gap.From.Format(momentLayout),
					"due", due.Format(momentLayout), "example", example)
				return
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// exampleAt is a request that the rules send to a pool and that has an urgency then, or "" if none was found.
func (a *analysis) exampleAt(pool string, u consult.Urgency) string {
	for i := range a.reached {
		to := &a.rules.outcomes[i]
		if a.reached[i] != some || to.to != pool {
			continue
		}
		for rank, own := range consult.Urgencies {
			if own.AtLeast(to.atLeast) != u {
				continue
			}
			within := a.doc.everything()
			within.values.atUrgencies(1 << rank)
			if p, v := a.findFirst(i, within); v == some {
				return a.json(p)
			}
		}
	}
	return ""
}
