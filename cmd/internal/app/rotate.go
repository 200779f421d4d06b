package app

import (
	"context"
	"path/filepath"

	"silta/consult/seal"
	"silta/ui/draft"
)

// RotateKey replaces the master key: a new one seals from now on, and all that is sealed by it is sealed again, while the old one still
// opens. It returns how many keys of the journal that were. With forget the old one is taken away after that, and it returns how many
// those were: 0 where there is one master key only. Cut short, it goes on when it is called again.
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
	if err == nil {
		err = o.withDrafts((*draft.Store).Rewrap)
	}
	if err != nil {
		return n, err
	}
	if forget {
		if n, err = seal.ForgetMasters(path); err != nil {
			return n, err
		}
		if err := o.keys.Reload(path); err != nil {
			return n, err
		}
	}
	// Old pages hold the keys as the old master key has sealed them.
	return n, o.scrub(ctx)
}
