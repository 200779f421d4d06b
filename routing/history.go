package routing

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"silta/consult"
)

// Past is a request of the history.
type Past struct {
	// ID names the request: its own id, or the number of its line.
	ID    string
	Facts consult.Facts
	// At is when it was submitted; zero if that is not known.
	At time.Time
}

// Move is a request of the history that would have come to something else.
type Move struct {
	ID   string  `json:"id"`
	From Outcome `json:"from"`
	To   Outcome `json:"to"`
	// AnswerFrom and AnswerTo are by when it had, and would have had, to be answered; nil if its moment is not known or it is
	// blocked.
	AnswerFrom *time.Time `json:"answer_from,omitempty"`
	AnswerTo   *time.Time `json:"answer_to,omitempty"`
}

// ReadHistory reads a history: one JSON object of facts a line, to which "id" and "at" (RFC 3339) may be added. Empty lines are
// skipped. Municipalities are those that either document knows. The error names the line and the field of the first fault.
func (c *Comparison) ReadHistory(r io.Reader) ([]Past, error) {
	places := slices.Clone(c.old.doc.Municipalities)
	for _, m := range c.new.doc.Municipalities {
		if _, both := c.old.places[m]; !both {
			places = append(places, m)
		}
	}
	reader := &Rules{doc: &Document{Municipalities: places}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 2*maxRequest)
	var list []Past
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		past := Past{ID: fmt.Sprint(n)}
		facts, err := past.takeName(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		var faults []*FactError
		if past.Facts, faults = reader.ParseFacts(facts); len(faults) > 0 {
			return nil, fmt.Errorf("line %d: %w", n, faults[0])
		}
		list = append(list, past)
	}
	return list, lines.Err()
}

// takeName takes "id" and "at" off a line and returns the facts.
func (p *Past) takeName(line []byte) (facts []byte, err error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(line, &fields) != nil || fields == nil {
		return line, nil // what is wrong with it is said where facts are read
	}
	for name, into := range map[string]any{"id": &p.ID, "at": &p.At} {
		value, there := fields[name]
		if !there {
			continue
		}
		if json.Unmarshal(value, into) != nil {
			return nil, errors.New(name + ": the value is of the wrong kind")
		}
		delete(fields, name)
	}
	return json.Marshal(fields)
}

// Count applies both documents to a history. It returns the requests that would have moved, in their order, and counts them in
// the changes. A pair of outcomes that only a request of the history has, because one document does not know its municipality,
// becomes a change of its own.
func (c *Comparison) Count(history []Past) []Move {
	moves := []Move{}
	for _, past := range history {
		from, to := c.old.outcomeOf(past.Facts), c.new.outcomeOf(past.Facts)
		if from.Same(to) {
			continue
		}
		m := Move{ID: past.ID, From: from, To: to}
		if !past.At.IsZero() {
			m.AnswerFrom, m.AnswerTo = c.old.answerBy(from, past.At), c.new.answerBy(to, past.At)
		}
		moves = append(moves, m)
		at := slices.IndexFunc(c.Changes, func(k Change) bool { return k.From.Same(from) && k.To.Same(to) })
		if at < 0 {
			at = len(c.Changes)
			c.Changes = append(c.Changes, Change{From: from, To: to, Example: past.Facts})
		}
		c.Changes[at].Moved++
	}
	return moves
}

// Same reports whether two outcomes are equal; joined pools are the same in any order.
func (o Outcome) Same(p Outcome) bool {
	return o.Pool == p.Pool && o.Urgency == p.Urgency && sameSet(o.With, p.With)
}

func (r *Rules) outcomeOf(f consult.Facts) Outcome {
	d := r.Decide(f)
	return Outcome{Pool: d.Pool, With: orEmpty(d.With), Urgency: d.Urgency}
}

func (r *Rules) answerBy(o Outcome, at time.Time) *time.Time {
	s, err := r.Schedule(o.Pool, o.Urgency, consult.Clock{Start: at})
	if err != nil {
		return nil
	}
	return new(r.local(s.AnswerBy))
}
