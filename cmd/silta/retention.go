package main

import (
	"context"

	"silta/cmd/internal/app"
)

type retention struct {
	configFlag
	Preview bool `help:"Only say what would be erased now."`
	JSON    bool `help:"Print the numbers as JSON."`
}

// Help ends the command's help.
func (retention) Help() string {
	return `It erases what the times of the configuration (privacy.retention) are over for, as the server does every night.

Example:
  silta retention --preview --config /etc/silta/silta.yaml`
}

// Run erases, or says what would be.
func (c retention) Run(ctx context.Context, w world) error {
	settings, err := c.load(w)
	if err != nil {
		return err
	}
	return withData(ctx, settings.Data, func(admin app.Admin) error {
		e, err := admin.Retain(ctx, settings.Privacy.Retention, c.Preview)
		if err != nil {
			return err
		}
		did := "erased"
		if c.Preview {
			did = "would be erased"
		}
		return printErased(w, e, c.JSON, did)
	})
}
