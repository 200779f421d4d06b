package ui

import (
	"cmp"
	"slices"

	"silta/consult"
	"silta/routing"
	"silta/ui/templates"
)

// shownTrace is how many rules that were passed over are shown: those that came nearest.
const shownTrace = 50

// origin says how a request came to where it is, by the rules as they were then.
func (s *Server) origin(v *visit, c *consult.Consultation) (templates.Origin, error) {
	d := c.Decision()
	o := templates.Origin{
		At: c.SubmittedAt, Pool: s.poolName(v, d.Pool), With: s.poolNames(v, d.With), Rule: d.Rule, Otherwise: d.Rule == routing.Otherwise,
		Version: d.Rules.Number, Hash: d.Rules.Hash,
	}
	for _, item := range c.Timeline {
		if ev, ok := item.Event.(*consult.HandedOverEvent); ok {
			o.Moves = append(o.Moves, templates.OriginMove{
				At: item.At, By: s.name(v, item.By), From: s.poolName(v, ev.From), To: s.poolName(v, ev.Pool),
				Escalation: ev.Escalation, Rerouted: ev.Rerouted, Version: ev.Plan.Rules.Number,
			})
		}
	}
	trace, err := s.Rules.Retrace(d, c.Request.Facts(c.Profession))
	if consult.KindOf(err) == consult.NotFound {
		o.Unknown = true
		return o, nil
	}
	near := nearest(trace)
	o.Farther = len(trace) - len(near)
	o.Trace = traced(v, near, d.Rule)
	return o, err
}

// nearest are the rules of a trace that a person can look through: the one that matched, and of the others those that the fewest
// conditions kept from it, in their order.
func nearest(trace []routing.Trace) []routing.Trace {
	if len(trace) <= shownTrace+1 {
		return trace
	}
	places := make([]int, len(trace))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(len(trace[a].Failed), len(trace[b].Failed)) })
	places = places[:shownTrace+1]
	slices.Sort(places)
	near := make([]routing.Trace, len(places))
	for i, at := range places {
		near[i] = trace[at]
	}
	return near
}

// traced are the rules one by one in the reader's words; rule is the one that matched in the end.
func traced(v *visit, trace []routing.Trace, rule string) []templates.RulesTrace {
	var lines []templates.RulesTrace
	for _, t := range trace {
		line := templates.RulesTrace{Rule: t.Rule, Matched: t.Matched}
		for _, f := range t.Failed {
			line.Failed = append(line.Failed, missText(v, f))
		}
		lines = append(lines, line)
	}
	if rule == routing.Otherwise {
		lines = append(lines, templates.RulesTrace{Rule: rule, Matched: true})
	}
	return lines
}
