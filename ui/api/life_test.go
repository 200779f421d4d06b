package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newRequest(t testing.TB, method, path string) (*http.Request, *httptest.ResponseRecorder) {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, path, nil), httptest.NewRecorder()
}

// One request through its whole life: submitted, claimed, asked, replied, answered, asked again, answered, closed.
func TestLife(t *testing.T) {
	s := start(t)
	first := s.call("nurse", "POST", "/api/v1/consultations", request(object{
		"instruments": []object{{"name": "SDQ", "score": 17, "date": "2026-11-02"}}, "urgency": "soon",
		"client": object{
			"age": 9, "municipality": "Ylöjärvi",
			"identity": object{"hetu": "131052-308T", "name": "N N", "basis": "consent"},
		},
	})).want(t, 201)
	sent := first.json(t)
	id := sent["id"].(string)
	if got := first.header.Get("Location"); got != "/api/v1/consultations/"+id {
		t.Errorf("location %q", got)
	}
	for name, want := range (object{
		"state": "submitted", "pool": "child", "rule": "children", "holder": "", "escalation": 0.0, "version": 1.0,
		"submitted_at": "2026-11-20T11:00:00+02:00", "answer_by": "2026-11-22T11:00:00+02:00", "urgency": "soon",
	}) {
		if sent[name] != want {
			t.Errorf("%s is %v, want %v", name, sent[name], want)
		}
	}
	if first.header.Get("ETag") != `"1"` {
		t.Errorf("etag %q", first.header.Get("ETag"))
	}

	s.act("child1", id, "claim", nil).want(t, 200)
	s.act("child1", id, "ask", object{"text": "Since when?"}).want(t, 200)
	s.act("nurse", id, "reply", object{"text": "Since August."}).want(t, 200)
	s.act("nurse", id, "add", object{"text": "September, rather."}).want(t, 200)
	s.act("child1", id, "join", object{"pool": "youth", "reason": "A sibling"}).want(t, 200)
	s.act("youth1", id, "answer", object{"text": "From us", "disposition": "advice", "minutes": 12}).want(t, 200)
	s.act("child1", id, "answer", object{
		"text": "Do this", "disposition": "meeting", "minutes": "over-20",
		"plan": []object{{"what": "Meet", "who": "Nurse", "due": "2026-12-01"}, {"what": "Write"}},
	}).want(t, 200)
	s.act("nurse", id, "follow-up", object{"text": "And then?"}).want(t, 200)
	s.act("child1", id, "answer", object{"text": "Then that", "disposition": "advice"}).want(t, 200)
	last := s.act("nurse", id, "close", object{
		"outcome": "confirmed", "referral": "avoided", "value_client": 5, "value_me": 4, "text": "Good",
	}).want(t, 200).json(t)

	if last["state"] != "closed" || last["version"] != 11.0 || len(last["plan"].([]any)) != 2 {
		t.Errorf("closed: %v", last)
	}
	want := []string{
		"submitted", "claimed", "asked", "replied", "added", "joined", "answered", "answered", "followed-up", "answered", "closed",
	}
	timeline := last["timeline"].([]any)
	if len(timeline) != len(want) {
		t.Fatalf("timeline: %v", timeline)
	}
	for i, item := range timeline {
		if got := item.(object)["type"]; got != want[i] {
			t.Errorf("%d is %v, want %s", i, got, want[i])
		}
	}
	if got := timeline[6].(object); got["minutes"] != "10-15" || got["pool"] != "youth" || got["text"] != "From us" {
		t.Errorf("the contribution: %v", got)
	}
	if got := s.call("child1", "GET", "/api/v1/consultations/"+id, nil).want(t, 200).json(t); got["version"] != 11.0 {
		t.Errorf("read again: %v", got)
	}
}

func TestReleaseAssignHandOverWithdraw(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	s.act("child1", id, "claim", object{}).want(t, 200)
	s.act("child1", id, "release", object{}).want(t, 200)
	got := s.act("child2", id, "assign", object{"person": "child1"}).want(t, 200).json(t)
	if got["holder"] != "child1" {
		t.Errorf("assigned: %v", got["holder"])
	}
	got = s.act("child1", id, "hand-over", object{"pool": "youth", "reason": "Turns 13"}).want(t, 200).json(t)
	if got["holder"] != "" || got["pool"] != "youth" || got["state"] != "submitted" {
		t.Errorf("handed over: %v", got)
	}
	s.call("child1", "GET", "/api/v1/consultations/"+id, nil).want(t, 404)
	if faults := s.act("nurse", id, "withdraw", object{"reason": "Call 040 123 4567"}).want(t, 422).faults(t); strings.Join(faults, ", ") != "/reason identity" {
		t.Errorf("withdrawn with a phone number: %v", faults)
	}
	why := object{"reason": "Call 040 123 4567", "identity_confirmed": []string{"/reason"}}
	if got := s.act("nurse", id, "withdraw", why).want(t, 200).json(t); got["state"] != "withdrawn" {
		t.Errorf("withdrawn: %v", got["state"])
	}
}

// The shared plan is marked, and its people named, by whoever works on the request.
func TestSharedPlan(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	s.act("child1", id, "claim", nil).want(t, 200)
	s.act("child1", id, "answer", object{
		"text": "Do this", "disposition": "meeting", "plan": []object{{"what": "Meet", "who": "Nurse", "due": "2026-12-01"}, {"what": "Write"}},
	}).want(t, 200)
	got := s.act("nurse", id, "step", object{"step": 0}).want(t, 200).json(t)
	step := got["plan"].([]any)[0].(object)
	if step["done"] != true || step["done_by"] != "nurse" || step["done_at"] == nil || step["who"] != "Nurse" || step["due"] != "2026-12-01" {
		t.Errorf("done: %v", step)
	}
	got = s.act("child1", id, "step", object{"step": 0, "done": false}).want(t, 200).json(t)
	if step := got["plan"].([]any)[0].(object); step["done"] != false || step["done_by"] != nil {
		t.Errorf("open again: %v", step)
	}
	got = s.act("nurse", id, "worker", object{"role": "responsible-worker", "name": "Tiina"}).want(t, 200).json(t)
	if workers := got["workers"].(object); workers["responsible-worker"] != "Tiina" {
		t.Errorf("workers: %v", workers)
	}
	got = s.act("nurse", id, "worker", object{"role": "responsible-worker"}).want(t, 200).json(t)
	if workers := got["workers"].(object); len(workers) != 0 {
		t.Errorf("nobody any more: %v", workers)
	}
	for want, body := range map[string]object{"/step unknown-value": {"step": 2}, "/step required": {}, "/step wrong-type": {"step": "0"}} {
		fault := s.act("nurse", id, "step", body).want(t, 422).json(t)["errors"].([]any)[0].(object)
		if got := fmt.Sprint(fault["pointer"], " ", fault["code"]); got != want {
			t.Errorf("%v: %s, want %s", body, got, want)
		}
	}
	s.act("nurse", id, "worker", object{"role": "boss", "name": "X"}).want(t, 422)
	s.act("youth1", id, "step", object{"step": 0}).want(t, 404)
}

// What comes at the wrong time is a conflict, whatever it would have needed the rules for.
func TestWrongTime(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	said := object{"text": "A"}
	early := func() {
		t.Helper()
		for action, body := range map[string]object{
			"reply": said, "follow-up": said,
			"close": {"outcome": "confirmed", "referral": "avoided", "value_client": 5, "value_me": 4},
		} {
			if got := s.act("nurse", id, action, body).want(t, 409).json(t)["type"]; got != "urn:silta:problem:conflict.state" {
				t.Errorf("%s: %v", action, got)
			}
		}
	}
	early()
	s.act("child1", id, "claim", nil).want(t, 200)
	early()
	s.act("nurse", id, "withdraw", object{}).want(t, 200)
	early()
	s.act("child1", id, "hand-over", object{"pool": "youth", "reason": "Older"}).want(t, 409)
	if s.log.String() != "" {
		t.Errorf("logged: %s", s.log)
	}
}

// Whom to phone is told at once, with what is wrong in the texts, and not only after that has been put right.
func TestEmergencyWithFaults(t *testing.T) {
	s := start(t)
	for want, other := range map[string]object{
		"[/interlock_confirmed interlock /question required]": {"red_flags": []string{"psychosis"}, "question": ""},
		"[/interlock_confirmed interlock /tried identity]":    {"red_flags": []string{"psychosis"}, "tried": "131052-308T"},
		// Without right facts nothing can be said of the interlocks.
		"[/concerns required]": {"red_flags": []string{"psychosis"}, "concerns": []string{}},
	} {
		got := s.call("nurse", "POST", "/api/v1/consultations", request(other)).want(t, 422).faults(t)
		if fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestSecondClaim(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	s.act("child1", id, "claim", nil).want(t, 200)
	got := s.act("child2", id, "claim", nil, "Accept-Language", "sv").want(t, 409)
	p := got.json(t)
	if p["holder"] != "child1" || p["holder_name"] != "First specialist" {
		t.Errorf("who has it: %s", got.body)
	}
	if detail, _ := p["detail"].(string); !strings.Contains(detail, "First specialist") || got.header.Get("Content-Language") != "sv" {
		t.Errorf("said: %q", detail)
	}
	// Who has it is not told of somebody else who has it.
	own := s.act("child1", id, "claim", nil, "Accept-Language", "en").want(t, 409).json(t)
	if detail := own["detail"]; own["holder"] != "child1" || detail != "You have this request already. Go on with it." {
		t.Errorf("the holder claims again, and is told %q", detail)
	}
}

// Time acts as well: what it did stands in the timeline as described.
func TestEscalatedAndExpired(t *testing.T) {
	s := start(t)
	late := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	id := s.submit("nurse", nil)
	if err := s.service.Advance(t.Context(), id, late); err != nil {
		t.Fatal(err)
	}
	con := s.call("nurse", "GET", "/api/v1/consultations/"+id, nil).want(t, 200).json(t)
	last := con["timeline"].([]any)[1].(object)
	if con["escalation"] != 1.0 || last["type"] != "escalated" || last["level"] != 1.0 || last["by"] != "system" {
		t.Errorf("escalated: %v", con)
	}
	s.act("child1", id, "claim", nil).want(t, 200)
	s.act("child1", id, "answer", object{"text": "a", "disposition": "advice"}).want(t, 200)
	if err := s.service.Advance(t.Context(), id, late.AddDate(0, 2, 0)); err != nil {
		t.Fatal(err)
	}
	con = s.call("nurse", "GET", "/api/v1/consultations/"+id, nil).want(t, 200).json(t)
	if con["state"] != "expired" || con["ended_at"] == nil {
		t.Errorf("expired: %v", con)
	}
}

func TestProblemsInEachLanguage(t *testing.T) {
	s := start(t)
	said := map[any]string{}
	for _, lang := range []string{"fi", "sv-FI, fi;q=0.5", "en-GB", "de"} {
		got := s.call("nurse", "POST", "/api/v1/consultations", request(client(object{"age": 130})), "Accept-Language", lang).want(t, 422)
		said[got.json(t)["errors"].([]any)[0].(object)["detail"]] = got.header.Get("Content-Language")
	}
	want := map[any]string{
		"Anna luku väliltä 0–120.": "fi", "Ange ett tal mellan 0 och 120.": "sv", "Give a number from 0 to 120.": "en",
	}
	if !maps.Equal(said, want) {
		t.Errorf("said: %v", said)
	}
}
