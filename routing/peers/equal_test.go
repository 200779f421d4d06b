package peers

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"silta/consult"
)

// TestEqual: every engine has the same first match as the rules' own meaning. Without that a comparison of speeds would say nothing.
func TestEqual(t *testing.T) {
	sizes := Sizes[:2]
	if testing.Short() {
		sizes = Sizes[:1]
	}
	for _, kind := range Kinds {
		for _, n := range sizes {
			t.Run(fmt.Sprintf("%s/%d", kind, n), func(t *testing.T) { checkEqual(t, Draw(kind, n), 1_000) })
		}
	}
}

// checkEqual puts random requests and requests for every position to all engines.
func checkEqual(t *testing.T, rules []Rule, random int) {
	r := rand.New(rand.NewPCG(seed, 3))
	requests := make([]consult.Facts, 0, random)
	for range random {
		requests = append(requests, Random(r))
	}
	for _, at := range Positions {
		drawn, err := Requests(rules, at, random/4)
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, drawn...)
	}
	for _, engine := range Engines {
		t.Run(engine.Name, func(t *testing.T) {
			prepare, err := engine.Load(rules)
			if err != nil {
				t.Fatal(err)
			}
			for i := range requests {
				want := id(rules, First(rules, &requests[i]))
				got, err := prepare(requests[i])()
				if err != nil || got != want {
					t.Fatalf("request %d %+v: got %q, %v; want %q", i, requests[i], got, err, want)
				}
			}
		})
	}
}
