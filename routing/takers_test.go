package routing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// coveredRules are rules of random stretches of ages and places, as many as it takes to leave nothing to the last one.
func coveredRules(seed uint64, places, longest int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	names := make([]string, places)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "municipalities: [%s]\nrules:\n", strings.Join(names, ", "))
	left := map[[2]int]bool{}
	for age := range 121 {
		for p := range places {
			left[[2]int{age, p}] = true
		}
	}
	for n := 0; len(left) > 0; n++ {
		low, from := r.IntN(121), r.IntN(places)
		high, to := min(low+r.IntN(longest), 120), min(from+r.IntN(places/3+1), places-1)
		fmt.Fprintf(&b, "  - {id: r%d, when: {age: %d-%d, municipality: [%s]}, to: a}\n", n, low, high, strings.Join(names[from:to+1], ", "))
		for age := low; age <= high; age++ {
			for p := from; p <= to; p++ {
				delete(left, [2]int{age, p})
			}
		}
	}
	b.WriteString("  - {id: last, to: b}\notherwise: c\npools: {a: {members: [m]}, b: {members: [m]}, c: {members: [m]}}\n")
	return b.String()
}

// TestTakersOfManyRules: of hundreds or thousands of rules that take everything, the fewest that do are found.
func TestTakersOfManyRules(t *testing.T) {
	shapes := [][2]int{{4, 60}, {8, 60}, {12, 60}, {12, 30}, {20, 40}}
	if testing.Short() {
		shapes = shapes[:2]
	}
	for _, shape := range shapes {
		for seed := range uint64(3) {
			doc, found := Parse("f", []byte(coveredRules(seed, shape[0], shape[1])))
			if doc == nil || HasErrors(found) {
				t.Fatal(found)
			}
			a := newAnalysis(Compile(doc))
			last := len(doc.Rules) - 1
			set, sure := a.takers(last)
			if !sure {
				t.Errorf("%v %d: %d of %d rules, and maybe fewer", shape, seed, len(set), last)
			}
			if _, v := a.find(last, doc.everything(), a.of(set)); v != none {
				t.Errorf("%v %d: the rules %v do not take everything", shape, seed, set)
			}
			if fewer := a.needed(last, set); len(fewer) < len(set) {
				t.Errorf("%v %d: %d rules are not needed", shape, seed, len(set)-len(fewer))
			}
		}
	}
}

// TestSmallestAgainstTrying: a smallest set that has one of each list has as many numbers as one found by trying all sets.
func TestSmallestAgainstTrying(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		below := rapid.IntRange(1, 14).Draw(t, "numbers")
		var h hitting
		h.effort = ruleHitEffort
		for range rapid.IntRange(1, 25).Draw(t, "lists") {
			l := newNumbers(below)
			for _, x := range rapid.SliceOfN(rapid.IntRange(0, below-1), 1, 6).Draw(t, "list") {
				l.add(x)
			}
			h.collect(l)
		}
		fewest := below
		for set := range uint64(1) << below {
			tried := numbers{set}
			if n := tried.count(); n < fewest && !slices.ContainsFunc(h.lists, func(l numbers) bool { return !l.meets(tried) }) {
				fewest = n
			}
		}
		got, ok := h.smallest()
		chosen := newNumbers(below)
		for _, x := range got {
			chosen.add(x)
		}
		if !ok || len(got) != fewest || slices.ContainsFunc(h.lists, func(l numbers) bool { return !l.meets(chosen) }) {
			t.Fatalf("got %v (%t), %d will do for %v", got, ok, fewest, h.lists)
		}
		if small := h.small(nil); len(small) < fewest {
			t.Fatalf("the small set %v is smaller than the smallest", small)
		}
	})
}

// TestSmallestBounded: at the end of its budget the search gives up.
func TestSmallestBounded(t *testing.T) {
	h := hitting{effort: 1000}
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		l := newNumbers(300)
		for range 8 {
			l.add(r.IntN(300))
		}
		h.collect(l)
	}
	if set, ok := h.smallest(); ok || h.effort > 0 {
		t.Errorf("a set of %d, with %d of the budget left", len(set), h.effort)
	}
}
