package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
)

const (
	// maxBody is the longest body that is read, in bytes.
	maxBody = 512 << 10
	// maxDrain is how much of a longer one is taken and thrown away, so that its sender gets to read the answer.
	maxDrain = 8 << 20
)

// buffers holds the bodies while they are decoded.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// decode reads a request's JSON body into in. An empty body is an empty object. Errors: of status 413, 415, and of kind
// Invalid with the places of the faults.
func decode(c echo.Context, in any) error {
	r := c.Request()
	if err := mediaType(r); err != nil {
		return err
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	n, err := buf.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return unreadable()
	case n > maxBody:
		_, _ = io.CopyN(io.Discard, r.Body, maxDrain)
		return problem.TooLarge()
	}
	data := bytes.Trim(buf.Bytes(), " \t\r\n")
	if len(data) == 0 {
		return nil
	}
	return decodeJSON(data, in)
}

// unreadable is the error of a connection that broke, or of a wrong framing: there is no body to speak about.
func unreadable() error {
	return &consult.Error{Kind: consult.Unavailable, Key: "unavailable", Cause: errors.New("the body could not be read")}
}

func mediaType(r *http.Request) error {
	switch content := r.Header.Get(echo.HeaderContentType); {
	case r.Header.Get(echo.HeaderContentEncoding) != "":
		return problem.MediaType()
	case content == echo.MIMEApplicationJSON:
		return nil
	case content == "" && r.ContentLength == 0:
		return nil
	default:
		kind, params, err := mime.ParseMediaType(content)
		if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
			return problem.MediaType()
		}
		if err != nil || kind != echo.MIMEApplicationJSON {
			return problem.MediaType()
		}
		return nil
	}
}

var strict = json.JoinOptions(json.DefaultOptionsV2(), json.RejectUnknownMembers(true))

// decodeJSON reads one JSON value, or says where it is wrong: at the first place where it is no JSON, else at all that do not fit. The
// error holds nothing of the input but names of members.
func decodeJSON(data []byte, in any) error {
	err := json.Unmarshal(data, in, strict)
	if err == nil {
		return nil
	}
	faults, broken := misfitsOf(data, reflect.TypeOf(in))
	switch {
	case broken == nil && len(faults) > 0:
		return &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: faults}
	case broken != nil && broken != io.EOF:
		err = broken
	}
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return err
	case !utf8.Valid(data):
		return invalid(at(e.JSONPointer), "not-utf8")
	}
	bad := consult.Fail(consult.Invalid, "bad-json")
	bad.Fields = []consult.FieldError{{Pointer: at(e.JSONPointer), Code: "bad-json"}}
	return bad
}

// jsonType names the type of JSON value that a Go type is read from, in the words of JSON Schema.
func jsonType(t reflect.Type) string {
	if t == nil {
		return ""
	}
	switch t.Kind() {
	case reflect.Pointer:
		return jsonType(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return ""
}

// at returns the pointer up to the first part that is no plain name or number: a member's name can be anything that somebody
// typed, and an error repeats no such thing.
func at(p jsontext.Pointer) string {
	var plain jsontext.Pointer
	for token := range p.Tokens() {
		if !isName(token) && !isIndex(token) {
			break
		}
		plain = plain.AppendToken(token)
	}
	return string(plain)
}

func isName(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i := range len(s) {
		letter := s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-", rune(s[i]))) {
			return false
		}
	}
	return true
}

func isIndex(s string) bool {
	return s != "" && len(s) <= 6 && strings.Trim(s, "0123456789") == ""
}

func invalid(pointer, code string, args ...any) *consult.Error {
	f := consult.FieldError{Pointer: pointer, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]any{}
		}
		f.Args[args[i].(string)] = args[i+1]
	}
	return &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: []consult.FieldError{f}}
}

// lacking turns the faults of members that were not sent into "required": the service cannot tell a number that is missing
// from one that is wrong.
func lacking(err error, pointers []string) error {
	e, ok := errors.AsType[*consult.Error](err)
	if !ok || len(pointers) == 0 {
		return err
	}
	told := *e
	told.Fields = make([]consult.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		for _, p := range pointers {
			if f.Pointer == p {
				f = consult.FieldError{Pointer: p, Code: "required"}
			}
		}
		told.Fields[i] = f
	}
	return &told
}
