package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"silta/consult"
	"silta/routing/oncall"
)

// TestMatchAgainstReading: the packed index decides as one does who reads the rules from top to bottom.
func TestMatchAgainstReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t, 70)
		rules := m.compiled(t)
		for range 10 {
			f := drawFacts(t)
			d := rules.Decide(f)
			want := Otherwise
			if i := m.first(f, -1); i < len(m.rules) {
				want = m.rules[i].id
			}
			got := fmt.Sprintf("%s %v %s", d.Pool, slices.Sorted(slices.Values(d.With)), d.Urgency)
			if d.Rule != want || got != m.outcome(f, -1) {
				t.Fatalf("%+v goes by %s to %s, want %s to %s\n%s", f, d.Rule, got, want, m.outcome(f, -1), m)
			}
			// The trace says of every rule before the match what of it fails, and it does fail.
			trace := rules.Explain(f, now, oncall.Known{}).Trace
			for i, line := range trace {
				if line.Rule != m.rules[i].id || line.Matched != m.rules[i].matches(f) || line.Matched == (len(line.Failed) > 0) {
					t.Fatalf("%+v: the trace says of %s %+v\n%s", f, m.rules[i].id, line, m)
				}
			}
			if wanted := min(m.first(f, -1)+1, len(m.rules)); len(trace) != wanted {
				t.Fatalf("a trace of %d rules, want %d", len(trace), wanted)
			}
		}
	})
}

// TestMatchers: every way of writing a value.
func TestMatchers(t *testing.T) {
	base := consult.Facts{Age: 13, Concerns: []consult.Concern{"mood", "sleep"}, Involved: []consult.Party{"police"}, Urgency: "soon",
		Mode: "phone", Profession: "teacher", Municipality: "Nokia", Language: "sv"}
	for when, want := range map[string]bool{
		`age: 13`: true, `age: "13"`: true, `age: 12`: false, `age: "<13"`: false, `age: "<14"`: true, `age: <14`: true, `age: "<=13"`: true,
		`age: ">13"`: false, `age: ">12"`: true, `age: ">= 13"`: true, `age: 13-17`: true, `age: 5-13`: true, `age: 14-17`: false,
		`age: [5, 13-14]`: true, `age: [5, "<12", ">=18"]`: false, `age: 0-120`: true, `age: "<=120"`: true, `age: ">=0"`: true,
		`pregnant: false`: true, `pregnant: true`: false, `pregnant: [true, false]`: true, `identified: false`: true,
		`concern: mood`: true, `concern: [grief, sleep]`: true, `concern: [grief]`: false, `concern: {any: mood}`: true,
		`concern: {all: [mood, sleep]}`: true, `concern: {all: [mood, grief]}`: false, `concern: {none: grief}`: true,
		`concern: {none: [grief, sleep]}`: false, `concern: {any: [mood], all: [sleep], none: [grief]}`: true,
		`concern: {any: [mood], all: [grief]}`: false, `red-flag: psychosis`: false, `red-flag: {none: [psychosis]}`: true,
		`involved: [ngo, police]`: true, `involved: {none: police}`: false,
		`urgency: soon`: true, `urgency: ">=soon"`: true, `urgency: ">soon"`: false, `urgency: "<soon"`: false, `urgency: "<=soon"`: true,
		`urgency: [routine, urgent]`: false, `urgency: {not: urgent}`: true, `urgency: {not: [urgent, soon]}`: false,
		`urgency: {not: ">=soon"}`: false, `urgency: ["<soon", urgent]`: false,
		`mode: phone`: true, `mode: [written, video]`: false, `mode: {not: [written]}`: true, `mode: {not: [phone, visit]}`: false,
		`profession: teacher`: true, `profession: {not: teacher}`: false, `municipality: [Tampere, Nokia]`: true,
		`municipality: {not: [Nokia]}`: false, `language: sv`: true, `language: {not: [fi, en]}`: true,
		`age: 13, concern: mood, mode: phone`: true, `age: 13, concern: mood, mode: visit`: false,
	} {
		doc, found := Parse("f", []byte("municipalities: [Tampere, Nokia]\nrules:\n  - {id: r, to: a, when: {"+when+
			"}}\n  - {id: listed, to: a, when: [{"+when+"}]}\notherwise: a\npools: {a: {}}\n"))
		if doc == nil || HasErrors(found) {
			t.Errorf("%s: %v", when, found)
			continue
		}
		if got := Compile(doc).Decide(base).Rule == "r"; got != want {
			t.Errorf("%s holds is %t, want %t", when, got, want)
		}
	}
}

// TestUnknownValues: a request with a value that the document does not know is still routed, by the rules that do not ask for it.
func TestUnknownValues(t *testing.T) {
	doc, found := Parse("f", []byte(`
municipalities: [Tampere, Nokia]
rules:
  - {id: there, when: {municipality: [Tampere, Nokia]}, to: a}
  - {id: not-there, when: {municipality: {not: Tampere}, age: 5}, to: b}
otherwise: c
pools: {a: {}, b: {}, c: {}}
`))
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	r := Compile(doc)
	for age, want := range map[int]string{5: "not-there", 6: Otherwise, -1: Otherwise, 121: Otherwise} {
		d := r.Decide(consult.Facts{Age: age, Municipality: "Turku", Profession: "pilot", Mode: "fax", Urgency: "now", Language: "tlh"})
		if d.Rule != want {
			t.Errorf("age %d: %s, want %s", age, d.Rule, want)
		}
	}
}

// manyRules makes a document of n rules as a region might have them, none of which takes the slowest request.
func manyRules(n int) string {
	var b strings.Builder
	b.WriteString("municipalities: [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22]\nrules:\n")
	for i := range n {
		concern, other := concernCodes[i%28], concernCodes[(i*7+3)%28]
		fmt.Fprintf(&b, "  - {id: r%d, when: {age: %d-%d, municipality: m%d, concern: [%s, %s], profession: {not: %s}}, to: a}\n",
			i, i%15, i%15+6, i%22, concern, other, professionCodes[i%13])
	}
	b.WriteString("otherwise: a\npools: {a: {}}\n")
	return b.String()
}

var slowest = consult.Facts{Age: 9, Concerns: []consult.Concern{"mood", "eating", "other"}, Involved: []consult.Party{"police"},
	Profession: "other", Municipality: "m22", Urgency: "soon", Mode: "phone", Language: "sv"}

func TestMatchDoesNotAllocate(t *testing.T) {
	doc, _ := Parse("f", []byte(manyRules(500)))
	r := Compile(doc)
	if n := testing.AllocsPerRun(100, func() {
		p := r.pack(&slowest)
		r.match(&p)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkMatch: the first match among rules of which none takes the request, so that all have to be ruled out.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 100, 1_000, 10_000} {
		doc, found := Parse("f", []byte(manyRules(min(n, 1000))))
		if doc == nil {
			b.Fatal(found)
		}
		doc.Rules = slices.Repeat(doc.Rules, n/len(doc.Rules)) // 10,000 do not fit into a document
		r := Compile(doc)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := r.pack(&slowest)
				r.match(&p)
			}
		})
	}
}
