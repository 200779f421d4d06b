package main

import "testing"

// TestEnginesAgree: what is compared is the same thing.
func TestEnginesAgree(t *testing.T) {
	requests := makeRequests(100)
	for _, n := range []int{1, 30, 200} {
		rules := makeRules(n)
		for _, e := range engines {
			made, err := e.make(rules, requests)
			if err != nil {
				t.Fatalf("%s: %v", e.name, err)
			}
			for i, q := range requests {
				got, err := made.decide(i)
				if want := expected(rules, q); err != nil || got != want {
					t.Errorf("%s with %d rules sends %+v by rule %d, %v; want %d", e.name, n, q, got, err, want)
				}
			}
		}
	}
}
