package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
	"go.etcd.io/bbolt"

	"silta/consult/internal/rows"
)

// masterKeys are the master keys of a file: the primary one seals, all of them open.
type masterKeys struct {
	tink.AEAD
	// prefix is what begins all that the primary key has sealed.
	prefix []byte
}

func newMasterKeys(h *keyset.Handle) (*masterKeys, error) {
	a, err := aead.New(h)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	primary, err := h.Primary()
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return &masterKeys{a, binary.BigEndian.AppendUint32([]byte{1}, primary.KeyID())}, nil
}

func (r *Keyring) master() *masterKeys { return r.present.Load() }

// fresh returns the sealed form under the primary master key of what any of them has sealed.
func (r *Keyring) fresh(sealed, place []byte) ([]byte, error) {
	m := r.master()
	if bytes.HasPrefix(sealed, m.prefix) {
		return sealed, nil
	}
	raw, err := m.Decrypt(sealed, place)
	if err != nil {
		return nil, ErrMaster
	}
	return m.Encrypt(raw, place)
}

// Reload takes the master keys from a file again, after it was changed by [AddMaster] or [ForgetMasters].
func (r *Keyring) Reload(path string) error {
	fresh, err := LoadMaster(path)
	if err == nil {
		r.present.Store(fresh.master())
	}
	return err
}

// Rewrap seals data keys again with the primary master key where another one has sealed them, in the order of their rows from
// one on, looking at limit rows at most. It returns how many those were and the row to go on from, nil at the end.
func (r *Keyring) Rewrap(tx *bbolt.Tx, from []byte, limit int) (next []byte, n int, err error) {
	type change struct{ key, value []byte }
	var changes []change
	b := rows.Subjects(tx)
	c := b.Cursor()
	k, v := c.Seek(from)
	for seen := 0; k != nil; k, v = c.Next() {
		if seen++; seen > limit {
			next = bytes.Clone(k)
			break
		}
		at := k
		if !bytes.Equal(k, rowCheck) {
			if len(k) < 2 || k[len(k)-1] != letterKey || len(v) == 0 {
				continue
			}
			at = k[:len(k)-2]
		}
		if bytes.HasPrefix(v, r.master().prefix) {
			continue
		}
		fresh, err := r.fresh(v, at)
		if err != nil {
			return nil, 0, err
		}
		changes = append(changes, change{bytes.Clone(k), fresh})
	}
	for _, c := range changes {
		if err := b.Put(c.key, c.value); err != nil {
			return nil, 0, err
		}
	}
	return next, len(changes), nil
}

// AddMaster adds a new master key to a file, which seals from then on, while the old one still opens. A file that has several
// already is in the middle of this: it is left as it is. The change is on disk as a whole or not at all.
func AddMaster(path string) error {
	return changeMaster(path, func(m *keyset.Manager, h *keyset.Handle) error {
		if h.Len() > 1 {
			return nil
		}
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		return m.SetPrimary(id)
	})
}

// ForgetMasters takes all master keys but the primary one out of a file, and returns how many those were. What they have sealed does not
// open any more.
func ForgetMasters(path string) (n int, err error) {
	err = changeMaster(path, func(m *keyset.Manager, h *keyset.Handle) error {
		for i := range h.Len() {
			e, err := h.Entry(i)
			if err != nil {
				return err
			}
			if e.IsPrimary() {
				continue
			}
			if err := m.Delete(e.KeyID()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// changeMaster puts another file in the place of a master key's.
func changeMaster(path string, change func(*keyset.Manager, *keyset.Handle) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("master key: %w", err)
		}
	}()
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	h, err := readKeyset(data)
	if err != nil {
		return err
	}
	m := keyset.NewManagerFromHandle(h)
	if err := change(m, h); err != nil {
		return err
	}
	changed, err := m.Handle()
	if err != nil {
		return err
	}
	// A file that a crash has left behind is of no use: the change begins again.
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := writeKeyset(next, changed); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	return syncDir(path)
}
