package templates

import (
	"slices"
	"strconv"
	"strings"

	"silta/consult"
	"silta/consult/locale"
)

// Errors are the faults of a form, by the JSON pointers of its fields: the Fields of a [consult.Error] as they are.
type Errors []consult.FieldError

// field is one input of a form.
type field struct {
	l *locale.Localizer
	// form tells apart the same pointer of several forms on a page.
	form    string
	pointer string
	value   string
	errors  Errors
	// optional says so beside the label.
	optional bool
	// kind is the type of an input element; class one of its widths.
	kind  string
	class string
	// bare hides the label from sight, where a column's head says it.
	bare bool
	// help is the hint, where it is not the same for all.
	help string
}

func fieldID(form, pointer string) string {
	return form + strings.ReplaceAll(strings.ReplaceAll(pointer, "/", "-"), "_", "-")
}

func fieldName(pointer string) string {
	return strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

// fieldKey is the pointer as the part of a message key: without numbers, "/plan/0/what" is "plan.what".
func fieldKey(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	parts = slices.DeleteFunc(parts, func(p string) bool {
		_, err := strconv.Atoi(p)
		return err == nil || p == "#"
	})
	return strings.ReplaceAll(strings.Join(parts, "."), "_", "-")
}

func (f field) id() string   { return fieldID(f.form, f.pointer) }
func (f field) name() string { return fieldName(f.pointer) }

// label is the form's own word for the field if there is one ("label.ask.text"), else the common one ("label.text").
func (f field) label() string { return fieldLabel(f.l, f.form, f.pointer) }

func fieldLabel(l *locale.Localizer, form, pointer string) string {
	if key := "label." + form + "." + fieldKey(pointer); l.Has(key) {
		return l.T(key)
	}
	return l.T("label." + fieldKey(pointer))
}

// hint is what helps to fill the field in, or "".
func (f field) hint() string {
	if f.help != "" {
		return f.help
	}
	for _, key := range []string{"hint." + f.form + "." + fieldKey(f.pointer), "hint." + fieldKey(f.pointer)} {
		if f.l.Has(key) {
			return f.l.T(key)
		}
	}
	return ""
}

func (f field) withHelp(text string) field {
	f.help = text
	return f
}

// messages are the field's own faults. What the identity guard found is told by [guardNote] instead.
func (f field) messages() []string { return f.errors.at(f.l, f.pointer) }

// at returns the faults of a field and, of a set, those of its members.
func (e Errors) at(l *locale.Localizer, pointer string) []string {
	var texts []string
	for _, err := range e {
		if (err.Pointer != pointer && !isMember(err.Pointer, pointer)) || err.Code == "identity" {
			continue
		}
		if text := l.Field(err); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// isMember reports whether the pointer is of an element, such as "/concerns/3" of "/concerns".
func isMember(pointer, set string) bool {
	rest, ok := strings.CutPrefix(pointer, set+"/")
	_, err := strconv.Atoi(rest)
	return ok && err == nil
}

// under reports whether any fault lies below the pointer.
func (e Errors) under(pointer string) bool {
	return slices.ContainsFunc(e, func(err consult.FieldError) bool {
		return err.Pointer == pointer || strings.HasPrefix(err.Pointer, pointer+"/")
	})
}

// identities returns all that the identity guard found in a field.
func (e Errors) identities(pointer string) []consult.FieldError {
	var found []consult.FieldError
	for _, err := range e {
		if err.Pointer == pointer && err.Code == "identity" {
			found = append(found, err)
		}
	}
	return found
}

// describedBy lists the ids of the elements that explain the field.
func (f field) describedBy() string {
	var ids []string
	if f.hint() != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if len(f.messages()) > 0 {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

// summaryLine is one fault of a form's summary.
type summaryLine struct{ href, text string }

func (e Errors) summary(l *locale.Localizer, form string) []summaryLine {
	var lines []summaryLine
	for _, err := range e {
		pointer := err.Pointer
		if i := strings.LastIndexByte(pointer, '/'); i > 0 && isMember(pointer, pointer[:i]) {
			pointer = pointer[:i]
		}
		label := fieldLabel(l, form, pointer)
		if n := rowOf(pointer); n > 0 {
			label = l.T("form.row", "label", label, "n", n)
		}
		line := summaryLine{"#" + fieldID(form, pointer), label + " – " + l.Field(err)}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// rowOf is which row of a list a field belongs to, from 1: "/plan/0/what" to the first. It is 0 for any other field.
func rowOf(pointer string) int {
	if parts := strings.Split(pointer, "/"); len(parts) == 4 {
		if i, err := strconv.Atoi(parts[2]); err == nil {
			return i + 1
		}
	}
	return 0
}

// option is one entry of a select element or one of several buttons.
type option struct{ value, text string }

// codes are options of a family of codes in their order.
func codes[T ~string](l *locale.Localizer, family string, values []T) []option {
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{string(v), l.Code(family, string(v))}
	}
	return options
}

func words(values []string) []option {
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{v, v}
	}
	return options
}

// unsaved marks a form whose text must not be lost by leaving the page: "typed" if it already holds such text as it is shown.
func unsaved(typed bool) string {
	if typed {
		return "typed"
	}
	return ""
}
