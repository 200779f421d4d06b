package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"silta/routing"
)

type rules struct {
	Check   rulesCheck   `cmd:"" help:"Say all that is wrong with a document, or worth a thought."`
	Test    rulesTest    `cmd:"" help:"Run the tests of a document."`
	Explain rulesExplain `cmd:"" help:"Say what would happen to a request, and why."`
	Diff    rulesDiff    `cmd:"" help:"Say what changes between two documents, for every possible request."`
	Publish rulesPublish `cmd:"" help:"Make a document the rules in force on a server."`
}

// rulesFile is the argument that all of these commands have.
type rulesFile struct {
	File string `arg:"" help:"A whole configuration or its routing section alone, as YAML; - is standard input."`
}

// parse reads the document. It prints the errors in it, apart from failed tests, and returns errNo if there are any.
func (f rulesFile) parse(w world) (*routing.Document, []routing.Finding, error) {
	data, err := input(f.File, w)
	if err != nil {
		return nil, nil, err
	}
	doc, found := routing.Parse(f.name(), data)
	bad := doc == nil
	for _, finding := range found {
		if finding.Severity == routing.Error && finding.Code != routing.TestFailed {
			fmt.Fprintln(w.stderr, finding)
			bad = true
		}
	}
	if bad {
		return nil, found, errNo
	}
	return doc, found, nil
}

// name is what findings begin with.
func (f rulesFile) name() string {
	if f.File == "-" {
		return "stdin"
	}
	return f.File
}

// input reads a file, or standard input for "-". One byte over the limit is read, so that whoever parses can say that it is too long.
func input(name string, w world) ([]byte, error) {
	r := w.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, plain(err)
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, routing.MaxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, plain(err))
	}
	return data, nil
}

// plain leaves out the name of the system call that failed.
func plain(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	return err
}

// printJSON prints a value as indented JSON.
func printJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}
