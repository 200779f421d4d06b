package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// casbinEngine has a policy for each rule, in the order of their priority. Policies are texts, so ranges and sets are functions.
type casbinEngine struct {
	enforcer *casbin.Enforcer
	requests []request
}

func newCasbin(rules []rule, requests []request) (engine, error) {
	m, err := model.NewModelFromString(`
[request_definition]
r = place, age, concern
[policy_definition]
p = place, low, high, concern, number, eft
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = r.place == p.place && between(r.age, p.low, p.high) && anyOf(r.concern, p.concern)
`)
	if err != nil {
		return nil, err
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	enforcer.AddFunction("between", func(args ...any) (any, error) {
		low, errLow := strconv.Atoi(args[1].(string))
		high, errHigh := strconv.Atoi(args[2].(string))
		age := int(args[0].(float64)) // the only number that it knows
		return errLow == nil && errHigh == nil && age >= low && age <= high, nil
	})
	enforcer.AddFunction("anyOf", func(args ...any) (any, error) {
		have := strings.Fields(args[0].(string)) // a list would be taken apart on its way here
		for c := range strings.FieldsSeq(args[1].(string)) {
			if slices.Contains(have, c) {
				return true, nil
			}
		}
		return false, nil
	})
	policies := make([][]string, len(rules))
	for i, r := range rules {
		policies[i] = []string{r.place, fmt.Sprint(r.low), fmt.Sprint(r.high), strings.Join(r.concerns, " "), fmt.Sprint(i), "allow"}
	}
	if _, err := enforcer.AddPolicies(policies); err != nil {
		return nil, err
	}
	return &casbinEngine{enforcer, requests}, nil
}

func (e *casbinEngine) decide(q int) (int, error) {
	r := e.requests[q]
	ok, policy, err := e.enforcer.EnforceEx(r.place, r.age, strings.Join(r.concerns, " "))
	if err != nil || !ok {
		return -1, err
	}
	return strconv.Atoi(policy[4])
}
