package notify

import (
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify/jobs"
	"silta/notify/mail/mailtest"
)

// letter plans a letter and returns the mail that arrives.
func (p *post) letter(t *testing.T, id, person string, l consult.Letter) mailtest.Mail {
	t.Helper()
	before := len(p.server.Mails())
	for range 2 { // The second time it is known.
		if _, err := p.planner.Letter(t.Context(), id, person, l); err != nil {
			t.Fatal(err)
		}
		p.send(t)
	}
	mails := p.server.Mails()[before:]
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	return mails[0]
}

func TestJobLetters(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	since := consulttest.Start
	for _, i := range []jobs.Incident{
		{Job: "escalation", Since: since, At: since},
		{Job: "watchdog", Since: since.Add(-time.Hour), At: since, Succeeded: since.Add(-time.Hour), Over: true},
	} {
		for _, person := range []string{"anna", "bror", "nurse"} {
			l := JobLetter(i)
			m := p.letter(t, LetterID(l.Kind, i.Job, person), person, l)
			d, err := p.View.Delivery(LetterID(l.Kind, i.Job, person))
			if err != nil || d.State != consult.Sent {
				t.Fatalf("%+v, %v", d, err)
			}
			text := mailtest.Text(t, m.Raw)
			for _, want := range []string{"job-" + i.Job + "@silta.test", "https://silta.test/operations", "auto-generated", tokens.Sign(d.ID) + "@silta.test"} {
				if !strings.Contains(string(m.Raw)+text, want) {
					t.Errorf("the mail lacks %s:\n%s", want, m.Raw)
				}
			}
			if strings.ContainsAny(text, "⟦⟧") || strings.Contains(text, "<no value>") || m.To != person+"@example.org" {
				t.Errorf("to %s:\n%s", m.To, text)
			}
		}
	}
	if strings.Contains(LetterID("digest", "2026-11-23", "anna"), "anna") || LetterID("a", "b", "c") == LetterID("a", "b", "d") {
		t.Error("the person is to be read from the id, or does not count")
	}
}

func TestPrivacyLetters(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	at := consulttest.Start
	hash := strings.Repeat("ab", 32)
	for _, reason := range consult.ReasonCodes {
		g := consult.Grant{
			ID: "g-" + string(reason), Request: "r1", Ref: "S-2026-0042", Pool: "child-psychiatry", Person: "youthpsych", Reason: reason,
			Text: "salaista", At: at, Until: at.Add(12 * time.Hour),
		}
		for _, person := range []string{"anna", "bror", "nurse"} {
			for _, l := range []consult.Letter{OpeningLetter(g), HeadLetter(consult.Head{Position: 7, Hash: hash}, at)} {
				m := p.letter(t, LetterID(l.Kind, g.ID, person), person, l)
				text := mailtest.Text(t, m.Raw)
				wants := []string{"silta-head 7 " + hash, "https://silta.test/access"}
				if l.Kind == "opening" {
					wants = []string{"S-2026-0042", "youthpsych", "https://silta.test/openings"}
				}
				for _, want := range wants {
					if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
						t.Errorf("the mail lacks %s:\n%s", want, text)
					}
				}
				if strings.ContainsAny(text, "⟦⟧") || strings.Contains(string(m.Raw)+text, "salaista") || strings.Contains(text, "<no value>") {
					t.Errorf("to %s:\n%s", person, text)
				}
			}
		}
	}
}
