package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCoverage: the suggested tests, pasted into the document, pass and reach every rule that can be reached.
func TestCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t, 8)
		rules := m.compiled(t)
		c := rules.Coverage()
		var tests strings.Builder
		if err := c.WriteTests(&tests); err != nil {
			t.Fatal(err)
		}
		if c.Rules != len(m.rules) || c.Reached != 0 || len(c.Missing) != len(m.rules) {
			t.Fatalf("without tests: %+v", c)
		}
		text := m.String()
		if tests.Len() > 0 {
			text += "tests:\n" + tests.String()
		}
		doc, found := Parse("f", []byte(text))
		if doc == nil || HasErrors(found) {
			t.Fatalf("%v\n%s", found, text)
		}
		after := Compile(doc).Coverage()
		a := newAnalysis(rules)
		for i, r := range m.rules {
			missing := slices.ContainsFunc(after.Missing, func(u Untested) bool { return u.Rule == r.id })
			if missing != (a.reached[i] == none) {
				t.Fatalf("%s missing is %t\n%s", r.id, missing, text)
			}
		}
	})
}

func TestExampleCoverage(t *testing.T) {
	if c := example(t).Coverage(); c.Reached != c.Rules || len(c.Missing) > 0 {
		t.Errorf("tests of the example reach %d of %d rules: %+v", c.Reached, c.Rules, c.Missing)
	}
}

func TestHistory(t *testing.T) {
	const head = "timezone: Europe/Helsinki\nmunicipalities: [Tampere, Nokia]\nhours: {office: {days: {mon-fri: \"08:00-16:00\"}}}\nrules: [{id: r, when: {age: \"<13\"}, to: "
	c := diffed(t, head+"a}]\notherwise: b", strings.Replace(head, "Nokia]", "Akaa]", 1)+"b, at-least: soon}]\notherwise: b")
	const rest = `, "concern": ["mood"], "profession": "teacher"}`
	history := `{"id": "S-1", "at": "2026-11-23T08:00:00Z", "age": 5, "municipality": "Tampere"` + rest + "\n\n" +
		`{"age": 14, "municipality": "Nokia"` + rest + "\n" +
		`{"age": 5, "municipality": "Akaa", "urgency": "urgent"` + rest + "\n" +
		`{"age": 6, "municipality": "Tampere"` + rest + "\n"
	past, err := c.ReadHistory(strings.NewReader(history))
	if err != nil || len(past) != 4 {
		t.Fatalf("%d requests, %v", len(past), err)
	}
	var got []string
	for _, m := range c.Count(past) {
		line := m.ID + ": " + m.From.String() + " → " + m.To.String()
		if m.AnswerFrom != nil && m.AnswerTo != nil {
			line += fmt.Sprintf(" (%s → %s)", m.AnswerFrom.Format("2.1. 15:04"), m.AnswerTo.Format("2.1. 15:04"))
		}
		got = append(got, line)
	}
	want := []string{"S-1: a, routine → b, soon (28.11. 10:00 → 25.11. 10:00)", "4: a, urgent → b, urgent", "5: a, routine → b, soon"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	moved := 0
	for _, change := range c.Changes {
		moved += change.Moved
	}
	if moved != 3 {
		t.Errorf("%d are counted in %v", moved, c.Changes)
	}
	for text, want := range map[string]string{
		`{"age": 5}`: "line 1: concern", "{}\n{": "line 1: age", `{"id": 5, "age": 5` + rest: "line 1: id", `{"at": "today"}`: "line 1: at", "[]": "line 1: a request",
		`{"age": 5, "municipality": "Turku"` + rest: "line 1: municipality", `{"id": "` + strings.Repeat("x", 1<<18) + `"}`: "line 1: the request is too large",
	} {
		if _, err := c.ReadHistory(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestSuggestionsAreYAML: what is suggested means what it says, whatever rules and pools are called, and clashes with no test that is
// there.
func TestSuggestionsAreYAML(t *testing.T) {
	const document = `
municipalities: ["null", "Pohjois-Savo: itä"]
rules:
  - {id: "true", when: {age: "<7", municipality: "null"}, to: "null"}
  - {id: "12", when: {age: 7, municipality: "Pohjois-Savo: itä", involved: [police], red-flag: [psychosis]}, to: b, with: ["null"]}
  - {id: r, when: {age: 8, pregnant: true, language: sv, mode: phone, urgency: soon, identified: true}, to: b}
otherwise: b
pools: {"null": {members: [m]}, b: {members: [m]}}
tests:
  - {name: r is reached, request: {age: 9, concern: [mood], profession: teacher, municipality: "null"}, expect: {pool: b}}
`
	doc, found := Parse("f", []byte(document))
	if HasErrors(found) {
		t.Fatal(found)
	}
	var b strings.Builder
	if err := Compile(doc).Coverage().WriteTests(&b); err != nil {
		t.Fatal(err)
	}
	suggested := "  " + strings.TrimRight(strings.ReplaceAll(b.String(), "\n", "\n  "), " ")
	doc, found = Parse("f", []byte(document+suggested))
	if HasErrors(found) || len(doc.Tests) != 4 {
		t.Fatalf("%v\n%s", found, suggested)
	}
	if c := Compile(doc).Coverage(); c.Reached != 3 {
		t.Errorf("%d rules are reached with\n%s", c.Reached, suggested)
	}
	if !strings.Contains(suggested, "{age: 8, pregnant: true, concern: [mood], urgency: soon, mode: phone, profession: school-nurse, municipality: \"null\", language: sv, identified: true}") {
		t.Errorf("%s", suggested)
	}
}
