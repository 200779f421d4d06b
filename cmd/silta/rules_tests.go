package main

import (
	"bytes"
	"fmt"
	"strings"

	"silta/routing"
)

type rulesTest struct {
	rulesFile
	JSON    bool `help:"Print the results as JSON; with --suggest also what the tests reach."`
	Suggest bool `help:"For every rule that no test reaches, write one that does, as YAML to paste under tests."`
}

// Help ends the command's help.
func (rulesTest) Help() string {
	return `A suggested test expects what the rules do now: read it before you paste it.
Exit status 1 if a test failed or the document has errors.

Example:
  silta rules test config.example.yaml --suggest`
}

// Run runs the document's tests.
func (c rulesTest) Run(w world) error {
	doc, found, err := c.parse(w)
	if err != nil {
		return err
	}
	rules := routing.Compile(doc)
	results := rules.RunTests()
	failed := 0
	for _, r := range results {
		if !r.Passed {
			failed++
		}
	}
	switch {
	case c.JSON && c.Suggest:
		err = printJSON(w.stdout, struct {
			Tests    []routing.TestResult `json:"tests"`
			Coverage routing.Coverage     `json:"coverage"`
		}{results, rules.Coverage()})
	case c.JSON:
		err = printJSON(w.stdout, results)
	default:
		var b bytes.Buffer
		for _, finding := range found {
			if finding.Code == routing.TestFailed {
				fmt.Fprintln(&b, finding)
			}
		}
		if err := c.coverage(rules.Coverage(), &b); err != nil {
			return err
		}
		fmt.Fprintf(&b, "%d passed, %d failed\n", len(results)-failed, failed)
		_, err = b.WriteTo(w.stdout)
	}
	if err == nil && failed > 0 {
		return errNo
	}
	return err
}

// coverage says which rules the tests reach.
func (c rulesTest) coverage(reach routing.Coverage, b *bytes.Buffer) error {
	if len(reach.Missing) > 0 && !c.Suggest {
		names := make([]string, len(reach.Missing))
		for i, m := range reach.Missing {
			names[i] = m.Rule
		}
		fmt.Fprintf(b, "no test reaches: %s\n", strings.Join(names, ", "))
	}
	if c.Suggest {
		if err := reach.WriteTests(b); err != nil {
			return err
		}
		for _, m := range reach.Missing {
			if m.Request == nil {
				fmt.Fprintf(b, "# no request was found that reaches %s\n", m.Rule)
			}
		}
	}
	fmt.Fprintf(b, "%d of %d rules are reached by some test\n", reach.Reached, reach.Rules)
	return nil
}
