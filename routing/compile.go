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
	// asked are the single facts, by their place, and the sets that a decision depends on; the others need not be packed.
	asked   [len(singles)]bool
	askedOf [len(sets)]bool
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
	// offers are the modes and professions that the pool takes.
	offers region
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
		r.outcomes = append(r.outcomes, outcome{
			id: rule.ID, to: rule.To, with: rule.With, atLeast: rule.AtLeast, why: rule.Why,
			pools: poolSet(rule.To, rule.With), offers: r.pools[rule.To].offers(),
		})
		if rule.unread {
			continue
		}
		for _, c := range doc.cubes(rule.When) {
			r.branches = append(r.branches, c)
			r.rule = append(r.rule, int32(i))
		}
	}
	r.outcomes = append(r.outcomes, outcome{
		id: Otherwise, to: doc.Otherwise, pools: poolSet(doc.Otherwise, nil), offers: r.pools[doc.Otherwise].offers(),
	})
	for _, lock := range doc.Interlocks {
		r.locks = append(r.locks, doc.cubes(lock.When))
	}
	r.ask()
	r.index = newIndex(r.branches, r.asked, len(doc.Municipalities))
	return r
}

// ask finds the facts that some rule, interlock or pool tells apart.
func (r *Rules) ask() {
	for _, list := range append([][]cube{r.branches}, r.locks...) {
		for _, c := range list {
			for i, f := range singles {
				r.asked[i] = r.asked[i] || !c.values.hasAll(spanOf(f, len(r.doc.Municipalities))) || c.loose&(1<<f) == 0
			}
			in := c.all | c.none
			for _, any := range c.anys {
				in |= any
			}
			for i, all := range setMasks {
				r.askedOf[i] = r.askedOf[i] || in&all != 0
			}
		}
	}
	for _, o := range r.outcomes {
		r.asked[atMode] = r.asked[atMode] || !o.offers.hasAll(spanOf(Mode, 0))
		r.asked[atProfession] = r.asked[atProfession] || !o.offers.hasAll(spanOf(Profession, 0))
	}
}

// offers are the modes and professions that a pool takes, packed; a pool that is not there takes all.
func (p *Pool) offers() region {
	var r region
	for _, f := range []Fact{Mode, Profession} {
		place := spanOf(f, 0)
		for i, v := range f.values(nil) {
			if p == nil || slices.Contains(p.offered(f), v) {
				r.add(place.from + i)
			}
		}
	}
	return r
}

func (p *Pool) offered(f Fact) []string {
	if f == Mode {
		return codes(p.Modes)
	}
	return codes(p.Accepts)
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

// unasked has for each single fact a value that stands for all, where nothing tells them apart.
var unasked = [len(singles)]int16{
	atAge: firstAge, atPregnant: firstPregnant, atUrgency: firstUrgency, atMode: firstMode, atProfession: firstProfession,
	atMunicipality: firstMunicipality, atLanguage: firstLanguage, atIdentified: firstIdentified,
}

// pack prepares a request, as far as decisions depend on it. It does not allocate.
func (r *Rules) pack(f *consult.Facts) packed {
	p := packed{at: unasked}
	if r.asked[atAge] {
		age := f.Age
		if age > consult.MaxAge {
			age = -1
		}
		p.at[atAge] = valueAt(firstAge, age)
	}
	p.at[atPregnant] = valueAt(firstPregnant, asBit(f.Pregnant))
	p.at[atIdentified] = valueAt(firstIdentified, asBit(f.Identified))
	if r.asked[atUrgency] {
		p.at[atUrgency] = valueAt(firstUrgency, max(f.Urgency.Rank(), 0))
	}
	if r.asked[atMode] {
		mode := f.Mode
		if mode == "" {
			mode = consult.Written
		}
		p.at[atMode] = valueAt(firstMode, slices.Index(consult.Modes, mode))
	}
	if r.asked[atProfession] {
		p.at[atProfession] = valueAt(firstProfession, slices.Index(consult.Professions, f.Profession))
	}
	if r.asked[atMunicipality] {
		place, known := r.places[f.Municipality]
		if !known {
			place = -1
		}
		p.at[atMunicipality] = valueAt(firstMunicipality, place)
	}
	if r.asked[atLanguage] {
		language := f.Language
		if language == "" {
			language = consult.Finnish
		}
		p.at[atLanguage] = valueAt(firstLanguage, slices.Index(consult.ClientLanguages, language))
	}
	if r.askedOf[0] {
		for _, c := range f.Concerns {
			p.set |= memberBit(consult.Concerns, c, 0)
		}
	}
	if r.askedOf[1] {
		for _, c := range f.RedFlags {
			p.set |= memberBit(consult.RedFlags, c, len(consult.Concerns))
		}
	}
	if r.askedOf[2] {
		for _, c := range f.Involved {
			p.set |= memberBit(consult.Parties, c, len(consult.Concerns)+len(consult.RedFlags))
		}
	}
	return p
}

// valueAt is the place of a value in a region, or -1 for a value that is not known.
func valueAt(from, value int) int16 {
	if value < 0 {
		return -1
	}
	return int16(from + value)
}

func asBit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func memberBit[T comparable](known []T, v T, first int) elements {
	i := slices.Index(known, v)
	if i < 0 {
		return 0
	}
	return 1 << (first + i)
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
