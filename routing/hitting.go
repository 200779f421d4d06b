package routing

import (
	"math/bits"
	"slices"
)

// numbers is a set of small numbers.
type numbers []uint64

func newNumbers(below int) numbers { return make(numbers, (below+63)/64) }

func (n numbers) add(x int)    { n[x/64] |= 1 << (x % 64) }
func (n numbers) remove(x int) { n[x/64] &^= 1 << (x % 64) }

func (n numbers) meets(o numbers) bool {
	for i := range n {
		if n[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// within reports whether o has all of n.
func (n numbers) within(o numbers) bool {
	for i := range n {
		if n[i]&^o[i] != 0 {
			return false
		}
	}
	return true
}

func (n numbers) count() int {
	sum := 0
	for _, w := range n {
		sum += bits.OnesCount64(w)
	}
	return sum
}

// all goes through the numbers in order.
func (n numbers) all(yield func(int) bool) {
	for i, w := range n {
		for ; w != 0; w &= w - 1 {
			if !yield(i*64 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// hitting finds the smallest set of numbers that has one of each of the lists that were collected.
type hitting struct {
	lists []numbers
	// size is that of the last answer: with more lists it never falls.
	size   int
	effort int
	chosen numbers
}

// The looks at a list that the answers for one rule, and for a whole document, may take.
const (
	ruleHitEffort     = 4_000_000
	documentHitEffort = 80_000_000
)

// collect adds a list. A list that has all of another says nothing new.
func (h *hitting) collect(list numbers) {
	h.lists = slices.DeleteFunc(h.lists, func(l numbers) bool { return list.within(l) })
	h.lists = append(h.lists, list)
	// The shortest lists first: they leave the fewest choices.
	slices.SortStableFunc(h.lists, func(a, b numbers) int { return a.count() - b.count() })
}

// smallest returns the smallest set, in order, or false if finding it takes too long.
func (h *hitting) smallest() ([]int, bool) {
	h.chosen = make(numbers, len(h.lists[0]))
	for ; ; h.size++ {
		if h.try(h.size) {
			return slices.Collect(h.chosen.all), true
		}
		if h.effort < 0 {
			return nil, false
		}
	}
}

// small returns a set that need not be the smallest: always the number that hits most of what is left.
func (h *hitting) small() []int {
	h.chosen = make(numbers, len(h.lists[0]))
	for {
		hits := make([]int, 64*len(h.chosen))
		best := -1
		for _, l := range h.lists {
			if l.meets(h.chosen) {
				continue
			}
			for x := range l.all {
				if hits[x]++; best < 0 || hits[x] > hits[best] || hits[x] == hits[best] && x < best {
					best = x
				}
			}
		}
		if best < 0 {
			return slices.Collect(h.chosen.all)
		}
		h.chosen.add(best)
	}
}

// try looks for a set with at most so many more numbers.
func (h *hitting) try(left int) bool {
	var open numbers
	// Lists that are not hit and have nothing in common need a number each.
	apart, disjoint := make(numbers, len(h.chosen)), 0
	for _, l := range h.lists {
		h.effort--
		if l.meets(h.chosen) {
			continue
		}
		if open == nil {
			open = l
		}
		if !l.meets(apart) {
			disjoint++
			for i := range apart {
				apart[i] |= l[i]
			}
		}
	}
	if open == nil {
		return true
	}
	if disjoint > left || h.effort < 0 {
		return false
	}
	for x := range open.all {
		h.chosen.add(x)
		if h.try(left - 1) {
			return true
		}
		h.chosen.remove(x)
	}
	return false
}
