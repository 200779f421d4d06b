package api_test

import (
	"strings"
	"testing"
)

// TestDecision: why a consultation came to its pool is answered by the rules of its day, after others were published, and to nobody
// who may not see it.
func TestDecision(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", object{"client": object{"age": 14, "municipality": "Tampere"}})
	path := "/api/v1/consultations/" + id + "/decision"
	before := s.call("nurse", "GET", path, nil).want(t, 200)
	s.call("admin", "PUT", routingPath, rulesWith(t, `"<13"`, `"<16"`), "If-Match", `"1"`).want(t, 200)
	after := s.call("nurse", "GET", path, nil).want(t, 200)
	if string(before.body) != string(after.body) {
		t.Errorf("before new rules %s, after %s", before.body, after.body)
	}
	d := after.json(t)
	trace := d["trace"].([]any)
	miss := trace[0].(object)["failed"].([]any)[0].(object)
	if d["pool"] != "youth" || d["rule"] != "otherwise" || d["rules"].(object)["number"] != 1.0 || len(trace) != 1 ||
		miss["fact"] != "age" || miss["wanted"] != "<13" || miss["got"] != 14.0 {
		t.Errorf("%s", after.body)
	}
	if !strings.Contains(string(s.call("nurse", "POST", "/api/v1/consultations", request(object{"client": object{"age": 14, "municipality": "Tampere"}})).want(t, 201).body), `"rule":"children"`) {
		t.Error("the new rules are not in force")
	}
	for _, who := range []string{"child1", "admin", "auditor"} {
		s.call(who, "GET", path, nil).want(t, 404)
	}
	s.call("nurse", "GET", "/api/v1/consultations/none/decision", nil).want(t, 404)
}
