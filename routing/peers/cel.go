package peers

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"silta/consult"
)

var celDialect = dialect{
	age: "age", place: "place", profession: "profession", mode: "mode", concern: "concern", involved: "involved",
	in: "%s in %s", oneOf: "%s in [%s]",
}

// loadCEL compiles a program for each rule, with constants folded and lists of constants turned into sets. The values of a request
// are converted to CEL's own before the measurement.
func loadCEL(rules []Rule) (Prepare, error) {
	d := &celDialect
	env, err := cel.NewEnv(cel.Variable(d.age, cel.IntType), cel.Variable(d.place, cel.StringType),
		cel.Variable(d.profession, cel.StringType), cel.Variable(d.mode, cel.StringType),
		cel.Variable(d.concern, cel.ListType(cel.StringType)), cel.Variable(d.involved, cel.ListType(cel.StringType)))
	if err != nil {
		return nil, err
	}
	programs := make([]cel.Program, len(rules))
	for i := range rules {
		ast, issues := env.Compile(d.write(&rules[i]))
		if err := issues.Err(); err != nil {
			return nil, err
		}
		if programs[i], err = env.Program(ast, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return nil, err
		}
	}
	return func(f consult.Facts) Ask {
		list := types.DefaultTypeAdapter.NativeToValue
		vars, err := cel.NewActivation(map[string]any{
			d.age: types.Int(f.Age), d.place: types.String(f.Municipality), d.profession: types.String(f.Profession),
			d.mode: types.String(f.Mode), d.concern: list(names(f.Concerns)), d.involved: list(names(f.Involved)),
		})
		if err != nil {
			return func() (string, error) { return "", err }
		}
		return inOrder(rules, func(at int) (bool, error) {
			v, _, err := programs[at].Eval(vars)
			if err != nil {
				return false, fmt.Errorf("%s: %w", rules[at].ID, err)
			}
			return v == types.True, nil
		})
	}, nil
}
