package main

import (
	"context"

	"silta/cmd/internal/app"
)

type tokenRevoke struct {
	ID string `arg:"" help:"The token's id as \"silta token list\" shows it, or at least eight characters of it."`
	configFlag
}

// Help ends the command's help.
func (tokenRevoke) Help() string {
	return `Whatever uses the token is refused from now on, open streams of events included.
Exit status 1 if there is no such token, or if it has ended already.

Example:
  silta token revoke 4f9d1c2b7a60 --config /etc/silta/silta.yaml`
}

// Run revokes the token.
func (c tokenRevoke) Run(ctx context.Context, w world) error {
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error { return a.RevokeToken(ctx, c.ID) })
}
