package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/routing/oncall"
	"silta/routing/worktime"
	"silta/ui/templates"
)

// poolSentences say all that the rules hold about a pool.
func (s *Server) poolSentences(v *visit, p *routing.Pool) templates.RulesPool {
	t := templates.RulesPool{ID: p.ID, Name: s.poolName(v, p.ID), About: v.l.In(p.About), Hours: hoursOf(p)}
	say := func(key string, args ...any) { t.Says = append(t.Says, v.l.T(key, args...)) }
	names := func(ids []string) string { return strings.Join(s.namesOf(v, ids), ", ") }
	if p.Calendar.Holidays() {
		say("rules.pool.holidays")
	}
	if closed := p.Calendar.Closed(); len(closed) > 0 {
		days := make([]string, len(closed))
		for i, d := range closed {
			days[i] = v.l.Date(worktime.Wall(p.Calendar.Location(), d, 0))
		}
		say("rules.pool.closed", "days", strings.Join(days, ", "))
	}
	say("rules.pool.modes", "modes", codesText(v, "mode", p.Modes))
	if len(p.Languages) > 0 {
		say("rules.pool.languages", "languages", codesText(v, "language", p.Languages))
	}
	if len(p.Accepts) < len(consult.Professions) {
		say("rules.pool.accepts", "professions", codesText(v, "profession", p.Accepts))
	} else {
		say("rules.pool.accepts-all")
	}
	say("rules.pool.claim", "times", deadlinesText(v, p.ClaimWithin))
	say("rules.pool.answer", "times", deadlinesText(v, p.AnswerWithin))
	s.dutySentences(v, p.OnCall, say)
	if p.Lead != "" {
		say("rules.pool.lead", "name", s.name(v, p.Lead))
	}
	if len(p.Members) > 0 {
		say("rules.pool.members", "names", names(p.Members))
	}
	for _, municipality := range slices.Sorted(maps.Keys(p.KeyPersons)) {
		say("rules.pool.key-person", "municipality", municipality, "name", s.name(v, p.KeyPersons[municipality]))
	}
	for _, ask := range p.Asks {
		if len(ask.Concerns) > 0 {
			say("rules.pool.ask-about", "text", v.l.In(ask.Text), "concerns", listText(v, "rules.or", codeTexts(v, "concern", ask.Concerns)))
		} else {
			say("rules.pool.ask", "text", v.l.In(ask.Text))
		}
	}
	if len(p.Snippets) > 0 {
		titles := make([]string, len(p.Snippets))
		for i, snippet := range p.Snippets {
			titles[i] = v.l.In(snippet.Title)
		}
		say("rules.pool.snippets", "titles", strings.Join(titles, ", "))
	}
	t.Unclaimed, t.Unanswered = s.stepTexts(v, "claim", p.Unclaimed), s.stepTexts(v, "answer", p.Escalate)
	return t
}

// dutySentences say who is on call when.
func (s *Server) dutySentences(v *visit, plan oncall.Plan, say func(key string, args ...any)) {
	if r := plan.Rotation; r != nil {
		from, names := v.l.DateTime(worktime.Wall(r.Location, r.First, r.Clock)), s.namesOf(v, r.Order)
		switch {
		case len(names) == 1:
			say("rules.pool.rotation-one", "name", names[0], "from", from)
		case r.Days == 7:
			say("rules.pool.rotation-week", "names", strings.Join(names, ", "), "from", from)
		default:
			say("rules.pool.rotation-day", "names", strings.Join(names, ", "), "from", from)
		}
	}
	if len(plan.Shifts) > 0 {
		last := slices.MaxFunc(plan.Shifts, func(a, b oncall.Shift) int { return a.To.Compare(b.To) })
		say("rules.pool.shifts", "n", len(plan.Shifts), "names", strings.Join(s.namesOf(v, plan.People()), ", "), "to", v.l.DateTime(last.To))
	}
	if plan.Calendar != "" {
		say("rules.pool.calendar")
	}
	if plan.IsZero() {
		say("rules.pool.no-duty")
	}
}

// stepTexts say who is told when, if nobody acts in time. What the time is for is "claim" or "answer".
func (s *Server) stepTexts(v *visit, what string, steps []routing.Step) []string {
	var list []string
	for _, step := range steps {
		var when string
		switch after := durationText(v, step.After); {
		case after != "":
			when = v.l.T("rules.step.after", "span", after)
		case step.Percent == 100:
			when = v.l.T("rules.step.due")
		case step.Percent == 50:
			when = v.l.T("rules.step.half-" + what)
		case step.Percent == 200:
			when = v.l.T("rules.step.double-claim") // An answer's share ends at 100.
		default:
			when = v.l.T("rules.step.share-"+what, "n", step.Percent)
		}
		var told []string
		to := ""
		for _, target := range step.To {
			if id, ok := strings.CutPrefix(target, "person:"); ok {
				told = append(told, v.l.T("rules.told.person", "name", s.name(v, id)))
			} else if id, ok := strings.CutPrefix(target, "pool:"); ok {
				to = s.poolName(v, id)
			} else if slices.Contains(routing.Targets, target) {
				told = append(told, v.l.T("rules.told."+target))
			} else {
				told = append(told, v.l.T("rules.told.address", "address", target))
			}
		}
		var then []string
		if len(told) > 0 {
			then = append(then, v.l.T("rules.step.told", "who", listText(v, "rules.and", told)))
		}
		if to != "" {
			then = append(then, v.l.T("rules.hands-over", "pool", to))
		}
		list = append(list, v.l.T("rules.step", "when", when, "then", strings.Join(then, "; ")))
	}
	return list
}

// deadlinesText tells the times for each urgency, the most urgent first.
func deadlinesText(v *visit, d routing.Deadlines) string {
	var list []string
	for _, u := range slices.Backward(consult.Urgencies) {
		list = append(list, strings.ToLower(v.l.Code("urgency", string(u)))+" "+durationText(v, d[u]))
	}
	return strings.Join(list, ", ")
}

// durationText tells working time: open days, or open hours and minutes. It is "" for none.
func durationText(v *visit, d worktime.Duration) string {
	var list []string
	for _, part := range d.Parts() {
		if part.Days > 0 {
			list = append(list, v.l.T("rules.open-days", "n", part.Days))
		} else {
			list = append(list, openText(v, part.Open))
		}
	}
	return strings.Join(list, " + ")
}

// openText tells open time, which has no days: a day is a day on which the pool is open.
func openText(v *visit, d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var parts []string
	if hours > 0 {
		parts = append(parts, v.l.T("time.hours", "count", hours))
	}
	if minutes > 0 {
		parts = append(parts, v.l.T("time.minutes", "count", minutes))
	}
	return strings.Join(parts, " ")
}

// testSentence says what a test of the document tries, and what has to come of it.
func (s *Server) testSentence(v *visit, t routing.Test) templates.RulesSentence {
	var then []string
	say := func(key string, args ...any) { then = append(then, v.l.T(key, args...)) }
	e := t.Expect
	if e.Pool != nil && *e.Pool == "" {
		then = append(then, v.l.T("rules.then-block"))
	} else if e.Pool != nil {
		then = append(then, v.l.T("rules.then", "pool", s.poolName(v, *e.Pool)))
	}
	if e.With != nil && len(*e.With) == 0 {
		say("rules.expect.nobody-else")
	} else if e.With != nil {
		then = append(then, v.l.T("rules.then-with", "pools", strings.Join(s.poolNames(v, *e.With), ", ")))
	}
	if e.Urgency != nil {
		say("rules.expect.urgency", "urgency", strings.ToLower(v.l.Code("urgency", string(*e.Urgency))))
	}
	if e.Rule != nil {
		say("rules.expect.rule", "id", *e.Rule)
	}
	if e.Interlocks != nil && len(*e.Interlocks) > 0 {
		say("rules.expect.interlocks", "ids", strings.Join(*e.Interlocks, ", "))
	}
	if e.Notes != nil {
		for _, note := range *e.Notes {
			then = append(then, v.l.Code("note", string(note)))
		}
	}
	return templates.RulesSentence{ID: t.Name, When: []string{factsText(v, t.Request)}, Then: then}
}

// codeTexts are codes in words.
func codeTexts[T ~string](v *visit, family string, codes []T) []string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = strings.ToLower(v.l.Code(family, string(c)))
	}
	return list
}

func codesText[T ~string](v *visit, family string, codes []T) string {
	return strings.Join(codeTexts(v, family, codes), ", ")
}

// listText joins values as a sentence does: "a, b or c". The word is a message.
func listText(v *visit, word string, list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + v.l.T(word) + " " + list[len(list)-1]
}
