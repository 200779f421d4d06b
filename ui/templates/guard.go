package templates

import (
	"fmt"
	"slices"

	"silta/consult"
)

// guarded is what the identity guard says of one text of an anonymous request.
type guarded struct {
	field
	// finding is empty where nothing was found, or where the sender has said that it is a false alarm.
	finding   consult.FieldError
	found     bool
	confirmed bool
}

func guard(f field, confirmed []string) guarded {
	finding, found := f.errors.identity(f.pointer)
	return guarded{field: f, finding: finding, found: found, confirmed: slices.Contains(confirmed, f.pointer)}
}

// what names the kind of identity that was found.
func (g guarded) what() string { return g.l.Code("guard.kind", fmt.Sprint(g.finding.Args["kind"])) }

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
