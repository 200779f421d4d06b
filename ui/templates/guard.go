package templates

import (
	"fmt"
	"slices"

	"silta/consult"
)

// guarded is what the identity guard says of one text of an anonymous request.
type guarded struct {
	field
	// findings is empty where nothing was found, or where the sender has said that it is a false alarm. All are shown, as a
	// false alarm is said of the whole text.
	findings  []consult.FieldError
	confirmed bool
}

func guard(f field, confirmed []string) guarded {
	return guarded{field: f, findings: f.errors.identities(f.pointer), confirmed: slices.Contains(confirmed, f.pointer)}
}

// what names the kind of identity that was found.
func (g guarded) what(finding consult.FieldError) string {
	return g.l.Code("guard.kind", fmt.Sprint(finding.Args["kind"]))
}

// excerpt is the place of the finding in what the sender typed, or "".
func (g guarded) excerpt(finding consult.FieldError) string {
	start, ok1 := finding.Args["start"].(int)
	end, ok2 := finding.Args["end"].(int)
	text := []rune(g.value)
	if !ok1 || !ok2 || start < 0 || end > len(text) || start >= end {
		return ""
	}
	return string(text[start:end])
}
