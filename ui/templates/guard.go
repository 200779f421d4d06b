package templates

import (
	"slices"

	"silta/consult"
)

// Guarded is what the identity guard says of one text of an anonymous request.
type guarded struct {
	field
	// finding is empty where the sender has confirmed a false alarm and nothing else was found.
	finding   consult.FieldError
	found     bool
	confirmed bool
}

func guard(f field, confirmed []string) guarded {
	finding, found := f.errors.identity(f.pointer)
	return guarded{field: f, finding: finding, found: found, confirmed: slices.Contains(confirmed, f.pointer)}
}

// what names the kind of identity that was found.
func (g guarded) what() string {
	kind, ok := g.finding.Args["kind"]
	if !ok {
		return g.l.T("guard.kind.name")
	}
	if s, ok := kind.(string); ok {
		return g.l.T("guard.kind." + s)
	}
	if s, ok := kind.(interface{ String() string }); ok {
		return g.l.T("guard.kind." + s.String())
	}
	return g.l.T("guard.kind.name")
}

// excerpt is the place of the finding in what the sender typed, or "".
func (g guarded) excerpt() string {
	start, ok1 := g.finding.Args["start"].(int)
	end, ok2 := g.finding.Args["end"].(int)
	text := []rune(g.value)
	if !ok1 || !ok2 || start < 0 || end > len(text) || start >= end {
		return ""
	}
	return string(text[start:end])
}
