package routing

import "math/bits"

// index finds the first branch that matches without looking at each: for every value that a fact can have it knows, as a set of
// bits, the branches that let the value pass. Matching intersects one such row per fact, a word of 64 branches at a time.
type index struct {
	words int
	// asked are the places of the single facts that some branch asks for.
	asked []int
	// every has all branches.
	every []uint64
	// rows are by the value's place in a region; other is by the fact, for values that are not known.
	rows  [][]uint64
	other [len(singles)][]uint64
	// free are the branches that name no "any" of a set, and members those that name the element among theirs.
	free    [3][]uint64
	members [64][]uint64
}

// sets are the facts that have several values at once.
var sets = [...]Fact{Concern, RedFlag, Involved}

var setMasks = [...]elements{elementsOf(Concern), elementsOf(RedFlag), elementsOf(Involved)}

func newIndex(branches []cube, asked [len(singles)]bool, municipalities int) index {
	x := index{words: (len(branches) + 63) / 64, rows: make([][]uint64, regionWords*64)}
	row := func() []uint64 { return make([]uint64, x.words) }
	x.every = row()
	for b := range branches {
		x.every[b/64] |= 1 << (b % 64)
	}
	for i, f := range singles {
		if asked[i] {
			x.asked = append(x.asked, i)
		}
		place := spanOf(f, municipalities)
		for at := place.from; at < place.from+place.size; at++ {
			x.rows[at] = row()
			for b := range branches {
				if branches[b].values.has(at) {
					x.rows[at][b/64] |= 1 << (b % 64)
				}
			}
		}
		x.other[i] = row()
		for b := range branches {
			if branches[b].loose&(1<<f) != 0 {
				x.other[i][b/64] |= 1 << (b % 64)
			}
		}
	}
	for i := range x.members {
		x.members[i] = row()
	}
	for i, f := range sets {
		x.free[i] = row()
		all := elementsOf(f)
		for b := range branches {
			asked := elements(0)
			for _, any := range branches[b].anys {
				if any&all != 0 {
					asked |= any
				}
			}
			if asked == 0 {
				x.free[i][b/64] |= 1 << (b % 64)
			}
			for ; asked != 0; asked &= asked - 1 {
				x.members[bits.TrailingZeros64(uint64(asked))][b/64] |= 1 << (b % 64)
			}
		}
	}
	return x
}

// rowsOf are the rows of a request's values.
func (x *index) rowsOf(p *packed) (rows [len(singles)][]uint64) {
	for _, i := range x.asked {
		if at := p.at[i]; at < 0 {
			rows[i] = x.other[i]
		} else {
			rows[i] = x.rows[at]
		}
	}
	return rows
}

// candidates are the branches of a word that let all values of a request pass, and of every "any" an element. What they ask of
// "all" and "none" is not looked at.
func (x *index) candidates(w int, rows *[len(singles)][]uint64, in elements) uint64 {
	hit := x.every[w]
	for _, i := range x.asked {
		if hit &= rows[i][w]; hit == 0 {
			return 0
		}
	}
	for i := range sets {
		some := x.free[i][w]
		for set := in & setMasks[i]; set != 0; set &= set - 1 {
			some |= x.members[bits.TrailingZeros64(uint64(set))][w]
		}
		if hit &= some; hit == 0 {
			return 0
		}
	}
	return hit
}

// first returns the first branch that matches, or -1. It does not allocate.
func (r *Rules) first(p *packed) int {
	rows := r.index.rowsOf(p)
	for w := range r.index.words {
		for hit := r.index.candidates(w, &rows, p.set); hit != 0; hit &= hit - 1 {
			b := w*64 + bits.TrailingZeros64(hit)
			if r.branches[b].holdsSets(p.set) {
				return b
			}
		}
	}
	return -1
}

// matching collects the rules below a number that match.
func (r *Rules) matching(p *packed, below int) numbers {
	rules := newNumbers(below)
	rows := r.index.rowsOf(p)
	for w := range r.index.words {
		for hit := r.index.candidates(w, &rows, p.set); hit != 0; hit &= hit - 1 {
			b := w*64 + bits.TrailingZeros64(hit)
			if int(r.rule[b]) >= below {
				return rules
			}
			if r.branches[b].holdsSets(p.set) {
				rules.add(int(r.rule[b]))
			}
		}
	}
	return rules
}

// match returns the place of the first rule that matches, which is that of otherwise, the last one, if none does.
func (r *Rules) match(p *packed) int {
	if b := r.first(p); b >= 0 {
		return int(r.rule[b])
	}
	return len(r.outcomes) - 1
}
