package main

import (
	"context"
	"fmt"

	"silta/cmd/internal/app"
)

type erase struct {
	Request string `arg:"" help:"The request's reference, such as S-2026-0042, or its id."`
	dataFlag
	Yes  bool `help:"Do it. Without this nothing is done."`
	JSON bool `help:"Print what was erased as JSON."`
}

// Help ends the command's help.
func (erase) Help() string {
	return `It destroys the key of the request, so that nothing of what was typed can be read again by anybody, and takes it out of lists and
figures, with the mails and the stated reasons about it and what somebody has begun to write on it. What is left are the entries' ids,
times and hashes, so that the log still proves that nothing else is missing, and who has looked. Old pages of the files are
overwritten. There is no way back, but backups that were made before still hold it.
Exit status 1 if there is no such request.

Example:
  silta erase S-2026-0042 --yes --config /etc/silta/silta.yaml`
}

// Run erases the request.
func (c erase) Run(ctx context.Context, w world) error {
	dir, err := c.dir(w)
	if err != nil {
		return err
	}
	if !c.Yes {
		return fmt.Errorf("erasing %s cannot be undone: add --yes if you mean it", c.Request)
	}
	return withData(ctx, dir, func(admin app.Admin) error {
		e, err := admin.Erase(ctx, c.Request)
		if err != nil {
			return err
		}
		return printErased(w, e, c.JSON, "erased")
	})
}

func printErased(w world, e app.Erased, asJSON bool, did string) error {
	if asJSON {
		return printJSON(w.stdout, e)
	}
	_, err := fmt.Fprintf(w.stdout, "%s: %d requests, %d stated reasons, %d mails, %d months of looks\n",
		did, e.Requests, e.Openings, e.Deliveries, e.Looks)
	return err
}
