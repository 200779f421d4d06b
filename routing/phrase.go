package routing

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Phrase is a part of a finding's sentence that depends on the language: an argument that is a sentence of [Sentences] itself.
type Phrase struct {
	// Key is that of the sentence, and Args fill its placeholders.
	Key  string
	Args map[string]any
}

// Phrases are several of them; as text they are separated by semicolons.
type Phrases []Phrase

func phrase(key string, args ...any) Phrase {
	p := Phrase{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if p.Args == nil {
			p.Args = map[string]any{}
		}
		p.Args[args[i].(string)] = args[i+1]
	}
	return p
}

// String writes the phrase in English.
func (p Phrase) String() string { return fill(sentences[p.Key], p.Args) }

// String writes the phrases in English.
func (p Phrases) String() string {
	parts := make([]string, len(p))
	for i := range p {
		parts[i] = p[i].String()
	}
	return strings.Join(parts, "; ")
}

// fill puts the arguments into a sentence. What an argument says is not searched for placeholders.
func fill(sentence string, args map[string]any) string {
	pairs := make([]string, 0, 2*len(args))
	for _, name := range slices.Sorted(maps.Keys(args)) {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(args[name]))
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// What is wanted in a place.
var (
	aMapping    = phrase("a-mapping")
	aList       = phrase("a-list")
	aText       = phrase("a-text")
	trueOrFalse = phrase("true-or-false")
	anAge       = phrase("an-age")
	wholeYears  = phrase("whole-years")
	ownLines    = phrase("own-lines")
	evenIndent  = phrase("even-indent")
)

// yamlFaults are parts of the parser's messages, with what to say in their place.
var yamlFaults = []struct{ part, key string }{
	{"must be specified", "yaml-closing"}, {"end token", "yaml-closing"}, {"not found", "yaml-closing"},
	{"corresponding to", "yaml-opening"},
	{"quot", "yaml-quote"}, {"escape", "yaml-quote"}, {"end character", "yaml-quote"},
	{"tab", "yaml-tab"},
	{"non-map value", "yaml-colon"}, {"delimiter ':'", "yaml-colon"}, {"implicit line break", "yaml-colon"},
	{"key", "yaml-key"},
	{"value", "yaml-value"},
}

// yamlFault says in our own words what the parser says of a text that is no YAML.
func yamlFault(message string) Phrase {
	for _, f := range yamlFaults {
		if strings.Contains(message, f.part) {
			return phrase(f.key)
		}
	}
	return phrase("yaml-other")
}
