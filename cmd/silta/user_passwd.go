package main

import (
	"context"

	"silta/cmd/internal/app"
)

type userPasswd struct {
	ID string `arg:"" help:"The id of the person."`
	configFlag
	PasswordStdin bool `xor:"password" required:"" help:"Read the password from the first line of standard input."`
	None          bool `xor:"password" required:"" help:"Take the password away: the person can't sign in by one."`
}

// Help ends the command's help.
func (userPasswd) Help() string {
	return `The person's sessions end at once. Better is to let them choose a password that nobody else knows: silta user invite.
Exit status 1 if there is no such person, or if it is a password that the person could not choose either.

Example:
  silta user passwd ville --password-stdin --config /etc/silta/silta.yaml < password.txt`
}

// Run sets the password.
func (c userPasswd) Run(ctx context.Context, w world) error {
	password, err := givenPassword(c.PasswordStdin, c.configFlag, w)
	if err != nil {
		return err
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error { return a.SetPassword(ctx, c.ID, password) })
}
