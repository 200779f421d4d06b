package main

import (
	"context"

	"silta/cmd/internal/app"
)

type userDisable struct {
	ID string `arg:"" help:"The id of the person."`
	configFlag
}

// Help ends the command's help.
func (userDisable) Help() string {
	return `Sessions, open pages and API tokens end at once, and for good: who is enabled again signs in anew. What the person did stays.
Exit status 1 if there is no such person.

Example:
  silta user disable ville --config /etc/silta/silta.yaml`
}

// Run disables the person.
func (c userDisable) Run(ctx context.Context, w world) error {
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error { return a.SetDisabled(ctx, c.ID, true) })
}

type userEnable struct {
	ID string `arg:"" help:"The id of the person."`
	configFlag
}

// Help ends the command's help.
func (userEnable) Help() string {
	return `Exit status 1 if there is no such person.

Example:
  silta user enable ville --config /etc/silta/silta.yaml`
}

// Run enables the person.
func (c userEnable) Run(ctx context.Context, w world) error {
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error { return a.SetDisabled(ctx, c.ID, false) })
}
