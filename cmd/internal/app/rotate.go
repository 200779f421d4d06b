package app

import (
	"context"
	"errors"
	"path/filepath"

	"silta/consult/seal"
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
		err = o.rewrapDrafts()
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

// rewrapDrafts seals again what was typed and not sent, also where no server has it open.
func (o operator) rewrapDrafts() error {
	if o.drafts != nil {
		return o.drafts.Rewrap()
	}
	drafts, err := o.readDrafts(o.dir)
	if err != nil {
		return err
	}
	return errors.Join(drafts.Rewrap(), drafts.Close())
}
