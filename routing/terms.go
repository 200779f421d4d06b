package routing

import "slices"

// Term is a part of what a condition wants of a fact, ready to be put into words.
type Term struct {
	// Word is "not", "all" or "none" as it stands in a document, and "any" also for a value or list that stands alone.
	Word string
	// Values are as they are written: codes, names, "true", "<13", "13-17", ">=soon".
	Values []string
}

// Terms takes a value apart.
func (l Literal) Terms() []Term {
	if m, ok := l.value.(map[string]any); ok {
		var terms []Term
		for _, word := range []string{"any", "all", "none", "not"} {
			if v, there := m[word]; there {
				terms = append(terms, Term{word, texts(v)})
			}
		}
		return terms
	}
	return []Term{{"any", texts(l.value)}}
}

// texts are the scalars of a value.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return []string{Literal{v}.String()}
	}
	values := make([]string, len(list))
	for i, item := range list {
		values[i] = Literal{item}.String()
	}
	return slices.Clip(values)
}
