package routing

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"silta/consult"
)

// model is an independent reading of rules, straight from what was drawn: it knows nothing of packing.
type model struct {
	rules     []modelRule
	otherwise string
}

type modelRule struct {
	id, to   string
	with     []string
	atLeast  consult.Urgency
	branches []modelBranch // none: everything matches
}

// modelBranch holds a predicate for each fact that it asks for, and the YAML that says so.
type modelBranch struct {
	holds []func(consult.Facts) bool
	yaml  []string
}

func (b modelBranch) matches(f consult.Facts) bool {
	for _, h := range b.holds {
		if !h(f) {
			return false
		}
	}
	return true
}

func (r modelRule) matches(f consult.Facts) bool {
	return len(r.branches) == 0 || slices.ContainsFunc(r.branches, func(b modelBranch) bool { return b.matches(f) })
}

// first returns the place of the first rule that matches from a place on, or the number of rules.
func (m model) first(f consult.Facts, skip int) int {
	for i, r := range m.rules {
		if i != skip && r.matches(f) {
			return i
		}
	}
	return len(m.rules)
}

// outcome returns what a request comes to if a rule is left out (-1: none is).
func (m model) outcome(f consult.Facts, skip int) string {
	i := m.first(f, skip)
	if i == len(m.rules) {
		return m.otherwise + " [] " + string(f.Urgency)
	}
	r := m.rules[i] // it joins one pool at most
	return r.to + " [" + strings.Join(r.with, "") + "] " + string(f.Urgency.AtLeast(r.atLeast))
}

func (r modelRule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: %s\n", r.id)
	if len(r.branches) > 0 {
		b.WriteString("    when:\n")
		for _, branch := range r.branches {
			fmt.Fprintf(&b, "      - {%s}\n", strings.Join(branch.yaml, ", "))
		}
	}
	fmt.Fprintf(&b, "    to: %s\n", r.to)
	if len(r.with) > 0 {
		fmt.Fprintf(&b, "    with: [%s]\n", strings.Join(r.with, ", "))
	}
	if r.atLeast != "" {
		fmt.Fprintf(&b, "    at-least: %s\n", r.atLeast)
	}
	return b.String()
}

// String writes the whole document.
func (m model) String() string {
	var b strings.Builder
	b.WriteString("municipalities: [Tampere, Nokia, Akaa]\nrules:\n")
	if len(m.rules) == 0 {
		b.WriteString("  []\n")
	}
	for _, r := range m.rules {
		b.WriteString(r.String())
	}
	fmt.Fprintf(&b, "otherwise: %s\npools:\n", m.otherwise)
	b.WriteString("  a: {members: [anna], modes: [written, phone], accepts: [teacher, doctor]}\n  b: {members: [bo]}\n  c: {members: [carl]}\n")
	return b.String()
}

// The drawn documents speak of few values, so that rules meet often. The values here have to be enough to tell any two
// requests apart that such documents can.
var (
	someAges           = []int{0, 2, 5, 7, 10, 13, 15, 18, 120}
	someConcerns       = []consult.Concern{"mood", "eating", "sleep", "trauma"}
	someFlags          = []consult.RedFlag{"psychosis", "intoxication"}
	someModes          = []consult.Mode{"written", "phone", "visit"}
	someProfessions    = []consult.Profession{"teacher", "doctor", "midwife"}
	someMunicipalities = []string{"Tampere", "Nokia", "Akaa"}
)

// drawModel draws a document of up to max rules.
func drawModel(t *rapid.T, max int) model {
	m := model{otherwise: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "otherwise")}
	for i := range rapid.IntRange(0, max).Draw(t, "rules") {
		r := modelRule{id: fmt.Sprintf("r%d", i), to: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "to")}
		if w := rapid.SampledFrom([]string{"", "", "a", "b", "c"}).Draw(t, "with"); w != "" && w != r.to {
			r.with = []string{w}
		}
		r.atLeast = rapid.SampledFrom([]consult.Urgency{"", "", "", "soon", "urgent"}).Draw(t, "at-least")
		if rapid.IntRange(0, 12).Draw(t, "all") > 0 {
			for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "branches") {
				r.branches = append(r.branches, drawBranch(t))
			}
		}
		m.rules = append(m.rules, r)
	}
	return m
}

func drawBranch(t *rapid.T) modelBranch {
	var b modelBranch
	add := func(yaml string, holds func(consult.Facts) bool) {
		b.yaml, b.holds = append(b.yaml, yaml), append(b.holds, holds)
	}
	facts := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 3, rapid.ID[int]).Draw(t, "facts")
	for _, fact := range facts {
		switch fact {
		case 0:
			low := rapid.SampledFrom([]int{0, 5, 13}).Draw(t, "low")
			switch rapid.IntRange(0, 2).Draw(t, "age") {
			case 0:
				add(fmt.Sprintf(`age: "<%d"`, low+5), func(f consult.Facts) bool { return f.Age < low+5 })
			case 1:
				add(fmt.Sprintf(`age: ">=%d"`, low), func(f consult.Facts) bool { return f.Age >= low })
			default:
				add(fmt.Sprintf(`age: [%d-%d, 120]`, low, low+1), func(f consult.Facts) bool { return f.Age == low || f.Age == low+1 || f.Age == 120 })
			}
		case 1:
			drawSet(t, "concern", codes(someConcerns), add, func(f consult.Facts) []string { return codes(f.Concerns) })
		case 2:
			drawSet(t, "red-flag", codes(someFlags), add, func(f consult.Facts) []string { return codes(f.RedFlags) })
		case 3:
			u := rapid.SampledFrom(consult.Urgencies).Draw(t, "urgency")
			if rapid.Bool().Draw(t, "least") {
				add(fmt.Sprintf(`urgency: ">=%s"`, u), func(f consult.Facts) bool { return f.Urgency.Rank() >= u.Rank() })
			} else {
				add("urgency: "+string(u), func(f consult.Facts) bool { return f.Urgency == u })
			}
		case 4:
			drawChoice(t, "mode", codes(someModes), add, func(f consult.Facts) string { return string(f.Mode) })
		case 5:
			drawChoice(t, "municipality", someMunicipalities, add, func(f consult.Facts) string { return f.Municipality })
		case 6:
			want := rapid.Bool().Draw(t, "pregnant")
			add(fmt.Sprintf("pregnant: %t", want), func(f consult.Facts) bool { return f.Pregnant == want })
		}
	}
	return b
}

func drawChoice(t *rapid.T, name string, values []string, add func(string, func(consult.Facts) bool), got func(consult.Facts) string) {
	list := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 2, rapid.ID[string]).Draw(t, name)
	text := "[" + strings.Join(list, ", ") + "]"
	if rapid.Bool().Draw(t, "not") {
		add(name+": {not: "+text+"}", func(f consult.Facts) bool { return !slices.Contains(list, got(f)) })
		return
	}
	add(name+": "+text, func(f consult.Facts) bool { return slices.Contains(list, got(f)) })
}

func drawSet(t *rapid.T, name string, values []string, add func(string, func(consult.Facts) bool), got func(consult.Facts) []string) {
	var parts []string
	var tests []func(consult.Facts) bool
	for _, word := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"any", "all", "none"}), 1, 3, rapid.ID[string]).Draw(t, "words") {
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 3, rapid.ID[string]).Draw(t, word)
		parts = append(parts, word+": ["+strings.Join(list, ", ")+"]")
		tests = append(tests, func(f consult.Facts) bool {
			some, every := false, true
			for _, v := range list {
				has := slices.Contains(got(f), v)
				some, every = some || has, every && has
			}
			return word == "any" && some || word == "all" && every || word == "none" && !some
		})
	}
	add(name+": {"+strings.Join(parts, ", ")+"}", func(f consult.Facts) bool {
		for _, test := range tests {
			if !test(f) {
				return false
			}
		}
		return true
	})
}

// subsets returns every set of the values, the empty one first.
func subsets[T any](values []T) [][]T {
	list := make([][]T, 0, 1<<len(values))
	for bits := range 1 << len(values) {
		var set []T
		for i, v := range values {
			if bits&(1<<i) != 0 {
				set = append(set, v)
			}
		}
		list = append(list, set)
	}
	return list
}

// requests goes through one request of every kind that drawn documents can tell apart.
func requests(yield func(consult.Facts) bool) {
	concerns := append(subsets(someConcerns)[1:], []consult.Concern{"other"})
	for _, age := range someAges {
		for _, pregnant := range []bool{false, true} {
			for _, c := range concerns {
				for _, flags := range subsets(someFlags) {
					for _, u := range consult.Urgencies {
						for _, mode := range append([]consult.Mode{"video"}, someModes...) {
							for _, place := range someMunicipalities {
								f := consult.Facts{Age: age, Pregnant: pregnant, Concerns: c, RedFlags: flags, Urgency: u, Mode: mode,
									Municipality: place, Profession: "teacher", Language: "fi"}
								if !yield(f) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

// drawFacts draws any request at all.
func drawFacts(t *rapid.T) consult.Facts {
	return consult.Facts{
		Age: rapid.SampledFrom(someAges).Draw(t, "age"), Pregnant: rapid.Bool().Draw(t, "pregnant"),
		Concerns:     rapid.SliceOfNDistinct(rapid.SampledFrom(someConcerns), 1, 4, rapid.ID[consult.Concern]).Draw(t, "concern"),
		RedFlags:     rapid.SliceOfNDistinct(rapid.SampledFrom(someFlags), 0, 2, rapid.ID[consult.RedFlag]).Draw(t, "flags"),
		Urgency:      rapid.SampledFrom(consult.Urgencies).Draw(t, "urgency"),
		Mode:         rapid.SampledFrom(someModes).Draw(t, "mode"),
		Profession:   rapid.SampledFrom(someProfessions).Draw(t, "profession"),
		Municipality: rapid.SampledFrom(someMunicipalities).Draw(t, "municipality"), Language: "fi",
	}
}

// compiled parses and compiles a drawn document.
func (m model) compiled(t interface{ Fatalf(string, ...any) }) *Rules {
	doc, found := Parse("drawn", []byte(m.String()))
	if doc == nil || HasErrors(found) {
		t.Fatalf("the drawn document has faults: %v\n%s", found, m)
	}
	return Compile(doc)
}
