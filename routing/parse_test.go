package routing

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"silta/routing/oncall"
)

var update = flag.Bool("update", false, "write what was found into the files of testdata/bad, to be read before it is committed")

// placeholder is what a sentence keeps of an argument that it was not given.
var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// now is the moment of these tests: a Saturday noon in Finland.
var now = time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)

// TestBadDocuments: each file of testdata/bad has one fault, and says in its last lines what is found.
func TestBadDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	const mark = "# found: "
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			body, _, _ := bytes.Cut(data, []byte(mark))
			var want, got []string
			for line := range strings.Lines(string(data)) {
				if text, ok := strings.CutPrefix(line, mark); ok {
					want = append(want, strings.TrimSpace(text))
				}
			}
			_, found := Examine("routing.yaml", body, World{Now: now, Persons: []string{"anna", "bo"}})
			for _, f := range found {
				got = append(got, f.String())
				if f.Key == "" || sentences[f.Key] == "" || placeholder.MatchString(f.Text) {
					t.Errorf("no whole sentence: %+v", f)
				}
			}
			if len(got) == 0 {
				t.Fatal("nothing was found")
			}
			if *update {
				for _, line := range got {
					body = append(body, mark+line+"\n"...)
				}
				if err := os.WriteFile(file, body, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestSecondDocument: nothing that stands in a second document is left out unsaid.
func TestSecondDocument(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\n---\nb: 2\n":             "2:1",
		"a: 1\n--- {b: 2}\n":            "2:1",
		"a: 1\n---\n# empty\n---\nb: 2": "2:1",
		"# empty\n---\n---\nb: 2\n":     "3:1",
		"a: 1\n...\nb: 2\n":             "3:1",
		"a: 1\n...\n---\nb: 2\n":        "3:1",
		"---\na: 1\n---\n":              "",
		"---\na: 1\n...\n# end\n":       "",
		"a: |\n  ---\n  b\nc: '---'\n":  "",
	} {
		_, found := Examine("f", []byte(text), World{Now: now})
		got := ""
		for _, f := range found {
			if f.Key == "second-document" {
				got = fmt.Sprintf("%d:%d", f.Line, f.Column)
			}
		}
		if got != want {
			t.Errorf("%q: found at %q, want %q", text, got, want)
		}
	}
}

// TestLineEnds: places are those that an editor shows, however lines end and whatever spaces stand there.
func TestLineEnds(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range append(files, "../config.example.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		commented := "# why\n" + strings.ReplaceAll(string(data), "\nrules:", "\n# first\nrules:")
		_, want := Examine("f", []byte(commented), World{Now: now})
		for name, text := range map[string]string{
			"carriage returns": strings.ReplaceAll(commented, "\n", "\r\n"),
			"returns alone":    strings.ReplaceAll(commented, "\n", "\r"),
			"spaces":           strings.ReplaceAll(commented, "\n", "  \t \n"),
			"a mark":           "\ufeff" + commented,
		} {
			_, got := Examine("f", []byte(text), World{Now: now})
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s with %s:\n%v\nwant\n%v", file, name, got, want)
			}
		}
	}
}

// TestHostileDocuments: what would cost a parser time or memory ends in a finding.
func TestHostileDocuments(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("k" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/7%50) + ": 1\n")
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"open lists":     strings.Repeat("[", 500_000),
		"open mappings":  strings.Repeat("{a: ", 200_000),
		"dashes":         strings.Repeat("- ", 500_000),
		"flow dashes":    "rules: {a: " + strings.Repeat("- ", 500_000) + "}",
		"flow items":     "rules: {a: " + strings.Repeat("- a ", 250_000) + "}",
		"question marks": strings.Repeat("? ", 300_000),
		"keys":           keys(60_000),
		"long text":      "timezone: \"" + strings.Repeat("x", 900_000) + "\"",
		"folded text":    "timezone: " + strings.Repeat("x\n\n ", 200_000),
		"blank lines":    "timezone: |\n" + strings.Repeat("\n", 900_000),
		"tags":           strings.Repeat("!a ", 300_000),
		"too large":      strings.Repeat("# comment\n", 110_000),
		"not UTF-8":      "timezone: \xff",
		"zero byte":      "timezone: \x00",
		"empty":          "",
		"comment":        "# nothing",
		"documents":      strings.Repeat("---\na: 1\n", 50_000),
		"a scalar":       "routing",
		"nothing":        "routing:",
		"deep blocks": func() string {
			var b strings.Builder
			for i := range 1000 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
		"unknown names": func() string {
			var b strings.Builder
			b.WriteString("pools:\n")
			for i := range 999 {
				fmt.Fprintf(&b, " %s%d: {}\n", strings.Repeat("p", 60), i)
			}
			b.WriteString("rules:\n")
			for range 8000 {
				fmt.Fprintf(&b, " - {id: x, to: %s}\n", strings.Repeat("q", 60))
			}
			return b.String()
		}(),
		"a million faults": "rules: [" + strings.Repeat("x,", 400_000) + "]",
		"short rules":      "rules:\n" + strings.Repeat("- {}\n", 200_000),
		"empty rules":      "rules:\n" + strings.Repeat("-\n", 400_000),
		"carriage returns": strings.Repeat("\r", 900_000),
		"joined pools":     "rules:\n- with: [" + strings.Repeat("a, ", 300_000) + "]",
		"keys in braces":   "pools: {" + strings.ReplaceAll(keys(40_000), "\n", ", ") + "}",
	} {
		t.Run(name, func(t *testing.T) {
			_, found := Parse("f", []byte(text))
			if !HasErrors(found) {
				t.Error("nothing was found")
			}
			if len(found) > maxFindings+1 {
				t.Errorf("%d findings", len(found))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range append(files, "../config.example.yaml") {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, found := Parse("f", data)
		if doc == nil && !HasErrors(found) {
			t.Error("neither a document nor a finding")
		}
		if doc == nil {
			return
		}
		rules := Compile(doc)
		request, faults := rules.ParseFacts([]byte(`{"age":5,"concern":["mood"],"profession":"teacher","municipality":"Nokia"}`))
		if len(faults) > 0 && len(doc.Municipalities) == 0 {
			request.Municipality = "Nokia"
		}
		rules.Explain(request, now, oncall.Known{})
	})
}

// TestColonsInBrackets: names and times with a colon need no quotation marks in a list; what is a mapping there stays one.
func TestColonsInBrackets(t *testing.T) {
	document := func(to string) string {
		return "municipalities: [T]\nhours: {h: {days: {mon: [08:00-11:00, 12:00-13:30]}}}\notherwise: a\npools: {a: {members: [m], hours: h, " +
			"escalate: [{at: 50%, to: " + to + "}]}, b: {members: [m]}}\n"
	}
	doc, found := Parse("f", []byte(document("[person:dana, lead, pool:b]")))
	if HasErrors(found) {
		t.Fatal(found)
	}
	if got := fmt.Sprint(doc.Pools[0].Escalate[0].To, doc.Pools[0].Calendar.Week(time.Monday)); got != "[person:dana lead pool:b] [08:00-11:00 12:00-13:30]" {
		t.Error(got)
	}
	for _, to := range []string{"[person: dana]", "[{person:dana}]", `["person":dana]`, "[person:{a: b}]"} {
		if _, found := Parse("f", []byte(document(to))); len(found) != 1 || found[0].Key != "wants" {
			t.Errorf("%s: %v", to, found)
		}
	}
}
