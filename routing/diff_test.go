package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"silta/consult"
)

// drawEdit draws what an administrator may do to a document.
func drawEdit(t *rapid.T, m model) model {
	rules := slices.Clone(m.rules)
	for edit := range rapid.IntRange(1, 3).Draw(t, "edits") {
		if len(rules) == 0 || rapid.IntRange(0, 3).Draw(t, "edit") == 0 {
			more := drawModel(t, 2).rules
			for i := range more {
				more[i].id = fmt.Sprintf("n%d-%d", edit, i)
			}
			at := rapid.IntRange(0, len(rules)).Draw(t, "at")
			rules = slices.Insert(rules, at, more...)
			continue
		}
		at := rapid.IntRange(0, len(rules)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			rules = slices.Delete(rules, at, at+1)
		case 1:
			other := rapid.IntRange(0, len(rules)-1).Draw(t, "other")
			rules[at], rules[other] = rules[other], rules[at]
		default:
			rules[at].to, rules[at].with = "c", nil
		}
	}
	return model{rules: rules, otherwise: rapid.SampledFrom([]string{m.otherwise, "a"}).Draw(t, "otherwise")}
}

// TestDiffAgainstBruteForce: every pair of outcomes that trying all requests shows, and no other, each with an example of it.
func TestDiffAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := drawModel(t, 6)
		next := drawModel(t, 6)
		if rapid.IntRange(0, 3).Draw(t, "an edit") > 0 {
			next = drawEdit(t, old)
		}
		want := map[string]bool{}
		for _, f := range allRequests {
			if from, to := old.outcome(f, -1), next.outcome(f, -1); from != to {
				want[from+" → "+to] = true
			}
		}
		c := Diff(old.compiled(t), next.compiled(t))
		if !c.Complete {
			t.Fatal("not completed")
		}
		for _, change := range c.Changes {
			from, to := old.outcome(change.Example, -1), next.outcome(change.Example, -1)
			key := from + " → " + to
			if !want[key] {
				t.Fatalf("%s is none or comes twice\n%s\n%s", change, old, next)
			}
			delete(want, key)
			said := fmt.Sprintf("%s %v %s → %s %v %s", change.From.Pool, change.From.With, change.From.Urgency, change.To.Pool, change.To.With, change.To.Urgency)
			if said != key {
				t.Fatalf("%s is said of a request that goes %s", said, key)
			}
		}
		if len(want) > 0 {
			t.Fatalf("missed %v\n%s\n%s", want, old, next)
		}
	})
}

// diffed compares two sets of rules.
func diffed(t *testing.T, old, new string) *Comparison {
	t.Helper()
	compile := func(text string) *Rules {
		doc, found := Parse("f", []byte(text+"\npools: {a: {members: [m]}, b: {members: [m]}, c: {members: [m]}}\n"))
		if doc == nil || HasErrors(found) {
			t.Fatal(found)
		}
		return Compile(doc)
	}
	return Diff(compile(old), compile(new))
}

func TestDiffOfInterlocks(t *testing.T) {
	const head = "municipalities: [Tampere, Nokia]\ninterlocks: [{id: i, when: {red-flag: [psychosis]}, action: "
	const rest = "}]\nrules: [{id: r, when: {age: 5}, to: a, at-least: urgent}]\notherwise: b"
	c := diffed(t, head+"confirm"+rest, head+"block"+rest)
	var got []string
	for _, change := range c.Changes {
		got = append(got, change.From.String()+" → "+change.To.String())
		if !slices.Contains(change.Example.RedFlags, consult.RedFlag("psychosis")) {
			t.Errorf("the example is not blocked: %s", change)
		}
	}
	slices.Sort(got)
	// Blocked requests keep their urgency, so each urgency is a pair of its own.
	want := []string{"a, urgent → blocked", "a, urgent → blocked", "a, urgent → blocked", "b, routine → blocked", "b, soon → blocked", "b, urgent → blocked"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDiffOfMunicipalities(t *testing.T) {
	const rules = "\nrules: [{id: n, when: {municipality: Nokia}, to: a}, {id: o, when: {municipality: {not: [Nokia]}}, to: b}]\notherwise: c"
	if c := diffed(t, "municipalities: [Tampere, Nokia]"+rules, "municipalities: [Akaa, Nokia, Tampere]"+rules); len(c.Changes) != 0 {
		t.Errorf("another order of municipalities: %v", c.Changes)
	}
	moved := strings.Replace(rules, "municipality: Nokia}", "municipality: [Nokia, Akaa]}", 1)
	c := diffed(t, "municipalities: [Tampere, Akaa, Nokia]"+rules, "municipalities: [Nokia, Akaa]"+moved)
	if len(c.Changes) != 3 || c.Changes[0].Example.Municipality != "Akaa" {
		t.Errorf("a municipality that changes pools: %v", c.Changes)
	}
}

func BenchmarkDiff(b *testing.B) {
	compile := func(text string) *Rules {
		doc, found := Parse("f", []byte(text))
		if doc == nil || HasErrors(found) {
			b.Fatal(found)
		}
		return Compile(doc)
	}
	text := realisticRules(1000, 7)
	old := compile(text)
	for name, next := range map[string]string{
		"one-rule": strings.Replace(text, "id: r500, when: {", "id: r500, when: {pregnant: true, ", 1),
		"all":      realisticRules(1000, 8),
	} {
		next := compile(next)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if c := Diff(old, next); !c.Complete {
					b.Error("not completed")
				}
			}
		})
	}
}
