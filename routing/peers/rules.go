package peers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"silta/consult"
	"silta/routing"
)

// Rule is a rule in no engine's own form: what it asks of each fact. A zero field asks nothing.
type Rule struct {
	// ID is what an engine answers with when this is the first rule that matches.
	ID string
	// Youngest and Oldest bound the age, both included, if Ranged.
	Ranged           bool
	Youngest, Oldest int
	// Places are the municipalities that match, any of them.
	Places     []string
	Profession string
	Mode       string
	// Of AnyConcern and AnyInvolved one has to be there, of AllConcerns every one.
	AnyConcern, AllConcerns, AnyInvolved []string
}

// Kind is what the rules of a set ask for.
type Kind string

// Kinds of rule sets. Mixed rules draw from all conditions. Range and Set rules ask for more than one thing, because a single range or
// choice of concerns is exhausted after a hundred rules: everything would match early.
const (
	Mixed    Kind = "mixed"
	Equality Kind = "equality"
	Range    Kind = "range"
	Set      Kind = "set"
)

// Kinds are all of them, Sizes the numbers of rules that are compared.
var (
	Kinds = []Kind{Mixed, Equality, Range, Set}
	Sizes = []int{10, 100, 1_000, 10_000}
)

// seed makes every run draw the same rules and requests.
const seed = 20_261

var places = func() []string {
	list := make([]string, 309) // as many as Finland has
	for i := range list {
		list[i] = fmt.Sprintf("m%d", i)
	}
	return list
}()

// concerns leaves out the codes with long names: 10,000 rules have to fit into the mebibyte that a document of Silta's may have.
var concerns = slices.DeleteFunc(names(consult.Concerns), func(s string) bool { return len(s) > 14 })

var (
	parties     = names(consult.Parties)
	professions = names(consult.Professions)
	modes       = names(consult.Modes)
)

func names[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

func one(r *rand.Rand, values []string) string { return values[r.IntN(len(values))] }

func some(r *rand.Rand, values []string, n int) []string {
	list := make([]string, n)
	for i, at := range r.Perm(len(values))[:n] {
		list[i] = values[at]
	}
	return list
}

// Draw makes n rules.
func Draw(kind Kind, n int) []Rule {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	list := make([]Rule, n)
	for i := range list {
		rule := &list[i]
		rule.ID = fmt.Sprintf("r%d", i)
		switch kind {
		case Equality:
			rule.Places, rule.Profession, rule.Mode = []string{one(r, places)}, one(r, professions), one(r, modes)
		case Range:
			rule.ages(r)
			rule.Places = []string{one(r, places)}
		case Set:
			rule.AllConcerns, rule.AnyInvolved = some(r, concerns, 3), some(r, parties, 1+r.IntN(4)/3)
		default:
			rule.mix(r)
		}
	}
	return list
}

func (rule *Rule) ages(r *rand.Rand) {
	rule.Ranged, rule.Youngest = true, r.IntN(100)
	rule.Oldest = rule.Youngest + 1 + r.IntN(8)
}

func (rule *Rule) mix(r *rand.Rand) {
	if r.IntN(10) < 6 {
		rule.ages(r)
	}
	if !rule.Ranged || r.IntN(10) < 8 {
		rule.Places = some(r, places, 1+r.IntN(3))
	}
	if len(rule.Places) == 0 || !rule.Ranged || r.IntN(10) < 6 {
		rule.AnyConcern = some(r, concerns, 1+r.IntN(2))
	}
	if len(rule.Places) == 0 || r.IntN(10) < 2 {
		rule.Profession = one(r, professions)
	}
	if r.IntN(10) < 2 {
		rule.Mode = one(r, modes)
	}
	if r.IntN(10) < 1 {
		rule.AnyInvolved = some(r, parties, 1)
	}
}

// Matches is the meaning of a rule, which every engine has to reproduce.
func (rule *Rule) Matches(f *consult.Facts) bool {
	if rule.Ranged && (f.Age < rule.Youngest || f.Age > rule.Oldest) ||
		len(rule.Places) > 0 && !slices.Contains(rule.Places, f.Municipality) ||
		rule.Profession != "" && rule.Profession != string(f.Profession) ||
		rule.Mode != "" && rule.Mode != string(f.Mode) {
		return false
	}
	for _, c := range rule.AllConcerns {
		if !slices.Contains(f.Concerns, consult.Concern(c)) {
			return false
		}
	}
	return anyOf(rule.AnyConcern, f.Concerns) && anyOf(rule.AnyInvolved, f.Involved)
}

func anyOf[T ~string](wanted []string, got []T) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(got, T(w)) })
}

// First returns the place of the first rule that matches, or -1.
func First(rules []Rule, f *consult.Facts) int {
	return slices.IndexFunc(rules, func(r Rule) bool { return r.Matches(f) })
}

// id is what an engine has to answer for a place that [First] returns.
func id(rules []Rule, at int) string {
	if at < 0 {
		return routing.Otherwise
	}
	return rules[at].ID
}

// YAML writes the rules as Silta's document.
func YAML(rules []Rule) []byte {
	var b strings.Builder
	list := func(values []string) string {
		if len(values) == 1 {
			return values[0]
		}
		return "[" + strings.Join(values, ",") + "]"
	}
	fmt.Fprintf(&b, "municipalities: %s\nrules:\n", list(places))
	for _, rule := range rules {
		var when []string
		if rule.Ranged {
			when = append(when, fmt.Sprintf("age: %d-%d", rule.Youngest, rule.Oldest))
		}
		if len(rule.Places) > 0 {
			when = append(when, "municipality: "+list(rule.Places))
		}
		if rule.Profession != "" {
			when = append(when, "profession: "+rule.Profession)
		}
		if rule.Mode != "" {
			when = append(when, "mode: "+rule.Mode)
		}
		if len(rule.AnyConcern) > 0 {
			when = append(when, "concern: "+list(rule.AnyConcern))
		}
		if len(rule.AllConcerns) > 0 {
			when = append(when, "concern: {all: "+list(rule.AllConcerns)+"}")
		}
		if len(rule.AnyInvolved) > 0 {
			when = append(when, "involved: "+list(rule.AnyInvolved))
		}
		fmt.Fprintf(&b, "- {id: %s,when: {%s},to: p}\n", rule.ID, strings.Join(when, ","))
	}
	b.WriteString("otherwise: p\npools: {p: {members: [m]}}\n")
	return []byte(b.String())
}
