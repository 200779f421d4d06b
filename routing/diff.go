package routing

import (
	"fmt"
	"slices"
	"strings"

	"silta/consult"
)

// Outcome is what a request comes to. The pool is empty if an interlock forbids sending it.
type Outcome struct {
	Pool    string          `json:"pool"`
	With    []string        `json:"with"`
	Urgency consult.Urgency `json:"urgency"`
}

// String writes the outcome for people: "child-psychiatry with paediatrics, soon".
func (o Outcome) String() string {
	if o.Pool == "" {
		return "blocked"
	}
	if len(o.With) == 0 {
		return fmt.Sprintf("%s, %s", o.Pool, o.Urgency)
	}
	return fmt.Sprintf("%s with %s, %s", o.Pool, strings.Join(o.With, ", "), o.Urgency)
}

// Change is a pair of different outcomes that some request has under the old and the new rules.
type Change struct {
	From Outcome `json:"from"`
	To   Outcome `json:"to"`
	// Example is such a request.
	Example consult.Facts `json:"example"`
	// Moved is how many requests of the history have this pair.
	Moved int `json:"moved"`
	// Deadlines counts those of them whose answer would have been due at another moment.
	Deadlines Shifts `json:"deadlines,omitzero"`
}

// String writes the change for people, on two lines.
func (c Change) String() string {
	return fmt.Sprintf("%s → %s\n  such as %s", c.From, c.To, factsFlow(c.Example))
}

// Comparison is what differs between two documents.
type Comparison struct {
	// Changes has every pair of outcomes once.
	Changes []Change
	// Complete is false if the comparison ran out of its bounds: then a pair may be missing.
	Complete bool
	// Replay counts the requests of a history that were added.
	Replay Replay

	old, new *Rules
	// private: examples never come from the history.
	private bool
	// clocks has the answers of sameTime, by pool.
	clocks map[string]bool
}

// Diff compares what two documents make of every possible request. Joined pools are the same in any order. Requests are
// possible if both documents know their municipality.
func Diff(old, new *Rules) *Comparison {
	c := &Comparison{Complete: true, old: old, new: new}
	var common []string
	for _, m := range old.doc.Municipalities {
		if _, both := new.places[m]; both {
			common = append(common, m)
		}
	}
	d := differ{
		Comparison: c, doc: &Document{Municipalities: common}, seen: map[pairKey]bool{},
		from: old.steps(common), to: new.steps(common),
	}
	d.search = search{d.doc, documentEffort}
	d.align()
	d.run()
	return c
}

// stage is an interlock that blocks, a rule, or otherwise: what requests come to, in the order in which they are asked.
type stage struct {
	cubes   []cube
	outcome *outcome
	// partner is the place of the same stage in the other document, or -1.
	partner int
	name    string
}

// blocked is the outcome of what an interlock forbids to send.
var blocked = outcome{}

// steps are the stages of a document, packed for the municipalities that both documents have.
func (r *Rules) steps(common []string) []stage {
	var list []stage
	add := func(w When, o *outcome) {
		s := stage{cubes: r.doc.cubes(w), outcome: o, partner: -1}
		for i := range s.cubes {
			s.cubes[i].move(r.places, common)
		}
		var name strings.Builder
		fmt.Fprintf(&name, "%s|%s|", o.pools, o.atLeast)
		for _, c := range s.cubes {
			fmt.Fprintf(&name, "%x %x %x %x|", c.values, c.all, c.none, c.anys)
		}
		s.name = name.String()
		list = append(list, s)
	}
	for _, lock := range r.doc.Interlocks {
		if lock.Block {
			add(lock.When, &blocked)
		}
	}
	for i, rule := range r.doc.Rules {
		if !rule.unread {
			add(rule.When, &r.outcomes[i])
		}
	}
	add(nil, &r.outcomes[len(r.outcomes)-1])
	return list
}

// move gives the municipalities the places that they have in another list.
func (c *cube) move(places map[string]int, to []string) {
	from := spanOf(Municipality, 0).from
	var moved region
	for w := range from / 64 {
		moved[w] = c.values[w]
	}
	for i, m := range to {
		if c.values.has(from + places[m]) {
			moved.add(from + i)
		}
	}
	c.values = moved
}

// differ is a comparison under way.
type differ struct {
	*Comparison
	doc      *Document
	search   search
	from, to []stage
	seen     map[pairKey]bool
}

// pairKey is a pair of outcomes.
type pairKey struct {
	fromPools, toPools     string
	fromUrgency, toUrgency consult.Urgency
}

// maxAlign bounds the table that finds equal stages.
const maxAlign = 16 << 20

// align pairs the stages that both documents have in the same order. A request whose outcome changes comes, in at least one of
// the documents, to a stage without a partner: if it came to two with partners, and they were not each other's, the earlier
// one's partner would have taken it in the other document too.
func (d *differ) align() {
	n, m := len(d.from), len(d.to)
	low := 0
	for low < n && low < m && d.from[low].name == d.to[low].name {
		d.from[low].partner, d.to[low].partner = low, low
		low++
	}
	for n > low && m > low && d.from[n-1].name == d.to[m-1].name {
		n, m = n-1, m-1
		d.from[n].partner, d.to[m].partner = m, n
	}
	rows, columns := n-low, m-low
	if rows*columns > maxAlign {
		return
	}
	// longest[i][j] is how many can be paired from i and j on.
	longest := make([][]int32, rows+1)
	for i := range longest {
		longest[i] = make([]int32, columns+1)
	}
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			if d.from[low+i].name == d.to[low+j].name {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < rows && j < columns; {
		switch {
		case d.from[low+i].name == d.to[low+j].name:
			d.from[low+i].partner, d.to[low+j].partner = low+j, low+i
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// run asks for every pair of stages, and every urgency at which they differ in a way not seen yet, whether a request comes to
// both.
func (d *differ) run() {
	if len(d.doc.Municipalities) == 0 {
		return
	}
	open := d.open()
	everything := d.doc.everything()
	firstNew := slices.IndexFunc(d.to, func(s stage) bool { return s.partner < 0 })
	var before []*cube
	for i := range d.from {
		// What comes to a stage with a partner changes only by a stage without one that stands before the partner.
		same := d.from[i].partner >= 0 && (firstNew < 0 || firstNew > d.from[i].partner)
		for _, c := range d.from[i].cubes {
			if b, ok := everything.meet(&c); ok && !same {
				d.compare(i, b, near(b, before), open)
			}
		}
		before = append(before, pointers(d.from[i].cubes)...)
	}
}

// open says of each new stage whether any request comes to it.
func (d *differ) open() []bool {
	open := make([]bool, len(d.to))
	everything := d.doc.everything()
	var before []*cube
	for j := range d.to {
		for _, c := range d.to[j].cubes {
			if b, ok := everything.meet(&c); ok && !open[j] {
				_, v := d.search.find(b, before)
				open[j] = v != none
			}
		}
		before = append(before, pointers(d.to[j].cubes)...)
	}
	return open
}

// near are the branches that match some request of a box.
func near(b box, list []*cube) []*cube {
	var found []*cube
	for _, c := range list {
		if b.meets(c) {
			found = append(found, c)
		}
	}
	return found
}

// compare looks at what the requests of a box, which come to old stage i if nothing before it takes them, come to by the new
// rules.
func (d *differ) compare(i int, b box, before []*cube, open []bool) {
	if _, v := d.search.find(b, before); v == none {
		return
	}
	old := &d.from[i]
	obstacles := slices.Clone(before)
	for j := range d.to {
		if d.search.effort -= len(d.to[j].cubes); d.search.effort <= 0 {
			d.Complete = false
			return
		}
		if j == old.partner { // from here on that one takes them
			return
		}
		next := &d.to[j]
		if open[j] && (old.partner < 0 || next.partner < 0) {
			for _, c := range next.cubes {
				if both, ok := b.meet(&c); ok {
					d.pair(old, next, both, obstacles)
				}
			}
		}
		for k := range next.cubes {
			if b.meets(&next.cubes[k]) {
				obstacles = append(obstacles, &next.cubes[k])
			}
		}
	}
}

// pair looks for requests of a box that nothing before the two stages takes, at every urgency that gives a pair of outcomes not
// seen yet.
func (d *differ) pair(old, next *stage, b box, obstacles []*cube) {
	for rank, u := range consult.Urgencies {
		from, to := old.outcome.at(u), next.outcome.at(u)
		key := pairKey{old.outcome.pools, next.outcome.pools, from.Urgency, to.Urgency}
		if d.seen[key] || key.fromPools == key.toPools && key.fromUrgency == key.toUrgency {
			continue
		}
		at := b
		at.values.atUrgencies(1 << rank)
		p, v := d.search.find(at, obstacles)
		switch v {
		case some:
			d.seen[key] = true
			d.Changes = append(d.Changes, Change{From: from, To: to, Example: d.doc.facts(p)})
		case unknown:
			d.Complete = false
		}
	}
}

// at is the outcome of a request of an urgency.
func (o *outcome) at(u consult.Urgency) Outcome {
	if o.to == "" {
		return Outcome{With: []string{}, Urgency: u}
	}
	return Outcome{Pool: o.to, With: orEmpty(o.with), Urgency: u.AtLeast(o.atLeast)}
}
