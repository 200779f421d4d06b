package view

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/tier"
)

// A row of figures holds counts: pairs of a place and a number, as varints, of the places whose number is not 0. They stand under
//
//	q pool 0 dimension period value   → counts
//
// where the period is a day or a month. A request adds to a handful of rows when it is answered first and when it is closed out,
// and not when it is sent; to read figures costs what there is to show, however many requests there were.
const (
	placeAnswered = iota
	placeInTime
	placeOutcomes
	placeReferrals = placeOutcomes + 3
	placeSpans     = placeReferrals + 4
	places         = placeSpans + consult.SpanSteps
)

type counts [places]int

// period is a number that grows with time: the day or the month.
func period(by consult.Dimension, t time.Time) uint32 {
	t = t.UTC()
	if by == consult.ByDay {
		return uint32(t.Unix() / (24 * 60 * 60))
	}
	return uint32(t.Year()*12 + int(t.Month()) - 1)
}

func figureRow(pool string, by consult.Dimension, period uint32, value string) []byte {
	b := append(append([]byte{rowFigure}, pool...), 0, byte(by))
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
		key := string(figureRow(a.pool, by, period(by, a.at), value))
		if rows[key] == nil {
			rows[key] = new(counts)
		}
		for i, n := range c {
			rows[key][i] += n
		}
	}
	put(consult.ByDay, "")
	put(consult.ByMonth, "")
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
func figureKey(q consult.FigureQuery, period uint32, value []byte) consult.FigureKey {
	switch q.By {
	case consult.ByDay:
		return consult.FigureKey(time.Unix(int64(period)*24*60*60, 0).UTC().Format(time.DateOnly))
	case consult.ByMonth:
		return consult.FigureKey(fmt.Sprintf("%d-%02d", period/12, period%12+1))
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

// Figures returns a pool's figures by the values of a dimension, over all of the query's time; by month and by day, one for each.
func (v *View) Figures(q consult.FigureQuery) (map[consult.FigureKey]*consult.Figures, error) {
	found := map[consult.FigureKey]*consult.Figures{}
	err := v.view(func(tx *bbolt.Tx) error {
		from, to := figureRow(q.Pool, q.By, period(q.By, q.From), ""), figureRow(q.Pool, q.By, period(q.By, q.To)+1, "")
		c := index(tx).Cursor()
		for k, value := c.Seek(from); k != nil && bytes.Compare(k, to) < 0; k, value = c.Next() {
			counts, ok := readCounts(value)
			if !ok {
				return errDamaged
			}
			rest := k[len(from)-4:]
			key := figureKey(q, binary.BigEndian.Uint32(rest), rest[4:])
			if found[key] == nil {
				found[key] = new(consult.Figures)
			}
			found[key].Add(counts.figures())
		}
		return nil
	})
	return found, err
}
