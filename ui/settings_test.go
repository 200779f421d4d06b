package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"silta/consult"
)

// TestSettings: everybody chooses for themselves, in their own language, and only what concerns them.
func TestSettings(t *testing.T) {
	s := newSite(t, nil)
	r := s.as("childpsych")
	p := r.get("/settings")
	if p.status != http.StatusOK || !strings.Contains(p.body, "Omat asetukset") || p.Find(`input[name="topics.answers"]`).Length() != 0 {
		t.Fatalf("%d\n%s", p.status, p.body)
	}
	p = p.submit(r, "#settings", url.Values{"language": {"sv"}, "topics.new": {"digest"}, "topics.course": {"never"}, "morning": {"true"}})
	if p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.body)
	}
	got := s.actor("childpsych")
	if got.Language != consult.Swedish || !got.Preferences.Morning || got.Preferences.Topics[consult.TopicNew] != consult.InDigest ||
		got.Preferences.Topics[consult.TopicCourse] != consult.NotAtAll || len(got.Preferences.Topics) != 2 {
		t.Errorf("%+v", got.Preferences)
	}
	p = r.get("/settings")
	if way, _ := p.Find(`input[name="topics.new"][checked]`).Attr("value"); way != "digest" || !strings.Contains(p.body, "Egna inställningar") {
		t.Errorf("shown again: %s\n%s", way, p.body)
	}
	p = r.post("/settings", url.Values{"language": {"de"}, "topics.new": {"never"}})
	if p.status != http.StatusUnprocessableEntity || p.Find("#settings-errors li").Length() != 2 {
		t.Errorf("%d\n%s", p.status, p.body)
	}
	nurse := s.as("nurse").get("/settings")
	if nurse.Find(`input[name="topics.answers"]`).Length() == 0 || nurse.Find(`input[name="topics.new"], input[name="morning"]`).Length() != 0 {
		t.Errorf("a sender is asked of what is not theirs:\n%s", nurse.body)
	}
	if r := s.visitor().get("/settings"); r.status == http.StatusOK {
		t.Error("nobody is signed in, and yet there is the page")
	}
}
