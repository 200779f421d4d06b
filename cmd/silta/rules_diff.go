package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"silta/routing"
)

type rulesDiff struct {
	Old     string `arg:"" help:"The rules as they are: a whole configuration or its routing section alone; - is standard input."`
	New     string `arg:"" help:"The rules as they would be."`
	History string `placeholder:"FILE.ndjson" help:"Requests of the past: JSON facts, a line each, maybe with id and at; - is standard input."`
	JSON    bool   `help:"Print the changes as JSON."`
}

// Help ends the command's help.
func (rulesDiff) Help() string {
	return `For every pair of different outcomes that some request has, it shows one such request; none is missed. With a history it
also says which requests of it would have moved, and their deadlines. Exit status 0 whether anything changes or not, 1 if a document
has errors.

Example:
  silta rules diff config.example.yaml new.yaml --history requests.ndjson`
}

// Run prints what changes between the documents.
func (c rulesDiff) Run(w world) error {
	if c.Old == "-" && c.New == "-" || c.History == "-" && (c.Old == "-" || c.New == "-") {
		return errors.New("only one of the files can come from standard input; name the others")
	}
	before, err := rulesFile{c.Old}.compile(w)
	if err != nil && !errors.Is(err, errNo) {
		return err
	}
	// The errors of both documents are told.
	after, errNew := rulesFile{c.New}.compile(w)
	if errNew != nil {
		return errNew
	}
	if err != nil {
		return err
	}
	comparison := routing.Diff(before, after)
	var moves []routing.Move
	if c.History != "" {
		if moves, err = c.replay(comparison, w); err != nil {
			return err
		}
	}
	report := diffReport{comparison, moves, after.Document().Timezone}
	if c.JSON {
		err = printJSON(w.stdout, report.changes())
	} else {
		err = report.print(w.stdout, before, after)
	}
	if err != nil {
		return err
	}
	if !comparison.Complete {
		return errors.New("the comparison was not completed within its bounds: changes may be missing")
	}
	return nil
}

// compile reads a document that has no errors in it; failed tests do not matter.
func (f rulesFile) compile(w world) (*routing.Rules, error) {
	doc, _, err := f.parse(w)
	if err != nil {
		return nil, err
	}
	return routing.Compile(doc), nil
}

// replay applies both documents to the history.
func (c rulesDiff) replay(comparison *routing.Comparison, w world) ([]routing.Move, error) {
	r, name := w.stdin, "stdin"
	if c.History != "-" {
		f, err := os.Open(c.History)
		if err != nil {
			return nil, plain(err)
		}
		defer f.Close()
		r, name = f, c.History
	}
	history, err := comparison.ReadHistory(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, plain(err))
	}
	return comparison.Count(history), nil
}

// diffReport tells a comparison.
type diffReport struct {
	comparison *routing.Comparison
	moves      []routing.Move
	zone       *time.Location
}

// diffChange is a change as JSON, with the requests of the history that have it.
type diffChange struct {
	routing.Change
	Requests []diffMoved `json:"requests,omitempty"`
}

type diffMoved struct {
	ID         string     `json:"id"`
	AnswerFrom *time.Time `json:"answer_from,omitempty"`
	AnswerTo   *time.Time `json:"answer_to,omitempty"`
}

func (r diffReport) changes() []diffChange {
	list := make([]diffChange, len(r.comparison.Changes))
	for i, change := range r.comparison.Changes {
		list[i].Change = change
		for _, m := range r.moves {
			if change.From.Same(m.From) && change.To.Same(m.To) {
				list[i].Requests = append(list[i].Requests, diffMoved{m.ID, m.AnswerFrom, m.AnswerTo})
			}
		}
	}
	return list
}

func (r diffReport) print(w io.Writer, before, after *routing.Rules) error {
	var b bytes.Buffer
	changes := r.changes()
	for _, change := range changes {
		fmt.Fprintln(&b, change.Change)
		for _, m := range change.Requests {
			fmt.Fprintf(&b, "  moves %s%s\n", m.ID, r.deadlines(m))
		}
	}
	if len(changes) == 0 && r.comparison.Complete {
		fmt.Fprintln(&b, "no request comes to anything else")
	}
	for _, only := range []struct {
		what     string
		in, from *routing.Rules
	}{{"old", before, after}, {"new", after, before}} {
		names := slices.DeleteFunc(slices.Clone(only.in.Document().Municipalities), func(m string) bool {
			return slices.Contains(only.from.Document().Municipalities, m)
		})
		if len(names) > 0 {
			fmt.Fprintf(&b, "not compared, for only the %s rules know them: %s\n", only.what, strings.Join(names, ", "))
		}
	}
	_, err := b.WriteTo(w)
	return err
}

func (r diffReport) deadlines(m diffMoved) string {
	if m.AnswerFrom == nil && m.AnswerTo == nil {
		return ""
	}
	moment := func(t *time.Time) string {
		if t == nil {
			return "no answer"
		}
		return t.In(r.zone).Format("Mon 2 Jan 2006 15:04")
	}
	return ": answer by " + moment(m.AnswerTo) + " instead of " + moment(m.AnswerFrom)
}
