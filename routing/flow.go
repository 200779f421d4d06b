package routing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"silta/consult"
)

// factsFlow writes facts as a person would under tests, on one line of YAML: what a request is taken to have anyway is left out.
func factsFlow(f consult.Facts) string {
	var parts []string
	put := func(fact Fact, value string) { parts = append(parts, fact.String()+": "+value) }
	set := func(fact Fact, values []string) {
		if len(values) > 0 {
			put(fact, flowList(values))
		}
	}
	choice := func(fact Fact, value, usual string) {
		if value != usual && value != "" {
			put(fact, flowText(value))
		}
	}
	put(Age, strconv.Itoa(f.Age))
	if f.Pregnant {
		put(Pregnant, "true")
	}
	set(Concern, codes(f.Concerns))
	set(RedFlag, codes(f.RedFlags))
	choice(Urgency, string(f.Urgency), string(consult.Routine))
	choice(Mode, string(f.Mode), string(consult.Written))
	set(Involved, codes(f.Involved))
	choice(Profession, string(f.Profession), "")
	choice(Municipality, f.Municipality, "")
	choice(Language, string(f.Language), string(consult.Finnish))
	if f.Identified {
		put(Identified, "true")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func flowList(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = flowText(v)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

var (
	flowPlain = regexp.MustCompile(`^\pL[\pL\pN_-]*( [\pL\pN_-]+)*$`)
	flowWords = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
)

// flowText writes a text in quotation marks where YAML would take it for something else.
func flowText(s string) string {
	if flowPlain.MatchString(s) && !slices.Contains(flowWords, strings.ToLower(s)) {
		return s
	}
	return fmt.Sprintf("%q", s)
}
