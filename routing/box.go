package routing

import (
	"math/bits"
	"slices"

	"silta/consult"
)

// box is a set of requests: those whose single facts have the values, which have all elements of in and none of out, and of
// each of anys at least one. Boxes are what the exact analysis cuts the space of all requests into.
type box struct {
	values  region
	in, out elements
	anys    []elements
}

// smallWord is the word of a region that the small choices share; smallMasks are their bits in it.
const smallWord = 2

var smallMasks = func() (masks []uint64) {
	for _, f := range singles {
		if s := spanOf(f, 0); s.from/64 == smallWord {
			masks = append(masks, (1<<s.size-1)<<(s.from%64))
		}
	}
	return masks
}()

// inhabited reports whether every single fact has a value left.
func (r *region) inhabited() bool {
	if r[0]|r[1] == 0 || r[3]|r[4]|r[5]|r[6]|r[7] == 0 {
		return false
	}
	for _, m := range smallMasks {
		if r[smallWord]&m == 0 {
			return false
		}
	}
	return true
}

// everything is the box of all requests: at least one concern is the only thing that all of them have.
func (d *Document) everything() box {
	b := box{anys: []elements{elementsOf(Concern)}}
	for _, f := range singles {
		b.values.addAll(spanOf(f, len(d.Municipalities)))
	}
	return b
}

// meet returns the requests of the box that a branch matches. ok is false if there are none.
func (b *box) meet(c *cube) (both box, ok bool) {
	both = box{values: b.values.and(&c.values), in: b.in | c.all, out: b.out | c.none, anys: b.anys}
	if !both.values.inhabited() {
		return both, false
	}
	if len(c.anys) > 0 {
		both.anys = slices.Concat(b.anys, c.anys)
	}
	return both, both.settle()
}

// settle draws the conclusions of what is in and out, and reports whether any request is left.
func (b *box) settle() bool {
	if b.in&b.out != 0 {
		return false
	}
	for _, any := range b.anys {
		switch left := any &^ b.out; {
		case any&b.in != 0:
		case left == 0:
			return false
		case left&(left-1) == 0: // the last one that can be there
			b.in |= left
		}
	}
	return true
}

// meets reports whether a branch matches some request of the box.
func (b *box) meets(c *cube) bool {
	if c.all&b.out != 0 || c.none&b.in != 0 || c.all&c.none != 0 {
		return false
	}
	both := b.values.and(&c.values)
	if !both.inhabited() {
		return false
	}
	in, out := b.in|c.all, b.out|c.none
	for _, any := range c.anys {
		if any&in == 0 && any&^out == 0 {
			return false
		}
	}
	for _, any := range b.anys {
		if any&in == 0 && any&^out == 0 {
			return false
		}
	}
	return true
}

// within reports whether a branch matches every request of the box.
func (b *box) within(c *cube) bool {
	if c.all&^b.in != 0 || c.none&^b.out != 0 {
		return false
	}
	for i := range b.values {
		if b.values[i]&^c.values[i] != 0 {
			return false
		}
	}
	for _, any := range c.anys {
		if !b.implies(any) {
			return false
		}
	}
	return true
}

// implies reports whether every request of the box has one of the elements.
func (b *box) implies(any elements) bool {
	if any&b.in != 0 {
		return true
	}
	for _, own := range b.anys {
		if own&b.in == 0 && own&^b.out&^any == 0 {
			return true
		}
	}
	return false
}

// without cuts the requests that a branch matches out of the box: what is left is appended as boxes that do not overlap.
func (b box) without(c *cube, into []box) []box {
	add := func(piece box) {
		if piece.values.inhabited() && piece.settle() {
			into = append(into, piece)
		}
	}
	for _, words := range fieldWords {
		piece, inside := b, b
		differs := false
		for _, w := range words {
			outside := b.values[w.word] & w.mask &^ c.values[w.word]
			piece.values[w.word] = b.values[w.word]&^w.mask | outside
			inside.values[w.word] &= c.values[w.word] | ^w.mask
			differs = differs || outside != 0
		}
		if !differs {
			continue
		}
		add(piece)
		if b = inside; !b.values.inhabited() {
			return into
		}
	}
	for left := c.all &^ b.in; left != 0; left &= left - 1 {
		e := left & -left
		piece := b
		piece.out |= e
		add(piece)
		if b.in |= e; !b.settle() {
			return into
		}
	}
	for left := c.none &^ b.out; left != 0; left &= left - 1 {
		e := left & -left
		piece := b
		piece.in |= e
		add(piece)
		if b.out |= e; !b.settle() {
			return into
		}
	}
	for _, any := range c.anys {
		if b.implies(any) {
			continue
		}
		piece := b
		piece.out |= any
		add(piece)
		b.anys = append(slices.Clip(b.anys), any)
		if !b.settle() {
			return into
		}
	}
	return into
}

// fieldWords are the single facts as masks of words of a region.
var fieldWords = func() (fields [][]wordMask) {
	fields = append(fields, []wordMask{{0, ^uint64(0)}, {1, ^uint64(0)}})
	for _, m := range smallMasks {
		fields = append(fields, []wordMask{{smallWord, m}})
	}
	var rest []wordMask
	for w := smallWord + 1; w < regionWords; w++ {
		rest = append(rest, wordMask{w, ^uint64(0)})
	}
	return append(fields, rest)
}()

type wordMask struct {
	word int
	mask uint64
}

// sample returns a request of the box, as plain as the box allows: the first value of every fact and as few elements as will do.
func (b *box) sample(municipalities int) packed {
	var p packed
	for i, f := range singles {
		place := spanOf(f, municipalities)
		p.at[i] = int16(place.from + b.values.first(place))
	}
	p.set = b.in
	for _, any := range b.anys {
		if left := any &^ b.out; p.set&any == 0 {
			p.set |= left & -left
		}
	}
	return p
}

// facts unpacks a request.
func (d *Document) facts(p packed) consult.Facts {
	var f consult.Facts
	for i, fact := range singles {
		value := int(p.at[i]) - spanOf(fact, len(d.Municipalities)).from
		switch fact {
		case Age:
			f.Age = value
		case Pregnant:
			f.Pregnant = value == 1
		case Identified:
			f.Identified = value == 1
		case Urgency:
			f.Urgency = consult.Urgencies[value]
		case Mode:
			f.Mode = consult.Modes[value]
		case Profession:
			f.Profession = consult.Professions[value]
		case Municipality:
			f.Municipality = d.Municipalities[value]
		case Language:
			f.Language = consult.ClientLanguages[value]
		}
	}
	f.Concerns = members(consult.Concerns, p.set, Concern)
	f.RedFlags = members(consult.RedFlags, p.set, RedFlag)
	f.Involved = members(consult.Parties, p.set, Involved)
	return f
}

func members[T any](known []T, set elements, f Fact) []T {
	var list []T
	for left := set & elementsOf(f); left != 0; left &= left - 1 {
		list = append(list, known[bits.TrailingZeros64(uint64(left))-firstElement(f)])
	}
	return list
}
