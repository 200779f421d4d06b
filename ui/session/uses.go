package session

import (
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// useStep is how exactly it is known when a token was used last.
const useStep = time.Hour

var bucketUses = []byte("token uses")

// Use records that a token was used at a moment. It writes once an hour for each token; the rest costs a look into memory.
// A use that cannot be written is forgotten: nothing depends on it.
func (s *Store) Use(token string, at time.Time) {
	at = at.Truncate(useStep)
	if before, loaded := s.uses.Swap(token, at); loaded && before.(time.Time).Equal(at) {
		return
	}
	_ = s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketUses).Put([]byte(token), binary.BigEndian.AppendUint64(nil, uint64(at.Unix())))
	})
}

// Used returns when a token was used last, to the hour, or the zero time.
func (s *Store) Used(token string) (at time.Time, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket(bucketUses).Get([]byte(token)); len(v) == expirySize {
			at = expiryOf(v)
		}
		return nil
	})
	return at, err
}
