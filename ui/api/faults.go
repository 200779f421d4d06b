package api

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"silta/consult"
)

// maxFaults bounds how many faults of form one answer tells.
const maxFaults = 100

// misfits are the places of a JSON value that do not fit a type. They hold nothing of the input but names of members.
type misfits struct {
	in     *jsontext.Decoder
	faults []consult.FieldError
}

// misfitsOf finds all of them, in the order of the text. The text is JSON, except that members may stand in an object twice.
func misfitsOf(data []byte, t reflect.Type) ([]consult.FieldError, error) {
	m := misfits{in: jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true))}
	err := m.value(t)
	return m.faults, err
}

func (m *misfits) note(code string, args ...any) {
	if len(m.faults) < maxFaults {
		m.faults = append(m.faults, invalid(at(m.in.StackPointer()), code, args...).Fields...)
	}
}

// value looks at the next value, which is to become one of a type.
func (m *misfits) value(t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kind := m.in.PeekKind(); {
	case kind == '{' && t.Kind() == reflect.Struct:
		members := membersOf(t)
		return m.object(func(name string) reflect.Type { return members[name] })
	case kind == '{' && t.Kind() == reflect.Map:
		return m.object(func(string) reflect.Type { return t.Elem() })
	case kind == '[' && t.Kind() == reflect.Slice:
		return m.array(t.Elem())
	}
	v, err := m.in.ReadValue()
	if err != nil {
		return err
	}
	if json.Unmarshal(v, reflect.New(t).Interface(), strict) != nil {
		m.note("wrong-type", "expected", jsonType(t))
	}
	return nil
}

// object looks at an object whose members have types by their names; nil is none that belongs there.
func (m *misfits) object(typeOf func(name string) reflect.Type) error {
	if _, err := m.in.ReadToken(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for m.in.PeekKind() != '}' {
		token, err := m.in.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		t := typeOf(name)
		switch {
		case seen[name]:
			m.note("duplicate-field")
			err = m.in.SkipValue()
		case t == nil:
			m.note("unknown-field")
			err = m.in.SkipValue()
		default:
			err = m.value(t)
		}
		if err != nil {
			return err
		}
		seen[name] = true
	}
	_, err := m.in.ReadToken()
	return err
}

func (m *misfits) array(t reflect.Type) error {
	if _, err := m.in.ReadToken(); err != nil {
		return err
	}
	for m.in.PeekKind() != ']' {
		if err := m.value(t); err != nil {
			return err
		}
	}
	_, err := m.in.ReadToken()
	return err
}

// membersOf returns the types of a struct's members by their names in JSON.
func membersOf(t reflect.Type) map[string]reflect.Type {
	members := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			members[name] = f.Type
		}
	}
	return members
}
