package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	osuser "os/user"
	"strconv"
	"strings"

	"silta/cmd/internal/app"
	"silta/consult"
	"silta/routing"
)

type rulesPublish struct {
	File string `arg:"" optional:"" help:"A whole configuration or its routing section alone, as YAML; - is standard input."`
	configFlag
	Comment string `placeholder:"TEXT" help:"Why; it stands in the list of versions."`
	As      string `placeholder:"PERSON" help:"The administrator who publishes it, for the list of versions. Default: nobody; who ran the command on the server stands there in any case."`
	Expect  uint64 `placeholder:"N" help:"Publish only if version N is in force. Default: whichever is."`
	Version uint64 `placeholder:"N" help:"Publish version N again, in place of a file."`
	DryRun  bool   `help:"Publish nothing: say what is found, what would change, and for how many requests of the last year."`
	JSON    bool   `help:"Print the new version and the findings, or what would change, as JSON."`
}

// Help ends the command's help.
func (rulesPublish) Help() string {
	return `The document is checked first, also for the people whom it names; with an error in it nothing is published. A request goes
by the rules that were in force when it was sent. To go back, publish an old version again: --version. It works on a running server and
on a stopped one.
Exit status 1 if it is not published.

Example:
  silta rules publish new.yaml --dry-run --config /etc/silta/silta.yaml
  silta rules publish new.yaml --as eeva --comment "the youth team moves to Nokia" --config /etc/silta/silta.yaml
  silta rules publish --version 3 --as eeva --comment "back to March" --config /etc/silta/silta.yaml`
}

// Run publishes the document.
func (c rulesPublish) Run(ctx context.Context, w world) error {
	if (c.File == "") == (c.Version == 0) {
		return errors.New("name either a file or, with --version, an old version")
	}
	draft := routing.Draft{Operator: operator(w), Comment: c.Comment, Expected: c.Expect, Restore: c.Version, File: "version " + strconv.FormatUint(c.Version, 10)}
	if c.Version == 0 {
		var err error
		if draft.Data, err = input(c.File, w); err != nil {
			return err
		}
		draft.File = rulesFile{c.File}.name()
	}
	return withServer(ctx, c.configFlag, w, func(a app.Admin) error {
		if c.DryRun {
			return c.preview(ctx, w, a, draft)
		}
		published, err := a.PublishRules(ctx, c.As, draft)
		if refused, ok := errors.AsType[*routing.Refused](err); ok {
			published.Findings, err = refused.Findings, errNo
		} else if consult.KindOf(err) == consult.Stale {
			fmt.Fprintf(w.stderr, "silta: not published: version %d is not in force any more\n", c.Expect)
			return errNo
		} else if consult.KindOf(err) == consult.Forbidden {
			fmt.Fprintln(w.stderr, "silta: not published: --as names nobody who is an administrator")
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

// preview says what the document would change.
func (c rulesPublish) preview(ctx context.Context, w world, a app.Admin, d routing.Draft) error {
	preview, err := a.PreviewRules(ctx, d)
	if refused, ok := errors.AsType[*routing.Refused](err); ok {
		preview.Findings, err = refused.Findings, errNo
	} else if err != nil {
		return err
	} else if routing.HasErrors(preview.Findings) {
		err = errNo
	}
	if c.JSON {
		return errors.Join(err, printJSON(w.stdout, preview))
	}
	if failed := printFindings(w, preview.Findings, false); failed != nil {
		return failed
	}
	if preview.Version > 0 {
		if failed := printPreview(w.stdout, preview); failed != nil {
			return failed
		}
	}
	if err != nil {
		fmt.Fprintln(w.stderr, "silta: it could not be published")
	}
	return err
}

// operator is who runs the command, by their name on this machine: of an account that was borrowed with sudo, its borrower.
func operator(w world) string {
	for _, set := range w.environ {
		if name, ok := strings.CutPrefix(set, "SUDO_USER="); ok && name != "" {
			return name
		}
	}
	if u, err := osuser.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}
