package view

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/seal"
)

// errDiffers: the view is not the one that the entries make. What was compared is not said: it may be a name.
var errDiffers = errors.New("it is not the one that the journal makes")

// Prove implements the journal's projection: it builds another view in the scratch file and compares all rows, documents by
// their contents.
func (v *View) Prove(
	ctx context.Context, db *boltsafe.DB, scratch string, read func(tx *bbolt.Tx, after uint64) iter.Seq2[consult.Entry, error],
	event readEvent,
) (difference string, err error) {
	const tries = 10
	for range tries {
		erased := v.erased.Load()
		err = v.prove(ctx, db, scratch, read, event)
		// An erasure takes away what was built from before it.
		if err == nil || ctx.Err() != nil || erased == v.erased.Load() {
			break
		}
	}
	if errors.Is(err, errDiffers) || errors.Is(err, errDamaged) || errors.Is(err, boltsafe.ErrDamaged) {
		return err.Error(), nil
	}
	return "", err
}

func (v *View) prove(
	ctx context.Context, db *boltsafe.DB, scratch string, read func(tx *bbolt.Tx, after uint64) iter.Seq2[consult.Entry, error],
	event readEvent,
) error {
	file, err := bbolt.Open(scratch, 0o600, &bbolt.Options{NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return fmt.Errorf("scratch file: %w", err)
	}
	other := &boltsafe.DB{DB: file}
	c := comparison{view: v, scratch: &View{keys: v.keys, db: other}, read: read, event: event}
	if err = boltsafe.Update(other, clear); err == nil {
		for done := false; err == nil && !done; {
			if err = ctx.Err(); err == nil {
				err = boltsafe.View(db, func(tx *bbolt.Tx) (err error) {
					done, err = c.step(tx)
					return err
				})
			}
		}
	}
	return errors.Join(err, boltsafe.Do(other.Close))
}

// comparison is a view being built for comparison.
type comparison struct {
	view, scratch *View
	read          func(tx *bbolt.Tx, after uint64) iter.Seq2[consult.Entry, error]
	event         readEvent
	position      uint64
}

// step applies some entries; where those were all, it compares.
func (c *comparison) step(tx *bbolt.Tx) (done bool, err error) {
	own := tx.Bucket(bucketView)
	if own == nil {
		return false, fmt.Errorf("%w: a part of it is missing", errDiffers)
	}
	at := own.Get(rowPosition)
	if len(at) != 9 || at[0] != format {
		return false, fmt.Errorf("%w: it is of another format or unfinished, and will be built again at the next start", errDiffers)
	}
	// The entries and the keys stand in the journal's file only.
	c.scratch.keysIn = tx
	c.scratch.event = func(_ *bbolt.Tx, position uint64) (consult.Envelope, []byte, error) { return c.event(tx, position) }
	n := 0
	err = boltsafe.Update(c.scratch.db, func(scratch *bbolt.Tx) error {
		for e, err := range c.read(tx, c.position) {
			if err != nil {
				return err
			}
			if err := c.apply(tx, scratch, e); err != nil {
				return err
			}
			c.position = e.Position
			if n++; n == chunk {
				return nil
			}
		}
		return nil
	})
	if err != nil || n == chunk {
		return false, err
	}
	if binary.BigEndian.Uint64(at[1:]) != c.position {
		return false, fmt.Errorf("%w: it does not stand at its head", errDiffers)
	}
	return true, boltsafe.View(c.scratch.db, func(scratch *bbolt.Tx) error { return c.compare(tx, scratch) })
}

func (c *comparison) apply(tx, scratch *bbolt.Tx, e consult.Entry) error {
	if e.Event == nil {
		return keepRef(scratch, e.Envelope)
	}
	key, err := c.view.keys.Key(tx, e.Kind, e.ID)
	if err != nil {
		return err
	}
	return c.scratch.put(scratch, key, e)
}

func (c *comparison) compare(tx, scratch *bbolt.Tx) error {
	for _, b := range tables.Behind {
		if tx.Bucket(b.Name) == nil {
			return errDiffers
		}
	}
	differ := func(_, _, _ []byte) error { return errDiffers }
	// The one that is built has no position: it would be that of the other.
	err := compareRows(tx.Bucket(bucketView).Cursor(), scratch.Bucket(bucketView).Cursor(), rowPosition, differ)
	if err == nil {
		err = compareRows(index(tx).Cursor(), index(scratch).Cursor(), nil, differ)
	}
	if err != nil {
		return err
	}
	return compareRows(documents(tx).Cursor(), documents(scratch).Cursor(), nil, func(key, a, b []byte) error {
		return c.sameDocument(tx, key, a, b)
	})
}

// rows walks along rows in the order of their keys.
type rows interface {
	Seek(key []byte) (k, v []byte)
	Next() (k, v []byte)
}

// compareRows calls unequal for every row whose values differ. A row of a is left out.
func compareRows(a, b rows, leftOut []byte, unequal func(key, a, b []byte) error) error {
	ka, va := a.Seek(nil)
	kb, vb := b.Seek(nil)
	for ka != nil || kb != nil {
		if leftOut != nil && bytes.Equal(ka, leftOut) {
			ka, va = a.Next()
			continue
		}
		if !bytes.Equal(ka, kb) {
			return errDiffers
		}
		if !bytes.Equal(va, vb) {
			if err := unequal(ka, va, vb); err != nil {
				return err
			}
		}
		ka, va = a.Next()
		kb, vb = b.Next()
	}
	return nil
}

// sameDocument compares two documents by what is in clear and, opened, by what is sealed.
func (c *comparison) sameDocument(tx *bbolt.Tx, at, a, b []byte) error {
	kind, rest, _ := bytes.Cut(at, []byte{0})
	id, _, _ := bytes.Cut(rest, []byte{0})
	key, err := c.view.keys.Key(tx, consult.SubjectKind(kind), string(id))
	if err != nil {
		return err
	}
	sa, err := parse(a)
	if err != nil {
		return err
	}
	sb, err := parse(b)
	if err != nil {
		return err
	}
	clear := func(row []byte, s *stored) []byte { return row[:len(row)-len(s.sealed)] }
	if !bytes.Equal(clear(a, sa), clear(b, sb)) {
		return errDiffers
	}
	if len(sa.sealed) == 0 && len(sb.sealed) == 0 {
		return nil // The entry at the same position says all of it.
	}
	plainA, errA := key.Open(sa.revision, seal.ForDocument, sa.sealed)
	plainB, errB := key.Open(sb.revision, seal.ForDocument, sb.sealed)
	if errA != nil || errB != nil || !bytes.Equal(plainA, plainB) {
		return errDiffers
	}
	return nil
}
