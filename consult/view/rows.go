package view

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"silta/consult"
)

// The index is one bucket of rows. A row's first byte says what it is; what follows sorts it. Rows hold ids, codes and times
// only, since keys are not sealed.
//
//	l scope-kind scope-id 0 state moment id      a request in a list, by its answer deadline or its end; in a pool's the value is what it is narrowed by
//	d moment kind 0 id                           a subject on which time acts by itself
//	f moment id                                  a delivery that failed
//	h person 0 moment id                         a delivery that waits for the person's digest
//	m moment id                                  a person at whose address mail does not arrive
//	n year number                     → id       the request of a reference
//	s pool 0 concern age-band moment id          a request that a pool has answered
//	q pool 0 dimension period value   → counts   figures
//	a …                                          looks: see looks.go
//	g …                                          grants: see grants.go
const (
	rowList    = 'l'
	rowDue     = 'd'
	rowFailed  = 'f'
	rowHeld    = 'h'
	rowFault   = 'm'
	rowRef     = 'n'
	rowSimilar = 's'
	rowFigure  = 'q'
)

type row struct{ key, value []byte }

// moment appends a time so that bytes sort as times do.
func moment(b []byte, t time.Time) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.Unix())^1<<63)
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

const momentLen = 12

func readMoment(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(b)^1<<63), int64(binary.BigEndian.Uint32(b[8:]))).UTC()
}

// stateByte is a state's place in [consult.States], from 1; 0 for a state that is none.
func stateByte(s consult.State) byte { return byte(slices.Index(consult.States, s) + 1) }

// listPrefix is what all rows of a list have in common.
func listPrefix(kind consult.ScopeKind, id string, s consult.State) []byte {
	b := append([]byte{rowList, byte(kind)}, id...)
	return append(b, 0, stateByte(s))
}

func dueRow(t time.Time, kind consult.SubjectKind, id string) []byte {
	b := moment([]byte{rowDue}, t)
	return append(append(append(b, kind...), 0), id...)
}

// heldPrefix is what the rows of all deliveries that wait for a person's digest have in common.
func heldPrefix(person string) []byte { return append(append([]byte{rowHeld}, person...), 0) }

// refRow is the row of a reference such as S-2026-0042, and false for a text that is none.
func refRow(ref string) ([]byte, bool) {
	year, number, ok := consult.ParseRef(ref)
	if !ok {
		return nil, false
	}
	b := binary.BigEndian.AppendUint16([]byte{rowRef}, year)
	return binary.BigEndian.AppendUint32(b, number), true
}

// card is what a document's rows follow from. It stands in clear beside the sealed document, so that the rows of a document
// that changes are known without opening it. The zero card has no rows.
type card struct {
	state             consult.State
	ref               string
	requester, holder string
	pools             []string
	answerBy, ended   time.Time
	// failed is when a delivery failed or was held back, or a person's address was found not to work. A delivery's holder is for whom it
	// was held back.
	due, failed time.Time
	// facts are there for requests only.
	facts *facts
}

// rows returns all rows of the document but its reference's.
func (c *card) rows(kind consult.SubjectKind, id string) (rows []row) {
	add := func(key []byte) { rows = append(rows, row{key, []byte{}}) }
	list := func(k consult.ScopeKind, scope string, by time.Time, value []byte) {
		rows = append(rows, row{append(moment(listPrefix(k, scope, c.state), by), id...), value})
	}
	if c.state != "" {
		list(consult.ByRequester, c.requester, c.answerBy, []byte{})
		if !c.ended.IsZero() {
			list(consult.EndedOf, c.requester, c.ended, []byte{})
		}
		if c.holder != "" {
			list(consult.ByHolder, c.holder, c.answerBy, []byte{})
		}
		narrowing := c.facts.narrowing()
		for _, p := range c.pools {
			list(consult.ByPool, p, c.answerBy, narrowing)
		}
		for _, key := range c.facts.similarRows(id) {
			add(key)
		}
	}
	if !c.due.IsZero() {
		add(dueRow(c.due, kind, id))
	}
	if !c.failed.IsZero() {
		prefix := []byte{rowFailed}
		switch {
		case kind == consult.KindPerson:
			prefix = []byte{rowFault}
		case kind == consult.KindDelivery && c.holder != "":
			prefix = heldPrefix(c.holder)
		}
		add(append(moment(prefix, c.failed), id...))
	}
	return rows
}

// without returns the rows of a that are not in b.
func without(a, b []row) []row {
	return slices.DeleteFunc(slices.Clone(a), func(r row) bool {
		return slices.ContainsFunc(b, func(other row) bool { return bytes.Equal(r.key, other.key) && bytes.Equal(r.value, other.value) })
	})
}

// append writes the card behind b.
func (c *card) append(b []byte) []byte {
	b = append(b, stateByte(c.state))
	for _, t := range []time.Time{c.answerBy, c.ended, c.due, c.failed} {
		b = moment(b, t)
	}
	b = append(b, byte(len(c.pools)))
	for _, s := range append([]string{c.ref, c.requester, c.holder}, c.pools...) {
		b = append(append(b, byte(len(s))), s...)
	}
	if c.facts != nil {
		b = c.facts.append(b)
	}
	return b
}

// readCard reads what append wrote, and returns what follows; false where it is cut short.
func readCard(b []byte) (c card, rest []byte, ok bool) {
	const fixed = 1 + 4*momentLen + 1
	if len(b) < fixed || int(b[0]) > len(consult.States) {
		return card{}, nil, false
	}
	if b[0] > 0 {
		c.state = consult.States[b[0]-1]
	}
	for i, t := range []*time.Time{&c.answerBy, &c.ended, &c.due, &c.failed} {
		*t = readMoment(b[1+i*momentLen:])
	}
	texts := make([]string, 3+int(b[fixed-1]))
	b = b[fixed:]
	for i := range texts {
		if len(b) < 1 || len(b) < 1+int(b[0]) {
			return card{}, nil, false
		}
		texts[i], b = string(b[1:1+b[0]]), b[1+b[0]:]
	}
	c.ref, c.requester, c.holder, c.pools = texts[0], texts[1], texts[2], texts[3:]
	if c.state != "" {
		c.facts, b, ok = readFacts(b)
		return c, b, ok
	}
	return c, b, true
}

// valid reports whether a request's card can stand in rows.
func (c *card) valid() bool {
	_, ref := refRow(c.ref)
	ids := append([]string{c.requester}, c.pools...)
	if c.holder != "" {
		ids = append(ids, c.holder)
	}
	if f := c.facts; f == nil || len(f.concerns) > 255 {
		return false
	}
	invalid := func(id string) bool { return !consult.ValidID(id) }
	return ref && stateByte(c.state) > 0 && len(c.pools) < 256 && !slices.ContainsFunc(ids, invalid)
}
