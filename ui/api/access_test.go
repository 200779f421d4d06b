package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui/api"
)

// everywhere calls each address once.
var everywhere = []struct{ method, path string }{
	{"POST", "/v1/consultations"}, {"GET", "/v1/consultations?box=mine"}, {"GET", "/v1/consultations/ID"}, {"GET", "/v1/consultations/ID/decision"},
	{"POST", "/v1/consultations/ID/claim"}, {"POST", "/v1/consultations/ID/assign"}, {"POST", "/v1/consultations/ID/release"},
	{"POST", "/v1/consultations/ID/ask"}, {"POST", "/v1/consultations/ID/reply"}, {"POST", "/v1/consultations/ID/add"},
	{"POST", "/v1/consultations/ID/answer"}, {"POST", "/v1/consultations/ID/follow-up"}, {"POST", "/v1/consultations/ID/hand-over"},
	{"POST", "/v1/consultations/ID/join"}, {"POST", "/v1/consultations/ID/withdraw"}, {"POST", "/v1/consultations/ID/close"},
	{"POST", "/v1/consultations/ID/access"},
	{"POST", "/v1/routing/preview"}, {"POST", "/v1/identity-check"}, {"GET", "/v1/routing"}, {"PUT", "/v1/routing"},
	{"GET", "/v1/routing/versions"},
	{"GET", "/v1/routing/versions/1"}, {"GET", "/v1/pools"}, {"GET", "/v1/events"},
}

func TestSignIn(t *testing.T) {
	s := start(t)
	for _, e := range everywhere {
		for _, header := range []string{"", "Bearer", "Bearer nothing", "Basic dTpw", "Bearer " + strings.Repeat("x", 300)} {
			got := s.call("", e.method, api.Base+e.path, nil, "Authorization", header).want(t, 401)
			if !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s %s: no challenge", e.method, e.path)
			}
		}
	}
	s.call("", "GET", "/api/openapi.json", nil).want(t, 200)
	s.call("nurse", "GET", "/api/v1/consultations?box=mine", nil, "Authorization", "bEARER token-nurse").want(t, 200)
}

func TestDisabledPerson(t *testing.T) {
	s := start(t)
	p, err := s.store.View.Person("nurse")
	if err != nil {
		t.Fatal(err)
	}
	p.Disabled = true
	if err := s.service.SetPerson(t.Context(), consult.System, p); err != nil {
		t.Fatal(err)
	}
	s.call("nurse", "GET", "/api/v1/pools", nil).want(t, 401)
}

func TestSession(t *testing.T) {
	s := start(t)
	who, err := s.service.Actor("nurse")
	if err != nil {
		t.Fatal(err)
	}
	s.session.Store(&who)
	s.call("", "GET", "/api/v1/pools", nil).want(t, 200)
	s.call("", "POST", "/api/v1/consultations", request(nil)).want(t, 201)
	s.call("", "POST", "/api/v1/consultations", request(nil), "Sec-Fetch-Site", "same-origin").want(t, 201)
	s.call("", "POST", "/api/v1/consultations", request(nil), "Sec-Fetch-Site", "cross-site").want(t, 403)
	s.call("nurse", "POST", "/api/v1/consultations", request(nil), "Sec-Fetch-Site", "cross-site").want(t, 201)
	s.call("", "GET", "/api/v1/pools", nil, "Authorization", "Bearer nothing").want(t, 401)
}

func TestForeign(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	bodies := map[string]any{
		"claim": nil, "release": nil, "assign": object{"person": "child1"}, "ask": object{"text": "x"}, "reply": object{"text": "x"},
		"add": object{"text": "x"}, "answer": object{"text": "x", "disposition": "advice"}, "follow-up": object{"text": "x"},
		"hand-over": object{"pool": "youth", "reason": "x"}, "join": object{"pool": "youth", "reason": "x"}, "withdraw": nil,
		"close": object{"outcome": "confirmed", "referral": "avoided", "value_client": 1, "value_me": 1},
	}
	for _, who := range []string{"nurse2", "youth1", "admin", "auditor"} {
		for action, body := range bodies {
			foreign := s.act(who, id, action, body).want(t, 404)
			none := s.act(who, "no-such-request", action, body).want(t, 404)
			if !bytes.Equal(foreign.body, none.body) {
				t.Errorf("%s can tell a foreign request from none: %s, %s", who, foreign.body, none.body)
			}
		}
		foreign := s.call(who, "GET", "/api/v1/consultations/"+id, nil).want(t, 404)
		none := s.call(who, "GET", "/api/v1/consultations/none", nil).want(t, 404)
		if !bytes.Equal(foreign.body, none.body) {
			t.Errorf("%s can tell a foreign request from none: %s, %s", who, foreign.body, none.body)
		}
	}
	for _, odd := range []string{"%2e%2e", "A", "%00", strings.Repeat("a", 100), "%ff"} {
		s.call("nurse", "GET", "/api/v1/consultations/"+odd, nil).want(t, 404)
	}
	// Seen, but not theirs to do.
	s.act("nurse", id, "claim", nil).want(t, 403)
	s.call("child1", "POST", "/api/v1/consultations", request(nil)).want(t, 403)
}

func TestNoSuchAddress(t *testing.T) {
	s := start(t)
	s.call("nurse", "GET", "/api/v1/nothing", nil).want(t, 404)
	s.call("nurse", "GET", "/api/", nil).want(t, 404)
	s.call("nurse", "DELETE", "/api/v1/consultations", nil).want(t, 405)
	s.call("nurse", "GET", "/api/v1/consultations/x/claim", nil).want(t, 405)
}

func TestRules(t *testing.T) {
	s := start(t)
	got := s.call("admin", "GET", "/api/v1/routing", nil).want(t, 200)
	if !bytes.Equal(got.body, rulesYAML) || got.header.Get("ETag") != `"1"` {
		t.Errorf("got %s %s", got.header.Get("ETag"), got.body)
	}
	list := s.call("auditor", "GET", "/api/v1/routing/versions", nil).want(t, 200).json(t)["items"].([]any)
	if len(list) != 1 || list[0].(object)["comment"] != "first" || list[0].(object)["document"] != nil {
		t.Errorf("versions: %v", list)
	}
	one := s.call("admin", "GET", "/api/v1/routing/versions/1", nil).want(t, 200).json(t)
	if one["document"] != string(rulesYAML) || one["hash"] != s.book.Current().Hash {
		t.Errorf("version 1: %v", one)
	}
	for _, n := range []string{"0", "2", "x", "-1", "99999999999999999999"} {
		s.call("admin", "GET", "/api/v1/routing/versions/"+n, nil).want(t, 404)
	}
	s.call("nurse", "GET", "/api/v1/routing", nil).want(t, 403)
	s.call("child2", "GET", "/api/v1/routing/versions", nil).want(t, 403)
	s.call("child2", "GET", "/api/v1/routing/versions/1", nil).want(t, 403)
}

func TestPools(t *testing.T) {
	s := start(t)
	items := s.call("nurse", "GET", "/api/v1/pools", nil).want(t, 200).json(t)["items"].([]any)
	if len(items) != 2 {
		t.Fatalf("pools: %v", items)
	}
	child := items[0].(object)
	if fmt.Sprint(child["on_call"]) != "[map[id:child1 name:First specialist]]" || child["open"] != true {
		t.Errorf("child: %v", child)
	}
	if items[1].(object)["lead"] != nil {
		t.Errorf("youth has no lead: %v", items[1])
	}
}

// broken fails with an error of its own.
type broken struct {
	api.Service
	err error
}

func (b broken) Get(context.Context, consult.Actor, string) (*consult.Consultation, error) {
	return nil, b.err
}

func TestFaultOfTheProgram(t *testing.T) {
	fault := errors.New("the disk is on fire")
	s := start(t, func(s api.Service) api.Service { return broken{s, fault} })
	got := s.call("nurse", "GET", "/api/v1/consultations/x", nil).want(t, 500)
	id, _ := got.json(t)["error_id"].(string)
	if id == "" || !strings.Contains(s.log.String(), id) || !strings.Contains(s.log.String(), "on fire") {
		t.Errorf("id %q, log %s", id, s.log)
	}
	if strings.Contains(string(got.body), "fire") {
		t.Errorf("the cause is shown: %s", got.body)
	}
}

func TestUnavailable(t *testing.T) {
	s := start(t, func(s api.Service) api.Service { return broken{s, consult.Fail(consult.Unavailable, "unavailable")} })
	if got := s.call("nurse", "GET", "/api/v1/consultations/x", nil).want(t, 503); got.header.Get("Retry-After") == "" {
		t.Error("not said when to try again")
	}
	if s.log.String() != "" {
		t.Errorf("logged: %s", s.log)
	}
}

// What was typed is never repeated in an answer that refuses it, nor logged.
func TestNothingTypedIsRepeated(t *testing.T) {
	s := start(t)
	const typed = "Kuiskaus"
	id := s.submit("nurse", object{"question": typed})
	bodies := []any{
		request(object{"question": typed, "urgency": typed}), request(object{"concerns": []string{typed}}),
		request(client(object{"municipality": typed, "language": typed})), request(object{"involved": []string{typed}}),
		request(object{"instruments": []object{{"name": typed, "score": 1, "date": typed}}}),
		request(client(object{"identity": object{"hetu": typed, "name": typed, "basis": typed}})),
		request(object{"client": typed}), request(object{"question": object{typed + " x": 1}}), request(object{typed + " ä": 1}),
		`{"question":"` + typed, typed, `{"client":{"` + typed + `!":1}}`, object{"text": typed, "person": typed, "pool": typed},
		object{"person": typed}, object{"pool": typed, "reason": typed}, object{"text": typed, "disposition": typed, "minutes": typed},
		object{"outcome": typed, "referral": typed, "value_client": 9, "value_me": 9, "text": typed}, object{"texts": typed},
		object{"text": typed + " 131052-308T"}, object{"age": typed}, object{"age": 5, "concern": []string{typed}, "municipality": typed},
	}
	refused := 0
	for _, e := range everywhere {
		if e.method != "POST" {
			continue
		}
		for _, who := range []string{"nurse", "child1", "child2", "youth1"} {
			for _, body := range bodies {
				got := s.call(who, "POST", api.Base+strings.Replace(e.path, "ID", id, 1), body)
				if got.status < 400 {
					continue
				}
				refused++
				if strings.Contains(string(got.body), typed) {
					t.Errorf("%s %s: %v is refused with %s", who, e.path, body, got.body)
				}
			}
		}
	}
	for _, query := range []string{"box=%s", "box=mine&state=%s", "box=mine&limit=%s", "box=mine&after=%s", "box=mine&%s!=1"} {
		got := s.call("nurse", "GET", "/api/v1/consultations?"+fmt.Sprintf(query, typed), nil).want(t, 422)
		if strings.Contains(string(got.body), typed) {
			t.Errorf("%s is refused with %s", query, got.body)
		}
	}
	for _, header := range []string{"If-Match", "Idempotency-Key"} {
		got := s.act("child1", id, "claim", nil, header, typed+"ä").want(t, 422)
		if strings.Contains(string(got.body), typed) {
			t.Errorf("%s is refused with %s", header, got.body)
		}
	}
	if refused < 500 {
		t.Errorf("only %d calls were refused", refused)
	}
	if strings.Contains(s.log.String(), typed) {
		t.Errorf("logged: %s", s.log)
	}
}

// TestScopes: a token does what it is good for, everywhere, and nothing else.
func TestScopes(t *testing.T) {
	s := start(t)
	for _, scope := range consult.TokenScopes {
		if _, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{
			Person: "admin", Scopes: []consult.TokenScope{scope}, Secret: "token-" + string(scope),
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range everywhere {
		needs := consult.ScopeWrite
		switch {
		case e.path == "/v1/events":
			continue // It would not end; what it needs is the same as for all that reads.
		case e.method == "PUT", strings.HasSuffix(e.path, "/restore"):
			needs = consult.ScopeRules
		case e.method == "GET", e.path == "/v1/identity-check", strings.HasPrefix(e.path, "/v1/routing/"):
			needs = consult.ScopeRead
		}
		for _, scope := range consult.TokenScopes {
			got := s.call(string(scope), e.method, api.Base+e.path, nil)
			refused := got.status == 403 && strings.Contains(string(got.body), `"urn:silta:problem:forbidden.scope"`)
			if refused != (scope != needs) {
				t.Errorf("%s %s with a token to %s: %d %s", e.method, e.path, scope, got.status, got.body)
			}
		}
	}
	s.call("write", "GET", "/api/v1/events", nil).want(t, 403)
}

// TestTokenEnds: a token ends by its time and with its person's epoch.
func TestTokenEnds(t *testing.T) {
	s := start(t)
	order := consult.TokenOrder{Person: "nurse", Secret: "token-short", Life: 20_000_000}
	if _, err := s.service.CreateToken(t.Context(), consult.System, order); err != nil {
		t.Fatal(err)
	}
	s.call("short", "GET", "/api/v1/pools", nil).want(t, 200)
	for range 20 { // Each look at the clock moves it on.
		s.call("nurse", "GET", "/api/v1/pools", nil).want(t, 200)
	}
	s.call("short", "GET", "/api/v1/pools", nil).want(t, 401)

	for _, disabled := range []bool{true, false} {
		if _, err := s.service.EditPerson(t.Context(), consult.System, "nurse", func(p *consult.Person) error {
			p.Disabled = disabled
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		s.call("nurse", "GET", "/api/v1/pools", nil).want(t, 401)
	}
}
