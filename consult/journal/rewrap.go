package journal

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// rewrapTogether is how many rows one transaction of a rotation looks at.
const rewrapTogether = 512

// Rewrap seals all data keys again that another master key than the primary one has sealed, in bounded transactions beside appends,
// and returns how many those were. It can be cut short anywhere and begun again.
func (j *Journal) Rewrap(ctx context.Context) (all int, err error) {
	for {
		round := 0
		for from := []byte{}; from != nil; {
			r := newRequest(ctx)
			var next []byte
			n := 0
			r.change = func(tx *bbolt.Tx) (err error) {
				next, n, err = j.keys.Rewrap(tx, from, rewrapTogether)
				return err
			}
			if err := j.submit(ctx, r); err != nil {
				return all, fmt.Errorf("rewrap: %w", err)
			}
			from, round = next, round+n
		}
		all += round
		// What came meanwhile is looked at once more.
		if round == 0 {
			return all, nil
		}
	}
}
