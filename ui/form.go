package ui

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"silta/consult"
)

// formValues are a posted form.
type formValues url.Values

// line returns a one-line field without blanks around it.
func (f formValues) line(name string) string { return strings.TrimSpace(url.Values(f).Get(name)) }

// text returns a longer text, its lines ended as everywhere but in forms.
func (f formValues) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(url.Values(f).Get(name), "\r\n", "\n"))
}

// document returns a text whose blanks matter, its lines ended as everywhere but in forms.
func (f formValues) document(name string) string {
	return strings.ReplaceAll(url.Values(f).Get(name), "\r\n", "\n")
}

// is reports whether a box was ticked.
func (f formValues) is(name string) bool { return url.Values(f).Get(name) == "true" }

// all returns the values of a set.
func (f formValues) all(name string) []string { return f[name] }

// maxRows bounds how many rows of a list are read: more than any list may have.
const maxRows = 100

// rows returns the rows of a list, posted as "PREFIX.N.FIELD", in the order of their numbers and without the empty ones. Each has
// the values of the fields in the order that they are named in.
func (f formValues) rows(prefix string, fields ...string) [][]string {
	numbers := map[int]bool{}
	for name := range f {
		rest, ok := strings.CutPrefix(name, prefix+".")
		number, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); ok && err == nil && n >= 0 && strconv.Itoa(n) == number {
			numbers[n] = true
		}
	}
	var rows [][]string
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		row := make([]string, len(fields))
		for i, field := range fields {
			row[i] = f.line(prefix + "." + strconv.Itoa(n) + "." + field)
		}
		if strings.Join(row, "") != "" && len(rows) < maxRows {
			rows = append(rows, row)
		}
	}
	return rows
}

// faults are what is wrong with a form before it can be a command at all.
type faults []consult.FieldError

func (f *faults) add(pointer, code string) {
	*f = append(*f, consult.FieldError{Pointer: pointer, Code: code})
}

// number reads a whole number that must be there. A fault gives 0.
func (f *faults) number(pointer, typed string) int {
	n, err := strconv.Atoi(typed)
	switch {
	case typed == "":
		f.add(pointer, "required")
	case err != nil:
		f.add(pointer, "wrong-type")
	default:
		return n
	}
	return 0
}

// err is the faults as an error that also has those that the service found, except where a field has one already.
func (f faults) err(found error) error {
	if len(f) == 0 {
		return found
	}
	e := &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: slices.Clone(f)}
	for _, other := range fieldsOf(found) {
		if !slices.ContainsFunc(f, func(mine consult.FieldError) bool { return mine.Pointer == other.Pointer }) {
			e.Fields = append(e.Fields, other)
		}
	}
	return e
}

// day reads a date as it is written in Finland, 21.11.2026, or as it is sent, 2026-11-21. Anything else stays as it is, to be refused.
func day(typed string) consult.Date {
	d, rest, ok1 := strings.Cut(strings.ReplaceAll(typed, " ", ""), ".")
	m, y, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || len(y) != 4 || len(d) > 2 || len(m) > 2 || d == "" || m == "" {
		return consult.Date(typed)
	}
	return consult.Date(y + "-" + pad(m) + "-" + pad(d))
}

func pad(s string) string {
	if len(s) < 2 {
		return "0" + s
	}
	return s
}

// codes are posted values as codes of a vocabulary, known or not.
func codes[T ~string](values []string) []T {
	list := make([]T, len(values))
	for i, v := range values {
		list[i] = T(v)
	}
	return list
}

// password returns the password exactly as it was typed.
func (f formValues) password() string { return f.secret("password") }

// secret returns a field exactly as it was typed.
func (f formValues) secret(name string) string { return url.Values(f).Get(name) }
