package problem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"silta/consult"
	"silta/consult/locale"
	"silta/routing"
	"silta/ui/problem"
)

func presenter(t testing.TB) (*problem.Presenter, *bytes.Buffer) {
	t.Helper()
	catalogue, err := locale.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	names := map[string]string{"holder": "First specialist"}
	return problem.New(catalogue, func(id string) string { return names[id] }, slog.New(slog.NewTextHandler(&log, nil))), &log
}

func TestStatus(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		want int
	}{
		{consult.Fail(consult.Invalid, "invalid"), 422},
		{consult.Fail(consult.NotFound, "not-found"), 404},
		{consult.Fail(consult.Conflict, "conflict.state"), 409},
		{consult.Fail(consult.Stale, "stale"), 412},
		{consult.Fail(consult.Forbidden, "forbidden"), 403},
		{consult.Fail(consult.Unauthenticated, "unauthenticated"), 401},
		{consult.Fail(consult.Unavailable, "unavailable"), 503},
		{consult.Fail(consult.Internal, "internal"), 500},
		{consult.Fail(consult.Kind(200), "internal"), 500},
		{fmt.Errorf("wrapped: %w", consult.Fail(consult.NotFound, "not-found")), 404},
		{cause, 500},
		{fmt.Errorf("wrapped: %w", context.Canceled), 503},
		{problem.TooLarge(), 413},
		{problem.MediaType(), 415},
		{problem.Method(), 405},
		{problem.NoIfMatch(), 428},
		{&routing.Refused{}, 422},
	} {
		if got := problem.Status(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

func write(t *testing.T, p *problem.Presenter, language string, err error) (problem.Problem, http.Header) {
	t.Helper()
	req, rec := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), httptest.NewRecorder()
	req.Header.Set("Accept-Language", language)
	rec.Header().Set("ETag", `"1"`)
	if err := p.Write(rec, req, err); err != nil {
		t.Fatal(err)
	}
	var out problem.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Status != rec.Code || rec.Header().Get("Content-Type") != "application/problem+json" || rec.Header().Get("ETag") != "" {
		t.Errorf("%d %v: %s", rec.Code, rec.Header(), rec.Body)
	}
	if strings.ContainsAny(rec.Body.String(), "⟦⟧") {
		t.Errorf("a word is missing: %s", rec.Body)
	}
	return out, rec.Header()
}

func TestClaimed(t *testing.T) {
	p, log := presenter(t)
	for id, name := range map[string]string{"holder": "First specialist", "unnamed": "unnamed"} {
		for _, lang := range []string{"fi", "sv", "en"} {
			got, header := write(t, p, lang, consult.Fail(consult.Conflict, "conflict.claimed", "holder", id))
			if got.Holder != id || got.HolderName != name || !strings.Contains(got.Detail, name) {
				t.Errorf("got %+v", got)
			}
			if got.Type != "urn:silta:problem:conflict.claimed" || header.Get("Content-Language") != lang {
				t.Errorf("got %+v in %s", got, header.Get("Content-Language"))
			}
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log)
	}
}

// TestStaleTitle: the title of a type of problem speaks of what went stale.
func TestStaleTitle(t *testing.T) {
	p, _ := presenter(t)
	for _, lang := range []string{"fi", "sv", "en"} {
		request, _ := write(t, p, lang, consult.Fail(consult.Stale, "stale"))
		rules, _ := write(t, p, lang, consult.Fail(consult.Stale, "stale.rules"))
		if rules.Title == request.Title || rules.Title != rules.Detail {
			t.Errorf("%s: the title is %q, the detail %q", lang, rules.Title, rules.Detail)
		}
	}
}

func TestFaults(t *testing.T) {
	p, _ := presenter(t)
	show := consult.Text{"fi": "Soita", "sv": "Ring"}
	e := &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: []consult.FieldError{
		{Pointer: "/client/age", Code: "out-of-range", Args: map[string]any{"min": 0, "max": 120}},
		{Pointer: "/question", Code: "identity", Args: map[string]any{"kind": consult.IdentityHetu, "start": 0, "end": 11}},
		{Pointer: "/x", Code: "interlock", Args: map[string]any{"id": "acute", "block": true, "phone": "112", "show": show}},
		{Code: "bad-header", Args: map[string]any{"header": "If-Match"}},
		consult.UnknownValue("/urgency", []consult.Urgency{"soon", "urgent"}),
		{Pointer: "/client/age", Code: "wrong-type", Args: map[string]any{"expected": "integer"}},
		{Pointer: "/y", Code: "required", Args: map[string]any{"typed": "secret", "kind": "secret"}},
	}}
	got, _ := write(t, p, "sv-FI", e)
	data, err := json.Marshal(got.Errors)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"code":"out-of-range","detail":"Ange ett tal mellan 0 och 120.","min":0,"max":120}`,
		`"kind":"hetu","start":0,"end":11}`, `"id":"acute","block":true,"phone":"112","show":"Ring"}`, `"header":"If-Match"}`,
		`"detail":"Värdet är okänt. Tillåtna är: soon, urgent.","allowed":["soon","urgent"]}`,
		`"detail":"Värdet är av fel typ. Här behövs ett heltal (integer).","expected":"integer"}`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in %s", want, data)
		}
	}
	if strings.Contains(string(data), "secret") {
		t.Errorf("an argument that is not described is shown: %s", data)
	}
	for range 2_200 {
		e.Fields = append(e.Fields, consult.FieldError{Pointer: "/z", Code: "required"})
	}
	if got, _ := write(t, p, "", e); len(got.Errors) != problem.MaxFaults {
		t.Errorf("%d faults are told", len(got.Errors))
	}
}

func TestFaultOfTheProgram(t *testing.T) {
	p, log := presenter(t)
	for _, err := range []error{errors.New("disk on fire"), &consult.Error{Kind: consult.Internal, Key: "x", Cause: errors.New("disk on fire")}} {
		log.Reset()
		got, _ := write(t, p, "en", err)
		if got.ErrorID == "" || !strings.Contains(log.String(), got.ErrorID) || !strings.Contains(log.String(), "on fire") {
			t.Errorf("id %q, log %s", got.ErrorID, log)
		}
		if got.Status != 500 || got.Type != "urn:silta:problem:internal" || got.Detail == "" || strings.Contains(got.Detail, "fire") {
			t.Errorf("got %+v", got)
		}
	}
}

func TestState(t *testing.T) {
	p, _ := presenter(t)
	got, _ := write(t, p, "en", consult.Fail(consult.Conflict, "conflict.state", "state", consult.Closed))
	if got.State != "closed" {
		t.Errorf("got %+v", got)
	}
	_, header := write(t, p, "en", consult.Fail(consult.Unavailable, "unavailable"))
	if header.Get("Retry-After") == "" {
		t.Error("not said when to try again")
	}
}
