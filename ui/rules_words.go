package ui

import (
	"slices"
	"strings"

	"silta/routing"
)

// factFamilies are the families of words for the codes of facts.
var factFamilies = map[string]string{
	"concern": "concern", "red-flag": "red-flag", "urgency": "urgency", "mode": "mode", "involved": "party", "profession": "profession",
	"language": "language",
}

// sentence is a rule in words.
func (s *Server) sentence(v *visit, r routing.Rule) (when, then []string) {
	then = []string{v.l.T("rules.then", "pool", s.poolName(v, r.To))}
	if len(r.With) > 0 {
		then = append(then, v.l.T("rules.then-with", "pools", strings.Join(s.poolNames(v, r.With), ", ")))
	}
	if r.AtLeast != "" {
		then = append(then, v.l.T("rules.then-at-least", "urgency", strings.ToLower(v.l.Code("urgency", string(r.AtLeast)))))
	}
	return conditionText(v, r.When), then
}

// conditionText is a condition in words, a line for each of its branches.
func conditionText(v *visit, w routing.When) []string {
	var branches []string
	for _, b := range w {
		var parts []string
		for _, m := range b {
			for _, t := range m.Wanted.Terms() {
				parts = append(parts, termText(v, m.Fact.String(), t))
			}
		}
		branches = append(branches, listText(v, "rules.and", parts))
	}
	return branches
}

// termText says what is wanted of a fact: "ikä on alle 13".
func termText(v *visit, fact string, t routing.Term) string {
	switch fact {
	case "pregnant", "identified":
		if len(t.Values) > 1 {
			return v.l.T("rules.if.any-answer", "fact", v.l.T("rules.fact."+fact))
		}
		return v.l.T("rules.if." + fact + "." + t.Values[0])
	}
	word, values := "rules.or", valueTexts(v, fact, t.Values)
	if t.Word == "all" && len(values) == 1 {
		return v.l.T("rules.if."+fact+".also", "values", values[0])
	}
	if t.Word == "all" {
		word = "rules.and"
	}
	return v.l.T("rules.if."+fact+"."+t.Word, "values", listText(v, word, values))
}

// valueTexts are values of a fact in words.
func valueTexts(v *visit, fact string, values []string) []string {
	list := make([]string, len(values))
	for i, value := range values {
		sign := ""
		for _, known := range []string{"<=", ">=", "<", ">"} {
			if rest, ok := strings.CutPrefix(value, known); ok {
				sign, value = known, strings.TrimSpace(rest)
				break
			}
		}
		switch family := factFamilies[fact]; {
		case family != "":
			value = strings.ToLower(v.l.Code(family, value))
		case fact == "pregnant" || fact == "identified":
			value = v.l.T("rules.yes." + value)
		case fact == "age":
			value = strings.Replace(value, "-", "–", 1)
		}
		if sign != "" {
			value = v.l.T("rules.sign."+signNames[sign], "value", value)
		}
		list[i] = value
	}
	return list
}

var signNames = map[string]string{"<": "below", "<=": "at-most", ">": "above", ">=": "at-least"}

// missText says what stood in a rule's way.
func missText(v *visit, f routing.Failed) string {
	var wanted []string
	for _, t := range f.Wanted.Terms() {
		wanted = append(wanted, termText(v, f.Fact, t))
	}
	var got []string
	for _, t := range f.Got.Terms() {
		got = append(got, valueTexts(v, f.Fact, t.Values)...)
	}
	got = slices.DeleteFunc(got, func(s string) bool { return s == "" })
	if len(got) == 0 {
		got = []string{v.l.T("rules.nothing")}
	}
	return v.l.T("rules.miss", "wanted", strings.Join(wanted, " "+v.l.T("rules.and")+" "), "got", strings.Join(got, ", "))
}
