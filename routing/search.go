package routing

// search looks for requests that a condition matches and others do not. It is exact: it finds one, or proves that there is
// none, or says that it ran out of its budget.
//
// It works like a solver: as long as some obstacle still meets the box, the box is cut along the one that leaves the fewest
// pieces, and each piece is searched on. An obstacle that covers the box ends it, one that leaves a single piece narrows it.
type search struct {
	doc *Document
	// effort is how many more looks at an obstacle may be taken, over all questions.
	effort int
}

// The looks that one question, and all questions about a document together, may take. A realistic document of a thousand rules
// needs a small part of them; at the bound some seconds have passed.
const (
	questionEffort = 5_000_000
	documentEffort = 100_000_000
)

// verdict is the answer to a question.
type verdict uint8

const (
	none verdict = iota
	some
	unknown
)

// find looks for a request of the box that no obstacle matches.
func (s *search) find(b box, obstacles []*cube) (packed, verdict) {
	q := question{doc: s.doc, effort: min(questionEffort, s.effort)}
	before := q.effort
	if !b.values.inhabited() || !b.settle() {
		return packed{}, none
	}
	p, v := q.find(b, obstacles)
	s.effort -= before - q.effort
	return p, v
}

// question is one search under way.
type question struct {
	doc    *Document
	effort int
	pieces []box
}

func (q *question) find(b box, obstacles []*cube) (packed, verdict) {
	// The plainest request first: very often nothing stands in its way.
	p := b.sample(len(q.doc.Municipalities))
	var near []*cube
	free := true
	if q.effort -= len(obstacles) + 1; q.effort < 0 {
		return p, unknown
	}
	for i, c := range obstacles {
		if !b.meets(c) {
			continue
		}
		if b.within(c) {
			q.effort += len(obstacles) - i // that were not looked at
			return p, none
		}
		near = append(near, c)
		free = free && !c.holds(&p)
	}
	if free {
		return p, some
	}
	// Cut along the obstacle that leaves the fewest pieces. One piece cannot be bettered: it is a conclusion, not a choice.
	best, bestPieces := -1, 1<<30
	for i, c := range near {
		if n := b.piecesWithout(c); n < bestPieces {
			best, bestPieces = i, n
			if n <= 1 {
				break
			}
		}
	}
	cut := near[best]
	near[best] = near[len(near)-1]
	near = near[:len(near)-1]
	from := len(q.pieces)
	q.pieces = b.without(cut, q.pieces)
	pieces := q.pieces[from:]
	for _, piece := range pieces {
		if p, v := q.find(piece, near); v != none {
			return p, v
		}
	}
	q.pieces = q.pieces[:from]
	return packed{}, none
}

// piecesWithout is a bound on how many boxes [box.without] would leave.
func (b *box) piecesWithout(c *cube) int {
	n := 0
	for _, words := range fieldWords {
		for _, w := range words {
			if b.values[w.word]&w.mask&^c.values[w.word] != 0 {
				n++
				break
			}
		}
	}
	n += (c.all &^ b.in).count() + (c.none &^ b.out).count()
	for _, any := range c.anys {
		if !b.implies(any) {
			n++
		}
	}
	return n
}
