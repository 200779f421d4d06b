package view

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/tier"
)

// A row of figures holds counts: pairs of a place and a number, as varints, of the places whose number is not 0. They stand under
//
//	q pool 0 dimension grain period value   → counts
//
// where the period is a month or a quarter of an hour, both in UTC. A request adds to a handful of rows when it is answered first and
// when it is closed out, and not when it is sent. A stretch of time is read as the months nearest to it, and as the quarters of an hour
// by which it differs from them: so it is exact in every time zone, and costs what there is to show, however many requests there were.
const (
	placeAnswered = iota
	placeInTime
	placeOutcomes
	placeReferrals = placeOutcomes + 3
	placeSpans     = placeReferrals + 4
	places         = placeSpans + consult.SpanSteps
)

type counts [places]int

// grain is the length of a row's period.
type grain byte

const (
	months   grain = 'm'
	quarters grain = 'q'
)

// period is a number that grows with time.
func (g grain) period(t time.Time) uint32 {
	if t = t.UTC(); g == quarters {
		return uint32(t.Unix() / int64(consult.FigureGrain/time.Second))
	}
	return uint32(t.Year()*12 + int(t.Month()) - 1)
}

func figureRow(pool string, by consult.Dimension, g grain, period uint32, value string) []byte {
	b := append(append([]byte{rowFigure}, pool...), 0, byte(by), byte(g))
	return append(binary.BigEndian.AppendUint32(b, period), value...)
}

// figures adds to the rows what a request counts for, n times.
func (a *answered) figures(f *facts, n int, rows map[string]*counts) {
	var c counts
	c[placeAnswered] = n
	c[placeSpans+consult.SpanStep(time.Duration(a.minutes)*time.Minute)] = n
	if a.inTime {
		c[placeInTime] = n
	}
	if i := slices.Index(consult.Outcomes, a.outcome); i >= 0 {
		c[placeOutcomes+i] = n
	}
	if i := slices.Index(consult.ReferralOutcomes, a.referral); i >= 0 {
		c[placeReferrals+i] = n
	}
	put := func(by consult.Dimension, value string) {
		for _, g := range []grain{months, quarters} {
			key := string(figureRow(a.pool, by, g, g.period(a.at), value))
			if rows[key] == nil {
				rows[key] = new(counts)
			}
			for i, n := range c {
				rows[key][i] += n
			}
		}
	}
	put(consult.All, "")
	put(consult.ByMunicipality, string(binary.BigEndian.AppendUint32(nil, f.municipality)))
	for _, concern := range f.concerns {
		put(consult.ByConcern, string([]byte{code(consult.Concerns, concern)}))
	}
}

// figure moves the request from the figures of the old card to those of the new one.
func (c *change) figure(tx *bbolt.Tx) error {
	rows := map[string]*counts{}
	if f := c.old.facts; f != nil && f.answered != nil {
		f.answered.figures(f, -1, rows)
	}
	if f := c.new.facts; f != nil && f.answered != nil {
		f.answered.figures(f, 1, rows)
	}
	index := index(tx)
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if *rows[key] == (counts{}) {
			continue
		}
		if err := addCounts(index, []byte(key), rows[key]); err != nil {
			return err
		}
	}
	return nil
}

func addCounts(index tier.Table, key []byte, more *counts) error {
	c, ok := readCounts(index.Get(key))
	if !ok {
		return errDamaged
	}
	for i, n := range more {
		c[i] += n
	}
	if c == (counts{}) {
		return index.Delete(key)
	}
	var b []byte
	for i, n := range c {
		if n != 0 {
			b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(i)), uint64(n))
		}
	}
	return index.Put(key, b)
}

func readCounts(b []byte) (c counts, ok bool) {
	for len(b) > 0 {
		place, n := binary.Uvarint(b)
		if n <= 0 || place >= places {
			return c, false
		}
		count, m := binary.Uvarint(b[n:])
		if m <= 0 {
			return c, false
		}
		c[place], b = int(count), b[n+m:] // #nosec G602 -- place is below the number of places
	}
	return c, true
}

func (c *counts) figures() *consult.Figures {
	f := &consult.Figures{Answered: c[placeAnswered], InTime: c[placeInTime]}
	copy(f.Outcomes[:], c[placeOutcomes:])
	copy(f.Referrals[:], c[placeReferrals:])
	copy(f.Spans[:], c[placeSpans:])
	return f
}

// figureKey is the value that a row is of. A municipality that is not asked for is "".
func figureKey(q consult.FigureQuery, value []byte) consult.FigureKey {
	switch q.By {
	case consult.ByMunicipality:
		for _, name := range q.Municipalities {
			if len(value) == 4 && placeOf(name) == binary.BigEndian.Uint32(value) {
				return consult.FigureKey(name)
			}
		}
	case consult.ByConcern:
		if len(value) == 1 {
			return consult.FigureKey(decodeCode(consult.Concerns, value[0]))
		}
	}
	return ""
}

// Figures returns a pool's figures by the values of a dimension, over all of the query's time.
func (v *View) Figures(q consult.FigureQuery) (map[consult.FigureKey]*consult.Figures, error) {
	found := map[consult.FigureKey]*consult.Figures{}
	from, to := q.From.Truncate(consult.FigureGrain), q.To.Add(consult.FigureGrain-1).Truncate(consult.FigureGrain)
	first, last := nearestMonth(from), nearestMonth(to)
	err := v.view(func(tx *bbolt.Tx) error {
		index := index(tx)
		if first.Equal(last) {
			return sum(index, q, quarters, from, to, found)
		}
		return errors.Join(
			sum(index, q, months, first, last, found), sum(index, q, quarters, from, first, found), sum(index, q, quarters, last, to, found),
		)
	})
	maps.DeleteFunc(found, func(_ consult.FigureKey, f *consult.Figures) bool { return *f == consult.Figures{} })
	return found, err
}

// nearestMonth is the beginning of a month in UTC.
func nearestMonth(t time.Time) time.Time {
	t = t.UTC()
	before := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	if after := before.AddDate(0, 1, 0); after.Sub(t) < t.Sub(before) {
		return after
	}
	return before
}

// sum adds the rows from one moment up to another, or takes those off that lie between them the other way round.
func sum(index tier.Table, q consult.FigureQuery, g grain, from, to time.Time, found map[consult.FigureKey]*consult.Figures) error {
	count := (*consult.Figures).Add
	if to.Before(from) {
		from, to, count = to, from, (*consult.Figures).Take
	}
	begin, end := figureRow(q.Pool, q.By, g, g.period(from), ""), figureRow(q.Pool, q.By, g, g.period(to), "")
	c := index.Cursor()
	for k, value := c.Seek(begin); k != nil && bytes.Compare(k, end) < 0; k, value = c.Next() {
		counts, ok := readCounts(value)
		if !ok {
			return errDamaged
		}
		key := figureKey(q, k[len(begin):])
		if found[key] == nil {
			found[key] = new(consult.Figures)
		}
		count(found[key], counts.figures())
	}
	return nil
}
