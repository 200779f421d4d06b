package routing

import (
	"fmt"
	"io"
	"slices"

	"silta/consult"
)

// Coverage says which rules the document's tests reach.
type Coverage struct {
	// Rules is how many rules there are, Reached how many of them some test reaches.
	Rules   int `json:"rules"`
	Reached int `json:"reached"`
	// Missing are the others, in their order.
	Missing []Untested `json:"missing"`
}

// Untested is a rule that no test reaches.
type Untested struct {
	Rule string `json:"rule"`
	// Name is one for a test of it that the document does not have yet.
	Name string `json:"name"`
	// Request would reach it; nil if no request does, or none was found within the bounds of the analysis.
	Request *consult.Facts `json:"request"`
	// Expect is what the request comes to.
	Expect Outcome `json:"expect"`
}

// Coverage finds the rules that no test reaches and, for each, a request that would. A test that an interlock blocks reaches no
// rule.
func (r *Rules) Coverage() Coverage {
	c := Coverage{Rules: len(r.doc.Rules), Missing: []Untested{}}
	reached := make([]bool, len(r.doc.Rules)+1)
	for _, t := range r.doc.Tests {
		p := r.pack(&t.Request)
		if !t.unread && !r.blocks(&p) {
			reached[r.match(&p)] = true
		}
	}
	s := search{r.doc, documentEffort}
	var obstacles []*cube
	for i, lock := range r.doc.Interlocks {
		if lock.Block {
			obstacles = append(obstacles, pointers(r.locks[i])...)
		}
	}
	everything := r.doc.everything()
	for i, rule := range r.doc.Rules {
		branches := r.doc.cubes(rule.When)
		if rule.unread {
			continue
		}
		if reached[i] {
			c.Reached++
		} else {
			u := Untested{Rule: rule.ID, Name: r.testName(rule.ID)}
			for _, b := range branches {
				within, ok := everything.meet(&b)
				if !ok {
					continue
				}
				if p, v := s.find(within, obstacles); v == some {
					u.Request = new(r.doc.facts(p))
					u.Expect = r.outcomeOf(*u.Request)
					break
				}
			}
			c.Missing = append(c.Missing, u)
		}
		obstacles = append(obstacles, pointers(branches)...)
	}
	return c
}

// testName is a name for a test of a rule that no test has.
func (r *Rules) testName(rule string) string {
	name := rule + " is reached"
	for n := 2; slices.ContainsFunc(r.doc.Tests, func(t Test) bool { return t.Name == name }); n++ {
		name = fmt.Sprintf("%s is reached %d", rule, n)
	}
	return name
}

// blocks reports whether an interlock forbids sending a request.
func (r *Rules) blocks(p *packed) bool {
	for i, lock := range r.locks {
		if r.doc.Interlocks[i].Block && anyHolds(lock, p) {
			return true
		}
	}
	return false
}

// WriteTests writes a test for every rule that none reaches, as YAML to paste under tests. The expectations are what the rules
// do now: whoever pastes them says that it is right.
func (c Coverage) WriteTests(w io.Writer) error {
	for _, u := range c.Missing {
		if u.Request == nil {
			continue
		}
		expect := fmt.Sprintf("pool: %s, rule: %s, urgency: %s", flowText(u.Expect.Pool), flowText(u.Rule), u.Expect.Urgency)
		if len(u.Expect.With) > 0 {
			expect += ", with: " + flowList(u.Expect.With)
		}
		_, err := fmt.Fprintf(w, "- name: %s\n  request: %s\n  expect: {%s}\n", flowText(u.Name), factsFlow(*u.Request), expect)
		if err != nil {
			return err
		}
	}
	return nil
}
