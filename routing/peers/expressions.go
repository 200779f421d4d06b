package peers

import (
	"fmt"
	"strconv"
	"strings"
)

// dialect is how an expression language writes the facts; everything else is the same in those that are compared.
type dialect struct {
	age, place, profession, mode string
	concern, involved            string
	// in reports with a format of two texts whether a value, the first, is in a set; oneOf whether a value is among those of a list in brackets.
	in, oneOf string
}

// write says a rule as one expression, the cheap and selective conditions first.
func (d *dialect) write(rule *Rule) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch len(rule.Places) {
	case 0:
	case 1:
		add("%s == %q", d.place, rule.Places[0])
	default:
		add(d.oneOf, d.place, strings.Join(quoted(rule.Places), ", "))
	}
	if rule.Profession != "" {
		add("%s == %q", d.profession, rule.Profession)
	}
	if rule.Mode != "" {
		add("%s == %q", d.mode, rule.Mode)
	}
	if rule.Ranged {
		add("%s >= %d && %s <= %d", d.age, rule.Youngest, d.age, rule.Oldest)
	}
	for _, c := range rule.AllConcerns {
		add(d.in, strconv.Quote(c), d.concern)
	}
	parts = append(parts, d.any(rule.AnyConcern, d.concern)...)
	parts = append(parts, d.any(rule.AnyInvolved, d.involved)...)
	return strings.Join(parts, " && ")
}

// any says that one of the values is in a set.
func (d *dialect) any(values []string, set string) []string {
	if len(values) == 0 {
		return nil
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf(d.in, strconv.Quote(v), set)
	}
	return []string{"(" + strings.Join(list, " || ") + ")"}
}

func quoted(values []string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = strconv.Quote(v)
	}
	return list
}
