package session

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

var bucketPasskeys = []byte("passkeys")

// PasskeyUse is the last use of a passkey.
type PasskeyUse struct {
	At time.Time
	// Counter is how often its authenticator had signed.
	Counter uint32
	// Copied: there is a copy of the key elsewhere.
	Copied bool
}

// passkeyUseSize is the length of a use as it is kept: its moment in Unix seconds, the counter, whether there is a copy, and the hash of
// the question that was answered.
const passkeyUseSize = 8 + 4 + 1 + 32

// UsePasskey records a use of a passkey that was made when its authenticator had signed as often as counter says. It returns false for one
// that is not to be believed: a second answer to the same question, or from an authenticator that counts and is behind, as a copy
// would be.
func (s *Store) UsePasskey(id []byte, counter uint32, use PasskeyUse, question string) (fresh bool, err error) {
	k, asked := key(string(id)), key(question)
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketPasskeys)
		if v := b.Get(k); len(v) == passkeyUseSize {
			counter = max(counter, readPasskeyUse(v).Counter)
			if bytes.Equal(v[13:], asked) {
				return nil
			}
		}
		if fresh = use.Counter > counter || use.Counter == 0 && counter == 0; !fresh {
			return nil
		}
		v := binary.BigEndian.AppendUint64(nil, uint64(use.At.Unix()))
		v = binary.BigEndian.AppendUint32(v, use.Counter)
		v = append(v, 0)
		if use.Copied {
			v[12] = 1
		}
		return b.Put(k, append(v, asked...))
	})
	return fresh && err == nil, err
}

// PasskeyUsed returns the last use of a passkey; the zero value for one that was never used.
func (s *Store) PasskeyUsed(id []byte) (use PasskeyUse, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket(bucketPasskeys).Get(key(string(id))); len(v) == passkeyUseSize {
			use = readPasskeyUse(v)
		}
		return nil
	})
	return use, err
}

func readPasskeyUse(v []byte) PasskeyUse {
	return PasskeyUse{At: expiryOf(v), Counter: binary.BigEndian.Uint32(v[8:]), Copied: v[12] == 1}
}
