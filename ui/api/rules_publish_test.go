package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
)

// rulesWith is the document of these tests with one place changed.
func rulesWith(t testing.TB, old, replacement string) string {
	t.Helper()
	out := strings.Replace(string(rulesYAML), old, replacement, 1)
	if out == string(rulesYAML) {
		t.Fatalf("%q is not in the rules", old)
	}
	return out
}

const routingPath = "/api/v1/routing"

func TestPublish(t *testing.T) {
	s := start(t)
	later := rulesWith(t, `"<13"`, `"<16"`)
	got := s.call("admin", "PUT", routingPath, later, "Content-Type", "application/yaml", "If-Match", `"1"`,
		"X-Comment", "UTF-8''S%C3%A4%C3%A4nt%C3%B6").want(t, 200)
	if got.header.Get("ETag") != `"2"` || got.json(t)["number"] != 2.0 || got.json(t)["hash"] != s.book.Current().Hash {
		t.Errorf("got %v %s", got.header, got.body)
	}
	now := s.call("auditor", "GET", routingPath, nil).want(t, 200)
	if string(now.body) != later || now.header.Get("ETag") != `"2"` {
		t.Errorf("in force: %s %s", now.header.Get("ETag"), now.body)
	}
	one := s.call("admin", "GET", routingPath+"/versions/2", nil).want(t, 200).json(t)
	if one["comment"] != "Sääntö" || one["by"] != "admin" || one["at"] == "" || one["document"] != later {
		t.Errorf("version 2: %v", one)
	}
	// Who started from version 1 is too late, and so is who started from none that ever was.
	for _, version := range []string{`"1"`, `"0"`, `"3"`} {
		s.call("admin", "PUT", routingPath, later, "If-Match", version).want(t, 412)
	}
	// A rollback is an old document as a new version.
	s.call("admin", "PUT", routingPath, string(rulesYAML), "If-Match", "*", "X-Comment", "Takaisin ä").want(t, 200)
	list := s.call("admin", "GET", routingPath+"/versions", nil).want(t, 200).json(t)["items"].([]any)
	if len(list) != 3 || list[0].(object)["hash"] != list[2].(object)["hash"] || list[0].(object)["comment"] != "Takaisin ä" {
		t.Errorf("versions: %v", list)
	}
	if s.log.String() != "" {
		t.Errorf("logged: %s", s.log)
	}
}

// A whole configuration is taken; its settings do not get into the history.
func TestPublishConfiguration(t *testing.T) {
	s := start(t)
	whole := "mail: {password: secret}\nrouting:\n  " + strings.ReplaceAll(strings.TrimSpace(string(rulesYAML)), "\n", "\n  ") + "\n"
	s.call("admin", "PUT", routingPath, whole, "If-Match", `"1"`).want(t, 200)
	got := s.call("admin", "GET", routingPath, nil).want(t, 200)
	if !bytes.Equal(bytes.TrimSpace(got.body), bytes.TrimSpace(rulesYAML)) {
		t.Errorf("got %s", got.body)
	}
}

func TestRefusedRules(t *testing.T) {
	s := start(t)
	before := s.store.Journal.Head()
	put := func(body string, headers ...string) answer {
		t.Helper()
		return s.call("admin", "PUT", routingPath, body, append([]string{"If-Match", `"1"`}, headers...)...)
	}
	for name, c := range map[string]struct{ body, want string }{
		"no YAML":        {"{", "syntax"},
		"nothing":        {"", "syntax"},
		"too long":       {strings.Repeat("#", routing.MaxDocument+1), "syntax"},
		"not UTF-8":      {"\xff", "syntax"},
		"unknown person": {rulesWith(t, "order: [child1]", "order: [somebody]"), "unknown-person"},
		"unreachable":    {rulesWith(t, "otherwise: youth", "  - {id: toddlers, when: {age: 2}, to: child}\notherwise: youth"), "unreachable"},
		"two at once": {
			rulesWith(t, "otherwise: youth", "  - {id: toddlers, when: {aeg: 2}, to: chidl}\notherwise: youth"), "unknown-key unknown-pool",
		},
		"failed test": {
			string(rulesYAML) + `tests: [{name: a, expect: {pool: youth},
				request: {age: 5, concern: [mood], profession: teacher, municipality: Tampere}}]`, "test-failed",
		},
	} {
		var p problem.Problem
		got := put(c.body).want(t, 422)
		if err := json.Unmarshal(got.body, &p); err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, f := range p.Errors {
			if f.Line < 1 || f.Column < 1 || f.Severity == "" || f.Detail == "" {
				t.Errorf("%s: a finding without its place: %+v", name, f)
			}
			if f.Severity == routing.Error {
				codes = append(codes, f.Code)
			}
		}
		if strings.Join(codes, " ") != c.want || p.Type != "urn:silta:problem:rules.refused" {
			t.Errorf("%s: got %s, want %s: %s", name, codes, c.want, got.body)
		}
	}
	// The pool goes, its request stays: nobody could see it any more.
	s.submit("nurse", nil)
	before++
	noChild := rulesWith(t, "to: child", "to: youth")
	noChild = noChild[:strings.Index(noChild, "  child:\n")] + noChild[strings.Index(noChild, "  youth:\n"):]
	if got := put(noChild).want(t, 422).faults(t); !slices.Contains(got, " pool-in-use") {
		t.Errorf("a pool with a request goes: %q", got)
	}

	s.call("admin", "PUT", routingPath, string(rulesYAML)).want(t, 428)
	for _, version := range []string{"1", `W/"1"`, `"1", "2"`, "", `"01"`} {
		s.call("admin", "PUT", routingPath, string(rulesYAML), "If-Match", version).want(t, 422)
	}
	for _, comment := range []string{"UTF-8''%zz", "UTF-8''%ff", strings.Repeat("a", consult.MaxReason+1), "\xff"} {
		if got := put(string(rulesYAML), "X-Comment", comment).want(t, 422).faults(t); !slices.Equal(got, []string{" bad-header"}) {
			t.Errorf("comment: %q", got)
		}
	}
	put(string(rulesYAML), "Content-Type", "image/png").want(t, 415)
	put(string(rulesYAML), "Content-Type", "text/yaml; charset=latin1").want(t, 415)
	put(string(rulesYAML), "Content-Encoding", "gzip").want(t, 415)
	for _, who := range []string{"nurse", "child2", "auditor"} {
		s.call(who, "PUT", routingPath, string(rulesYAML), "If-Match", `"1"`).want(t, 403)
	}
	if s.store.Journal.Head() != before || s.book.Current().Number != 1 {
		t.Error("something was published")
	}
}

// Of many who started from one version, one publishes.
func TestPublishingRace(t *testing.T) {
	s := start(t)
	const many = 8
	statuses := make([]int, many)
	var all sync.WaitGroup
	for i := range many {
		body := rulesWith(t, `"<13"`, fmt.Sprintf(`"<%d"`, 20+i))
		all.Go(func() { statuses[i] = s.call("admin", "PUT", routingPath, body, "If-Match", `"1"`).status })
	}
	all.Wait()
	slices.Sort(statuses)
	if statuses[0] != 200 || statuses[1] != 412 || statuses[many-1] != 412 {
		t.Errorf("got %v", statuses)
	}
	if s.book.Current().Number != 2 {
		t.Errorf("version %d is in force", s.book.Current().Number)
	}
}
