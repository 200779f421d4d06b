package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"silta/consult"
	"silta/routing"
)

type siltaEngine struct {
	rules    *routing.Rules
	requests []consult.Facts
}

func newSilta(rules []rule, requests []request) (engine, error) {
	var b strings.Builder
	b.WriteString("municipalities: [")
	for i := range places {
		b.WriteString(place(i) + ", ")
	}
	b.WriteString("]\nrules:\n")
	for i, r := range rules {
		fmt.Fprintf(&b, " - {id: %d, when: {municipality: %s, age: %d-%d, concern: [%s]}, to: a}\n", i, r.place, r.low, r.high,
			strings.Join(r.concerns, ", "))
	}
	b.WriteString("otherwise: a\npools: {a: {}}\n")
	doc, found := routing.Parse("rules", []byte(b.String()))
	if doc == nil || routing.HasErrors(found) {
		return nil, errors.New(found[0].Text)
	}
	e := &siltaEngine{rules: routing.Compile(doc)}
	for _, q := range requests {
		f := consult.Facts{Age: q.age, Municipality: q.place, Profession: "teacher", Urgency: "routine", Mode: "written", Language: "fi"}
		for _, c := range q.concerns {
			f.Concerns = append(f.Concerns, consult.Concern(c))
		}
		e.requests = append(e.requests, f)
	}
	return e, nil
}

func (e *siltaEngine) decide(q int) (int, error) {
	d := e.rules.Decide(e.requests[q])
	if d.Rule == routing.Otherwise {
		return -1, nil
	}
	return strconv.Atoi(d.Rule)
}
