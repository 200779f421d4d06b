package routing

import (
	"fmt"
	"slices"
	"strings"

	"silta/consult"
)

// TestResult is what became of a test of the document.
type TestResult struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	// Got is what came of the request, whether it was expected or not.
	Got Got `json:"got"`
}

// Got is the outcome of a test's request.
type Got struct {
	Pool       string             `json:"pool"`
	With       []string           `json:"with"`
	Rule       string             `json:"rule"`
	Urgency    consult.Urgency    `json:"urgency"`
	Interlocks []string           `json:"interlocks"`
	Notes      []consult.NoteCode `json:"notes"`
}

// RunTests runs the tests of the document. A test that could not be read fails.
func (r *Rules) RunTests() []TestResult {
	results := []TestResult{}
	for _, t := range r.doc.Tests {
		result, _ := r.runTest(t)
		results = append(results, result)
	}
	return results
}

// runTest also says what is otherwise than expected.
func (r *Rules) runTest(t Test) (result TestResult, differs Phrases) {
	d := r.Decide(t.Request)
	got := Got{Pool: d.Pool, With: orEmpty(d.With), Rule: d.Rule, Urgency: d.Urgency, Interlocks: []string{}, Notes: orEmpty(d.Notes)}
	for _, lock := range d.Interlocks {
		got.Interlocks = append(got.Interlocks, lock.ID)
	}
	compare := func(what string, same bool, wanted, came any) {
		if !same {
			differs = append(differs, difference(what, shown(came), shown(wanted)))
		}
	}
	if w := t.Expect.Pool; w != nil {
		compare("pool", *w == got.Pool, *w, got.Pool)
	}
	if w := t.Expect.With; w != nil {
		compare("with", sameSet(*w, got.With), *w, got.With)
	}
	if w := t.Expect.Rule; w != nil {
		compare("rule", *w == got.Rule, *w, got.Rule)
	}
	if w := t.Expect.Urgency; w != nil {
		compare("urgency", *w == got.Urgency, *w, got.Urgency)
	}
	if w := t.Expect.Interlocks; w != nil {
		compare("interlocks", sameSet(*w, got.Interlocks), *w, got.Interlocks)
	}
	if w := t.Expect.Notes; w != nil {
		compare("notes", sameSet(*w, got.Notes), *w, got.Notes)
	}
	return TestResult{Name: t.Name, Passed: len(differs) == 0 && !t.unread, Got: got}, differs
}

// difference says what came in place of what was wanted; "" is nothing.
func difference(what, came, wanted string) Phrase {
	switch "" {
	case came:
		return phrase("came-none", "what", what, "wanted", wanted)
	case wanted:
		return phrase("came-unwanted", "what", what, "came", came)
	default:
		return phrase("came", "what", what, "came", came, "wanted", wanted)
	}
}

// shown writes a value of an expectation.
func shown(v any) string { return strings.Trim(fmt.Sprint(v), "[]") }

func sameSet[T ~string](a, b []T) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// reportTests adds a finding for every test that fails.
func (r *Rules) reportTests(found *findings) {
	for _, t := range r.doc.Tests {
		if t.unread { // what is wrong with it is a finding already
			continue
		}
		if _, differs := r.runTest(t); len(differs) > 0 {
			found.add(t.At, TestFailed, t.Name, "test-failed", "name", show(t.Name), "got", differs)
		}
	}
}
