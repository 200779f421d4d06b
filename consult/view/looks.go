package view

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// The log of looks is in the index: it holds ids, codes and times alone, so it needs no document. The first row of a look
// holds it, the others lead to it.
//
//	a t moment subject 0 revision               → the look
//	a p person 0 moment subject 0 revision
//	a r request 0 moment subject 0 revision
const (
	rowLook       = 'a'
	looksByTime   = 't'
	looksByPerson = 'p'
	looksOf       = 'r'
)

// lookPlace sorts a look among others: its moment, and the entry that it is.
func lookPlace(e *consult.Envelope) []byte {
	b := moment(nil, e.At)
	b = append(append(b, e.ID...), 0)
	return binary.BigEndian.AppendUint64(b, e.Revision)
}

func looksPrefix(by byte, id string) []byte {
	b := []byte{rowLook, by}
	if by == looksByTime {
		return b
	}
	return append(append(b, id...), 0)
}

// prepareLook is Prepare for a look.
func prepareLook(e consult.Entry) (write func(tx *bbolt.Tx, position uint64) error, err error) {
	ev, ok := e.Event.(*consult.LookedEvent)
	if !ok || !consult.ValidID(ev.Request) {
		return nil, errors.New("an event of another type does not fit the access log")
	}
	value, err := json.Marshal(consult.LoggedLook{Look: ev.Look, At: e.At, By: e.By})
	if err != nil {
		return nil, err
	}
	rows := lookRows(&e.Envelope, ev.Request)
	return func(tx *bbolt.Tx, _ uint64) error {
		index := index(tx)
		for i, row := range rows {
			v := []byte{}
			if i == 0 {
				v = value
			}
			if err := index.Put(row, v); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func lookRows(e *consult.Envelope, request string) [3][]byte {
	place := lookPlace(e)
	row := func(by byte, id string) []byte { return append(looksPrefix(by, id), place...) }
	return [3][]byte{row(looksByTime, ""), row(looksByPerson, e.By), row(looksOf, request)}
}

// eraseLooks drops the looks of a subject: those of one person in one month.
func eraseLooks(tx *bbolt.Tx, id string) error {
	index := index(tx)
	month, ok := monthOf(id)
	if !ok {
		return nil
	}
	var rows [][]byte
	c := index.Cursor()
	prefix := looksPrefix(looksByTime, "")
	for k, v := c.Seek(moment(bytes.Clone(prefix), month)); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !readMoment(k[len(prefix):]).Before(month.AddDate(0, 1, 0)) {
			break
		}
		if len(k) < len(prefix)+momentLen+9 || string(k[len(prefix)+momentLen:len(k)-9]) != id {
			continue
		}
		var l consult.LoggedLook
		if json.Unmarshal(v, &l) != nil {
			return errDamaged
		}
		place := k[len(prefix):]
		rows = append(rows, bytes.Clone(k), append(looksPrefix(looksByPerson, l.By), place...), append(looksPrefix(looksOf, l.Request), place...))
	}
	for _, row := range rows {
		if err := index.Delete(row); err != nil {
			return err
		}
	}
	return nil
}

// monthOf returns the beginning of the month that a subject's id begins with.
func monthOf(id string) (time.Time, bool) {
	if len(id) < 7 {
		return time.Time{}, false
	}
	t, err := time.Parse("200601", id[:6])
	return t, err == nil
}

// Looks returns a page of the access log, the latest look first. Of person and request the narrower index is walked, and the
// other one looked at on the way.
func (v *View) Looks(q consult.LookQuery) (page consult.LookPage, err error) {
	prefix := looksPrefix(looksByTime, "")
	switch {
	case q.Request != "":
		prefix = looksPrefix(looksOf, q.Request)
	case q.Person != "":
		prefix = looksPrefix(looksByPerson, q.Person)
	}
	var from []byte
	switch {
	case q.After != "":
		if from, err = base64.RawURLEncoding.DecodeString(q.After); err != nil {
			return page, consult.Fail(consult.NotFound, "not-found")
		}
	case !q.To.IsZero():
		from = moment(nil, q.To)
	default:
		from = behindAll
	}
	err = v.view(func(tx *bbolt.Tx) error {
		index := index(tx)
		c := index.Cursor()
		var last []byte
		for k, _ := lastBefore(c, slices.Concat(prefix, from)); bytes.HasPrefix(k, prefix) && len(k) > len(prefix)+momentLen; k, _ = c.Prev() {
			place := k[len(prefix):]
			if !q.From.IsZero() && readMoment(place).Before(q.From) {
				return nil
			}
			var l consult.LoggedLook
			if json.Unmarshal(index.Get(append(looksPrefix(looksByTime, ""), place...)), &l) != nil {
				return errDamaged
			}
			if q.Person != "" && l.By != q.Person {
				continue
			}
			if len(page.Items) == q.Limit {
				page.Next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			page.Items, last = append(page.Items, l), bytes.Clone(place)
		}
		return nil
	})
	return page, err
}
