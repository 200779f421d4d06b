package api_test

import (
	"strings"
	"testing"
)

func TestDiffOfRules(t *testing.T) {
	s := start(t)
	for _, age := range []int{9, 14, 14} {
		s.submit("nurse", object{"client": object{"age": age, "municipality": "Tampere"}, "question": "kirjoitettua"})
	}
	later := strings.Replace(rulesWith(t, `"<13"`, `"<16"`), "routine: 48h}\n    lead", "routine: 72h}\n    lead", 1)
	got := s.call("admin", "POST", routingPath+"/diff", later).want(t, 200)
	diff := got.json(t)
	history := diff["history"].(object)
	shifts := history["deadlines"].(object)
	if history["requests"] != 3.0 || history["moved"] != 2.0 || shifts["later"] != 3.0 || shifts["later_by_minutes"] != 24*60.0 {
		t.Errorf("the history: %v", history)
	}
	changes := diff["changes"].([]any)
	// Of each urgency one; only the routine ones were sent.
	moved := 0.0
	for _, c := range changes {
		moved += c.(object)["moved"].(float64)
	}
	if len(changes) != 3 || moved != 2 || diff["version"] != 1.0 || diff["complete"] != true {
		t.Errorf("changes: %s", got.body)
	}
	if strings.Contains(string(got.body), "kirjoitettua") || strings.Contains(string(got.body), `"S-`) {
		t.Errorf("more than facts is told: %s", got.body)
	}

	// The one municipality that had requests goes: what is told of those is its name.
	gone := rulesWith(t, "[Tampere, Ylöjärvi]", "[Ylöjärvi, Kangasala]")
	got = s.call("auditor", "POST", routingPath+"/diff", gone).want(t, 200)
	if only := got.json(t)["only_old"].([]any); len(only) != 1 || only[0] != "Tampere" {
		t.Errorf("only the old rules know %v", only)
	}

	// Between versions there is the same to see, from both sides.
	s.call("admin", "PUT", routingPath, later, "If-Match", `"1"`).want(t, 200)
	back := s.call("admin", "GET", routingPath+"/diff?from=2&to=1", nil).want(t, 200).json(t)
	if shifts := back["history"].(object)["deadlines"].(object); shifts["earlier"] != 3.0 || shifts["later"] != 0.0 {
		t.Errorf("the way back: %v", back)
	}
	s.call("admin", "GET", routingPath+"/diff?from=2&to=9", nil).want(t, 404)
	s.call("admin", "GET", routingPath+"/diff", nil).want(t, 404)
	s.call("nurse", "GET", routingPath+"/diff?from=1&to=2", nil).want(t, 403)
	s.call("nurse", "POST", routingPath+"/diff", later).want(t, 403)
	if faults := s.call("admin", "POST", routingPath+"/diff", "{").want(t, 422).faults(t); len(faults) != 1 || faults[0] != " syntax" {
		t.Errorf("no YAML: %q", faults)
	}
	if s.log.String() != "" {
		t.Errorf("logged: %s", s.log)
	}
}

func TestCheckRules(t *testing.T) {
	s := start(t)
	before := s.store.Journal.Head()
	wrong := rulesWith(t, "order: [child1]", "order: [somebody]")
	found := s.call("auditor", "POST", routingPath+"/check", wrong, "Accept-Language", "sv").want(t, 200).json(t)["findings"].([]any)
	var codes []string
	for _, f := range found {
		codes = append(codes, f.(object)["code"].(string))
	}
	if strings.Join(codes, " ") != "mode-not-offered gap unknown-person uncovered-time" {
		t.Errorf("found %v", found)
	}
	if text := found[2].(object)["detail"].(string); !strings.HasPrefix(text, "personen somebody finns inte") {
		t.Errorf("told as %q", text)
	}
	s.call("nurse", "POST", routingPath+"/check", wrong).want(t, 403)
	s.call("admin", "POST", routingPath+"/check", wrong, "Content-Type", "image/png").want(t, 415)
	if s.store.Journal.Head() != before {
		t.Error("something was published")
	}
}

// An old version comes back as a new one, under the conditions of any publication.
func TestRestore(t *testing.T) {
	s := start(t)
	s.call("admin", "PUT", routingPath, rulesWith(t, `"<13"`, `"<16"`), "If-Match", `"1"`).want(t, 200)
	path := routingPath + "/versions/1/restore"
	s.call("admin", "POST", path, nil).want(t, 428)
	s.call("admin", "POST", path, nil, "If-Match", `"1"`).want(t, 412)
	s.call("auditor", "POST", path, nil, "If-Match", `"2"`).want(t, 403)
	s.call("admin", "POST", routingPath+"/versions/7/restore", nil, "If-Match", `"2"`).want(t, 404)
	got := s.call("admin", "POST", path, nil, "If-Match", `"2"`, "X-Comment", "Takaisin").want(t, 200)
	if got.header.Get("ETag") != `"3"` || got.json(t)["number"] != 3.0 {
		t.Errorf("got %s", got.body)
	}
	three := s.call("admin", "GET", routingPath+"/versions/3", nil).want(t, 200).json(t)
	if three["document"] != string(rulesYAML) || three["by"] != "admin" || three["comment"] != "Takaisin" {
		t.Errorf("version 3: %v", three)
	}
}
