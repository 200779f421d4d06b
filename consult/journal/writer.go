package journal

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/internal/rows"
)

// Bounds of one transaction.
const (
	maxBatch      = 256
	maxBatchBytes = 8 << 20
)

// queue holds the requests that wait for the writer. It is as long as there are goroutines that append.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	wake    chan struct{}

	// last is how many the writer took last.
	last int
}

// put adds a request; false: the queue is closed.
func (q *queue) put(r *request) bool {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return false
	}
	q.waiting = append(q.waiting, r)
	q.mu.Unlock()
	q.ring()
	return true
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.ring()
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// maxYields is how often the writer lets others go first, at most.
const maxYields = 4

// take waits for requests and returns as many as one transaction may hold; none when the queue is closed and empty.
//
// Where several append at the same time, those who have a processor to themselves anyway are let run until they have put what they
// have: one commit more costs more than they wait. Whoever appends alone does not wait, and no processor ever idles for it.
func (q *queue) take() []*request {
	yields, seen := 0, 0
	for {
		q.mu.Lock()
		n, bytes := 0, 0
		for n < len(q.waiting) && n < maxBatch && (n == 0 || bytes+len(q.waiting[n].record) <= maxBatchBytes) {
			bytes += len(q.waiting[n].record)
			n++
		}
		if n > seen && n < maxBatch && max(n, q.last) > 1 && yields < maxYields {
			yields, seen = yields+1, n
			q.mu.Unlock()
			runtime.Gosched()
			continue
		}
		if n > 0 {
			q.last = n
		}
		batch := slices.Clone(q.waiting[:n])
		q.waiting = slices.Delete(q.waiting, 0, n)
		closed := q.closed
		q.mu.Unlock()
		if n > 0 || closed {
			return batch
		}
		<-q.wake
	}
}

// write is the one goroutine that writes.
func (j *Journal) write() {
	defer close(j.done)
	for batch := j.queue.take(); len(batch) > 0; batch = j.queue.take() {
		head := j.Head()
		rest := slices.DeleteFunc(slices.Clone(batch), func(r *request) bool { return r.alone != nil })
		j.commit(rest)
		for _, r := range batch {
			if r.alone != nil {
				r.settle(consult.Receipt{}, boltsafe.Do(r.alone))
			}
		}
		moved := j.Head() != head
		for _, r := range batch {
			close(r.done)
		}
		// Whoever is woken last runs first, on this processor and at once; the others wait for one. Telling what happened takes longer
		// than answering.
		if moved {
			j.wakeFollowers()
		}
	}
}

// commit settles all requests of a batch in one transaction. A request that fails while it is written takes the transaction
// with it, so the others are written again without it.
func (j *Journal) commit(batch []*request) {
	for _, r := range batch {
		if err := r.ctx.Err(); err != nil {
			r.settle(consult.Receipt{}, err)
		}
	}
	for {
		open := slices.DeleteFunc(slices.Clone(batch), func(r *request) bool { return r.settled })
		if len(open) == 0 {
			return
		}
		if j.doubt != nil {
			settleAll(open, j.doubt)
			return
		}
		var failed *request
		err := boltsafe.Do(func() (err error) {
			failed, err = j.transact(open)
			return err
		})
		switch {
		case err == nil:
			return
		case failed != nil:
			// What was decided about the others may have followed from this one.
			for _, r := range open {
				r.settled = false
			}
			failed.settle(consult.Receipt{}, err)
		default:
			j.afterFailure(err)
			settleAll(open, err)
			return
		}
	}
}

func settleAll(requests []*request, err error) {
	for _, r := range requests {
		r.settle(consult.Receipt{}, err)
	}
}

// transact settles the requests in one transaction. What it settles holds only if it returns no error; then it returns the
// request that failed while it was written, if one did.
func (j *Journal) transact(requests []*request) (failed *request, err error) {
	tx, err := j.db.Begin(true)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	j.room.ensure(tx.Size())
	id, w := tx.ID(), newWriting(tx, j)
	few := len(requests) <= fewEntries
	if err := errors.Join(entrySet.Begin(tx, few), rows.Begin(tx, few), j.projection.Begin(tx, len(requests))); err != nil {
		return nil, err
	}
	for _, r := range requests {
		if err := w.refusal(r); err != nil {
			r.settle(consult.Receipt{}, err)
		}
		if r.settled {
			continue
		}
		if err := w.put(r); err != nil {
			return r, err
		}
		w.dirty = true
	}
	if !w.dirty {
		return nil, nil
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	j.lastTx, j.lastHash = id, w.last
	j.fault.Store(nil)
	j.setHead(w.position, w.envelopes)
	return nil, nil
}

// afterFailure finds out whether a transaction that failed took effect. If it did not, nothing happened and the next one may
// try. If it did, or nobody can tell, what the disk holds is unknown, and going on could tell people of changes that are lost.
func (j *Journal) afterFailure(cause error) {
	last := 0
	err := j.view(func(tx *bbolt.Tx) error { last = tx.ID(); return nil })
	if err != nil || last != j.lastTx {
		j.doubt = fmt.Errorf("%w (%w)", ErrDoubt, errors.Join(cause, err))
	}
	fault := cmp.Or(j.doubt, cause)
	j.fault.Store(&fault)
}

// fewEntries is up to how many a transaction's entries go to their front, as its changes to the rows of subjects and commands do.
const fewEntries = 4

// writing is a transaction in the making.
type writing struct {
	tx              *bbolt.Tx
	j               *Journal
	start, position uint64
	last            hash
	dirty           bool
	envelopes       []consult.Envelope
}

func newWriting(tx *bbolt.Tx, j *Journal) *writing {
	return &writing{tx: tx, j: j, start: j.Head(), position: j.Head(), last: j.lastHash}
}

// refusal settles a repeated request, and returns why another one can't be appended. It writes nothing.
func (w *writing) refusal(r *request) error {
	if r.change != nil {
		return nil
	}
	if err := decide(w.tx, r); err != nil || r.settled {
		return err
	}
	if r.check != nil {
		return r.check(w.tx)
	}
	return nil
}

// put writes what belongs to a request and settles it.
func (w *writing) put(r *request) error {
	if r.change != nil {
		// It may change many rows, or take some away: nothing of those may be left behind.
		if err := errors.Join(entrySet.Settle(w.tx), rows.Settle(w.tx)); err != nil {
			return err
		}
		if err := r.change(w.tx); err != nil {
			return err
		}
		r.settle(consult.Receipt{}, nil)
		return nil
	}
	position, revision := w.position+1, r.expected+1
	last := place(r.record, position, w.last, r.content)
	at := positionKey(position)
	if err := entriesIn(w.tx).Put(at, r.record); err != nil {
		return err
	}
	if err := rows.Subjects(w.tx).Put(r.subject, binary.BigEndian.AppendUint64(nil, revision)); err != nil {
		return err
	}
	if r.command != "" {
		if err := rows.Commands(w.tx).Put([]byte(r.command), at); err != nil {
			return err
		}
	}
	if r.newKey != nil {
		if err := w.j.keys.Store(w.tx, r.kind, r.id, r.newKey); err != nil {
			return err
		}
	}
	if r.write != nil {
		if err := r.write(w.tx, position); err != nil {
			return err
		}
	}
	w.position, w.last = position, last
	r.envelope.Position = position
	w.envelopes = append(w.envelopes, r.envelope)
	r.settle(consult.Receipt{Position: position, Kind: r.kind, ID: r.id, Revision: revision}, nil)
	return nil
}

func (w *writing) end() error {
	if w.position == w.start {
		return nil
	}
	head := append(positionKey(w.position), w.last[:]...)
	if err := w.tx.Bucket(bucketMeta).Put(rowHead, head); err != nil {
		return err
	}
	return errors.Join(entrySet.End(w.tx), rows.End(w.tx), w.j.projection.Advance(w.tx, w.position))
}
