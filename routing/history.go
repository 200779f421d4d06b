package routing

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"

	"silta/consult"
)

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
func (c *Comparison) ReadHistory(r io.Reader) ([]consult.Past, error) {
	places := slices.Clone(c.old.doc.Municipalities)
	for _, m := range c.new.doc.Municipalities {
		if _, both := c.old.places[m]; !both {
			places = append(places, m)
		}
	}
	reader := &Rules{doc: &Document{Municipalities: places}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 2*maxRequest)
	var list []consult.Past
	n := 1
	for ; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		past := consult.Past{ID: fmt.Sprint(n)}
		facts, err := takeName(lines.Bytes(), &past)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		var faults []*FactError
		if past.Facts, faults = reader.ParseFacts(facts); len(faults) > 0 {
			return nil, fmt.Errorf("line %d: %w", n, faults[0])
		}
		list = append(list, past)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: %s", n, factSentences["too-large"])
	} else if err != nil {
		return nil, err
	}
	return list, nil
}

// takeName takes "id" and "at" off a line and returns the facts.
func takeName(line []byte, p *consult.Past) (facts []byte, err error) {
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

// Count applies both documents to a history. It returns the requests that would have moved, in their order, and counts them as
// [Comparison.Add] does.
func (c *Comparison) Count(history []consult.Past) []Move {
	moves := []Move{}
	for _, past := range history {
		if m, moved := c.Add(past); moved {
			moves = append(moves, m)
		}
	}
	return moves
}

// Add applies both documents to one request of a history, counts it in the replay and, if it would have moved, in its change. A
// pair of outcomes that only a request of the history has, because one document does not know its municipality, becomes a
// change of its own.
func (c *Comparison) Add(past consult.Past) (m Move, moved bool) {
	m = Move{ID: past.ID, From: c.old.outcomeOf(past.Facts), To: c.new.outcomeOf(past.Facts)}
	moved = !m.From.Same(m.To)
	c.Replay.Requests++
	if !past.At.IsZero() && (moved || !c.sameTime(m.From.Pool)) {
		m.AnswerFrom, m.AnswerTo = c.old.answerBy(m.From, past.At), c.new.answerBy(m.To, past.At)
		c.Replay.Deadlines.add(m)
	}
	if !moved {
		return m, false
	}
	c.Replay.Moved++
	at := slices.IndexFunc(c.Changes, func(k Change) bool { return k.From.Same(m.From) && k.To.Same(m.To) })
	if at < 0 {
		at = len(c.Changes)
		change := Change{From: m.From, To: m.To, Example: past.Facts}
		if c.private {
			change.Example = consult.Facts{Municipality: past.Facts.Municipality}
		}
		c.Changes = append(c.Changes, change)
	}
	c.Changes[at].Moved++
	c.Changes[at].Deadlines.add(m)
	return m, true
}

// sameTime reports whether a pool reckons its answer deadlines alike in both documents.
func (c *Comparison) sameTime(pool string) bool {
	same, known := c.clocks[pool]
	if !known {
		from, to := c.old.pools[pool], c.new.pools[pool]
		same = from == nil && to == nil || from != nil && to != nil &&
			reflect.DeepEqual(from.AnswerWithin, to.AnswerWithin) && reflect.DeepEqual(from.Calendar, to.Calendar)
		if c.clocks == nil {
			c.clocks = map[string]bool{}
		}
		c.clocks[pool] = same
	}
	return same
}

// Replay is what the new document would have meant for the requests of a history.
type Replay struct {
	// Requests is how many there were, Moved how many of them would have come to another outcome.
	Requests int `json:"requests"`
	Moved    int `json:"moved"`
	// Deadlines counts all whose answer would have been due at another moment, moved or not.
	Deadlines Shifts `json:"deadlines"`
}

// Shifts count requests whose answer would have been due earlier or later, and by how much at most, in minutes.
type Shifts struct {
	Earlier        int `json:"earlier"`
	Later          int `json:"later"`
	EarlierMinutes int `json:"earlier_by_minutes"`
	LaterMinutes   int `json:"later_by_minutes"`
}

func (s *Shifts) add(m Move) {
	if m.AnswerFrom == nil || m.AnswerTo == nil {
		return
	}
	switch shift := int(m.AnswerTo.Sub(*m.AnswerFrom) / time.Minute); {
	case shift < 0:
		s.Earlier++
		s.EarlierMinutes = max(s.EarlierMinutes, -shift)
	case shift > 0:
		s.Later++
		s.LaterMinutes = max(s.LaterMinutes, shift)
	}
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
