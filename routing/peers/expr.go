package peers

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"silta/consult"
)

var exprDialect = dialect{
	age: "Age", place: "Place", profession: "Profession", mode: "Mode", concern: "Concern", involved: "Involved",
	in: "%s in %s", oneOf: "%s in [%s]",
}

// exprFacts is a request as expr takes it: a struct, so that fields are found when the program is compiled.
type exprFacts struct {
	Age                     int
	Place, Profession, Mode string
	Concern, Involved       []string
}

// loadExpr compiles a program for each rule, optimised and checked against the struct, and runs them all on one virtual machine.
func loadExpr(rules []Rule) (Prepare, error) {
	programs := make([]*vm.Program, len(rules))
	for i := range rules {
		p, err := expr.Compile(exprDialect.write(&rules[i]), expr.Env(exprFacts{}), expr.AsBool())
		if err != nil {
			return nil, err
		}
		programs[i] = p
	}
	machine := &vm.VM{}
	return func(f consult.Facts) Ask {
		var env any = exprFacts{f.Age, f.Municipality, string(f.Profession), string(f.Mode), names(f.Concerns), names(f.Involved)}
		return inOrder(rules, func(at int) (bool, error) {
			v, err := machine.Run(programs[at], env)
			if err != nil {
				return false, fmt.Errorf("%s: %w", rules[at].ID, err)
			}
			return v == true, nil
		})
	}, nil
}
