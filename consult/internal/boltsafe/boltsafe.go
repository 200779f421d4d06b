// Package boltsafe runs bbolt transactions so that a damaged file ends in an error.
//
// bbolt has no page checksums: on a damaged page it fails an assertion or follows a wild offset, which is a panic or a
// memory fault. Both become an error that wraps [ErrDamaged].
package boltsafe

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// ErrDamaged is wrapped by the error of a transaction that stumbled over a damaged file.
var ErrDamaged = errors.New("the file is damaged")

// Do calls fn and returns its error, or one that wraps [ErrDamaged] where fn panics or faults.
func Do(fn func() error) (err error) {
	faults := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(faults)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return fn()
}

// View calls fn in a transaction that reads.
func View(db *DB, fn func(tx *bbolt.Tx) error) error {
	defer db.readers.leave(db.readers.enter())
	return Do(func() error { return db.View(fn) })
}

// Update calls fn in a transaction that writes, and commits it unless fn fails.
func Update(db *DB, fn func(tx *bbolt.Tx) error) error {
	return Do(func() error { return db.Update(fn) })
}
