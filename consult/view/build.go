package view

import (
	"errors"
	"iter"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/seal"
)

// chunk is how many entries one transaction of the building holds.
const chunk = 256

// build makes the view anew, in bounded transactions. It is whole with the last of them: a start after a crash in between
// begins again.
func (v *View) build(head uint64, read func(after uint64) iter.Seq2[consult.Entry, error]) error {
	if err := boltsafe.Update(v.db, clear); err != nil {
		return err
	}
	entries := make([]consult.Entry, 0, chunk)
	for e, err := range read(0) {
		if err != nil {
			return err
		}
		if entries = append(entries, e); len(entries) == chunk {
			if err := v.replay(entries); err != nil {
				return err
			}
			entries = entries[:0]
		}
	}
	if err := v.replay(entries); err != nil {
		return err
	}
	return boltsafe.Update(v.db, func(tx *bbolt.Tx) error { return v.Advance(tx, head) })
}

// clear empties the view and takes its position away.
func clear(tx *bbolt.Tx) error {
	if err := tx.DeleteBucket(bucketView); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
		return err
	}
	if _, err := tx.CreateBucket(bucketView); err != nil {
		return err
	}
	return tables.Clear(tx)
}

// replay applies entries of the journal in one transaction.
func (v *View) replay(entries []consult.Entry) error {
	return boltsafe.Update(v.db, func(tx *bbolt.Tx) error {
		for _, e := range entries {
			if err := v.apply(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *View) apply(tx *bbolt.Tx, e consult.Entry) error {
	if e.Event == nil {
		return keepRef(tx, e.Envelope)
	}
	key, err := v.keys.Key(tx, e.Kind, e.ID)
	if err != nil {
		return err
	}
	return v.put(tx, key, e)
}

// put applies an entry whose contents are not erased.
func (v *View) put(tx *bbolt.Tx, key *seal.Key, e consult.Entry) error {
	check, write, err := v.Prepare(tx, key, e)
	if err == nil && check != nil {
		err = check(tx)
	}
	if err != nil {
		return err
	}
	return write(tx, e.Position)
}

// keepRef keeps the reference of an erased request taken.
func keepRef(tx *bbolt.Tx, env consult.Envelope) error {
	if env.Notice == nil {
		return nil
	}
	if row, ok := refRow(env.Notice.Ref); ok {
		return index(tx).Put(row, []byte(env.ID))
	}
	return nil
}
