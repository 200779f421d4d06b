package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"silta/consult"
	"silta/consult/view"
)

// typedText stands in the request of these tests.
const typedText = "Miten jatkamme tästä?"

// TestEveryWayOutIsLogged: each way in which a request's contents can leave is an entry of its kind, and with a log that can't be
// written nothing leaves by any of them. What lists, streams and refusals show is none of it.
func TestEveryWayOutIsLogged(t *testing.T) {
	s, _ := wholeSite(t)
	c := s.submitted("nurse")
	psych := s.as("childpsych")
	last := func() consult.LoggedLook {
		page, err := s.service.Looks(t.Context(), s.actor("auditor"), consult.LookQuery{Limit: 1})
		s.check(err)
		if len(page.Items) == 0 {
			return consult.LoggedLook{}
		}
		return page.Items[0]
	}
	count := func() int {
		page, err := s.service.Looks(t.Context(), s.actor("auditor"), consult.LookQuery{Limit: consult.MaxPage})
		s.check(err)
		return len(page.Items)
	}
	ways := []struct {
		name, path string
		words      map[string]any
		kind       consult.LookKind
	}{
		{"GET", "/requests/" + c.ID, nil, consult.LookView},
		{"GET", "/requests/" + c.ID + "/record", nil, consult.LookCopy},
		{"GET", "/requests/" + c.ID + "/print", nil, consult.LookPrint},
		{"GET", "/requests/" + c.ID + "/export", nil, consult.LookExport},
		{"GET", "/api/v1/consultations/" + c.ID, nil, consult.LookAPI},
		{"POST", "/api/v1/consultations/" + c.ID + "/claim", nil, consult.LookAPI},
		// Refused, it comes back on the request's page.
		{"POST", "/requests/" + c.ID + "/ask", map[string]any{"text": ""}, consult.LookView},
		{"POST", "/api/v1/consultations/" + c.ID + "/ask", map[string]any{"text": "Kuinka kauan?"}, consult.LookAPI},
		// Changed since it was shown, an open page is shown anew.
		{"GET", "/requests/" + c.ID + "/live?version=1", nil, consult.LookView},
	}
	change := func(path string) {
		if strings.HasSuffix(path, "/live?version=1") {
			_, err := s.service.Do(t.Context(), s.actor("nurse"), c.ID, consult.AddCommand{Said: consult.Said{Text: "Lisää."}}, consult.Change{})
			s.check(err)
		}
	}
	for _, w := range ways {
		change(w.path)
		before := count()
		status, body := psych.ask(w.name, w.path, w.words)
		if !strings.Contains(body, typedText) && !strings.Contains(body, "Lisää.") {
			t.Errorf("%s %s (%d) does not show the request", w.name, w.path, status)
		}
		if l := last(); count() != before+1 || l.Kind != w.kind || l.By != "childpsych" || l.Request != c.ID {
			t.Errorf("%s %s (%d) is logged as %+v, %d entries", w.name, w.path, status, l, count()-before)
		}
	}
	before := count()
	for _, path := range []string{
		"/queue", "/queue/rows", "/queue/stream", "/requests/" + c.ID + "/stream", "/api/v1/consultations?box=queue", "/requests/" + c.ID + "/live?version=3",
	} {
		if _, body := psych.ask("GET", path, nil); strings.Contains(body, typedText) && !strings.Contains(path, "/live") {
			t.Errorf("%s shows what was typed", path)
		}
	}
	if _, body := s.as("nurse").ask("GET", "/requests", nil); strings.Contains(body, typedText) {
		t.Error("the list shows what was typed")
	}
	if count() != before {
		t.Errorf("%d entries for what shows no contents", count()-before)
	}

	s.unlogged.Store(true)
	for _, w := range ways {
		change(w.path)
		status, body := psych.ask(w.name, w.path, w.words)
		if status != http.StatusServiceUnavailable && (w.name == "GET" || status < 400) || strings.Contains(body, typedText) || strings.Contains(body, "Lisää.") {
			t.Errorf("%s %s unlogged: %d", w.name, w.path, status)
		}
	}
	outside := s.as("youthpsych")
	opened := outside.post("/find/open", url.Values{"ref": {c.Ref}, "reason": {"cover"}, "text": {"Sijaistan."}}).wantStatus(http.StatusSeeOther)
	if p := outside.get(opened.header.Get("Location")); p.status != http.StatusServiceUnavailable || strings.Contains(p.body, typedText) {
		t.Errorf("opened for a reason, unlogged: %d", p.status)
	}
}

// TestClosedJournal: with a journal that takes and gives nothing any more no page shows contents, and none says why.
func TestClosedJournal(t *testing.T) {
	s := newSite(t, nil)
	c := s.submitted("nurse")
	psych := s.as("childpsych")
	psych.open("/requests/" + c.ID)
	s.check(s.store.Journal.Close())
	t.Cleanup(func() { s.store.Reopen(t, view.Options{}) })
	for _, path := range []string{"/requests/" + c.ID, "/requests/" + c.ID + "/live?version=1", "/requests/" + c.ID + "/print", "/queue"} {
		if p := psych.get(path); p.status < 400 && p.status != http.StatusSeeOther || strings.Contains(p.body, typedText) || strings.Contains(p.body, "silta.db") {
			t.Errorf("%s: %d %s", path, p.status, p.text("h1"))
		}
	}
}
