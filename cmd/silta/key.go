package main

import (
	"context"
	"fmt"
	"path/filepath"

	"silta/cmd/internal/app"
)

type key struct {
	Rotate keyRotate `cmd:"" help:"Replace the master key."`
}

// Help ends the help of these commands.
func (key) Help() string { return "Example:\n  silta key rotate --config /etc/silta/silta.yaml" }

type keyRotate struct {
	dataFlag
	Forget bool `help:"Do not make another new key, but take the old one away."`
}

// Help ends the command's help.
func (keyRotate) Help() string {
	return `A new master key is added to master.key and seals from then on; the keys of all requests and people are sealed again with it. The
old one still opens, so that nobody notices, and so that this can be cut short at any moment and begun again. When the new
master.key is where you keep it, take the old one away with --forget. What was typed and not sent is sealed again, too.

Copy master.key to where you keep it after each step. Backups need the master key of their time: keep old copies as long as them.

Examples:
  silta key rotate --config /etc/silta/silta.yaml
  silta key rotate --forget --config /etc/silta/silta.yaml`
}

// Run rotates the key.
func (c keyRotate) Run(ctx context.Context, w world) error {
	dir, err := c.dir(w)
	if err != nil {
		return err
	}
	return withData(ctx, dir, func(admin app.Admin) error {
		n, err := admin.RotateKey(ctx, c.Forget)
		if err != nil {
			return err
		}
		did := fmt.Sprintf("a new master key seals from now on; %d keys are sealed again with it", n)
		switch {
		case c.Forget && n == 0:
			did = "there is one master key only, and no old one to take away"
		case c.Forget:
			did = "the old master key is taken away"
		case n == 0:
			did = "there is a new master key beside the old one already, and nothing is left to seal again; --forget takes the old one away"
		}
		_, err = fmt.Fprintf(w.stdout, "%s\nnow copy %s to where you keep it\n", did, filepath.Join(dir, "master.key"))
		return err
	})
}
