package main

import (
	"fmt"
	"math/rand/v2"

	"silta/consult"
)

// rule is what every engine is given: a request matches if it comes from the place, the age lies in the range, and it has one of
// the concerns. The first rule that matches decides.
type rule struct {
	place     string
	low, high int
	concerns  []string
}

// request is what the rules are asked about.
type request struct {
	place    string
	age      int
	concerns []string
}

func (r rule) matches(q request) bool {
	if r.place != q.place || q.age < r.low || q.age > r.high {
		return false
	}
	for _, c := range r.concerns {
		for _, d := range q.concerns {
			if c == d {
				return true
			}
		}
	}
	return false
}

const places = 23

// makeRules draws n rules.
func makeRules(n int) []rule {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	list := make([]rule, n)
	for i := range list {
		low := r.IntN(17)
		picked := r.Perm(len(consult.Concerns))[:2]
		list[i] = rule{place(r.IntN(places)), low, low + 1 + r.IntN(5),
			[]string{string(consult.Concerns[picked[0]]), string(consult.Concerns[picked[1]])}}
	}
	return list
}

func place(i int) string { return fmt.Sprintf("m%d", i) }

// makeRequests draws n requests, and adds one that no rule matches, so that all have to be looked at.
func makeRequests(n int) []request {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	list := make([]request, 0, n+1)
	for range n {
		picked := r.Perm(len(consult.Concerns))[:1+r.IntN(3)]
		var concerns []string
		for _, p := range picked {
			concerns = append(concerns, string(consult.Concerns[p]))
		}
		list = append(list, request{place(r.IntN(places)), r.IntN(22), concerns})
	}
	return append(list, request{place(0), 90, []string{"mood", "sleep"}})
}

// expected is the number of the first rule that matches, or -1.
func expected(rules []rule, q request) int {
	for i, r := range rules {
		if r.matches(q) {
			return i
		}
	}
	return -1
}

// engine decides by rules that it has compiled. decide returns the number of the first rule that matches, or -1.
type engine interface {
	decide(q int) (int, error)
}

// engines are the makers of engines: they compile the rules, and turn the requests into what the engine takes. Neither is
// measured.
var engines = []struct {
	name string
	make func(rules []rule, requests []request) (engine, error)
}{
	{"silta", newSilta},
	{"alertmanager", newAlertmanager},
	{"cel-go", newCEL},
	{"expr", newExpr},
	{"opa", newOPA},
	{"casbin", newCasbin},
	{"grule", newGrule},
}
