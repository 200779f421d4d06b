package boltsafe

import (
	"context"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// DB is an open file that knows who reads it.
type DB struct {
	*bbolt.DB
	readers readers
}

// Drain returns when all calls of [View] that were under way have ended, or with the context's error. Those that begin meanwhile
// are not waited for, nor held up.
func (db *DB) Drain(ctx context.Context) error {
	const pause = time.Millisecond
	for last := db.readers.turn(); db.readers.underWay(last); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil
}

// readers counts who reads, by the turn in which they began.
type readers struct {
	mu   sync.Mutex
	now  uint64
	open map[uint64]int
}

func (r *readers) enter() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		r.open = map[uint64]int{}
	}
	r.open[r.now]++
	return r.now
}

func (r *readers) leave(turn uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open[turn]--; r.open[turn] == 0 {
		delete(r.open, turn)
	}
}

// turn begins a new turn and returns the one before.
func (r *readers) turn() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	return r.now - 1
}

// underWay reports whether anybody reads who began in that turn or before.
func (r *readers) underWay(last uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for turn := range r.open {
		if turn <= last {
			return true
		}
	}
	return false
}
