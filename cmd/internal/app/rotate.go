package app

import (
	"context"
	"path/filepath"

	"silta/consult/seal"
)

// RotateKey replaces the master key: a new one seals from now on, and all data keys are sealed again with it, while the old one
// still opens. It returns how many keys that were. With forget the old one is taken away after that: what else it has sealed,
// such as drafts, does not open any more. Cut short, it goes on when it is called again.
func (o operator) RotateKey(ctx context.Context, forget bool) (int, error) {
	path := filepath.Join(o.dir, masterFile)
	if !forget {
		if err := seal.AddMaster(path); err != nil {
			return 0, err
		}
		if err := o.keys.Reload(path); err != nil {
			return 0, err
		}
	}
	n, err := o.journal.Rewrap(ctx)
	if err != nil {
		return n, err
	}
	if forget {
		if err := seal.ForgetMasters(path); err != nil {
			return n, err
		}
		if err := o.keys.Reload(path); err != nil {
			return n, err
		}
	}
	// Old pages hold the keys as the old master key has sealed them.
	return n, o.scrub(ctx)
}
