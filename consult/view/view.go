// Package view is what the screens read: documents by id, and the indexes of the lists. It changes in the transaction of
// each journal entry, in the same bbolt file, so it is never behind the journal.
//
// A document that one entry alone makes is not stored a second time: its row points to the entry. What few changes at once write
// goes to one place of the file and is moved in bulk (package tier), so that a commit touches few pages.
//
// It holds nothing that is not in the journal, and is thrown away and built again from it when it is of another format, does
// not stand where the journal stands, or is in doubt. Documents are sealed with their subjects' keys; what the indexes hold
// in clear are ids, codes and times. Every list is a walk along an index: its cost follows the page, not the number of
// requests.
package view

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/internal/tier"
	"silta/consult/seal"
)

// format is of documents and rows together: a view of another format is built again.
const format = 9

var (
	bucketView = []byte("view")

	// rowPosition holds the format and the journal position that the view stands at. Without it the view is not whole.
	rowPosition = []byte("position")
)

// tables are the documents and the index, with a front that makes a commit of few changes cheap.
var tables = tier.Set{
	Front: []byte("view front"),
	// Ids are made in the order of time, so new documents come at the end.
	Behind: []tier.Bucket{{Name: []byte("view documents"), Fill: 0.9}, {Name: []byte("view index")}},
}

func documents(tx *bbolt.Tx) tier.Table { return tables.Table(tx, 0) }

func index(tx *bbolt.Tx) tier.Table { return tables.Table(tx, 1) }

// Options of a view.
type Options struct {
	// Rebuild throws away what there is and builds the view again.
	Rebuild bool
}

// View is the projection of a journal, and answers what the screens ask. It can be read when the journal is open, and is
// safe for concurrent use. What is asked for and does not exist is an error of kind [consult.NotFound].
type View struct {
	keys    *seal.Keyring
	options Options
	db      *boltsafe.DB
	event   readEvent
	opened  opened
	// keysIn is the transaction in which the keys are, where that is another file's; nil: the transaction that reads.
	keysIn *bbolt.Tx
	// erased counts erasures since the start.
	erased atomic.Int64
}

// readEvent returns the envelope of the journal's entry at a position with its event as JSON, nil where it was erased.
type readEvent = func(tx *bbolt.Tx, position uint64) (consult.Envelope, []byte, error)

// New returns a view that is to be given to the journal that it will be a projection of.
func New(keys *seal.Keyring, o Options) *View { return &View{keys: keys, options: o} }

// Start implements the journal's projection: it builds the view where there is none that can be used.
func (v *View) Start(
	db *boltsafe.DB, head uint64, read func(after uint64) iter.Seq2[consult.Entry, error],
	event readEvent,
) error {
	v.db, v.event = db, event
	whole := false
	err := boltsafe.View(db, func(tx *bbolt.Tx) error {
		if b := tx.Bucket(bucketView); b != nil {
			whole = string(b.Get(rowPosition)) == string(positionValue(head))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	if whole && !v.options.Rebuild {
		return nil
	}
	if err := v.build(head, read); err != nil {
		return fmt.Errorf("build view: %w", err)
	}
	return nil
}

// fewEntries is up to how many entries a transaction's changes go to the front of the tables.
const fewEntries = 4

// Begin implements the journal's projection.
func (v *View) Begin(tx *bbolt.Tx, entries int) error { return tables.Begin(tx, entries <= fewEntries) }

// Settle implements the journal's projection.
func (v *View) Settle(tx *bbolt.Tx) error { return tables.Settle(tx) }

// Advance implements the journal's projection.
func (v *View) Advance(tx *bbolt.Tx, head uint64) error {
	if err := tables.End(tx); err != nil {
		return err
	}
	return tx.Bucket(bucketView).Put(rowPosition, positionValue(head))
}

func positionValue(position uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{format}, position)
}

// Erase implements the journal's projection. A request's reference stays taken.
func (v *View) Erase(tx *bbolt.Tx, kind consult.SubjectKind, id string) error {
	// Whoever compares meanwhile sees that it happened, on whichever side of the commit they look.
	v.erased.Add(1)
	tx.OnCommit(func() { v.erased.Add(1) })
	// Nothing of it may be left behind.
	if err := tables.Settle(tx); err != nil {
		return err
	}
	if mayBeOpened(kind) {
		v.opened.change(tx)
	}
	switch kind {
	case consult.KindLooks:
		return eraseLooks(tx, id)
	case consult.KindGrant:
		if err := eraseGrant(tx, id); err != nil {
			return err
		}
	}
	documents := documents(tx)
	base := subjectKey(kind, id)
	var keys [][]byte
	c := documents.Cursor()
	for k, _ := c.Seek(base); bytes.HasPrefix(k, base); k, _ = c.Next() {
		// Versions of the subject follow a zero byte; anything else is a longer id.
		if len(k) == len(base) || k[len(base)] == 0 {
			keys = append(keys, bytes.Clone(k))
		}
	}
	for _, k := range keys {
		before, err := find(tx, k)
		if err != nil {
			return err
		}
		c := change{kind: kind, id: id, old: before.card}
		if err := c.index(tx); err != nil {
			return err
		}
		if err := documents.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
