package main

import (
	"context"
	"fmt"
	"time"

	"silta/cmd/internal/app"
)

type userInvite struct {
	ID string `arg:"" help:"The id of the person."`
	configFlag
	JSON bool `help:"Print the link and when it ends as JSON."`
}

// Help ends the command's help.
func (userInvite) Help() string {
	return `The link is printed once, alone on standard output: hand it to the person by a way that you trust. It is good for a week and once; a
new one ends it. Whoever chooses a password with it begins anew: one-time codes and passkeys from before
are gone.
Exit status 1 if there is no such person, or if they are disabled.

Example:
  silta user invite ville --config /etc/silta/silta.yaml`
}

// Run makes the link and prints it.
func (c userInvite) Run(ctx context.Context, w world) error {
	settings, err := c.load(w)
	if err != nil {
		return err
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		token, until, err := a.Invite(ctx, c.ID)
		if err != nil {
			return err
		}
		link := settings.PublicURL.String() + "/invitation/" + token
		if c.JSON {
			return printJSON(w.stdout, struct {
				Link  string    `json:"link"`
				Until time.Time `json:"until"`
			}{link, until})
		}
		_, err = fmt.Fprintln(w.stdout, link)
		return err
	})
}
