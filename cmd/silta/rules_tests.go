package main

import (
	"fmt"

	"silta/routing"
)

type rulesTest struct {
	rulesFile
	JSON bool `help:"Print the results as JSON."`
}

// Help ends the command's help.
func (rulesTest) Help() string {
	return "Exit status 1 if a test failed or the document has errors.\n\nExample:\n  silta rules test config.example.yaml"
}

// Run runs the document's tests.
func (c rulesTest) Run(w world) error {
	doc, found, err := c.parse(w)
	if err != nil {
		return err
	}
	results := routing.Compile(doc).RunTests()
	failed, reached := 0, map[string]bool{}
	for _, r := range results {
		if !r.Passed {
			failed++
		}
		if r.Got.Rule != routing.Otherwise && r.Got.Rule != "" {
			reached[r.Got.Rule] = true
		}
	}
	if c.JSON {
		if err := printJSON(w.stdout, results); err != nil {
			return err
		}
	} else {
		for _, finding := range found {
			if finding.Code == routing.TestFailed {
				fmt.Fprintln(w.stdout, finding)
			}
		}
		fmt.Fprintf(w.stdout, "%d of %d rules are reached by some test\n", len(reached), len(doc.Rules))
		fmt.Fprintf(w.stdout, "%d passed, %d failed\n", len(results)-failed, failed)
	}
	if failed > 0 {
		return errNo
	}
	return nil
}
