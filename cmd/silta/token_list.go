package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"silta/cmd/internal/app"
	"silta/consult"
)

type tokenList struct {
	Person string `arg:"" optional:"" help:"The id of the person; left out: everybody."`
	configFlag
	JSON bool `help:"Print the tokens as JSON."`
}

// Help ends the command's help.
func (tokenList) Help() string {
	return `When a token was used last is known to the hour. Its id is not the token: nobody can sign in with it.
Exit status 1 if there is no such person.

Example:
  silta token list ville --config /etc/silta/silta.yaml`
}

// listedToken is a token as it is listed.
type listedToken struct {
	ID      string               `json:"id"`
	Person  string               `json:"person"`
	Note    string               `json:"note"`
	Scopes  []consult.TokenScope `json:"scopes"`
	Created time.Time            `json:"created"`
	Expires *time.Time           `json:"expires"`
	Used    *time.Time           `json:"used"`
}

// Run lists the tokens.
func (c tokenList) Run(ctx context.Context, w world) error {
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		tokens, err := a.Tokens(ctx, c.Person)
		if err != nil {
			return err
		}
		listed := make([]listedToken, len(tokens))
		for i, t := range tokens {
			listed[i] = listedToken{t.Short(), t.Person, t.Note, t.Scopes, t.Created, momentOf(t.Expires), momentOf(t.Used)}
			if len(t.Scopes) == 0 {
				listed[i].Scopes = consult.TokenScopes
			}
		}
		if c.JSON {
			return printJSON(w.stdout, listed)
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		for _, l := range listed {
			fmt.Fprintf(t, "%s\t%s\t%s\tends %s\tused %s\t%s\n", l.ID, l.Person, strings.ReplaceAll(words(l.Scopes), ", ", ","),
				dayOr(l.Expires, "never"), dayOr(l.Used, "never"), l.Note)
		}
		return t.Flush()
	})
}

// momentOf is nil for the zero time, which JSON could not tell apart.
func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func dayOr(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return t.Format(time.DateOnly)
}
