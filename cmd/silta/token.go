package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"silta/cmd/internal/app"
)

type token struct {
	Create tokenCreate `cmd:"" help:"Create a token with which a program acts as a person."`
}

// Help ends the help of these commands.
func (token) Help() string {
	return "Example:\n  silta token create ville --note \"reporting script\" --config /etc/silta/silta.yaml"
}

type tokenCreate struct {
	Person string `arg:"" help:"The id of the person."`
	configFlag
	Note string `required:"" placeholder:"TEXT" help:"What the token is for; it stands in lists."`
}

// Help ends the command's help.
func (tokenCreate) Help() string {
	return `The token is printed once, alone on standard output; only its hash is kept.

Example:
  silta token create ville --note "reporting script" --config /etc/silta/silta.yaml`
}

// Run creates the token and prints it.
func (c tokenCreate) Run(ctx context.Context, w world) error {
	if strings.TrimSpace(c.Note) == "" {
		return errors.New("--note: write what the token is for")
	}
	return withServer(c.configFlag, w, func(a app.Admin) error {
		secret, err := a.CreateToken(ctx, c.Person, c.Note)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.stdout, secret)
		return err
	})
}
