package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// lockTimeout is how long Open waits for another process that has the file.
	lockTimeout = 2 * time.Second
	// cleanEvery is how often what has expired is deleted.
	cleanEvery = time.Hour
	// smallStep is the most by which an otherwise unchanged session's expiry may move without being worth a write; and it is never more than
	// a tenth of what the session has left, or one with a short idle time would end while it is used.
	smallStep = time.Minute
	// expirySize is the length of the expiry, Unix seconds, that each record begins with.
	expirySize = 8
)

var bucket = []byte("sessions")

// Store keeps sessions in a bbolt file of its own. It is a store of scs.
//
// The key of a session is the SHA-256 of its token: who steals the file cannot sign in with it. A deleted session leaves
// an empty record until it would have expired, so that a request that was under way during a sign-out cannot write it back.
type Store struct {
	db *bbolt.DB
	// uses holds when each token was used last, as it was written.
	uses sync.Map
	stop chan struct{}
	done sync.WaitGroup
}

// Open opens the file, or makes it. A file that another process has open is an error.
func Open(path string) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return nil, fmt.Errorf("open the sessions: %w", err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucket, bucketUses, bucketDevices, bucketCodes, bucketPasskeys} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("open the sessions: %w", err), db.Close())
	}
	s := &Store{db: db, stop: make(chan struct{})}
	s.done.Go(s.cleanNowAndThen)
	return s, nil
}

// Close ends the cleaning and closes the file.
func (s *Store) Close() error {
	close(s.stop)
	s.done.Wait()
	return s.db.Close()
}

func (s *Store) cleanNowAndThen() {
	t := time.NewTicker(cleanEvery)
	defer t.Stop()
	for {
		// A failure leaves expired records, which are never found, until the next time.
		_, _ = s.Clean()
		select {
		case <-t.C:
		case <-s.stop:
			return
		}
	}
}

// Clean deletes what has expired, and returns how much that was.
func (s *Store) Clean() (int, error) {
	sessions, err := s.clean(bucket)
	if err != nil {
		return sessions, err
	}
	devices, err := s.clean(bucketDevices)
	return sessions + devices, err
}

func (s *Store) clean(name []byte) (int, error) {
	now := time.Now()
	var old [][]byte
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(name).ForEach(func(k, v []byte) error {
			if !alive(v, now) {
				old = append(old, bytes.Clone(k))
			}
			return nil
		})
	})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	n := 0
	err = s.db.Update(func(tx *bbolt.Tx) error {
		n = 0
		b := tx.Bucket(name)
		for _, k := range old {
			if alive(b.Get(k), now) { // Touched in between.
				continue
			}
			if err := b.Delete(k); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Count returns how many sessions there are that neither ended nor expired.
func (s *Store) Count() (n int, err error) {
	now := time.Now()
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, v []byte) error {
			if alive(v, now) && !deleted(v) {
				n++
			}
			return nil
		})
	})
	return n, err
}

// Find returns the data of a session that has not expired.
func (s *Store) Find(token string) (data []byte, found bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucket).Get(key(token))
		if found = alive(v, time.Now()) && len(v) > expirySize; found {
			data = bytes.Clone(v[expirySize:])
		}
		return nil
	})
	return data, found, err
}

// lapsed reports whether the time of a session is over, whether or not its record has been deleted since.
func (s *Store) lapsed(token string) (over bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucket).Get(key(token))
		over = !alive(v, time.Now()) && !deleted(v)
		return nil
	})
	return over, err
}

// Commit writes a session. It writes nothing where only the expiry would move, and by little, nor where the session was deleted
// meanwhile.
func (s *Store) Commit(token string, data []byte, expiry time.Time) error {
	k, step := key(token), min(smallStep, time.Until(expiry)/10)
	same := false
	if err := s.db.View(func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucket).Get(k)
		same = deleted(v) || len(v) > expirySize && bytes.Equal(v[expirySize:], data) && expiry.Sub(expiryOf(v)).Abs() < step
		return nil
	}); err != nil || same {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		if deleted(b.Get(k)) {
			return nil
		}
		return b.Put(k, append(binary.BigEndian.AppendUint64(nil, uint64(expiry.Unix())), data...))
	})
}

// Delete ends a session for good.
func (s *Store) Delete(token string) error { return s.end(key(token)) }

func key(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func expiryOf(v []byte) time.Time { return time.Unix(int64(binary.BigEndian.Uint64(v)), 0) }

func alive(v []byte, now time.Time) bool { return len(v) >= expirySize && now.Before(expiryOf(v)) }

// deleted reports whether the record is what a deleted session leaves.
func deleted(v []byte) bool { return len(v) == expirySize }
