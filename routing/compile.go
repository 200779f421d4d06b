package routing

import (
	"slices"
	"strings"

	"silta/consult"
)

// Rules are a compiled document: they decide, and never change. They may be used by several goroutines.
type Rules struct {
	doc      *Document
	outcomes []outcome
	// branches are those of all rules, in their order; rule says whose a branch is.
	branches []cube
	rule     []int32
	index    index
	locks    [][]cube
	places   map[string]int
	pools    map[string]*Pool
}

// outcome is where a rule sends: the part of a decision that can be made in advance.
type outcome struct {
	id      string
	to      string
	with    []string
	atLeast consult.Urgency
	why     consult.Text
	// pools is the pool with the joined ones, in an order of its own: equal where the same pools answer.
	pools string
}

// cube is a branch ready for matching: all that it asks of each fact.
type cube struct {
	// values are the places of the single facts that pass; those of a fact that is not asked for are all there.
	values region
	// loose has the facts for which a value that the document does not know passes too.
	loose uint16
	// all have to be there, none must be, and of each of anys at least one.
	all, none elements
	anys      []elements
}

// Compile makes a document ready to decide. A document with errors can be compiled; rules that could not be read match nothing.
func Compile(doc *Document) *Rules {
	r := &Rules{doc: doc, places: make(map[string]int, len(doc.Municipalities)), pools: make(map[string]*Pool, len(doc.Pools))}
	for i, m := range doc.Municipalities {
		r.places[m] = i
	}
	for i := range doc.Pools {
		r.pools[doc.Pools[i].ID] = &doc.Pools[i]
	}
	for i, rule := range doc.Rules {
		r.outcomes = append(r.outcomes, outcome{rule.ID, rule.To, rule.With, rule.AtLeast, rule.Why, poolSet(rule.To, rule.With)})
		if rule.unread {
			continue
		}
		for _, c := range doc.cubes(rule.When) {
			r.branches = append(r.branches, c)
			r.rule = append(r.rule, int32(i))
		}
	}
	r.outcomes = append(r.outcomes, outcome{id: Otherwise, to: doc.Otherwise, pools: poolSet(doc.Otherwise, nil)})
	for _, lock := range doc.Interlocks {
		r.locks = append(r.locks, doc.cubes(lock.When))
	}
	r.index = newIndex(r.branches, len(doc.Municipalities))
	return r
}

func poolSet(to string, with []string) string {
	return to + "\n" + strings.Join(slices.Compact(slices.Sorted(slices.Values(with))), "\n")
}

// Document returns what the rules were compiled from. It is not to be changed.
func (r *Rules) Document() *Document { return r.doc }

// cubes packs a condition; a nil one matches everything.
func (d *Document) cubes(w When) []cube {
	if w == nil {
		w = When{Branch{}}
	}
	list := make([]cube, len(w))
	for i, b := range w {
		c := &list[i]
		c.loose = 1<<factCount - 1
		for _, f := range singles {
			c.values.addAll(spanOf(f, len(d.Municipalities)))
		}
		for _, m := range b {
			if m.Fact.kind() == setKind {
				c.all |= m.all
				c.none |= m.none
				if m.any != 0 {
					c.anys = append(c.anys, m.any)
				}
				continue
			}
			if !m.except {
				c.loose &^= 1 << m.Fact
			}
			var others region
			for _, f := range singles {
				if f != m.Fact {
					others.addAll(spanOf(f, len(d.Municipalities)))
				}
			}
			for w := range c.values {
				c.values[w] &= m.values[w] | others[w]
			}
		}
	}
	return list
}

// packed is a request ready for matching.
type packed struct {
	// at holds the place of each single fact's value in a region, or -1 for a value that is not known.
	at  [len(singles)]int16
	set elements
}

// pack prepares a request. It does not allocate.
func (r *Rules) pack(f consult.Facts) packed {
	p := packed{}
	for i, fact := range singles {
		place, value := spanOf(fact, len(r.doc.Municipalities)), -1
		switch fact {
		case Age:
			if f.Age >= 0 && f.Age <= consult.MaxAge {
				value = f.Age
			}
		case Pregnant:
			value = asBit(f.Pregnant)
		case Identified:
			value = asBit(f.Identified)
		case Urgency:
			value = max(f.Urgency.Rank(), 0)
		case Mode:
			value = slices.Index(consult.Modes, orDefault(f.Mode, consult.Written))
		case Profession:
			value = slices.Index(consult.Professions, f.Profession)
		case Municipality:
			if at, ok := r.places[f.Municipality]; ok {
				value = at
			}
		case Language:
			value = slices.Index(consult.ClientLanguages, orDefault(f.Language, consult.Finnish))
		}
		p.at[i] = -1
		if value >= 0 {
			p.at[i] = int16(place.from + value)
		}
	}
	for _, c := range f.Concerns {
		p.set |= memberBit(consult.Concerns, c, Concern)
	}
	for _, c := range f.RedFlags {
		p.set |= memberBit(consult.RedFlags, c, RedFlag)
	}
	for _, c := range f.Involved {
		p.set |= memberBit(consult.Parties, c, Involved)
	}
	return p
}

func asBit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func orDefault[T ~string](v, missing T) T {
	if v == "" {
		return missing
	}
	return v
}

func memberBit[T comparable](known []T, v T, f Fact) elements {
	i := slices.Index(known, v)
	if i < 0 {
		return 0
	}
	return 1 << (firstElement(f) + i)
}

// holds reports whether a branch matches a request.
func (c *cube) holds(p *packed) bool {
	for i, at := range p.at {
		if at < 0 {
			if c.loose&(1<<singles[i]) == 0 {
				return false
			}
		} else if !c.values.has(int(at)) {
			return false
		}
	}
	return c.holdsSets(p.set)
}

func (c *cube) holdsSets(set elements) bool {
	if set&c.all != c.all || set&c.none != 0 {
		return false
	}
	for _, any := range c.anys {
		if set&any == 0 {
			return false
		}
	}
	return true
}

func anyHolds(list []cube, p *packed) bool {
	for i := range list {
		if list[i].holds(p) {
			return true
		}
	}
	return false
}
