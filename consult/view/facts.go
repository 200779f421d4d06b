package view

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
	"slices"
	"time"

	"silta/consult"
)

// facts are what a request's card says of what it is about, in codes: lists are narrowed by it without opening documents, and
// figures are counted by it.
type facts struct {
	submitted    time.Time
	urgency      consult.Urgency
	age          byte
	municipality uint32
	concerns     []consult.Concern
	// answered is nil until the first answer.
	answered *answered
}

// answered is a request's first answer and what came of it. Outcome and referral are "" until it is closed out.
type answered struct {
	pool     string
	at       time.Time
	minutes  uint32
	inTime   bool
	outcome  consult.Outcome
	referral consult.ReferralOutcome
}

func factsOf(c *consult.Consultation) *facts {
	f := &facts{
		submitted: c.SubmittedAt.UTC(), urgency: c.Urgency, age: byte(min(max(c.Request.Client.Age, 0), consult.MaxAge)),
		municipality: placeOf(c.Request.Client.Municipality), concerns: c.Request.Concerns,
	}
	if a, ok := c.FirstAnswer(); ok {
		f.answered = &answered{pool: a.Pool, at: a.At.UTC(), minutes: uint32(max(a.After.Minutes(), 0)), inTime: a.InTime}
		if c.CloseOut != nil {
			f.answered.outcome, f.answered.referral = c.CloseOut.Outcome, c.CloseOut.Referral
		}
	}
	return f
}

// placeOf is a number for a municipality, so that no word stands in the file.
func placeOf(municipality string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, municipality)
	return h.Sum32()
}

// code is a value's place in its vocabulary, from 1; 0 for one that is not in it.
func code[T comparable](values []T, v T) byte { return byte(slices.Index(values, v) + 1) }

func decodeCode[T any](values []T, b byte) (v T) {
	if b > 0 && int(b) <= len(values) {
		v = values[b-1]
	}
	return v
}

func (f *facts) append(b []byte) []byte {
	b = moment(b, f.submitted)
	b = append(b, code(consult.Urgencies, f.urgency), f.age, byte(len(f.concerns)))
	for _, c := range f.concerns {
		b = append(b, code(consult.Concerns, c))
	}
	b = binary.BigEndian.AppendUint32(b, f.municipality)
	if f.answered == nil {
		return append(b, 0)
	}
	a := f.answered
	b = append(b, 1, code(consult.Outcomes, a.outcome), code(consult.ReferralOutcomes, a.referral), truth(a.inTime))
	b = binary.BigEndian.AppendUint32(moment(b, a.at), a.minutes)
	return append(append(b, byte(len(a.pool))), a.pool...)
}

func truth(is bool) byte {
	if is {
		return 1
	}
	return 0
}

// cutter reads bytes one part after the other; after the first that is missing it reads zeros.
type cutter struct {
	rest []byte
	bad  bool
}

func (c *cutter) take(n int) []byte {
	if len(c.rest) < n {
		c.bad = true
		c.rest = nil
		return make([]byte, n)
	}
	part := c.rest[:n]
	c.rest = c.rest[n:]
	return part
}

func (c *cutter) byte() byte { return c.take(1)[0] }

func (c *cutter) text() string { return string(c.take(int(c.byte()))) }

// readFacts reads what append wrote, and returns what follows; false where it is cut short.
func readFacts(b []byte) (*facts, []byte, bool) {
	c := &cutter{rest: b}
	f := &facts{submitted: readMoment(c.take(momentLen)), urgency: decodeCode(consult.Urgencies, c.byte()), age: c.byte()}
	for _, concern := range c.take(int(c.byte())) {
		f.concerns = append(f.concerns, decodeCode(consult.Concerns, concern))
	}
	f.municipality = binary.BigEndian.Uint32(c.take(4))
	if c.byte() == 1 {
		a := &answered{outcome: decodeCode(consult.Outcomes, c.byte()), referral: decodeCode(consult.ReferralOutcomes, c.byte())}
		a.inTime, a.at, a.minutes = c.byte() == 1, readMoment(c.take(momentLen)), binary.BigEndian.Uint32(c.take(4))
		a.pool = c.text()
		f.answered = a
	}
	return f, c.rest, !c.bad
}

// narrowing is what of the facts stands in the rows of pools' lists, so that a narrowed list passes by what it does not want without
// looking for its document.
func (f *facts) narrowing() []byte {
	b := binary.BigEndian.AppendUint32([]byte{code(consult.Urgencies, f.urgency), f.age}, f.municipality)
	for _, c := range f.concerns {
		b = append(b, code(consult.Concerns, c))
	}
	return b
}

// mayMatch returns what reports whether a request with such a row can be one that a list is narrowed to. Rows of other lists are empty:
// theirs can.
func mayMatch(f consult.ListFacts) func(narrowing []byte) bool {
	const fixed = 1 + 1 + 4
	urgency, place, concern := code(consult.Urgencies, f.Urgency), placeOf(f.Municipality), code(consult.Concerns, f.Concern)
	return func(b []byte) bool {
		return len(b) < fixed ||
			(f.Urgency == "" || b[0] == urgency) && (f.AgeBelow == 0 || int(b[1]) < f.AgeBelow) &&
				(f.Municipality == "" || binary.BigEndian.Uint32(b[2:]) == place) &&
				(f.Concern == "" || bytes.IndexByte(b[fixed:], concern) >= 0)
	}
}

// match reports whether a request is one that a list is narrowed to.
func (f *facts) match(filter consult.ListFacts) bool {
	return (filter.Urgency == "" || f.urgency == filter.Urgency) &&
		(filter.Municipality == "" || f.municipality == placeOf(filter.Municipality)) &&
		(filter.Concern == "" || slices.Contains(f.concerns, filter.Concern)) &&
		(filter.AgeBelow == 0 || int(f.age) < filter.AgeBelow) &&
		(filter.SubmittedBefore.IsZero() || f.submitted.Before(filter.SubmittedBefore))
}
