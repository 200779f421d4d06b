package peers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hyperjumptech/grule-rule-engine/ast"
	"github.com/hyperjumptech/grule-rule-engine/builder"
	"github.com/hyperjumptech/grule-rule-engine/engine"
	"github.com/hyperjumptech/grule-rule-engine/pkg"

	"silta/consult"
	"silta/routing"
)

var gruleDialect = dialect{
	age: "F.Age", place: "F.Place", profession: "F.Profession", mode: "F.Mode", concern: "F.HasConcern", involved: "F.HasInvolved",
	in: "%[2]s(%[1]s)",
}

// GruleFacts is a request as grule takes it; methods stand for the sets.
type GruleFacts struct {
	Age                     int64
	Place, Profession, Mode string
	concern, involved       []string
}

// HasConcern reports whether a code is among the concerns.
func (f *GruleFacts) HasConcern(code string) bool { return slices.Contains(f.concern, code) }

// HasInvolved reports whether a code is among the parties involved.
func (f *GruleFacts) HasInvolved(code string) bool { return slices.Contains(f.involved, code) }

// loadGrule gives the rules falling salience and asks for the matching ones, of which the first counts: running them would take a
// second round over all rules. One instance of the knowledge base and one data context serve all requests.
func loadGrule(rules []Rule) (Prepare, error) {
	var b strings.Builder
	for i := range rules {
		rule := rules[i]
		several := rule.Places
		if len(several) > 1 {
			rule.Places = nil
		}
		conditions := slices.DeleteFunc([]string{gruleDialect.write(&rule), gruleOneOf(several)}, func(s string) bool { return s == "" })
		fmt.Fprintf(&b, "rule %s salience %d {\nwhen\n%s\nthen\nComplete();\n}\n", rule.ID, len(rules)-i, strings.Join(conditions, " && "))
	}
	library := ast.NewKnowledgeLibrary()
	if err := builder.NewRuleBuilder(library).BuildRuleFromResource("silta", "1", pkg.NewBytesResource([]byte(b.String()))); err != nil {
		return nil, err
	}
	base, err := library.NewKnowledgeBaseInstance("silta", "1")
	if err != nil {
		return nil, err
	}
	facts := &GruleFacts{}
	data := ast.NewDataContext()
	if err := data.Add("F", facts); err != nil {
		return nil, err
	}
	g := engine.NewGruleEngine()
	g.ReturnErrOnFailedRuleEvaluation = true
	return func(f consult.Facts) Ask {
		request := GruleFacts{int64(f.Age), f.Municipality, string(f.Profession), string(f.Mode), names(f.Concerns), names(f.Involved)}
		return func() (string, error) {
			*facts = request
			matching, err := g.FetchMatchingRules(data, base)
			if err != nil {
				return "", err
			}
			if len(matching) == 0 {
				return routing.Otherwise, nil
			}
			return matching[0].RuleName, nil
		}
	}, nil
}

// gruleOneOf says that the municipality is one of several: grule has no operator for it.
func gruleOneOf(places []string) string {
	if len(places) < 2 {
		return ""
	}
	parts := make([]string, len(places))
	for i, p := range places {
		parts[i] = fmt.Sprintf("F.Place == %q", p)
	}
	return "(" + strings.Join(parts, " || ") + ")"
}
