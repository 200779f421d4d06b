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

// Of a change of somebody's mail address hears who reads at the one before, even if the person was disabled after it.
func TestAddressLetters(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	at := consulttest.Start
	for person, by := range map[string]string{"anna": "nurse", "bror": consult.SystemID, "nurse": "anna"} {
		record, err := p.View.Person(person)
		if err != nil {
			t.Fatal(err)
		}
		record.Revision++
		record.Former = []consult.FormerEmail{{Email: record.Email, Until: record.Revision, At: at, By: by}}
		before := record.Email
		record.Email, record.Disabled = "thief@evil.example", true
		if _, err := p.Journal.Append(t.Context(), consult.Entry{
			Envelope: consult.Envelope{Kind: consult.KindPerson, ID: person, Revision: record.Revision, At: at, By: by, Type: consult.TypePersonSet},
			Event:    &consult.PersonSetEvent{Person: record},
		}, record.Revision-1); err != nil {
			t.Fatal(err)
		}
		l := consult.Letter{
			Kind: "address-changed", At: at, Path: "/account", Before: record.Revision, Facts: []consult.LetterFact{
				{Name: "changed-at", Value: consult.LetterValue{Moment: at}}, {Name: "changed-by", Value: consult.LetterValue{Person: by}},
			},
		}
		if by == consult.SystemID {
			l.Facts[1].Value = consult.LetterValue{Word: "letter.change.by-program"}
		}
		m := p.letter(t, LetterID(l.Kind, "1", person), person, l)
		text := mailtest.Text(t, m.Raw)
		if m.To != before || strings.Contains(text, "evil.example") || strings.ContainsAny(text, "⟦⟧") || !strings.Contains(text, "https://silta.test/account") {
			t.Errorf("to %s:\n%s", m.To, text)
		}
	}
}
