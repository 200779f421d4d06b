package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"silta/cmd/internal/app"
	"silta/consult"
	"silta/consult/journal"
)

type verify struct {
	dataFlag
	Against string `type:"path" placeholder:"HEADFILE" help:"A file with heads of earlier days, such as a mail or what this command printed: they must be part of the journal."`
	JSON    bool   `help:"Print the result as JSON."`
}

// Help ends the command's help.
func (verify) Help() string {
	return `It proves that every entry of the journal is what was written and follows from the one before, that nothing is missing, that every
sealed event opens with its key or was erased with it, that the view is the one which the journal makes, and that the pages of the
file are in order. It changes nothing, and works on a running server and on a stopped one. The view is built again in the data
directory for as long as it takes: half the size of silta.db should be free there.

It prints the head: the last position and its hash. Whoever could write all of the file could write another past in it; what they
cannot change is a head that you have kept elsewhere. Give it with --against.
Exit status 1 if something is not whole.

Examples:
  silta verify --config /etc/silta/silta.yaml
  silta verify --data /var/lib/silta --against heads.txt --json`
}

// verified is what is printed as JSON.
type verified struct {
	Whole bool `json:"whole"`
	consult.Proof
	Damage *found `json:"damage,omitempty"`
}

type found struct {
	// Position of the first entry that is not what was written; 0: none in particular.
	Position uint64 `json:"position"`
	Reason   string `json:"reason"`
}

// Run proves the data and prints what was found.
func (c verify) Run(ctx context.Context, w world) error {
	var known []consult.Head
	if c.Against != "" {
		data, err := smallFile(c.Against)
		if err != nil {
			return err
		}
		if known, err = consult.ReadHeads(bytes.NewReader(data)); err != nil {
			return fmt.Errorf("--against: %s: %w", c.Against, err)
		}
	}
	dir, err := c.dir(w)
	if err != nil {
		return err
	}
	proof, err := app.Prove(ctx, dir, known)
	damage, damaged := errors.AsType[*journal.DamageError](err)
	if err != nil && !damaged {
		return plain(err)
	}
	result := verified{Whole: !damaged, Proof: proof}
	if damaged {
		result.Damage = &found{damage.Position, damage.Cause.Error()}
		fmt.Fprintln(w.stderr, "silta: not whole:", damage)
	}
	var printed error
	if c.JSON {
		printed = printJSON(w.stdout, result)
	} else if !damaged {
		_, printed = fmt.Fprintln(w.stdout, describe(proof))
	}
	if printed == nil && damaged {
		return errNo
	}
	return printed
}
