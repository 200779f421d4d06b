package seal

import (
	"bytes"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltpages"
)

// ForRecord is the purpose of what a [Box] seals.
const ForRecord Purpose = "record"

// Box seals records that belong to no subject of the journal, such as texts that were not sent yet. Each has a data key of its
// own, which stands in the record itself, sealed by the master key: who deletes the record has deleted its key. It is safe for
// concurrent use.
type Box struct {
	keys *Keyring
	kind consult.SubjectKind
}

// Box returns a box for records of a kind.
func (r *Keyring) Box(kind consult.SubjectKind) *Box { return &Box{r, kind} }

// Seal returns the sealed form of plain, bound to the id. Ids hold no zero byte.
func (b *Box) Seal(id string, plain []byte) ([]byte, error) {
	key, sealed, err := b.keys.NewKey(b.kind, id)
	if err != nil {
		return nil, err
	}
	return joined(sealed, key.Seal(nil, 0, ForRecord, plain)), nil
}

// Scrub overwrites what the records that are gone have left in a file of sealed records, their keys included: the master key and the raw
// file open nothing of them. Nobody may use the file meanwhile.
func (*Box) Scrub(db *bbolt.DB) error {
	// With one more commit neither of the two states that the file can fall back to needs what is overwritten.
	var txid uint64
	if err := db.Update(func(tx *bbolt.Tx) error { txid = uint64(tx.ID()); return nil }); err != nil { // #nosec G115 -- it counts from 0
		return err
	}
	return boltpages.Overwrite(db.Path(), txid)
}

// Fresh returns a record whose key the primary master key has sealed, and whether it was another one before. It fails with [ErrMaster] or
// [ErrSealed].
func (b *Box) Fresh(id string, record []byte) (fresh []byte, changed bool, err error) {
	sealed, text, err := split(record)
	if err != nil {
		return nil, false, err
	}
	key, err := b.keys.fresh(sealed, place(b.kind, id))
	if err != nil || bytes.Equal(key, sealed) {
		return record, false, err
	}
	return joined(key, text), true, nil
}

// split takes a record apart: its key, as a master key has sealed it, and what the key has sealed.
func split(record []byte) (key, text []byte, err error) {
	if len(record) < 2 {
		return nil, nil, ErrSealed
	}
	n := int(binary.BigEndian.Uint16(record))
	record = record[2:]
	if len(record) < n {
		return nil, nil, ErrSealed
	}
	return record[:n], record[n:], nil
}

// joined is a record of its two parts.
func joined(key, text []byte) []byte {
	record := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(key)+len(text)), uint16(len(key))) // #nosec G115 -- a sealed key is some 60 bytes
	return append(append(record, key...), text...)
}

// Open returns what was sealed for the id, or [ErrMaster] or [ErrSealed].
func (b *Box) Open(id string, record []byte) ([]byte, error) {
	sealed, text, err := split(record)
	if err != nil {
		return nil, err
	}
	raw, err := b.keys.master().Decrypt(sealed, place(b.kind, id))
	if err != nil {
		return nil, ErrMaster
	}
	key, err := newKey(b.kind, id, raw)
	if err != nil {
		return nil, err
	}
	return key.Open(0, ForRecord, text)
}
