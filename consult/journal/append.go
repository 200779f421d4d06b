package journal

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/rows"
	"silta/consult/seal"
)

// maxCommand is the longest command id, in bytes.
const maxCommand = 200

// maxEntry is the most bytes that one entry may take: far more than any request, and little enough for one transaction.
const maxEntry = 16 << 20

// Append implements [consult.Orderer]. Position and Revision of the entry are given by the journal, whatever they hold. What its
// envelope points to is kept for those who follow, and not to be changed any more.
//
// It returns [ErrClosed] after Close, an error of package seal where the subject was erased, and whatever the projection
// refuses the entry with. With the context's error the outcome is unknown: the entry may be appended yet.
func (j *Journal) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return consult.Receipt{}, err
	}
	r, err := j.prepare(ctx, e, expected)
	if err != nil {
		return consult.Receipt{}, fmt.Errorf("append %s %s: %w", e.Kind, e.ID, err)
	}
	if r.settled {
		return r.receipt, nil
	}
	if err := j.submit(ctx, r); err != nil {
		return consult.Receipt{}, fmt.Errorf("append %s %s: %w", e.Kind, e.ID, err)
	}
	return r.receipt, nil
}

// submit hands a request to the writer and waits for its end.
func (j *Journal) submit(ctx context.Context, r *request) error {
	if !j.queue.put(r) {
		return ErrClosed
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// request is an entry on its way to the writer. Whoever appends does the work that can be done ahead: what is left for the
// writer is to compare and to put.
type request struct {
	ctx      context.Context
	kind     consult.SubjectKind
	id       string
	command  string
	expected uint64
	subject  []byte // key of the subject's row

	envelope consult.Envelope
	record   []byte
	content  hash
	newKey   []byte // sealed data key, of a subject's first entry

	check func(tx *bbolt.Tx) error
	write Write

	// change is set in a request that is no entry. Where another request undoes the transaction it runs once more.
	change func(tx *bbolt.Tx) error
	// alone is set in a request that the writer carries out by itself, between two transactions.
	alone func() error

	settled bool // its end is decided: err or receipt hold
	receipt consult.Receipt
	err     error
	done    chan struct{}
}

func (r *request) settle(receipt consult.Receipt, err error) {
	r.receipt, r.err, r.settled = receipt, err, true
}

func newRequest(ctx context.Context) *request { return &request{ctx: ctx, done: make(chan struct{})} }

// prepare encodes and seals the entry, and has the projection prepare itself. A request that it returns settled needs no
// writer: its command had been appended before.
func (j *Journal) prepare(ctx context.Context, e consult.Entry, expected uint64) (*request, error) {
	e.Position, e.Revision = 0, expected+1
	if err := valid(&e); err != nil {
		return nil, err
	}
	event, err := json.Marshal(e.Event)
	if err != nil {
		return nil, err
	}
	r := newRequest(ctx)
	r.kind, r.id, r.subject, r.command, r.expected = e.Kind, e.ID, subjectKey(e.Kind, e.ID), e.Command, expected
	var key *seal.Key
	if expected == 0 {
		if key, r.newKey, err = j.keys.NewKey(e.Kind, e.ID); err != nil {
			return nil, err
		}
	}
	err = j.view(func(tx *bbolt.Tx) error {
		// The writer compares again: this spares it what is decided already, and gives the projection the revision before.
		if err := decide(tx, r); err != nil || r.settled {
			return err
		}
		if key == nil {
			if key, err = j.keys.Key(tx, e.Kind, e.ID); err != nil {
				return err
			}
		}
		r.check, r.write, err = j.projection.Prepare(tx, key, e)
		return err
	})
	if err != nil || r.settled {
		return r, err
	}
	r.envelope = e.Envelope
	r.envelope.At = e.At.Round(0) // as it will be read back
	if r.record, r.content, err = encode(&e.Envelope, event, key); err != nil {
		return nil, err
	}
	if len(r.record) > maxEntry {
		return nil, errors.New("the entry is too large")
	}
	return r, nil
}

// valid refuses what could not be read back, or would put a typed text into the clear part.
func valid(e *consult.Entry) error {
	switch {
	case !consult.ValidID(string(e.Kind)):
		return errors.New("the kind is not valid")
	case !consult.ValidID(e.ID):
		return errors.New("the id is not valid")
	case !consult.ValidID(e.By):
		return errors.New("the id of who acted is not valid")
	case len(e.Command) > maxCommand:
		return errors.New("the command id is too long")
	case e.At.IsZero():
		return errors.New("the entry has no time")
	case e.Event == nil:
		return errors.New("the entry has no event")
	case e.Type != e.Event.Type():
		return errors.New("the entry's type is not the event's")
	}
	return nil
}

// decide settles a request whose command had been appended before, and returns an error where the subject is not at the
// expected revision.
func decide(tx *bbolt.Tx, r *request) error {
	if r.command != "" {
		receipt, ok, err := lookup(tx, r.command)
		if err != nil {
			return err
		}
		if ok {
			r.settle(receipt, nil)
			return nil
		}
	}
	revision, erased := subjectRow(tx, r.subject)
	if erased {
		return seal.ErrErased
	}
	if revision != r.expected {
		return fmt.Errorf("%w: %d, not %d", consult.ErrRevision, revision, r.expected)
	}
	return nil
}

// lookup finds the receipt of a command.
func lookup(tx *bbolt.Tx, command string) (consult.Receipt, bool, error) {
	v := rows.Commands(tx).Get([]byte(command))
	if v == nil {
		return consult.Receipt{}, false, nil
	}
	if len(v) != 8 {
		return consult.Receipt{}, false, &DamageError{0, errShort}
	}
	env, _, err := entryAt(tx, binary.BigEndian.Uint64(v))
	if err != nil {
		return consult.Receipt{}, false, err
	}
	return consult.Receipt{Position: env.Position, Kind: env.Kind, ID: env.ID, Revision: env.Revision, Repeated: true}, true, nil
}

// letterRevision is of a subject's row in the bucket that it shares with the subject's key.
const letterRevision = 'r'

func subjectKey(kind consult.SubjectKind, id string) []byte {
	return seal.Row(kind, id, letterRevision)
}

// markErased ends the row of a subject that was erased.
var markErased = []byte{1}

// A subject's row is its revision, and [markErased] where it was erased.
func subjectRow(tx *bbolt.Tx, key []byte) (revision uint64, erased bool) {
	v := rows.Subjects(tx).Get(key)
	if len(v) < 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(v), len(v) > 8
}
