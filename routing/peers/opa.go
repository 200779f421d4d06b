package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"silta/consult"
	"silta/routing"
)

// loadOPA writes each rule as a member of a partial set, with conditions that OPA's rule index knows (equality, and membership both
// ways), and takes the least. Where any of several members of a set will do, a rule is written once for each: only so it is indexed.
// Ranges are not indexed. The query is prepared once, and a request is parsed before the measurement.
func loadOPA(rules []Rule) (Prepare, error) {
	var b strings.Builder
	b.WriteString("package silta\n\nfirst := min(matching)\n\n")
	for i := range rules {
		writeRego(&b, i, &rules[i])
	}
	ctx := context.Background()
	query, err := rego.New(rego.Query("data.silta.first"), rego.Module("silta.rego", b.String())).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return func(f consult.Facts) Ask {
		input, err := ast.InterfaceToValue(map[string]any{
			"age": f.Age, "place": f.Municipality, "profession": string(f.Profession), "mode": string(f.Mode),
			"concern": names(f.Concerns), "involved": names(f.Involved),
		})
		if err != nil {
			return func() (string, error) { return "", err }
		}
		return func() (string, error) {
			results, err := query.Eval(ctx, rego.EvalParsedInput(input))
			if err != nil {
				return "", err
			}
			if len(results) == 0 {
				return routing.Otherwise, nil
			}
			number, ok := results[0].Expressions[0].Value.(json.Number)
			if !ok {
				return "", fmt.Errorf("a %T instead of a rule's number", results[0].Expressions[0].Value)
			}
			at, err := number.Int64()
			if err != nil {
				return "", err
			}
			return rules[at].ID, nil
		}
	}, nil
}

func writeRego(b *strings.Builder, at int, rule *Rule) {
	for _, concern := range orNone(rule.AnyConcern) {
		for _, party := range orNone(rule.AnyInvolved) {
			fmt.Fprintf(b, "matching contains %d if {\n", at)
			switch len(rule.Places) {
			case 0:
			case 1:
				fmt.Fprintf(b, "\tinput.place == %q\n", rule.Places[0])
			default:
				fmt.Fprintf(b, "\tinput.place in {%s}\n", strings.Join(quoted(rule.Places), ", "))
			}
			if rule.Profession != "" {
				fmt.Fprintf(b, "\tinput.profession == %q\n", rule.Profession)
			}
			if rule.Mode != "" {
				fmt.Fprintf(b, "\tinput.mode == %q\n", rule.Mode)
			}
			for _, c := range rule.AllConcerns {
				fmt.Fprintf(b, "\t%q in input.concern\n", c)
			}
			if concern != "" {
				fmt.Fprintf(b, "\t%q in input.concern\n", concern)
			}
			if party != "" {
				fmt.Fprintf(b, "\t%q in input.involved\n", party)
			}
			if rule.Ranged {
				fmt.Fprintf(b, "\tinput.age >= %d\n\tinput.age <= %d\n", rule.Youngest, rule.Oldest)
			}
			b.WriteString("}\n\n")
		}
	}
}
