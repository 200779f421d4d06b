package routing

import (
	"slices"
	"strings"

	"silta/consult"
)

// analysis answers questions about all requests that a document's rules can meet.
type analysis struct {
	doc    *Document
	rules  *Rules
	search search
	// hitEffort is how much of documentHitEffort is left.
	hitEffort int
	// firstBranch is by rule, and of one more at the end, where its branches begin among all.
	firstBranch []int
	all         []*cube
	// distinct are values of the single facts, and asked the elements, that rules can tell apart; see distinguish.
	distinct [len(singles)][]int16
	asked    elements
	// reached says of each rule, and of otherwise at the end, whether any request reaches it; example is one.
	reached []verdict
	example []packed
}

func newAnalysis(r *Rules) *analysis {
	a := &analysis{doc: r.doc, rules: r, search: search{r.doc, documentEffort}, hitEffort: documentHitEffort}
	a.all = pointers(r.branches)
	a.distinguish()
	n := len(r.doc.Rules)
	a.firstBranch = make([]int, n+1)
	for _, rule := range r.rule {
		a.firstBranch[rule+1]++
	}
	for i := range n {
		a.firstBranch[i+1] += a.firstBranch[i]
	}
	a.reached, a.example = make([]verdict, n+1), make([]packed, n+1)
	for i := range n + 1 {
		a.reached[i], a.example[i] = unknown, packed{}
		if i == n || !r.doc.Rules[i].unread {
			a.example[i], a.reached[i] = a.findFirst(i, a.doc.everything())
		}
	}
	return a
}

// possible reports whether there can be any request at all.
func (a *analysis) possible() bool { return len(a.doc.Municipalities) > 0 }

// branches are those of a rule; otherwise has one that matches everything.
func (a *analysis) branches(rule int) []cube {
	if rule == len(a.doc.Rules) {
		return a.doc.cubes(nil)
	}
	return a.rules.branches[a.firstBranch[rule]:a.firstBranch[rule+1]]
}

// before are the branches of all rules before a rule.
func (a *analysis) before(rule int) []*cube {
	return slices.Clip(a.all[:a.firstBranch[rule]])
}

func pointers(list []cube) []*cube {
	p := make([]*cube, len(list))
	for i := range list {
		p[i] = &list[i]
	}
	return p
}

// findFirst looks for a request of the box whose first rule is the given one.
func (a *analysis) findFirst(rule int, within box) (packed, verdict) {
	return a.find(rule, within, a.before(rule))
}

// find looks for a request of the box that the rule matches and no obstacle does.
func (a *analysis) find(rule int, within box, obstacles []*cube) (packed, verdict) {
	answer := none
	for _, c := range a.branches(rule) {
		b, ok := within.meet(&c)
		if !ok {
			continue
		}
		p, v := a.search.find(b, obstacles)
		if v == some {
			return p, some
		}
		answer = max(answer, v)
	}
	return packed{}, answer
}

// report adds the findings about rules.
func (a *analysis) report(found *findings) {
	if !a.possible() {
		return
	}
	if !a.doc.unread {
		a.reportRest(found)
	}
	for i, r := range a.doc.Rules {
		if a.search.effort <= 0 { // one word for all that is left
			found.add(r.At, NotAnalysed, r.ID, "not-analysed", "what", phrase("what-else", "rule", r.ID))
			break
		}
		switch {
		case r.unread:
		case a.reached[i] == none: // last of all: naming the rules that take its requests is the longest work
		case a.reached[i] == unknown:
			found.add(r.At, NotAnalysed, r.ID, "not-analysed", "what", phrase("whether-reached", "rule", r.ID))
		case !a.doc.unread:
			a.reportRedundant(i, found)
		}
	}
	for i := range a.doc.Rules {
		if a.reached[i] == none && !found.full(Unreachable) {
			a.reportUnreachable(i, found)
		}
	}
}

// reportRest adds the findings about what comes to no rule, and about what pools do not take.
func (a *analysis) reportRest(found *findings) {
	n := len(a.doc.Rules)
	switch a.reached[n] {
	case some:
		found.add(a.doc.OtherwiseAt, Gap, Otherwise, "gap", "example", a.json(a.example[n]))
	case unknown:
		found.add(a.doc.OtherwiseAt, NotAnalysed, Otherwise, "not-analysed", "what", phrase("whether-all-taken"))
	}
	for i := range n + 1 {
		if a.reached[i] != none {
			a.reportOffer(i, found)
		}
	}
}

// exampleFor is a request that the rules send to a pool, alone or with others, or "" if none was found.
func (a *analysis) exampleFor(pool string) string {
	for i := range a.reached {
		to := &a.rules.outcomes[i]
		if a.reached[i] == some && (to.to == pool || slices.Contains(to.with, pool)) {
			return a.json(a.example[i])
		}
	}
	return ""
}

func (a *analysis) json(p packed) string { return factsJSON(a.doc.facts(p)) }

// reportUnreachable names the rules that take all of a rule's requests.
func (a *analysis) reportUnreachable(rule int, found *findings) {
	r := a.doc.Rules[rule]
	takers, sure := a.takers(rule)
	ids := make([]string, len(takers))
	for i, t := range takers {
		ids[i] = a.doc.Rules[t].ID
	}
	key := "unreachable"
	switch {
	case len(ids) == 0:
		key = "unreachable-ever"
	case !sure:
		key = "unreachable-by"
	}
	found.add(r.At, Unreachable, r.ID, key, "rule", r.ID, "rules", nameList(ids))
}

// nameList is a list of ids; as text it is separated by commas.
type nameList []string

func (l nameList) String() string { return strings.Join(l, ", ") }

// of are the branches of some rules.
func (a *analysis) of(rules []int) []*cube {
	var list []*cube
	for _, r := range rules {
		list = append(list, a.all[a.firstBranch[r]:a.firstBranch[r+1]]...)
	}
	return list
}

// same returns, as bits by rank, the urgencies of a request at which two rules come to the same: pool, joined pools, and
// urgency after at-least.
func (o *outcome) same(p *outcome) uint8 {
	if o.pools != p.pools {
		return 0
	}
	var same uint8
	for rank, u := range consult.Urgencies {
		if u.AtLeast(o.atLeast) == u.AtLeast(p.atLeast) {
			same |= 1 << rank
		}
	}
	return same
}

// atUrgencies narrows a region to urgencies, given as bits by rank.
func (r *region) atUrgencies(ranks uint8) {
	s := spanOf(Urgency, 0)
	others := (uint64(1)<<s.size - 1) &^ uint64(ranks)
	r[smallWord] &^= others << (s.from % 64)
}

// reportRedundant reports a rule whose requests would all come to the same without it. The request that decides it is one that
// would then be taken by a later rule with another outcome: one that nothing before the rule takes, and between the two nothing
// that comes to the same as the rule.
func (a *analysis) reportRedundant(rule int, found *findings) {
	r := a.doc.Rules[rule]
	own := &a.rules.outcomes[rule]
	obstacles := a.before(rule)
	answer := none
	for next := rule + 1; next <= len(a.doc.Rules); next++ {
		same := own.same(&a.rules.outcomes[next])
		for _, c := range a.branches(next) {
			a.search.effort--
			if differ := c; same != 1<<len(consult.Urgencies)-1 { // at some urgency it comes to something else
				differ.values.atUrgencies(^same)
				within := a.doc.everything()
				if b, ok := within.meet(&differ); ok {
					_, v := a.find(rule, b, obstacles)
					if v == some {
						return
					}
					answer = max(answer, v)
				}
			}
			if same != 0 {
				alike := c
				alike.values.atUrgencies(same)
				obstacles = append(obstacles, &alike)
			}
		}
	}
	if answer == unknown {
		found.add(r.At, NotAnalysed, r.ID, "not-analysed", "what", phrase("whether-needed", "rule", r.ID))
		return
	}
	found.add(r.At, Redundant, r.ID, "redundant", "rule", r.ID)
}

// reportOffer reports requests that a rule, or otherwise, sends to a pool that does not offer their mode or accept their
// profession.
func (a *analysis) reportOffer(rule int, found *findings) {
	to, id, at := a.doc.Otherwise, Otherwise, a.doc.OtherwiseAt
	if rule < len(a.doc.Rules) {
		r := a.doc.Rules[rule]
		to, id, at = r.To, r.ID, r.ToAt
	}
	pool := a.rules.pools[to]
	if pool == nil {
		return
	}
	a.reportOutside(rule, Mode, pool, ModeNotOffered, id, at, found)
	a.reportOutside(rule, Profession, pool, ProfessionNotAccepted, id, at, found)
}

func (a *analysis) reportOutside(rule int, f Fact, pool *Pool, code Code, id string, at Pos, found *findings) {
	place, offers := spanOf(f, 0), pool.offers()
	within := a.doc.everything()
	for bit := place.from; bit < place.from+place.size; bit++ {
		if offers.has(bit) {
			within.values[bit/64] &^= 1 << (bit % 64)
		}
	}
	switch p, v := a.findFirst(rule, within); v {
	case some:
		found.add(at, code, id, string(code), "rule", id, "pool", pool.ID, "example", a.json(p))
	case unknown:
		found.add(at, NotAnalysed, id, "not-analysed", "what", phrase("whether-offered", "rule", id, "pool", pool.ID))
	}
}
