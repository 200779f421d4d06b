package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hyperjumptech/grule-rule-engine/ast"
	"github.com/hyperjumptech/grule-rule-engine/builder"
	grule "github.com/hyperjumptech/grule-rule-engine/engine"
	"github.com/hyperjumptech/grule-rule-engine/pkg"
)

// gruleEngine has the rules in the order of their salience; the first one that fires completes the run.
type gruleEngine struct {
	knowledge *ast.KnowledgeBase
	engine    *grule.GruleEngine
	requests  []request
}

// Facts are what grule's rules see: it wants an exported type.
type Facts struct {
	Place   string
	Age     int64
	Concern []string
	Number  int64
}

// HasAny reports whether the request has one of two concerns.
func (f *Facts) HasAny(a, b string) bool {
	return slices.Contains(f.Concern, a) || slices.Contains(f.Concern, b)
}

func newGrule(rules []rule, requests []request) (engine, error) {
	var b strings.Builder
	for i, r := range rules {
		fmt.Fprintf(&b, "rule R%d salience %d {\n\twhen F.Place == %q && F.Age >= %d && F.Age <= %d && F.HasAny(%q, %q)\n\tthen F.Number = %d; Complete();\n}\n",
			i, len(rules)-i, r.place, r.low, r.high, r.concerns[0], r.concerns[1], i)
	}
	library := ast.NewKnowledgeLibrary()
	if err := builder.NewRuleBuilder(library).BuildRuleFromResource("routing", "1", pkg.NewBytesResource([]byte(b.String()))); err != nil {
		return nil, err
	}
	knowledge, err := library.NewKnowledgeBaseInstance("routing", "1")
	if err != nil {
		return nil, err
	}
	return &gruleEngine{knowledge, grule.NewGruleEngine(), requests}, nil
}

func (e *gruleEngine) decide(q int) (int, error) {
	r := e.requests[q]
	facts := &Facts{r.place, int64(r.age), r.concerns, -1}
	data := ast.NewDataContext()
	if err := data.Add("F", facts); err != nil {
		return 0, err
	}
	err := e.engine.Execute(data, e.knowledge)
	return int(facts.Number), err
}
