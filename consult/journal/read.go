package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/rows"
	"silta/consult/seal"
)

// Bounds of one transaction that reads. Between two of them the writer can reuse pages and grow the file.
const (
	maxRead      = 256
	maxReadBytes = 1 << 20
)

var (
	errMissing = errors.New("it is missing")
	errChain   = errors.New("it does not follow from the entry before")
	errBeyond  = errors.New("it is beyond the stored head")
	errView    = errors.New("the view")
)

// Envelopes implements [consult.Follower]. A damaged entry ends it with a [*DamageError].
func (j *Journal) Envelopes(after uint64) iter.Seq2[consult.Envelope, error] {
	head := j.Head()
	return func(yield func(consult.Envelope, error) bool) {
		for after < head {
			page := j.recentFrom(after+1, maxRead)
			if page == nil {
				for env, err := range walk(j, after, head, func(_ *bbolt.Tx, position uint64, p parsed) (consult.Envelope, error) {
					return decodeEnvelope(position, p)
				}) {
					if !yield(env, err) {
						return
					}
				}
				return
			}
			for _, env := range page {
				if env.Position > head || !yield(env, nil) {
					return
				}
				after = env.Position
			}
		}
	}
}

// Read yields the entries after a position with their contents, in order, up to the head at the time of the call. The Event
// of an erased entry is nil. A damaged entry ends it with a [*DamageError].
func (j *Journal) Read(after uint64) iter.Seq2[consult.Entry, error] {
	return walk(j, after, j.Head(), j.open)
}

// walk yields what read makes of the entries after a position. No transaction is open while it yields.
func walk[T any](j *Journal, after, head uint64, read func(tx *bbolt.Tx, position uint64, p parsed) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for next := after + 1; next <= head && next > after; {
			var page []T
			err := j.view(func(tx *bbolt.Tx) error {
				return records(tx, next, head, func(position uint64, p parsed) error {
					v, err := read(tx, position, p)
					if err == nil {
						page = append(page, v)
					}
					return err
				})
			})
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			next += uint64(len(page))
		}
	}
}

// records calls fn for the records from first on, up to last or as many as one transaction may read.
func records(tx *bbolt.Tx, first, last uint64, fn func(position uint64, p parsed) error) error {
	c := entriesIn(tx).Cursor()
	k, v := c.Seek(positionKey(first))
	for position, bytes := first, 0; position <= last && position-first < maxRead && bytes < maxReadBytes; position++ {
		if len(k) != 8 || binary.BigEndian.Uint64(k) != position {
			return &DamageError{position, errMissing}
		}
		p, err := parse(v, position)
		if err != nil {
			return &DamageError{position, err}
		}
		if err := fn(position, p); err != nil {
			return err
		}
		bytes += len(v)
		k, v = c.Next()
	}
	return nil
}

// each calls fn for all rows of one of the journal's buckets, in their order, as far as it returns no error.
func each(tx *bbolt.Tx, name []byte, fn func(k, v []byte) error) error {
	var c interface {
		Seek([]byte) (k, v []byte)
		Next() (k, v []byte)
	}
	switch string(name) {
	case string(bucketEntries):
		c = entriesIn(tx).Cursor()
	case rows.SubjectsBucket:
		c = rows.Subjects(tx).Cursor()
	case rows.CommandsBucket:
		c = rows.Commands(tx).Cursor()
	default:
		c = tx.Bucket(name).Cursor()
	}
	for k, v := c.Seek(nil); k != nil; k, v = c.Next() {
		if err := fn(k, v); err != nil {
			return err
		}
	}
	return nil
}

func decodeEnvelope(position uint64, p parsed) (consult.Envelope, error) {
	env, err := p.decodeEnvelope(position)
	if err != nil {
		return consult.Envelope{}, &DamageError{position, errors.New("the envelope can't be read")}
	}
	return env, nil
}

// open makes the entry of a record. The texts of JSON errors are left out: they may quote contents.
func (j *Journal) open(tx *bbolt.Tx, position uint64, p parsed) (consult.Entry, error) {
	env, plain, err := j.unseal(tx, position, p)
	if err != nil || plain == nil {
		return consult.Entry{Envelope: env}, err
	}
	event, err := consult.DecodeEvent(env.Type, plain)
	if err != nil {
		return consult.Entry{}, &DamageError{position, fmt.Errorf("the event of type %s can't be read", env.Type)}
	}
	return consult.Entry{Envelope: env, Event: event}, nil
}

// unseal returns the envelope of a record and the JSON of its event, nil where it was erased.
func (j *Journal) unseal(tx *bbolt.Tx, position uint64, p parsed) (consult.Envelope, []byte, error) {
	env, err := decodeEnvelope(position, p)
	if err != nil || p.format == formatErased {
		return env, nil, err
	}
	key, err := j.keys.Key(tx, env.Kind, env.ID)
	if err != nil {
		return consult.Envelope{}, nil, &DamageError{position, err}
	}
	plain, err := key.Open(env.Revision, seal.ForEvent, p.payload)
	if err != nil {
		return consult.Envelope{}, nil, &DamageError{position, err}
	}
	return env, plain, nil
}

// event is the [ReadEvent] of the projection.
func (j *Journal) event(tx *bbolt.Tx, position uint64) (consult.Envelope, []byte, error) {
	p, err := recordAt(tx, position)
	if err != nil {
		return consult.Envelope{}, nil, err
	}
	return j.unseal(tx, position, p)
}

// recordAt returns the record at a position, or an error of kind NotFound.
func recordAt(tx *bbolt.Tx, position uint64) (parsed, error) {
	v := entriesIn(tx).Get(positionKey(position))
	if v == nil {
		return parsed{}, consult.Fail(consult.NotFound, "not-found.entry")
	}
	p, err := parse(v, position)
	if err != nil {
		return parsed{}, &DamageError{position, err}
	}
	return p, nil
}

// entryAt returns the envelope and the record at a position, or an error of kind NotFound.
func entryAt(tx *bbolt.Tx, position uint64) (consult.Envelope, parsed, error) {
	p, err := recordAt(tx, position)
	if err != nil {
		return consult.Envelope{}, parsed{}, err
	}
	env, err := decodeEnvelope(position, p)
	return env, p, err
}

// Envelope returns the envelope at a position. Beyond the head the error is of kind [consult.NotFound].
func (j *Journal) Envelope(position uint64) (env consult.Envelope, err error) {
	if held := j.recentFrom(position, 1); held != nil {
		return held[0], nil
	}
	err = j.view(func(tx *bbolt.Tx) (err error) {
		env, _, err = entryAt(tx, position)
		return err
	})
	return env, err
}

// Subject returns a subject's present revision, 0 where it does not exist.
func (j *Journal) Subject(kind consult.SubjectKind, id string) (revision uint64, err error) {
	err = j.view(func(tx *bbolt.Tx) error {
		revision, _ = subjectRow(tx, subjectKey(kind, id))
		return nil
	})
	return revision, err
}

// Lookup returns the receipt of a command that was appended, with Repeated set, and whether there is one.
func (j *Journal) Lookup(command string) (receipt consult.Receipt, ok bool, err error) {
	if command == "" {
		return consult.Receipt{}, false, nil
	}
	err = j.view(func(tx *bbolt.Tx) (err error) {
		receipt, ok, err = lookup(tx, command)
		return err
	})
	return receipt, ok, err
}
