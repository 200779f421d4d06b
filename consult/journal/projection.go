package journal

import (
	"context"
	"iter"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/seal"
)

// Projection is what the journal keeps in step with itself: it changes in the transaction of each entry. Package view is one.
type Projection interface {
	// Start is called once, by [Open], before anything else: the projection makes its buckets and catches up with the
	// journal, whose entries read yields. With event it can read single entries in any transaction, then and later: what an
	// entry holds in full the projection need not hold again.
	Start(db *boltsafe.DB, head uint64, read func(after uint64) iter.Seq2[consult.Entry, error], event ReadEvent) error
	// Prepare does ahead all the work of an entry that needs no writing. It runs in the goroutine of whoever appends, so many
	// run at once; tx reads, and shows the subject at the revision before the entry's. An error refuses the entry.
	//
	// Of what it returns, check runs in the transaction that will hold the entry and may refuse it, having written nothing;
	// write then writes, and is told the entry's position. Either may be nil. An error of write undoes the whole transaction.
	Prepare(tx *bbolt.Tx, key *seal.Key, e consult.Entry) (check func(tx *bbolt.Tx) error, write Write, err error)
	// Begin starts a transaction that will hold so many entries at most.
	Begin(tx *bbolt.Tx, entries int) error
	// Advance ends a transaction: the projection now stands at the head.
	Advance(tx *bbolt.Tx, head uint64) error
	// Settle is called in a transaction of its own before the file is closed: what is kept apart for speed is put in its place.
	Settle(tx *bbolt.Tx) error
	// Erase drops what the projection holds of a subject whose key was destroyed.
	Erase(tx *bbolt.Tx, kind consult.SubjectKind, id string) error
	// Prove says how the projection in a file differs from the one that the entries make, which read yields as a transaction of
	// that file sees them; "": it does not. The projection need not have been started. It may build another one in the scratch file.
	Prove(
		ctx context.Context, db *boltsafe.DB, scratch string, read func(tx *bbolt.Tx, after uint64) iter.Seq2[consult.Entry, error],
		event ReadEvent,
	) (difference string, err error)
}

// Write is what a projection does in the transaction that holds an entry.
type Write = func(tx *bbolt.Tx, position uint64) error

// ReadEvent returns the envelope of the entry at a position, and its event as JSON, for [consult.DecodeEvent]; nil where it was
// erased. An error of kind [consult.NotFound] means that there is no such entry.
type ReadEvent = func(tx *bbolt.Tx, position uint64) (consult.Envelope, []byte, error)

// bare is the projection of a journal that is opened without one.
type bare struct{}

func (bare) Start(*boltsafe.DB, uint64, func(uint64) iter.Seq2[consult.Entry, error], ReadEvent) error {
	return nil
}

func (bare) Prepare(*bbolt.Tx, *seal.Key, consult.Entry) (func(*bbolt.Tx) error, Write, error) {
	return nil, nil, nil
}

func (bare) Begin(*bbolt.Tx, int) error { return nil }

func (bare) Advance(*bbolt.Tx, uint64) error { return nil }

func (bare) Settle(*bbolt.Tx) error { return nil }

func (bare) Erase(*bbolt.Tx, consult.SubjectKind, string) error { return nil }

func (bare) Prove(
	context.Context, *boltsafe.DB, string, func(*bbolt.Tx, uint64) iter.Seq2[consult.Entry, error], ReadEvent,
) (string, error) {
	return "", nil
}
