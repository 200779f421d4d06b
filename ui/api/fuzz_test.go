package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"silta/consult"
	"silta/ui/problem"
)

// Whatever is sent either is a submission that the standard library reads the same way, or is refused with a place that is a
// pointer and repeats nothing odd.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"client":{"age":14,"identity":{"hetu":"x","name":"y","basis":"consent"}},"concerns":["mood"]}`,
		`{"instruments":[{"name":"SDQ","score":1,"date":"2026-11-02"}],"question":"\u00e4"}`, `{"a":1}`, `{"client":{"age":1.5}}`,
		`{"client":{"age":1,"age":2}}`, "{\"question\":\"\xff\"}", `{} {}`, `{"client":`, `{"concerns":{"~1":[]}}`, `{"question":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var in requestInput
		err := decodeJSON(data, &in)
		if err == nil {
			var other requestInput
			d := json.NewDecoder(bytes.NewReader(data))
			d.DisallowUnknownFields()
			if err := d.Decode(&other); err != nil {
				t.Fatalf("taken, but %v: %q", err, data)
			}
			if !reflect.DeepEqual(in, other) {
				t.Fatalf("read as %+v, not as %+v: %q", in, other, data)
			}
			in.request()
			return
		}
		e, ok := errors.AsType[*consult.Error](err)
		if !ok || problem.Status(err) != 422 || len(e.Fields) == 0 {
			t.Fatalf("%v: %q", err, data)
		}
		for _, f := range e.Fields {
			if p := f.Pointer; !jsontext.Pointer(p).IsValid() || strings.Trim(p, "/_-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
				t.Fatalf("pointer %q: %q", p, data)
			}
		}
	})
}

// A cursor is taken only as it was given out.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("AAAAAGlf_gAAAAAAYw")
	f.Add("0000000000\n000000Xw") // The decoder passes over line ends.
	f.Fuzz(func(t *testing.T, s string) {
		if c, ok := cursorOf(s); ok && cursorText(c) != s {
			t.Fatalf("%q is given out as %q", s, cursorText(c))
		}
	})
}

func FuzzMinutes(f *testing.F) {
	for _, seed := range []string{`3`, `"0-5"`, `-1`, `1e3`, `null`, `[]`, `99999999999999999999`, `{"a":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m minutesInput
		if err := decodeJSON(data, &m); err != nil && problem.Status(err) != 422 {
			t.Fatalf("%v: %q", err, data)
		}
	})
}
