package consult

import (
	"errors"
	"fmt"
)

// Kind is the class of an error: what it means to whoever asked. Each has one HTTP status in package ui.
type Kind uint8

// Kinds of errors.
const (
	// Internal is a fault of the program or of its machine. It is logged, and shown only as an id.
	Internal Kind = iota
	// NotFound: it does not exist, or the caller may not know that it does.
	NotFound
	// Invalid: the input is wrong; Fields say where.
	Invalid
	// Conflict: the state of the subject does not allow it now.
	Conflict
	// Stale: the caller decided on an older version than the present one.
	Stale
	// Forbidden: the caller may see the subject, but not do this.
	Forbidden
	// Unauthenticated: nobody is signed in.
	Unauthenticated
	// Unavailable: it can work later; nothing was changed.
	Unavailable
)

// Error is an error that a person can be told of. Key names the sentence in the message catalogues; the texts
// themselves are not here, so that each reader gets their own language.
type Error struct {
	Kind Kind
	// Key is the message key, such as "conflict.claimed".
	Key string
	// Args fill the message's placeholders. They never hold what a person typed.
	Args map[string]any
	// Fields are the faults of an input, each with its place.
	Fields []FieldError
	// Cause is for the log only.
	Cause error
}

// FieldError is one fault of an input.
type FieldError struct {
	// Pointer is the JSON pointer of the field (RFC 6901), such as "/client/age".
	Pointer string
	// Code names the fault and, prefixed with "field.", its message: "required", "too-long", "identity", …
	Code string
	Args map[string]any
}

// Error describes the error for the log. It holds no input.
func (e *Error) Error() string {
	s := e.Key
	for _, f := range e.Fields {
		s += fmt.Sprintf(" %s: %s", f.Pointer, f.Code)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf returns the kind of the first [Error] in the chain of err, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Fail makes an error of a kind with a message key and its arguments as pairs of name and value.
func Fail(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: named(args)}
}

// named makes a map of pairs of a name and a value, nil of none.
func named(args []any) map[string]any {
	var m map[string]any
	for i := 0; i+1 < len(args); i += 2 {
		if m == nil {
			m = map[string]any{}
		}
		m[args[i].(string)] = args[i+1]
	}
	return m
}
