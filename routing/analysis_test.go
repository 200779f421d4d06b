package routing

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"silta/consult"
)

// check reports what is wrong with what a document that was read means.
func check(doc *Document, world World) []Finding {
	found := &findings{file: doc.File}
	found.check(doc, world)
	return found.sorted()
}

// allRequests are one of every kind that drawn documents can tell apart.
var allRequests = slices.Collect(requests)

// requestSet is a set of them.
type requestSet []uint64

func (m model) matchedBy(i int) requestSet {
	set := make(requestSet, (len(allRequests)+63)/64)
	for n, f := range allRequests {
		if m.rules[i].matches(f) {
			set[n/64] |= 1 << (n % 64)
		}
	}
	return set
}

func (s requestSet) minus(o requestSet) requestSet {
	rest := slices.Clone(s)
	for i := range rest {
		rest[i] &^= o[i]
	}
	return rest
}

func (s requestSet) empty() bool {
	return !slices.ContainsFunc(s, func(w uint64) bool { return w != 0 })
}

func (s requestSet) each(yield func(consult.Facts) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !yield(allRequests[i*64+bits.TrailingZeros64(w)]) {
				return
			}
		}
	}
}

// bruteForce is what the findings have to be, found by trying every request.
func (m model) bruteForce() map[string]string {
	want := map[string]string{}
	all := make(requestSet, (len(allRequests)+63)/64)
	for n := range allRequests {
		all[n/64] |= 1 << (n % 64)
	}
	matched := make([]requestSet, len(m.rules))
	rest := all
	for i := range m.rules {
		matched[i] = m.matchedBy(i)
	}
	offers := func(id, pool string, set requestSet) {
		for f := range set.each {
			if pool == "a" && (f.Mode == "visit" || f.Mode == "video") {
				want["mode-not-offered "+id] = ""
			}
			if pool == "a" { // no drawn rule asks for the profession
				want["profession-not-accepted "+id] = ""
			}
		}
	}
	for i, r := range m.rules {
		reached := slices.Clone(matched[i])
		for n := range reached {
			reached[n] &= rest[n]
		}
		rest = rest.minus(matched[i])
		if reached.empty() {
			want["unreachable "+r.id] = fmt.Sprint(m.fewestTakers(i, matched))
			continue
		}
		redundant := true
		for f := range reached.each {
			if m.outcome(f, i) != m.outcome(f, -1) {
				redundant = false
				break
			}
		}
		if redundant {
			want["redundant "+r.id] = ""
		}
		offers(r.id, r.to, reached)
	}
	if !rest.empty() {
		want["gap otherwise"] = ""
		offers(Otherwise, m.otherwise, rest)
	}
	return want
}

// fewestTakers is the number of earlier rules that it takes to match all that a rule matches.
func (m model) fewestTakers(i int, matched []requestSet) int {
	fewest := i + 1
	for chosen := range 1 << i {
		left := matched[i]
		for j := range i {
			if chosen&(1<<j) != 0 {
				left = left.minus(matched[j])
			}
		}
		if left.empty() {
			fewest = min(fewest, bits.OnesCount(uint(chosen)))
		}
	}
	return fewest
}

// TestAnalysisAgainstBruteForce: on small documents every verdict is that of trying all requests, and every example is one.
func TestAnalysisAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t, 6)
		rules := m.compiled(t)
		want := m.bruteForce()
		matched := make([]requestSet, len(m.rules))
		for i := range m.rules {
			matched[i] = m.matchedBy(i)
		}
		found := &findings{}
		newAnalysis(rules).report(found)
		for _, f := range found.list {
			key := string(f.Code) + " " + f.ID
			wanted, ok := want[key]
			if !ok {
				t.Fatalf("a false alarm: %s\n%s", f, m)
			}
			delete(want, key)
			if f.Code == Unreachable {
				ids, _ := f.Args["rules"].(nameList)
				i := slices.IndexFunc(m.rules, func(r modelRule) bool { return r.id == f.ID })
				left := matched[i]
				for j, r := range m.rules {
					if slices.Contains(ids, r.id) && j < i {
						left = left.minus(matched[j])
					}
				}
				if fmt.Sprint(len(ids)) != wanted || !left.empty() {
					t.Fatalf("%s: it takes %s\n%s", f, wanted, m)
				}
			}
			if text, ok := f.Args["example"].(string); ok {
				example, faults := rules.ParseFacts([]byte(text))
				if len(faults) > 0 {
					t.Fatalf("the example %s cannot be read: %v", text, faults)
				}
				d := rules.Decide(example)
				if d.Rule != f.ID || f.Code == ModeNotOffered && !slices.Contains(d.Notes, consult.ModeNotOffered) ||
					f.Code == ProfessionNotAccepted && !slices.Contains(d.Notes, consult.ProfessionNotAccepted) {
					t.Fatalf("%s: the example goes by %s\n%s", f, d.Rule, m)
				}
			}
		}
		if len(want) > 0 {
			t.Fatalf("missed: %v\n%s", want, m)
		}
	})
}

// checked returns the codes and ids of what a document's rules come to.
func checked(t *testing.T, rules string) []string {
	t.Helper()
	doc, found := Parse("f", []byte("municipalities: [Tampere, Nokia]\n"+rules+
		"\npools: {a: {members: [m]}, b: {members: [m]}, c: {members: [m]}}\n"))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	list := &findings{}
	newAnalysis(Compile(doc)).report(list)
	var got []string
	for _, f := range list.sorted() {
		line := string(f.Code) + " " + f.ID
		if ids, ok := f.Args["rules"].(nameList); ok && len(ids) > 0 {
			line += " by " + ids.String()
		}
		got = append(got, line)
	}
	return got
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		want  []string
	}{
		"a union of ages": {`rules:
  - {id: a, when: {age: "<5"}, to: a}
  - {id: b, when: {age: 5-12}, to: b}
  - {id: c, when: {age: 13-17}, to: c}
  - {id: d, when: {age: 4-14}, to: a}
otherwise: b`, []string{"unreachable d by a, b, c", "gap otherwise"}},
		"a union of an any": {`rules:
  - {id: a, when: {concern: [mood]}, to: a}
  - {id: b, when: {concern: [sleep]}, to: b}
  - {id: c, when: {concern: [mood, sleep]}, to: c}
otherwise: b`, []string{"unreachable c by a, b", "gap otherwise"}},
		"all of the concerns, one by one": {"rules:\n" + func() string {
			var b strings.Builder
			for i, c := range concernCodes {
				fmt.Fprintf(&b, "  - {id: r%d, when: {concern: %s}, to: %s}\n", i, c, []string{"a", "b"}[i%2])
			}
			return b.String()
		}() + "otherwise: c", nil},
		"contradictions": {`rules:
  - {id: a, when: {concern: {all: [mood], none: [mood, sleep]}}, to: a}
  - {id: b, when: {concern: {any: [mood, sleep], none: [mood, sleep]}}, to: a}
  - {id: c, when: {urgency: {not: [routine, soon, urgent]}}, to: a}
  - {id: d, to: b}
otherwise: c`, []string{"unreachable a", "unreachable b", "unreachable c"}},
		"the last rule is as otherwise": {`rules:
  - {id: a, when: {age: "<5"}, to: a}
  - {id: b, when: {age: ">=5"}, to: b}
otherwise: b`, []string{"redundant b"}},
		"at-least makes no difference to what is urgent": {`rules:
  - {id: a, when: {urgency: urgent}, to: a, at-least: soon}
  - {id: b, when: {urgency: ">=soon"}, to: a, at-least: urgent}
  - {id: c, to: a}
otherwise: b`, []string{"redundant a"}},
		"joined pools in another order": {`rules:
  - {id: a, when: {age: 5}, to: a, with: [b, c]}
  - {id: b, to: a, with: [c, b]}
otherwise: b`, []string{"redundant a"}},
		"either answer": {`rules:
  - {id: a, when: {pregnant: true}, to: a}
  - {id: b, when: {pregnant: false}, to: b}
  - {id: c, when: {municipality: Tampere}, to: b}
otherwise: b`, []string{"redundant b", "unreachable c by a, b"}},
		"the smaller set is named": {`rules:
  - {id: a, when: {age: "<5"}, to: a}
  - {id: b, when: {age: 5-9}, to: b}
  - {id: c, when: {age: 2-9}, to: c}
  - {id: d, when: {age: 3-8}, to: a}
otherwise: b`, []string{"unreachable c by a, b", "unreachable d by c", "gap otherwise"}}, // d alone would need a and b
	} {
		t.Run(name, func(t *testing.T) {
			got := checked(t, c.rules)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExampleConfigurationIsClean(t *testing.T) {
	r := example(t)
	for _, f := range check(r.doc, World{Now: now, Persons: []string{"childpsych", "childpsych2", "paivaperho", "youthpsych", "protection",
		"paediatrician", "disability"}}) {
		t.Error(f)
	}
}

// TestMutations: a rule taken out, or moved to the front without its conditions, shows in the findings.
func TestMutations(t *testing.T) {
	r := example(t)
	for i, rule := range r.doc.Rules {
		doc := *r.doc
		doc.Rules = slices.Clone(r.doc.Rules)
		doc.Rules[i].When = nil
		found := &findings{}
		newAnalysis(Compile(&doc)).report(found)
		for j, later := range doc.Rules {
			want := j > i
			got := slices.ContainsFunc(found.list, func(f Finding) bool { return f.Code == Unreachable && f.ID == later.ID })
			if got != want {
				t.Errorf("%s matches everything: %s unreachable is %t", rule.ID, later.ID, got)
			}
		}
		doc.Rules = slices.Delete(slices.Clone(r.doc.Rules), i, i+1)
		found = &findings{}
		newAnalysis(Compile(&doc)).report(found)
		needed := slices.Contains([]string{"children", "young-people", "parents"}, rule.ID)
		if needed != slices.ContainsFunc(found.list, func(f Finding) bool { return f.Code == Gap }) {
			t.Errorf("%s is taken out: %v", rule.ID, found.list)
		}
	}
}

func TestExampleIsARequest(t *testing.T) {
	r := example(t)
	a := newAnalysis(r)
	for i := range r.doc.Rules {
		f := r.doc.facts(a.example[i])
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if again, faults := r.ParseFacts(text); len(faults) > 0 || r.Decide(again).Rule != r.doc.Rules[i].ID {
			t.Errorf("%s: %s, %v", r.doc.Rules[i].ID, text, faults)
		}
	}
}
