package view

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/seal"
)

// Dump returns all rows of the view, documents opened.
func (v *View) Dump() (map[string]string, error) {
	rows := map[string]string{}
	err := v.view(func(tx *bbolt.Tx) error {
		for name, c := range map[string]interface {
			Seek([]byte) ([]byte, []byte)
			Next() ([]byte, []byte)
		}{"view": tx.Bucket(bucketView).Cursor(), "index": index(tx).Cursor()} {
			for k, value := c.Seek(nil); k != nil; k, value = c.Next() {
				rows[fmt.Sprintf("%s %q", name, k)] = string(value)
			}
		}
		c := documents(tx).Cursor()
		for k, value := c.Seek(nil); k != nil; k, value = c.Next() {
			s, err := parse(value)
			if err != nil {
				return err
			}
			kind, rest, _ := bytes.Cut(k, []byte{0})
			id, _, _ := bytes.Cut(rest, []byte{0})
			plain, err := v.open(tx, s, consult.SubjectKind(kind), string(id))
			rows[fmt.Sprintf("document %q", k)] = fmt.Sprintf("%d %d %q %s%s", s.revision, s.position, s.card.append(nil), plain.document, plain.event)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}

// Drop takes a subject's due moment out of the index.
func (v *View) Drop(d consult.DueSubject) error {
	return v.db.Update(func(tx *bbolt.Tx) error { return index(tx).Delete(dueRow(d.At, d.Kind, d.ID)) })
}

// Unfinish leaves the view as a crash while it is built does.
func (v *View) Unfinish() error {
	return v.db.Update(func(tx *bbolt.Tx) error {
		if err := clear(tx); err != nil {
			return err
		}
		return index(tx).Put([]byte("left behind"), []byte("x"))
	})
}

// SetFormat makes the view one of another format.
func (v *View) SetFormat(format byte) error {
	return v.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketView)
		value := bytes.Clone(b.Get(rowPosition))
		value[0] = format
		return b.Put(rowPosition, value)
	})
}

// Steps lists a page, and counts how often something was looked for in the file for it.
func (v *View) Steps(q consult.ListQuery) (found int, next consult.Cursor, steps int64, err error) {
	err = v.view(func(tx *bbolt.Tx) (err error) {
		var plains []contents
		next, err = v.list(tx, q, &plains)
		stats := tx.Stats()
		found, steps = len(plains), stats.GetCursorCount()
		return err
	})
	return found, next, steps, err
}

// Swap exchanges the documents of two requests.
func (v *View) Swap(a, b string) error {
	return v.db.Update(func(tx *bbolt.Tx) error {
		documents := documents(tx)
		ka, kb := documentKey(consult.KindConsultation, a, 0), documentKey(consult.KindConsultation, b, 0)
		va, vb := bytes.Clone(documents.Get(ka)), bytes.Clone(documents.Get(kb))
		if err := documents.Put(ka, vb); err != nil {
			return err
		}
		return documents.Put(kb, va)
	})
}

// FillOpen puts n open requests into the file, due at a moment or a little later: their documents and rows, and what the journal keeps
// of each subject. They have no entries. Their ids are before and behind those that are made now. None is urgent, and each of
// [Filled] has a concern of its own.
func (v *View) FillOpen(n int, due time.Time) error {
	const at = 1_000
	for from := 0; from < n; from += at {
		err := v.db.Update(func(tx *bbolt.Tx) error {
			// As a transaction of many entries does: else all of it were in front, and would be moved by the next commit.
			if err := v.Begin(tx, at); err != nil {
				return err
			}
			for i := from; i < min(from+at, n); i++ {
				if err := fillOpen(tx, i, n, due.Add(time.Duration(i)*time.Second)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Filled are municipalities.
var Filled = []string{"Akaa", "Juupajoki", "Kuhmoinen", "Parkano", "Tampere"}

func fillOpen(tx *bbolt.Tx, i, n int, due time.Time) error {
	prefix := "00000000"
	if i >= n/2 {
		prefix = "f0000000"
	}
	id := fmt.Sprintf("%s-0000-7000-8000-%012d", prefix, i)
	c := change{kind: consult.KindConsultation, id: id, key: documentKey(consult.KindConsultation, id, 0)}
	c.new = card{
		state: consult.Submitted, ref: fmt.Sprintf("S-2025-%04d", i), requester: "nurse", pools: []string{"child-psychiatry"},
		answerBy: due, due: due, facts: &facts{
			submitted: due, urgency: consult.Urgencies[i%2], municipality: placeOf(Filled[i%len(Filled)]),
			concerns: []consult.Concern{consult.Concerns[i%len(Filled)], consult.Concerns[len(Filled)+i%len(Filled)]},
		},
	}
	c.document = c.new.append(binary.BigEndian.AppendUint64(make([]byte, 0, 256), 1)[:rowHead])
	subjects := tx.Bucket([]byte("subjects"))
	subjects.FillPercent = 0.9
	if err := subjects.Put(seal.Row(consult.KindConsultation, id, 'k'), make([]byte, 65)); err != nil {
		return err
	}
	if err := subjects.Put(seal.Row(consult.KindConsultation, id, 'r'), binary.BigEndian.AppendUint64(nil, 1)); err != nil {
		return err
	}
	return c.write(tx, 0)
}
