package main

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// values are a request's facts as expressions see them.
func values(q request) map[string]any {
	return map[string]any{"place": q.place, "age": q.age, "concern": q.concerns}
}

func quoted(list []string) string { return `["` + strings.Join(list, `", "`) + `"]` }

type celEngine struct {
	programs []cel.Program
	requests []map[string]any
}

func newCEL(rules []rule, requests []request) (engine, error) {
	env, err := cel.NewEnv(cel.Variable("place", cel.StringType), cel.Variable("age", cel.IntType),
		cel.Variable("concern", cel.ListType(cel.StringType)))
	if err != nil {
		return nil, err
	}
	e := &celEngine{}
	for _, r := range rules {
		ast, issues := env.Compile(fmt.Sprintf(`place == %q && age >= %d && age <= %d && concern.exists(c, c in %s)`,
			r.place, r.low, r.high, quoted(r.concerns)))
		if issues.Err() != nil {
			return nil, issues.Err()
		}
		program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			return nil, err
		}
		e.programs = append(e.programs, program)
	}
	for _, q := range requests {
		e.requests = append(e.requests, values(q))
	}
	return e, nil
}

func (e *celEngine) decide(q int) (int, error) {
	for i, p := range e.programs {
		v, _, err := p.Eval(e.requests[q])
		if err != nil {
			return 0, err
		}
		if v.Value() == true {
			return i, nil
		}
	}
	return -1, nil
}

type exprEngine struct {
	programs []*vm.Program
	requests []map[string]any
	machine  vm.VM
}

func newExpr(rules []rule, requests []request) (engine, error) {
	e := &exprEngine{}
	for _, r := range rules {
		program, err := expr.Compile(fmt.Sprintf(`place == %q && age >= %d && age <= %d && any(concern, # in %s)`,
			r.place, r.low, r.high, quoted(r.concerns)), expr.Env(values(request{concerns: []string{}})), expr.AsBool())
		if err != nil {
			return nil, err
		}
		e.programs = append(e.programs, program)
	}
	for _, q := range requests {
		e.requests = append(e.requests, values(q))
	}
	return e, nil
}

func (e *exprEngine) decide(q int) (int, error) {
	for i, p := range e.programs {
		v, err := e.machine.Run(p, e.requests[q])
		if err != nil {
			return 0, err
		}
		if v == true {
			return i, nil
		}
	}
	return -1, nil
}
