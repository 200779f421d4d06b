package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hardRules asks whether n+1 pigeons fit into n holes, concerns standing for each pair of them: no request reaches the last
// rule, and nothing short of trying almost everything shows it.
func hardRules(pigeons, holes int) string {
	codes := append(slices.Clone(concernCodes), partyCodes...)
	fact := func(i int) string {
		if i < len(concernCodes) {
			return "concern"
		}
		return "involved"
	}
	var b strings.Builder
	b.WriteString("municipalities: [Tampere]\nrules:\n")
	n := 0
	rule := func(when string) {
		fmt.Fprintf(&b, "  - {id: r%d, when: {%s}, to: a}\n", n, when)
		n++
	}
	for p := range pigeons {
		sets := map[string][]string{}
		for h := range holes {
			i := p*holes + h
			sets[fact(i)] = append(sets[fact(i)], codes[i])
		}
		var when []string
		for _, f := range []string{"concern", "involved"} {
			if len(sets[f]) > 0 {
				when = append(when, f+": {none: ["+strings.Join(sets[f], ", ")+"]}")
			}
		}
		rule(strings.Join(when, ", "))
	}
	for h := range holes {
		for p := range pigeons {
			for q := range p {
				i, j := p*holes+h, q*holes+h
				if fact(i) == fact(j) {
					rule(fmt.Sprintf("%s: {all: [%s, %s]}", fact(i), codes[i], codes[j]))
				} else {
					rule(fmt.Sprintf("%s: {all: [%s]}, %s: {all: [%s]}", fact(i), codes[i], fact(j), codes[j]))
				}
			}
		}
	}
	b.WriteString("  - {id: last, to: b}\notherwise: c\npools: {a: {members: [m]}, b: {members: [m]}, c: {members: [m]}}\n")
	return b.String()
}

// TestHardQuestion: with a small budget the answer is that it is not known; with the usual one it is right.
func TestHardQuestion(t *testing.T) {
	doc, found := Parse("f", []byte(hardRules(6, 5)))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	a := newAnalysis(Compile(doc))
	last := len(doc.Rules) - 1
	if a.reached[last] != none {
		t.Errorf("the last rule's verdict is %d", a.reached[last])
	}
	a.search.effort = 1000
	if _, v := a.findFirst(last, doc.everything()); v != unknown {
		t.Errorf("with a small budget the verdict is %d", v)
	}
	a.search.effort = 0
	list := &findings{}
	a.report(list)
	if len(list.list) != 2 || list.list[0].Code != NotAnalysed || list.list[0].Severity != Warning || list.list[1].ID != "last" {
		t.Errorf("an analysis without a budget reports %v", list.list)
	}
}

// TestManyRules: thousands of overlapping rules end in findings, whatever they are.
func TestManyRules(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString("municipalities: [T]\nrules:\n")
	for i := 0; b.Len() < MaxDocument/4; i++ {
		fmt.Fprintf(&b, " - {id: %x, when: {age: %d-%d, concern: {all: %s}}, to: a}\n", i, i%60, i%60+i%50, concernCodes[i%29])
	}
	b.WriteString("otherwise: b\npools: {a: {members: [m]}, b: {members: [m]}}\n")
	doc, found := Parse("f", []byte(b.String()))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	found = check(doc, World{Now: now})
	if len(found) == 0 || len(found) > 2*(maxFindings+1) {
		t.Errorf("%d findings", len(found))
	}
}

// TestBehindAll: a rule that takes everything makes a long document no harder to judge: every later rule has its verdict.
func TestBehindAll(t *testing.T) {
	var b strings.Builder
	b.WriteString("municipalities: [T]\nrules:\n - {id: all, to: a}\n")
	const later = 15_000
	for i := range later {
		fmt.Fprintf(&b, " - {id: r%d, when: {age: %d}, to: b}\n", i, i%100)
	}
	b.WriteString("otherwise: b\npools: {a: {members: [m]}, b: {members: [m]}}\n")
	doc, _ := Parse("f", []byte(b.String()))
	a := newAnalysis(Compile(doc))
	for i := range later {
		if a.reached[i+1] != none {
			t.Fatalf("rule %d: verdict %d", i+1, a.reached[i+1])
		}
	}
	found := check(doc, World{Now: now})
	if i := slices.IndexFunc(found, func(f Finding) bool { return f.Code == NotAnalysed }); i >= 0 {
		t.Error(found[i])
	}
}

// TestManyWarnings: however many warnings there are, they keep nothing from being published, and no error is lost among them.
func TestManyWarnings(t *testing.T) {
	list := &findings{}
	for i := range 2 * maxFindings {
		list.add(Pos{i + 1, 1}, Gap, "", "gap", "example", i)
	}
	if found := list.sorted(); HasErrors(found) || len(found) != maxFindings+1 || found[maxFindings].Code != TooMany {
		t.Errorf("%d findings, the last one %v", len(found), found[len(found)-1])
	}
	for i := range 2 * maxFindings {
		list.add(Pos{i + 1, 2}, BadValue, "", "missing", "key", i)
	}
	errors := slices.DeleteFunc(list.sorted(), func(f Finding) bool { return f.Severity != Error })
	if len(errors) != maxFindings+1 || errors[0].Line != 1 {
		t.Errorf("%d errors", len(errors))
	}
}
