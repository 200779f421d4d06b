package routing

import (
	"fmt"
	"slices"
)

// takers returns the smallest set of earlier rules that together match all that an unreachable rule matches. sure is false if a
// smaller one may exist.
//
// Whatever requests one has collected, the answer has to hit each: to have a rule that matches it. So the smallest set that
// hits what was collected is tried; either it takes everything, and no smaller one can, or it misses requests, which are
// collected too, until something takes everything. A request says the more, the fewer rules match it.
func (a *analysis) takers(rule int) (set []int, sure bool) {
	h := hitting{effort: min(ruleHitEffort, a.hitEffort)}
	defer func(before int) { a.hitEffort -= before - h.effort }(h.effort)
	least := []int{}
	var best []int
	for {
		full, tried, ok := a.complete(rule, least, &h)
		if !ok {
			if best == nil {
				best = a.meeting(rule)
			}
			return best, false
		}
		if tried == 0 { // nothing was missing
			return full, true
		}
		if full = a.needed(rule, full); best == nil || len(full) < len(best) {
			best = full
		}
		if least, ok = h.smallest(); !ok {
			return best, false
		}
		if len(least) == len(best) {
			return best, true
		}
	}
}

// complete adds rules to a set until they take all that a rule matches, and collects what was missing. It says how often
// something was. ok is false if that is not known.
func (a *analysis) complete(rule int, set []int, h *hitting) (full []int, tried int, ok bool) {
	for ; ; tried++ {
		p, v := a.find(rule, a.doc.everything(), a.of(set))
		switch {
		case v == none:
			return set, tried, true
		case v == unknown || h.effort < 0:
			return nil, tried, false
		}
		h.collect(a.telling(rule, p, set))
		set = h.small(set)
	}
}

// telling changes a request of a rule bit by bit, as long as fewer of the rules before it match, but none of the set. It returns
// the rules that match in the end.
func (a *analysis) telling(rule int, p packed, set []int) numbers {
	best := a.rules.matching(&p, rule)
	avoid := newNumbers(rule)
	for _, t := range set {
		avoid.add(t)
	}
	own := a.branches(rule)
	better := func(q *packed) bool {
		a.search.effort -= 2 * (a.rules.index.words + 1)
		if q.set&elementsOf(Concern) == 0 || !anyHolds(own, q) {
			return false
		}
		matching := a.rules.matching(q, rule)
		if matching.meets(avoid) || matching.count() >= best.count() {
			return false
		}
		p, best = *q, matching
		return true
	}
	for again := true; again; {
		again = false
		for left := a.asked; left != 0; left &= left - 1 {
			q := p
			q.set ^= left & -left
			again = better(&q) || again
		}
		for i := range singles {
			for _, at := range a.distinct[i] {
				q := p
				q.at[i] = at
				again = better(&q) || again
			}
		}
	}
	return best
}

// distinguish finds the values and elements that rules can tell apart: of values that all of them treat alike, the first one.
func (a *analysis) distinguish() {
	for i, f := range singles {
		place := spanOf(f, len(a.doc.Municipalities))
		seen := map[string]bool{}
		for at := place.from; at < place.from+place.size; at++ {
			if row := fmt.Sprint(a.rules.index.rows[at]); !seen[row] {
				seen[row] = true
				a.distinct[i] = append(a.distinct[i], int16(at))
			}
		}
	}
	for _, c := range a.rules.branches {
		a.asked |= c.all | c.none
		for _, any := range c.anys {
			a.asked |= any
		}
	}
	a.asked |= 1 // a concern, should no rule ask for any
}

// needed drops from a set of rules that take all of a rule's requests one by one those that are not needed.
func (a *analysis) needed(rule int, set []int) []int {
	for i := len(set) - 1; i >= 0; i-- {
		rest := slices.Delete(slices.Clone(set), i, i+1)
		if _, v := a.find(rule, a.doc.everything(), a.of(rest)); v == none {
			set = rest
		}
	}
	return set
}

// meeting are the rules before a rule that match some of the requests that it matches.
func (a *analysis) meeting(rule int) []int {
	var set []int
	everything := a.doc.everything()
	for t := range rule {
		for _, c := range a.branches(rule) {
			if b, ok := everything.meet(&c); ok && slices.ContainsFunc(a.of([]int{t}), b.meets) {
				set = append(set, t)
				break
			}
		}
	}
	return set
}
