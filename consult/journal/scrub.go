package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult/internal/boltpages"
	"silta/consult/internal/boltsafe"
)

// ErrBusy is returned by [Journal.Scrub] where somebody read for so long that appends would have had to wait: try again later.
var ErrBusy = errors.New("the file is being read for long: try again later")

// drainTime is how long a scrub waits for those who read: appends wait as long.
const drainTime = 2 * time.Second

// Scrub overwrites all pages of the file that nothing uses any more with zeros: after an erasure they still hold what was
// erased, its key included. Appends wait meanwhile.
func (j *Journal) Scrub(ctx context.Context) error {
	r := newRequest(ctx)
	r.alone = func() error { return j.scrub(ctx) }
	if err := j.submit(ctx, r); err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	return nil
}

// scrub runs in the goroutine of the writer, so that nothing is committed meanwhile.
func (j *Journal) scrub(ctx context.Context) error {
	if j.doubt != nil {
		return j.doubt
	}
	// With one more commit neither of the two states that the file can fall back to needs what is overwritten.
	last := 0
	if err := boltsafe.Update(j.db, func(tx *bbolt.Tx) error { last = tx.ID(); return nil }); err != nil {
		j.afterFailure(err)
		return err
	}
	j.lastTx = last
	wait, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := j.db.Drain(wait); err != nil {
		return errors.Join(ErrBusy, ctx.Err())
	}
	return boltpages.Overwrite(j.db.Path(), uint64(last)) // #nosec G115 -- it counts from 0
}
