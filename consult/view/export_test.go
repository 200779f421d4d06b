package view

import (
	"bytes"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
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

// FillOpen puts the rows of open requests into the index, as many as are asked for, all due at a moment or a little later. There are no
// documents to them.
func (v *View) FillOpen(n int, due time.Time) error {
	const at = 20_000
	for from := 0; from < n; from += at {
		err := v.db.Update(func(tx *bbolt.Tx) error {
			b := index(tx)
			for i := from; i < min(from+at, n); i++ {
				c := card{
					state: consult.Submitted, requester: "nurse", pools: []string{"child-psychiatry"},
					answerBy: due.Add(time.Duration(i) * time.Second), due: due.Add(time.Duration(i) * time.Second),
				}
				for _, row := range c.rows(consult.KindConsultation, fmt.Sprintf("filled-%08d", i)) {
					if err := b.Put(row, []byte{}); err != nil {
						return err
					}
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
