package view

import (
	"bytes"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/tier"
)

// List returns a page of requests in the order that the query asks for. It merges one walk per scope and state, and reads no
// more of each than the page takes, and than the query allows.
func (v *View) List(q consult.ListQuery) (page consult.Page, err error) {
	page.Items, err = gather[*consult.Consultation](v, func(tx *bbolt.Tx, plains *[]contents) (err error) {
		page.Next, err = v.list(tx, q, plains)
		return err
	})
	return page, err
}

// list adds a page's contents, and returns where the next one starts.
func (v *View) list(tx *bbolt.Tx, q consult.ListQuery, plains *[]contents) (next consult.Cursor, err error) {
	limit, most := max(q.Limit, 1), q.Look
	if most == 0 {
		most = math.MaxInt
	}
	m, may := newMerge(index(tx), q), mayMatch(q.Facts)
	looked := 0
	var last []byte
	for place, narrowing := m.next(); place != nil; place, narrowing = m.next() {
		if len(*plains) == limit || looked == most {
			return consult.Cursor{At: readMoment(last), ID: string(last[momentLen:])}, nil
		}
		looked++
		if last = place; !may(narrowing) {
			continue
		}
		id := string(place[momentLen:])
		s, err := find(tx, documentKey(consult.KindConsultation, id, 0))
		if err == nil && (s == nil || s.card.facts == nil) {
			err = errDamaged
		}
		if err != nil {
			return next, err
		}
		if !s.card.facts.match(q.Facts) {
			continue
		}
		plain, err := v.open(tx, s, consult.KindConsultation, id)
		if err != nil {
			return next, err
		}
		*plains = append(*plains, plain)
	}
	return next, nil
}

// merge walks several lists at once, in the order of their places: the moment that they are ordered by and the id of a request.
// Latest: in the reverse of it.
type merge struct {
	walks  []*walk
	latest bool
	last   []byte
}

// walk is one list, standing at a place with its row's value; nil: at its end.
type walk struct {
	cursor       *tier.Cursor
	prefix       []byte
	place, value []byte
}

// behindAll is behind every place of a list.
var behindAll = bytes.Repeat([]byte{0xff}, momentLen+1)

func newMerge(index tier.Table, q consult.ListQuery) *merge {
	states := q.States
	if len(states) == 0 {
		states = consult.States
	}
	var after []byte
	if q.After != (consult.Cursor{}) {
		after = append(moment(nil, q.After.At), q.After.ID...)
	}
	m := &merge{latest: q.Latest, last: after}
	for _, scope := range q.Scopes {
		for _, s := range states {
			if stateByte(s) == 0 || !consult.ValidID(scope.ID) {
				continue
			}
			w := &walk{cursor: index.Cursor(), prefix: listPrefix(scope.Kind, scope.ID, s)}
			switch {
			case !q.Latest:
				w.set(w.cursor.Seek(slices.Concat(w.prefix, after)))
			case after == nil:
				w.set(lastBefore(w.cursor, slices.Concat(w.prefix, behindAll)))
			default:
				w.set(lastBefore(w.cursor, slices.Concat(w.prefix, after)))
			}
			m.walks = append(m.walks, w)
		}
	}
	return m
}

func (w *walk) set(key, value []byte) {
	w.place, w.value = nil, nil
	if bytes.HasPrefix(key, w.prefix) && len(key) > len(w.prefix)+momentLen {
		w.place, w.value = key[len(w.prefix):], value
	}
}

// next returns the next place, each once, and the value of its row, or nil.
func (m *merge) next() (place, value []byte) {
	for {
		var first *walk
		for _, w := range m.walks {
			if w.place != nil && (first == nil || m.latest == (bytes.Compare(w.place, first.place) > 0)) {
				first = w
			}
		}
		if first == nil {
			return nil, nil
		}
		place, value = first.place, first.value
		m.move(first)
		if !bytes.Equal(place, m.last) {
			m.last = place
			return place, value
		}
	}
}

// move takes a walk to its next place.
func (m *merge) move(w *walk) {
	step := w.cursor.Next
	if m.latest {
		step = w.cursor.Prev
	}
	w.set(step())
}
