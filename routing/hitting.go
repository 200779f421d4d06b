package routing

import (
	"cmp"
	"math"
	"slices"
)

// hitting finds small sets of numbers that have one of each of the lists that were collected.
type hitting struct {
	lists []numbers
	// effort is how many more words of sets may be looked at.
	effort int
}

// The work that the answers for one rule, and for a whole document, may take. At the bound of a document some seconds have passed.
const (
	ruleHitEffort     = 400_000_000
	documentHitEffort = 1_600_000_000
)

// collect adds a list.
func (h *hitting) collect(list numbers) { h.lists = append(h.lists, list) }

// smallest returns a smallest set, in order, or false if finding it takes too long.
func (h *hitting) smallest() (set []int, ok bool) {
	b := bounded{effort: h.effort}
	lists := make([]numbers, len(h.lists))
	for i, l := range h.lists {
		lists[i] = slices.Clone(l)
	}
	set, ok = b.solve(lists, math.MaxInt)
	h.effort = b.effort
	slices.Sort(set)
	return set, ok
}

// small extends a set so that it has one of each list. What comes out need not be the smallest: always the number that hits
// most of what is left.
func (h *hitting) small(set []int) []int {
	if len(h.lists) == 0 {
		return set
	}
	chosen := make(numbers, len(h.lists[0]))
	for _, x := range set {
		chosen.add(x)
	}
	hits := make([]int, 64*len(chosen))
	open := slices.DeleteFunc(slices.Clone(h.lists), chosen.meets)
	for len(open) > 0 {
		clear(hits)
		best := -1
		for _, l := range open {
			h.effort -= len(l)
			for x := range l.all {
				if hits[x]++; best < 0 || hits[x] > hits[best] || hits[x] == hits[best] && x < best {
					best = x
				}
			}
		}
		chosen.add(best)
		open = slices.DeleteFunc(open, func(l numbers) bool { return l.has(best) })
	}
	return slices.Collect(chosen.all)
}

// bounded is a search for smallest sets by branch and bound.
type bounded struct{ effort int }

// solve returns a smallest set that has one of each list and fewer numbers than limit; nil where there is none. ok is false if it
// was not finished. It changes the lists.
func (b *bounded) solve(lists []numbers, limit int) (best []int, ok bool) {
	set := []int{}
	for {
		forced, left := b.reduce(lists)
		lists, set = left, append(set, forced...)
		switch {
		case len(set) >= limit:
			return best, true
		case len(lists) == 0:
			return set, true
		case lists[0].first() < 0: // the shortest one: nothing can hit it
			return best, true
		case b.effort < 0:
			return nil, false
		}
		if parts := split(lists); len(parts) > 1 {
			for i, part := range parts {
				// Each of those that follow takes a number at least.
				more, ok := b.solve(part, limit-len(set)-(len(parts)-1-i))
				if !ok {
					return nil, false
				}
				if more == nil {
					return best, true
				}
				set = append(set, more...)
			}
			return set, true
		}
		r := b.relax(lists, limit-len(set))
		if len(set)+len(r.set) < limit {
			best = slices.Concat(set, r.set)
			limit = len(best)
		}
		if len(set)+r.bound >= limit {
			return best, true
		}
		if r.drop(lists, limit-len(set)) { // fewer choices: conclude again
			continue
		}
		more, ok := b.branch(lists, r, limit-len(set))
		if !ok {
			return nil, false
		}
		if more != nil {
			best = append(set, more...)
		}
		return best, true
	}
}

// branch tries the numbers of the shortest list one after the other, each without those before it.
func (b *bounded) branch(lists []numbers, r relaxed, limit int) (best []int, ok bool) {
	// A set of fewer numbers than limit is sought, and none falls below the bound.
	shortest := slices.MinFunc(lists, func(a, b numbers) int { return cmp.Compare(a.count(), b.count()) })
	choices := slices.SortedStableFunc(shortest.all, func(x, y int) int { return cmp.Compare(r.cost[x], r.cost[y]) })
	without := newNumbers(64 * len(shortest))
	for _, x := range choices {
		var rest []numbers
		for _, l := range lists {
			if l.has(x) {
				continue
			}
			l = slices.Clone(l)
			for i := range l {
				l[i] &^= without[i]
			}
			rest = append(rest, l)
		}
		b.effort -= len(lists) * len(without)
		without.add(x)
		if slices.ContainsFunc(rest, func(l numbers) bool { return l.first() < 0 }) {
			continue
		}
		more, ok := b.solve(rest, limit-1)
		if !ok {
			return nil, false
		}
		if more != nil {
			best, limit = append(more, x), len(more)+1
		}
		if limit <= r.bound {
			break
		}
	}
	return best, true
}

// reduce draws conclusions: a list that has all of another says nothing new, a list of one number forces it, and a number that
// hits no more than another one does is not needed. It returns the forced numbers and the lists that are left.
func (b *bounded) reduce(lists []numbers) (forced []int, left []numbers) {
	for {
		lists = b.shortest(lists)
		before := len(forced)
		for _, l := range lists {
			if l.count() == 1 {
				forced = append(forced, l.first())
			}
		}
		if len(forced) > before {
			lists = slices.DeleteFunc(lists, func(l numbers) bool { return slices.ContainsFunc(forced[before:], l.has) })
			continue
		}
		if len(lists) == 0 || !b.dominate(lists) {
			return forced, lists
		}
	}
}

// shortest keeps the lists that have not all of another one.
func (b *bounded) shortest(lists []numbers) []numbers {
	slices.SortStableFunc(lists, func(x, y numbers) int { return cmp.Compare(x.count(), y.count()) })
	kept := lists[:0]
	for _, l := range lists {
		b.effort -= len(kept) + len(l)
		if !slices.ContainsFunc(kept, func(k numbers) bool { return k.within(l) }) {
			kept = append(kept, l)
		}
	}
	return kept
}

// dominate takes the numbers out of the lists that hit no more of them than another number does. It reports whether there were
// any.
func (b *bounded) dominate(lists []numbers) bool {
	hits := hitsOf(lists)
	out := newNumbers(64 * len(lists[0]))
	any := false
	for x, own := range hits {
		if own == nil {
			continue
		}
		// Whatever hits as much hits the first of them too.
		for y := range lists[own.first()].all {
			if b.effort -= len(own); y != x && !out.has(y) && own.within(hits[y]) {
				out.add(x)
				any = true
				break
			}
		}
	}
	for _, l := range lists {
		for i := range l {
			l[i] &^= out[i]
		}
	}
	return any
}

// hitsOf says of each number which lists have it; nil: none.
func hitsOf(lists []numbers) []numbers {
	hits := make([]numbers, 64*len(lists[0]))
	for i, l := range lists {
		for x := range l.all {
			if hits[x] == nil {
				hits[x] = newNumbers(len(lists))
			}
			hits[x].add(i)
		}
	}
	return hits
}

// split groups the lists that have numbers in common, directly or through others: each group can be solved by itself.
func split(lists []numbers) [][]numbers {
	var parts [][]numbers
	for rest := lists; len(rest) > 0; {
		seen := slices.Clone(rest[0])
		part, others := []numbers{rest[0]}, slices.Clone(rest[1:])
		for grew := true; grew; {
			grew = false
			others = slices.DeleteFunc(others, func(l numbers) bool {
				if !l.meets(seen) {
					return false
				}
				for i := range seen {
					seen[i] |= l[i]
				}
				part, grew = append(part, l), true
				return true
			})
		}
		parts, rest = append(parts, part), others
	}
	return parts
}
