package main

import (
	"context"
	"errors"
	"fmt"

	"silta/cmd/internal/app"
	"silta/consult"
	"silta/routing"
)

type rulesPublish struct {
	rulesFile
	configFlag
	Comment string `placeholder:"TEXT" help:"Why; it stands in the list of versions."`
	Expect  uint64 `placeholder:"N" help:"Publish only if version N is in force. Default: whichever is."`
	JSON    bool   `help:"Print the new version and the findings as JSON."`
}

// Help ends the command's help.
func (rulesPublish) Help() string {
	return `The document is checked first, also for the people whom it names; with an error in it nothing is published. A request goes
by the rules that were in force when it was sent. To go back, publish an old document again. It works on a running server and on a
stopped one.
Exit status 1 if it is not published.

Example:
  silta rules publish new.yaml --comment "the youth team moves to Nokia" --config /etc/silta/silta.yaml`
}

// Run publishes the document.
func (c rulesPublish) Run(ctx context.Context, w world) error {
	data, err := input(c.File, w)
	if err != nil {
		return err
	}
	return withServer(c.configFlag, w, func(a app.Admin) error {
		published, err := a.PublishRules(ctx, routing.Draft{File: c.name(), Data: data, Comment: c.Comment, Expected: c.Expect})
		if refused, ok := errors.AsType[*routing.Refused](err); ok {
			published.Findings, err = refused.Findings, errNo
		} else if consult.KindOf(err) == consult.Stale {
			fmt.Fprintf(w.stderr, "silta: not published: version %d is not in force any more\n", c.Expect)
			return errNo
		} else if err != nil {
			return err
		}
		if c.JSON {
			return errors.Join(err, printJSON(w.stdout, published))
		}
		if failed := printFindings(w, published.Findings, false); failed != nil {
			return failed
		}
		if err != nil {
			fmt.Fprintln(w.stderr, "silta: not published")
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "version %d is in force\n", published.Version)
		return err
	})
}
