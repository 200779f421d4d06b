package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"silta/cmd/internal/app"
	"silta/consult"
)

const day = 24 * time.Hour

type token struct {
	Create tokenCreate `cmd:"" help:"Create a token with which a program acts as a person."`
	List   tokenList   `cmd:"" help:"List the tokens that are good."`
	Revoke tokenRevoke `cmd:"" help:"End a token."`
}

// Help ends the help of these commands.
func (token) Help() string {
	return "Example:\n  silta token create ville --note \"reporting script\" --config /etc/silta/silta.yaml"
}

type tokenCreate struct {
	Person string `arg:"" help:"The id of the person."`
	configFlag
	Note  string               `required:"" placeholder:"TEXT" help:"What the token is for; it stands in lists."`
	Scope []consult.TokenScope `placeholder:"SCOPE" help:"What it is good for: read, write (send and act on requests), rules (publish). Left out: all that the person may do."`
	Days  int                  `default:"365" placeholder:"N" help:"After how many days it ends by itself (default: ${default}); 0: never."`
}

// Help ends the command's help.
func (tokenCreate) Help() string {
	return `The token is printed once, alone on standard output; only its hash is kept.

Example:
  silta token create ville --note "reporting script" --scope read --days 90 --config /etc/silta/silta.yaml`
}

// Run creates the token and prints it.
func (c tokenCreate) Run(ctx context.Context, w world) error {
	if strings.TrimSpace(c.Note) == "" {
		return errors.New("--note: write what the token is for")
	}
	if most := int(consult.MaxTokenLife / day); c.Days < 0 || c.Days > most {
		return fmt.Errorf("--days: write 1 to %d, or 0 for a token that does not end by itself", most)
	}
	for _, s := range c.Scope {
		if !slices.Contains(consult.TokenScopes, s) {
			return errors.New("--scope: write " + words(consult.TokenScopes))
		}
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		secret, err := a.CreateToken(ctx, consult.TokenOrder{
			Person: c.Person, Note: c.Note, Scopes: c.Scope, Life: time.Duration(c.Days) * day,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.stdout, secret)
		return err
	})
}
