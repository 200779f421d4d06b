package peers

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"silta/consult"
)

// Position is where in a rule set the first match of a request stands.
type Position string

// Positions: in the first tenth, the middle fifth or the last tenth of the rules, or nowhere.
const (
	Early  Position = "early"
	Middle Position = "middle"
	Late   Position = "late"
	Never  Position = "never"
)

// Positions are all of them.
var Positions = []Position{Early, Middle, Late, Never}

// bounds returns the rules among which the first match has to be.
func (p Position) bounds(n int) (from, to int) {
	switch p {
	case Early:
		return 0, n / 10
	case Middle:
		return n * 4 / 10, n * 6 / 10
	default:
		return n * 9 / 10, n
	}
}

// Requests draws n requests whose first match is at the position.
func Requests(rules []Rule, at Position, n int) ([]consult.Facts, error) {
	r := rand.New(rand.NewPCG(seed, uint64(len(rules)+len(at))))
	from, to := at.bounds(len(rules))
	var list []consult.Facts
	for range 2_000 * n {
		if len(list) == n {
			return list, nil
		}
		f := Random(r)
		if at == Never {
			if First(rules, &f) < 0 {
				list = append(list, f)
			}
			continue
		}
		rules[from+r.IntN(to-from)].fit(r, &f)
		if got := First(rules, &f); got >= from && got < to {
			list = append(list, f)
		}
	}
	return nil, fmt.Errorf("no %d requests whose first match is %s among %d rules", n, at, len(rules))
}

// Random draws a request.
func Random(r *rand.Rand) consult.Facts {
	f := consult.Facts{
		Age: r.IntN(110), Municipality: one(r, places), Profession: consult.Profession(one(r, professions)),
		Mode: consult.Mode(one(r, modes)), Urgency: consult.Routine, Language: consult.Finnish,
	}
	for _, c := range some(r, concerns, 1+r.IntN(3)) {
		f.Concerns = append(f.Concerns, consult.Concern(c))
	}
	for _, p := range some(r, parties, r.IntN(3)) {
		f.Involved = append(f.Involved, consult.Party(p))
	}
	return f
}

// fit changes a request so that the rule matches it.
func (rule *Rule) fit(r *rand.Rand, f *consult.Facts) {
	if rule.Ranged {
		f.Age = rule.Youngest + r.IntN(rule.Oldest-rule.Youngest+1)
	}
	if len(rule.Places) > 0 {
		f.Municipality = one(r, rule.Places)
	}
	if rule.Profession != "" {
		f.Profession = consult.Profession(rule.Profession)
	}
	if rule.Mode != "" {
		f.Mode = consult.Mode(rule.Mode)
	}
	if len(rule.AnyConcern) > 0 {
		f.Concerns = with(f.Concerns[1:], one(r, rule.AnyConcern))
	}
	if len(rule.AllConcerns) > 0 {
		f.Concerns = with[consult.Concern](nil, rule.AllConcerns...)
	}
	if len(rule.AnyInvolved) > 0 {
		f.Involved = with[consult.Party](nil, one(r, rule.AnyInvolved))
	}
}

// with adds values to a set.
func with[T ~string](set []T, values ...string) []T {
	for _, v := range values {
		if !slices.Contains(set, T(v)) {
			set = append(set, T(v))
		}
	}
	return set
}
