package peers

import (
	"errors"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"silta/consult"
	"silta/routing"
)

// The columns of a policy are texts: a list has its values between commas, and an empty column asks nothing.
const casbinModel = `
[request_definition]
r = age, place, profession, mode, concern, involved

[policy_definition]
p = id, youngest, oldest, places, profession, mode, anyConcern, allConcerns, anyInvolved

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = (p.places == "" || among(r.place, p.places)) && (p.profession == "" || p.profession == r.profession) && ` +
	`(p.mode == "" || p.mode == r.mode) && (p.youngest == "" || within(r.age, p.youngest, p.oldest)) && ` +
	`(p.allConcerns == "" || all(r.concern, p.allConcerns)) && (p.anyConcern == "" || any(r.concern, p.anyConcern)) && ` +
	`(p.anyInvolved == "" || any(r.involved, p.anyInvolved))
`

var errCasbinArguments = errors.New("not the arguments that the matcher gives")

// loadCasbin makes the rules policies, of which the first that allows ends the search and is given as the explanation. Ranges and sets
// are functions of the matcher.
func loadCasbin(rules []Rule) (Prepare, error) {
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	e.AddFunction("within", casbinWithin)
	e.AddFunction("among", func(args ...any) (any, error) {
		value, ok := args[0].(string)
		list, ok2 := args[1].(string)
		if !ok || !ok2 {
			return nil, errCasbinArguments
		}
		return listed(list, value), nil
	})
	e.AddFunction("any", overSet(func(set []string, list string) bool {
		for _, v := range set {
			if listed(list, v) {
				return true
			}
		}
		return false
	}))
	e.AddFunction("all", overSet(func(set []string, list string) bool {
		wanted := strings.Count(list, ",") - 1
		for _, v := range set {
			if listed(list, v) {
				wanted--
			}
		}
		return wanted == 0
	}))
	policies := make([][]string, len(rules))
	for i, r := range rules {
		youngest, oldest := "", ""
		if r.Ranged {
			youngest, oldest = strconv.Itoa(r.Youngest), strconv.Itoa(r.Oldest)
		}
		policies[i] = []string{r.ID, youngest, oldest, column(r.Places), r.Profession, r.Mode,
			column(r.AnyConcern), column(r.AllConcerns), column(r.AnyInvolved)}
	}
	if _, err := e.AddPolicies(policies); err != nil {
		return nil, err
	}
	return func(f consult.Facts) Ask {
		request := []any{f.Age, f.Municipality, string(f.Profession), string(f.Mode), names(f.Concerns), names(f.Involved)}
		return func() (string, error) {
			ok, policy, err := e.EnforceEx(request...)
			if err != nil || !ok {
				return routing.Otherwise, err
			}
			return policy[0], nil
		}
	}, nil
}

func column(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return "," + strings.Join(values, ",") + ","
}

// listed reports whether a value stands in a column. It does not allocate.
func listed(list, value string) bool {
	for at := 1; at < len(list); {
		end := at + strings.IndexByte(list[at:], ',')
		if list[at:end] == value {
			return true
		}
		at = end + 1
	}
	return false
}

func casbinWithin(args ...any) (any, error) {
	age, ok := args[0].(float64) // all numbers are that in matchers
	from, ok2 := args[1].(string)
	to, ok3 := args[2].(string)
	if !ok || !ok2 || !ok3 {
		return nil, errCasbinArguments
	}
	youngest, err := strconv.Atoi(from)
	if err != nil {
		return nil, err
	}
	oldest, err := strconv.Atoi(to)
	if err != nil {
		return nil, err
	}
	return float64(youngest) <= age && age <= float64(oldest), nil
}

func overSet(holds func(set []string, list string) bool) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		set, ok := args[0].([]string)
		list, ok2 := args[1].(string)
		if !ok || !ok2 {
			return nil, errCasbinArguments
		}
		return holds(set, list), nil
	}
}
