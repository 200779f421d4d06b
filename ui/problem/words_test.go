package problem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"silta/consult"
	"silta/consult/locale"
	"silta/routing"
	"silta/ui/problem"
)

// Every error that the program makes can be told in every language: all message keys and fault codes in the sources have words.
func TestEveryErrorHasWords(t *testing.T) {
	catalogue, err := locale.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, dir := range []string{"../../consult", "../../consult/journal", "../../consult/view", "../../routing", ".", "../api", "../session"} {
		collect(t, dir, found)
	}
	for _, known := range []string{
		"not-found", "conflict.claimed", "conflict.unclaimed", "conflict.not-due", "conflict.idempotency", "unavailable.rules", "bad-json",
		"too-large", "field.too-large", "media-type", "method", "invalid", "field.required", "field.too-long", "field.out-of-range", "field.interlock",
		"field.identity", "field.bad-id", "field.bad-email", "field.not-a-member", "field.has-it-already", "field.repeated",
		"field.unknown-field", "field.duplicate-field", "field.bad-json", "field.bad-header", "field.bad-cursor", "field.wrong-type",
	} {
		if !found[known] {
			t.Errorf("%s is not found in the sources: the search is wrong", known)
		}
	}
	for _, lang := range consult.Languages {
		l := catalogue.For(lang, nil)
		for key := range found {
			if !l.Has(key) {
				t.Errorf("%s: no words for %s", lang, key)
			}
		}
	}
}

// collect finds the keys and codes in the sources of a package: second arguments of the functions that make errors and faults,
// and members of errors that are written out.
func collect(t *testing.T, dir string, found map[string]bool) {
	t.Helper()
	names, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if prefix, ok := makers[nameOf(n.Fun)]; ok && len(n.Args) > 1 {
					if key, ok := text(n.Args[1]); ok {
						found[prefix+key] = true
					}
				}
			case *ast.CompositeLit:
				for _, member := range n.Elts {
					kv, ok := member.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					prefix, ok := members[nameOf(kv.Key)]
					if key, isText := text(kv.Value); ok && isText && errorTypes[nameOf(n.Type)] {
						found[prefix+key] = true
					}
				}
			case *ast.ValueSpec: // The keys of this package have names.
				for i, id := range n.Names {
					if dir == "." && strings.HasPrefix(id.Name, "key") && i < len(n.Values) {
						if key, ok := text(n.Values[i]); ok {
							found[key] = true
						}
					}
				}
			}
			return true
		})
	}
}

var (
	makers  = map[string]string{"Fail": "", "add": "field.", "invalid": "field.", "fault": "field."}
	members = map[string]string{"Key": "", "Code": "field."}
	// The type of an element of a list is left out.
	errorTypes = map[string]bool{"Error": true, "FieldError": true, "": true}
)

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// Every finding in a document of rules is told in every language, in English as the command does.
func TestEveryFindingHasWords(t *testing.T) {
	catalogue, err := locale.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	for key, sentence := range routing.Sentences() {
		if strings.HasPrefix(key, "fact-") {
			continue
		}
		args, text := map[string]any{}, sentence
		for _, name := range placeholder.FindAllStringSubmatch(sentence, -1) {
			args[name[1]] = "‹" + name[1] + "›"
			text = strings.ReplaceAll(text, name[0], "‹"+name[1]+"›")
		}
		f := routing.Finding{Code: "code", Severity: routing.Error, Key: key, Text: text, Args: args}
		for _, lang := range consult.Languages {
			got := problem.FindingFault(catalogue.For(lang, nil), f).Detail
			if same := got == text; same != (lang == consult.English) {
				t.Errorf("%s: %s is told as %q, want %q", lang, key, got, text)
			}
			for _, value := range args {
				if !strings.Contains(got, value.(string)) {
					t.Errorf("%s: %s does not tell %s: %q", lang, key, value, got)
				}
			}
		}
	}
}

// A part of a finding's sentence is told in the same language as the sentence.
func TestPartsOfFindings(t *testing.T) {
	catalogue, err := locale.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	const document = `municipalities: [Tampere]
rules: [{id: a, when: {age: x}, to: c}]
otherwise: c
pools: {c: {members: [m], modes: {}}}
tests: [{name: t, request: {age: 5, concern: [mood], profession: teacher, municipality: Tampere}, expect: {pool: c, with: [c]}}]
`
	want := map[consult.Language][]string{
		consult.Finnish: {`age: tähän kuuluu ikä, kuten 5, "<13", ">=18" tai 13-17`, "modes: tähän kuuluu luettelo"},
		consult.Swedish: {`age: här ska stå en ålder som 5, "<13", ">=18" eller 13-17`, "modes: här ska stå en lista"},
		consult.English: {`age: an age such as 5, "<13", ">=18" or 13-17 is wanted here`, "modes: a list is wanted here"},
	}
	_, found := routing.Parse("f", []byte(document))
	_, failed := routing.Parse("f", []byte(strings.NewReplacer("age: x", "age: 5", ", modes: {}", "").Replace(document)))
	for lang, sentences := range want {
		l := catalogue.For(lang, nil)
		var got []string
		for _, f := range found {
			got = append(got, problem.FindingFault(l, f).Detail)
		}
		if strings.Join(got, "\n") != strings.Join(sentences, "\n") {
			t.Errorf("%s: %q", lang, got)
		}
		if len(failed) != 1 {
			t.Fatalf("found %v", failed)
		}
		if text := problem.FindingFault(l, failed[0]).Detail; strings.Contains(text, "instead") != (lang == consult.English) {
			t.Errorf("%s: %s", lang, text)
		}
	}
}
