package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/rows"
	"silta/consult/seal"
)

// Verify walks the whole journal and returns nil when it is what was written: every checksum is right, every entry follows
// from the one before by its hash, the last one is the last that was appended, every subject's revisions are whole, every
// command is known, and every sealed event opens or was erased together with its key. Otherwise it returns a [*DamageError]
// with the first position where it is not. It runs beside appends, and needs memory for the ids of all subjects.
//
// What somebody changes on purpose who can also write all that follows is not to be seen from the file alone.
func (j *Journal) Verify(ctx context.Context) error { return j.verify(ctx, newVerification(j.keys)) }

func (j *Journal) verify(ctx context.Context, v *verification) error {
	for done := false; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := j.view(func(tx *bbolt.Tx) (err error) {
			done, err = v.step(tx)
			return err
		})
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[*DamageError](err); ok || errors.Is(err, ErrClosed) {
			return err
		}
		return &DamageError{v.position + 1, err}
	}
	return nil
}

// verification is a walk in progress.
type verification struct {
	keys      *seal.Keyring
	position  uint64
	last      hash
	revisions map[string]uint64
	commands  int
	erased    uint64
	// gone are the subjects with erased entries.
	gone map[string]bool
	// known are hashes that entries must have, by position.
	known map[uint64][]string
}

func newVerification(keys *seal.Keyring) *verification {
	return &verification{keys: keys, revisions: map[string]uint64{}, gone: map[string]bool{}, known: map[uint64][]string{}}
}

// step checks some entries. At the end of the journal it checks what must agree with all of them, in the same transaction.
func (v *verification) step(tx *bbolt.Tx) (done bool, err error) {
	head, last, err := storedHead(tx)
	if err != nil {
		return false, err
	}
	if v.position > head {
		return false, &DamageError{v.position, errBeyond}
	}
	err = records(tx, v.position+1, head, func(position uint64, p parsed) error {
		if err := v.entry(tx, position, p); err != nil {
			return &DamageError{position, err}
		}
		return nil
	})
	if err != nil || v.position < head {
		return false, err
	}
	if v.last != last {
		return false, &DamageError{head, errChain}
	}
	return true, v.end(tx, head)
}

func (v *verification) entry(tx *bbolt.Tx, position uint64, p parsed) error {
	if p.previous != v.last {
		return errChain
	}
	env, err := p.decodeEnvelope(position)
	if err != nil {
		return errors.New("the envelope can't be read")
	}
	subject := string(subjectKey(env.Kind, env.ID))
	if env.Revision != v.revisions[subject]+1 {
		return fmt.Errorf("it has revision %d of its subject after revision %d", env.Revision, v.revisions[subject])
	}
	if env.Command != "" && !bytes.Equal(rows.Commands(tx).Get([]byte(env.Command)), positionKey(position)) {
		return errors.New("its command is not known")
	}
	if err := v.contents(tx, env, p); err != nil {
		return err
	}
	if env.Command != "" {
		v.commands++
	}
	if p.format == formatErased {
		v.erased++
		v.gone[subject] = true
	}
	v.position, v.last, v.revisions[subject] = position, p.hash(position), env.Revision
	for _, h := range v.known[position] {
		if h != hex.EncodeToString(v.last[:]) {
			return errors.New("it has another hash than the one that was known")
		}
	}
	return nil
}

// contents checks that the event opens, or was erased together with its key.
func (v *verification) contents(tx *bbolt.Tx, env consult.Envelope, p parsed) error {
	key, err := v.keys.Key(tx, env.Kind, env.ID)
	erased := p.format == formatErased
	switch {
	case erased && errors.Is(err, seal.ErrErased):
		return nil
	case erased:
		return errors.New("its contents are missing, but were not erased")
	case err != nil:
		return err
	}
	_, err = key.Open(env.Revision, seal.ForEvent, p.payload)
	return err
}

// end compares the rows of subjects, keys and commands with the entries, and looks for entries behind the last one.
func (v *verification) end(tx *bbolt.Tx, head uint64) error {
	if k, _ := entriesIn(tx).Cursor().Last(); k != nil && !bytes.Equal(k, positionKey(head)) {
		return &DamageError{head + 1, errBeyond}
	}
	commands := 0
	_ = each(tx, bucketCommands, func(_, _ []byte) error { commands++; return nil })
	if commands != v.commands {
		return &DamageError{0, errors.New("a command is known that no entry has")}
	}
	n := 0
	err := each(tx, bucketSubjects, func(k, row []byte) error {
		if k[len(k)-1] != letterRevision {
			return v.keyRow(k)
		}
		n++
		if len(row) < 8 || v.revisions[string(k)] != binary.BigEndian.Uint64(row) {
			return &DamageError{0, errors.New("a subject's revision is not that of its last entry")}
		}
		if mark := row[8:]; len(mark) == 0 && v.gone[string(k)] || len(mark) > 0 && !(bytes.Equal(mark, markErased) && v.isGone(tx, k)) {
			return &DamageError{0, errors.New("a subject's row does not say whether it was erased")}
		}
		return nil
	})
	if err == nil && n != len(v.revisions) {
		return &DamageError{0, errors.New("a subject's revision is missing")}
	}
	return err
}

// isGone reports whether a subject was erased: before its entries were checked, or since.
func (v *verification) isGone(tx *bbolt.Tx, subject []byte) bool {
	if v.gone[string(subject)] {
		return true
	}
	kind, id, _ := bytes.Cut(subject[:len(subject)-2], []byte{0})
	_, err := v.keys.Key(tx, consult.SubjectKind(kind), string(id))
	return errors.Is(err, seal.ErrErased)
}

// keyRow checks that a row beside the subjects' revisions is the key of a subject that has entries. The row of one byte is the
// keyring's own.
func (v *verification) keyRow(k []byte) error {
	if len(k) == 1 {
		return nil
	}
	revision := append(bytes.Clone(k[:len(k)-1]), letterRevision)
	if v.revisions[string(revision)] == 0 {
		return &DamageError{0, errors.New("a key belongs to no subject")}
	}
	return nil
}
