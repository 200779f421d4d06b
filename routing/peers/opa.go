package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// opaEngine collects the rules that match, which lets OPA use its index over equalities, and takes the first.
type opaEngine struct {
	query    rego.PreparedEvalQuery
	requests []ast.Value
}

func newOPA(rules []rule, requests []request) (engine, error) {
	var b strings.Builder
	b.WriteString("package routing\n\nfirst := min(matching)\n\n")
	for i, r := range rules {
		fmt.Fprintf(&b, "matching contains %d if {\n\tinput.place == %q\n\tinput.age >= %d\n\tinput.age <= %d\n\tsome c in input.concern\n\tc in {%s}\n}\n\n",
			i, r.place, r.low, r.high, strings.Trim(quoted(r.concerns), "[]"))
	}
	query, err := rego.New(rego.Query("data.routing.first"), rego.Module("routing.rego", b.String())).PrepareForEval(context.Background())
	if err != nil {
		return nil, err
	}
	e := &opaEngine{query: query}
	for _, q := range requests {
		v, err := ast.InterfaceToValue(values(q))
		if err != nil {
			return nil, err
		}
		e.requests = append(e.requests, v)
	}
	return e, nil
}

func (e *opaEngine) decide(q int) (int, error) {
	results, err := e.query.Eval(context.Background(), rego.EvalParsedInput(e.requests[q]))
	if err != nil {
		return 0, err
	}
	if len(results) == 0 {
		return -1, nil
	}
	n, err := results[0].Expressions[0].Value.(json.Number).Int64()
	return int(n), err
}
