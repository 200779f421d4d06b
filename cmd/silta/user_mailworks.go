package main

import (
	"context"

	"silta/cmd/internal/app"
)

type userMailWorks struct {
	ID string `arg:"" help:"The id of the person."`
	configFlag
}

// Help ends the command's help.
func (userMailWorks) Help() string {
	return `When mail to a person comes back, their address is flagged: they are written to all the same, and others are told with them. The flag
goes when the address is changed, or with this command. /readyz and "silta user list" name the people who have it.
Exit status 1 if there is no such person.

Example:
  silta user mail-works ville --config /etc/silta/silta.yaml`
}

// Run takes the flag away.
func (c userMailWorks) Run(ctx context.Context, w world) error {
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error { return a.ClearAddress(ctx, c.ID) })
}
