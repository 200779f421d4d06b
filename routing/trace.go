package routing

import (
	"cmp"
	"slices"

	"silta/consult"
)

// Trace says of one rule whether it matched, and if not what stood in the way.
type Trace struct {
	Rule    string `json:"rule"`
	Matched bool   `json:"matched"`
	// Failed are the matchers that did not hold; of a condition with several branches, those of the branch that the fewest
	// stand in the way of.
	Failed []Failed `json:"failed"`
}

// Failed is one matcher that did not hold: what the rule wanted of a fact and what the request has.
type Failed struct {
	Fact   string  `json:"fact"`
	Wanted Literal `json:"wanted"`
	Got    Literal `json:"got"`
}

// trace goes through the rules in order up to the one that matched; last is its place.
func (r *Rules) trace(f consult.Facts, last int) []Trace {
	p := r.pack(&f)
	list := []Trace{}
	for i, rule := range r.doc.Rules[:min(last+1, len(r.doc.Rules))] {
		t := Trace{Rule: rule.ID, Matched: i == last, Failed: []Failed{}}
		if !t.Matched {
			t.Failed = r.nearestMiss(rule.When, &p, f)
		}
		list = append(list, t)
	}
	return list
}

// nearestMiss returns what fails in the branch that comes nearest to matching, the first of them where several do.
func (r *Rules) nearestMiss(w When, p *packed, f consult.Facts) []Failed {
	failed := []Failed{}
	for i, b := range w {
		miss := []Failed{}
		for _, m := range b {
			if !m.holds(p) {
				miss = append(miss, Failed{m.Fact.String(), m.Wanted, factLiteral(f, m.Fact)})
			}
		}
		if i == 0 || len(miss) < len(failed) {
			failed = miss
		}
	}
	return failed
}

// holds reports whether the matcher holds for a request.
func (m *Matcher) holds(p *packed) bool {
	if m.Fact.kind() == setKind {
		return p.set&m.all == m.all && p.set&m.none == 0 && (m.any == 0 || p.set&m.any != 0)
	}
	at := p.at[slices.Index(singles[:], m.Fact)]
	if at < 0 {
		return m.except
	}
	return m.values.has(int(at))
}

// factLiteral is the value that a request has of a fact.
func factLiteral(f consult.Facts, fact Fact) Literal {
	list := func(codes []string) Literal {
		items := make([]any, len(codes))
		for i, c := range codes {
			items[i] = c
		}
		return Literal{items}
	}
	switch fact {
	case Age:
		return Literal{f.Age}
	case Pregnant:
		return Literal{f.Pregnant}
	case Concern:
		return list(codes(f.Concerns))
	case RedFlag:
		return list(codes(f.RedFlags))
	case Urgency:
		return Literal{string(cmp.Or(f.Urgency, consult.Routine))}
	case Mode:
		return Literal{string(cmp.Or(f.Mode, consult.Written))}
	case Involved:
		return list(codes(f.Involved))
	case Profession:
		return Literal{string(f.Profession)}
	case Municipality:
		return Literal{f.Municipality}
	case Language:
		return Literal{string(cmp.Or(f.Language, consult.Finnish))}
	default:
		return Literal{f.Identified}
	}
}
