// Package seal keeps what people typed unreadable at rest.
//
// Every subject (a request, a person, …) has a data key of its own. A master key, which lives outside of the data file,
// seals the data keys; the sealed keys stand in the data file next to what they seal. To destroy a subject's data key is to
// erase its contents for good, in every place where they were written.
//
// What is sealed is bound to its place: the subject, the revision and the purpose are authenticated with it, so that a
// record that was moved to another place does not open there.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/rows"
)

// Errors of keys. None of them says anything about contents.
var (
	// ErrErased: the subject's key was destroyed, and with it all that it had sealed.
	ErrErased = errors.New("the contents were erased")
	// ErrNoKey: the subject has never had a key.
	ErrNoKey = errors.New("the subject has no key")
	// ErrMaster: the master key is not the one that the file was sealed with.
	ErrMaster = errors.New("another master key sealed this file")
	// ErrSealed: what should open is damaged, or stands in a place that it was not sealed for.
	ErrSealed = errors.New("a sealed record does not open")
)

const dataKeyLen = 32

// letterKey is of the rows that hold the data keys, one per subject (package rows). Whoever keeps rows of subjects in the same file puts
// them there too, under [Row] of another letter: a page that holds both is written once.
const letterKey = 'k'

var (
	// rowCheck holds a sealed constant, so that a wrong master key is noticed at start. It is no subject: those have a kind.
	rowCheck   = []byte{0}
	checkValue = []byte("silta")
)

// Keyring makes, finds and destroys the data keys of subjects. It keeps none of them in memory. It is safe for concurrent use.
type Keyring struct{ present atomic.Pointer[masterKeys] }

// Start prepares a data file at its first use, and otherwise returns [ErrMaster] where another master key sealed it.
func (r *Keyring) Start(tx *bbolt.Tx) error {
	if err := rows.Create(tx); err != nil {
		return err
	}
	b := rows.Subjects(tx)
	if sealed := b.Get(rowCheck); sealed != nil {
		if _, err := r.master().Decrypt(sealed, rowCheck); err != nil {
			return ErrMaster
		}
		return nil
	}
	sealed, err := r.master().Encrypt(checkValue, rowCheck)
	if err != nil {
		return err
	}
	return b.Put(rowCheck, sealed)
}

// Check returns [ErrMaster] where another master key sealed the file, and [ErrSealed] where only what tells them apart is
// damaged. It writes nothing.
func (r *Keyring) Check(tx *bbolt.Tx) error {
	b := rows.Subjects(tx)
	if plain, err := r.master().Decrypt(b.Get(rowCheck), rowCheck); err == nil && bytes.Equal(plain, checkValue) {
		return nil
	}
	c := b.Cursor()
	for k, v := c.Seek(nil); k != nil; k, v = c.Next() {
		if len(k) < 2 || k[len(k)-1] != letterKey || len(v) == 0 {
			continue
		}
		if _, err := r.master().Decrypt(v, k[:len(k)-2]); err == nil {
			return ErrSealed
		}
	}
	return ErrMaster
}

// NewKey makes a subject's data key, and the sealed form of it that [Keyring.Store] takes. It touches no file.
func (r *Keyring) NewKey(kind consult.SubjectKind, id string) (*Key, []byte, error) {
	raw := make([]byte, dataKeyLen)
	rand.Read(raw)
	sealed, err := r.master().Encrypt(raw, place(kind, id))
	if err != nil {
		return nil, nil, err
	}
	k, err := newKey(kind, id, raw)
	return k, sealed, err
}

// Store keeps a new sealed data key of a subject that has none.
func (r *Keyring) Store(tx *bbolt.Tx, kind consult.SubjectKind, id string, sealed []byte) error {
	// The master key may have been replaced since it was sealed.
	sealed, err := r.fresh(sealed, place(kind, id))
	if err != nil {
		return err
	}
	return rows.Subjects(tx).Put(Row(kind, id, letterKey), sealed)
}

// Key returns a subject's data key, or [ErrErased], [ErrNoKey] or [ErrMaster].
func (r *Keyring) Key(tx *bbolt.Tx, kind consult.SubjectKind, id string) (*Key, error) {
	sealed := rows.Subjects(tx).Get(Row(kind, id, letterKey))
	switch {
	case sealed == nil:
		return nil, ErrNoKey
	case len(sealed) == 0:
		return nil, ErrErased
	}
	raw, err := r.master().Decrypt(sealed, place(kind, id))
	if err != nil {
		return nil, ErrMaster
	}
	return newKey(kind, id, raw)
}

// Destroy makes all that the subject's key has sealed unreadable. The freed page of the file that held the sealed key may
// keep its bytes until it is used again, and so do earlier backups.
func (r *Keyring) Destroy(tx *bbolt.Tx, kind consult.SubjectKind, id string) error {
	at := Row(kind, id, letterKey)
	b := rows.Subjects(tx)
	if b.Get(at) == nil {
		return ErrNoKey
	}
	return b.Put(at, []byte{})
}

// Row is the key of a subject's row of a letter. Kinds and ids never hold a zero byte (see [consult.ValidID]).
func Row(kind consult.SubjectKind, id string, letter byte) []byte {
	return append(place(kind, id), 0, letter)
}

// place is what a subject's sealed records are bound to.
func place(kind consult.SubjectKind, id string) []byte {
	b := make([]byte, 0, len(kind)+1+len(id)+2)
	return append(append(append(b, kind...), 0), id...)
}

// Purpose says what a sealed record is for.
type Purpose string

// Purposes.
const (
	// ForEvent: the event of a journal entry.
	ForEvent Purpose = "event"
	// ForDocument: the subject's document in the view.
	ForDocument Purpose = "document"
)

// Key seals and opens what belongs to one subject. It is safe for concurrent use.
type Key struct {
	aead  cipher.AEAD
	place []byte
}

func newKey(kind consult.SubjectKind, id string, raw []byte) (*Key, error) {
	if len(raw) != dataKeyLen {
		return nil, fmt.Errorf("a data key of %d bytes", len(raw))
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Key{aead: aead, place: place(kind, id)}, nil
}

// Overhead is how many bytes longer than its plain text a sealed record is.
func (k *Key) Overhead() int { return k.aead.Overhead() }

// Seal appends the sealed form of plain to dst, bound to the subject, a revision and a purpose.
func (k *Key) Seal(dst []byte, revision uint64, p Purpose, plain []byte) []byte {
	return k.aead.Seal(dst, nil, plain, k.data(revision, p)) // #nosec G407 -- a random nonce is its own doing
}

// Open returns what was sealed for the same subject, revision and purpose, or [ErrSealed].
func (k *Key) Open(revision uint64, p Purpose, sealed []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, k.data(revision, p))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// data is the associated data of a record.
func (k *Key) data(revision uint64, p Purpose) []byte {
	b := make([]byte, 0, len(k.place)+1+8+len(p))
	b = append(append(b, k.place...), 0)
	return append(binary.BigEndian.AppendUint64(b, revision), p...)
}
