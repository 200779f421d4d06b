package ui_test

import (
	"os"
	"strings"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/routing"
)

// publish puts the site's rules in force with some words replaced.
func (s *site) publish(number uint64, oldnew ...string) {
	s.t.Helper()
	file, err := os.ReadFile("testdata/rules.yaml")
	s.check(err)
	rules, faults := routing.Section("rules.yaml", []byte(strings.NewReplacer(oldnew...).Replace(string(file))))
	if len(faults) > 0 {
		s.t.Fatal(faults)
	}
	s.check(s.book.Publish(number, rules))
	_, err = s.service.PublishRules(s.t.Context(), consult.System, string(rules), "", number-1)
	s.check(err)
}

// heard returns the next event that names a request, or that the stream has ended.
func (e *ear) heard() string {
	for {
		if name, data := e.next(); name == "end" || strings.Contains(data, "S-2026-") {
			return name + " " + data
		}
	}
}

// TestMembershipIsNow: who has left a pool loses sight of its requests at once, by every way, on a page that is open as well; and a pool
// that joins sees the whole of the request from then on.
func TestMembershipIsNow(t *testing.T) {
	s, _ := wholeSite(t)
	c := s.submitted("nurse")
	psych, protection := s.as("childpsych"), s.as("protection")
	open := psych.open("/requests/" + c.ID)
	queue, page, events := psych.listen("/queue/stream"), psych.listen("/requests/"+c.ID+"/stream"), psych.listen("/api/v1/events")
	ways := []string{
		"/requests/" + c.ID, "/requests/" + c.ID + "/live?version=1", "/requests/" + c.ID + "/record", "/requests/" + c.ID + "/print", "/requests/" + c.ID + "/export",
		"/requests/" + c.ID + "/stream", "/api/v1/consultations/" + c.ID,
	}
	lists := []string{"/queue", "/queue/rows", "/api/v1/consultations?box=queue", "/api/v1/consultations?box=pool", "/api/v1/consultations?box=held"}

	// A pool that is none of it sees nothing; once it has joined, all of it, what was before included.
	for _, path := range ways {
		if status, _ := protection.ask("GET", path, nil); status != 404 {
			t.Errorf("%s before joining: %d", path, status)
		}
	}
	_, err := s.service.Do(t.Context(), s.actor("childpsych2"), c.ID, consult.JoinCommand{Pool: "child-protection", Reason: "Yhdessä."}, consult.Change{})
	s.check(err)
	for _, path := range ways {
		status, body := protection.ask("GET", path, nil)
		if status != 200 || !strings.Contains(path, "stream") && !strings.Contains(path, "live") && !strings.Contains(body, typedText) {
			t.Errorf("%s after joining: %d", path, status)
		}
	}
	if got := events.heard(); !strings.Contains(got, c.Ref) {
		t.Errorf("of the joining they hear %s", got)
	}
	for name := ""; name != "announce" && name != "end"; {
		name, _ = page.next()
	}

	// They leave child psychiatry, and belong to youth psychiatry now.
	s.publish(2, "members: [childpsych, childpsych2]", "members: [childpsych2]", "order: [childpsych, childpsych2]", "order: [childpsych2]",
		"members: [youthpsych, protection]", "members: [youthpsych, protection, childpsych]")
	for _, path := range ways {
		if status, body := psych.ask("GET", path, nil); status != 404 || strings.Contains(body, c.Ref) {
			t.Errorf("%s after leaving: %d", path, status)
		}
	}
	for _, path := range lists {
		if status, body := psych.ask("GET", path, nil); status != 200 || strings.Contains(body, c.Ref) {
			t.Errorf("%s after leaving: %d", path, status)
		}
	}
	if p := open.submit(psych, "form[action$='/claim']", nil); p.status != 404 {
		t.Errorf("a claim from the page that is open: %d", p.status)
	}
	// Open streams say nothing of it either: what they say next is of the new pool's.
	_, err = s.service.Do(t.Context(), s.actor("nurse"), c.ID, consult.AddCommand{Said: consult.Said{Text: "Lisää."}}, consult.Change{})
	s.check(err)
	next := consulttest.Submission{Requester: "nurse", Pool: "youth-psychiatry", Number: 77, At: s.clock()}.Entry()
	_, err = s.store.Journal.Append(t.Context(), next, 0)
	s.check(err)
	ref := next.State.(*consult.Consultation).Ref
	for name, e := range map[string]*ear{"queue": queue, "events": events} {
		if got := e.heard(); !strings.Contains(got, ref) {
			t.Errorf("%s: after leaving they hear %s", name, got)
		}
	}
	page.close()
	for page.lines.Scan() {
		if strings.Contains(page.lines.Text(), "announce") {
			t.Error("the request's own stream goes on")
		}
	}
}
