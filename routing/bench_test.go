package routing

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// realisticRules makes a document of n rules as a large region might have them over the years: overlapping, with sets, places
// and ages, and three rules at the end that take the rest.
func realisticRules(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(values []string, n int) string {
		list := make([]string, n)
		for i, j := range r.Perm(len(values))[:n] {
			list[i] = values[j]
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	places := make([]string, 23)
	for i := range places {
		places[i] = fmt.Sprintf("m%d", i)
	}
	pools := []string{"a", "b", "c", "d", "e", "f"}
	var b strings.Builder
	fmt.Fprintf(&b, "municipalities: [%s]\nrules:\n", strings.Join(places, ", "))
	for i := range n - 3 {
		var when []string
		if r.IntN(10) < 8 {
			low := r.IntN(18)
			when = append(when, fmt.Sprintf("age: %d-%d", low, low+1+r.IntN(8)))
		}
		if r.IntN(10) < 8 {
			when = append(when, "concern: "+pick(concernCodes, 1+r.IntN(3)))
		} else {
			when = append(when, fmt.Sprintf("concern: {all: %s, none: %s}", pick(concernCodes[:14], 1), pick(concernCodes[14:], 1)))
		}
		if r.IntN(10) < 5 {
			when = append(when, "municipality: "+pick(places, 1+r.IntN(4)))
		}
		if r.IntN(10) < 3 {
			when = append(when, "profession: {not: "+pick(professionCodes, 1+r.IntN(3))+"}")
		}
		if r.IntN(10) < 2 {
			when = append(when, "involved: "+pick(partyCodes, 1))
		}
		if r.IntN(10) < 2 {
			when = append(when, `urgency: ">=soon"`)
		}
		if r.IntN(10) < 1 {
			when = append(when, "language: sv")
		}
		fmt.Fprintf(&b, "  - {id: r%d, when: {%s}, to: %s}\n", i, strings.Join(when, ", "), pools[r.IntN(len(pools))])
	}
	b.WriteString("  - {id: x, when: {age: \"<13\"}, to: a}\n  - {id: y, when: {age: 13-22}, to: b}\n  - {id: z, when: {age: \">=23\"}, to: c}\n")
	b.WriteString("otherwise: d\npools: {a: {members: [m]}, b: {members: [m]}, c: {members: [m], modes: [phone, written]}, " +
		"d: {members: [m]}, e: {members: [m], accepts: [teacher]}, f: {members: [m]}}\n")
	return b.String()
}

// BenchmarkCheck: everything that check says about the rules.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{16, 100, 1_000} {
		doc, found := Parse("f", []byte(realisticRules(n, 7)))
		if doc == nil || HasErrors(found) {
			b.Fatal(found)
		}
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			for b.Loop() {
				check(doc, World{Now: now})
			}
		})
	}
}
