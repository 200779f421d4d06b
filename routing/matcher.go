package routing

import (
	"encoding/json"
	"strings"
)

// When is the condition of a rule or interlock: it holds if any of its branches does.
type When []Branch

// Branch holds if all of its matchers do.
type Branch []Matcher

// Matcher is what a branch asks of one fact.
type Matcher struct {
	Fact Fact
	// Wanted is the value as it was written.
	Wanted Literal
	// values are the places of the fact's values that pass, for a fact that has one value; see [span].
	values region
	// except: the values were written as those that do not pass.
	except bool
	// Of a set: one of any if it is not 0, all of all, and none of none has to be there.
	any, all, none elements
}

// Literal is a value of a document or a request as traces show it: a scalar, a list, or a mapping of lists. Its JSON is that
// value.
type Literal struct{ value any }

// MarshalJSON writes the value itself.
func (l Literal) MarshalJSON() ([]byte, error) { return json.Marshal(l.value) }

// String writes the value as a person would: "<13", "mood, sleep", "any: mood, sleep; none: grief".
func (l Literal) String() string {
	switch v := l.value.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = Literal{p}.String()
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, key := range []string{"any", "all", "none", "not"} {
			if p, ok := v[key]; ok {
				parts = append(parts, key+": "+Literal{p}.String())
			}
		}
		return strings.Join(parts, "; ")
	default:
		text, _ := json.Marshal(v)
		return string(text)
	}
}

// literal returns a node's value.
func (n *node) literal() Literal {
	switch n.kind {
	case textNode:
		return Literal{n.text}
	case numberNode:
		if json.Valid([]byte(n.text)) {
			return Literal{json.Number(n.text)}
		}
		return Literal{n.text}
	case boolNode:
		return Literal{n.text == "true"}
	case listNode:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.literal().value
		}
		return Literal{list}
	case mapNode:
		m := make(map[string]any, len(n.entries))
		for _, e := range n.entries {
			m[e.key] = e.value.literal().value
		}
		return Literal{m}
	default:
		return Literal{nil}
	}
}
