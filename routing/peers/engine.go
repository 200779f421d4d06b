package peers

import (
	"silta/consult"
	"silta/routing"
)

// Prepare turns a request into what an engine takes, and returns the question to be measured: which rule is the first that matches? Its
// answer is the rule's id, or [routing.Otherwise].
type Prepare func(consult.Facts) Ask

// Ask is a question that can be put again and again, but not from several goroutines.
type Ask func() (string, error)

// Engine is a library that can hold the rules.
type Engine struct {
	Name string
	Load func([]Rule) (Prepare, error)
}

// Engines are all that are compared, Silta first.
var Engines = []Engine{
	{"silta", loadSilta},
	{"alertmanager", loadAlertmanager},
	{"cel", loadCEL},
	{"expr", loadExpr},
	{"opa", loadOPA},
	{"casbin", loadCasbin},
	{"grule", loadGrule},
}

// inOrder answers with the first of the rules for which a test of its own holds: what engines do that know single expressions, but no
// list of them.
func inOrder(rules []Rule, holds func(at int) (bool, error)) Ask {
	return func() (string, error) {
		for i := range rules {
			ok, err := holds(i)
			if err != nil {
				return "", err
			}
			if ok {
				return rules[i].ID, nil
			}
		}
		return routing.Otherwise, nil
	}
}
