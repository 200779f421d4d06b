package consult

import (
	"slices"
	"testing"
	"time"
)

// TestTooManyCodes: a list of codes that is longer than any that can be meant is one fault, and not looked at.
func TestTooManyCodes(t *testing.T) {
	sent := func(n int) *Request {
		r := &Request{Client: Client{Age: 9, Municipality: "Nokia"}, Question: "Mistä aloitamme?", Concerns: slices.Repeat([]Concern{"mood"}, n)}
		r.Normalize()
		return r
	}
	terms := Terms{Municipalities: []string{"Nokia"}}
	for n, want := range map[int]string{1: "", 2: "/concerns/1 repeated", maxCodes + 1: "/concerns too-many"} {
		got := ""
		if e, ok := sent(n).Validate(terms, time.Time{}).(*Error); ok {
			for _, f := range e.Fields {
				got += f.Pointer + " " + f.Code
			}
		}
		if got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
