package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"silta/notify/mail/mailtest"
)

// TestNobodyAnswers lets two weeks go by in half a minute. A request that nobody answers goes from the reminder to claim it over more and
// more people to another team; one whose sender does not reply reminds first the sender and then whoever asked; and digests come in the
// mornings. All of it goes over real SMTP, with nothing of what was typed in any mail.
func TestNobodyAnswers(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{NoTLS: true})
	p := startDemo(t, "--empty", "--smtp", server.Addr, "--clock", "2026-11-23T09:00:00+02:00", "--speed", "30000")
	defer p.stop()
	var c, asked sent
	request := anonymous(9)
	request["question"], request["background"], request["tried"] = "SALAISUUS kysymys", "SALAISUUS tausta", "SALAISUUS kokeiltu"
	for _, into := range []*sent{&c, &asked} {
		if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", request, into); status != http.StatusCreated {
			t.Fatalf("submit: %d", status)
		}
	}
	for _, step := range []struct{ action, body string }{{"claim", ""}, {"ask", "SALAISUUS lisää?"}} {
		body := map[string]string{}
		if step.body != "" {
			body["text"] = step.body
		}
		if status := p.call("childpsych", http.MethodPost, "/api/v1/consultations/"+asked.ID+"/"+step.action, body, nil); status != http.StatusOK {
			t.Fatalf("%s: %d", step.action, status)
		}
	}
	// What is to arrive, by receiver, what the subject says, and of which request the mail speaks. Who is on call changes after
	// a week, seconds from now: where the start was slow, the other one is told.
	want := map[string]bool{}
	for _, w := range [][3]string{
		{"childpsych/childpsych2", "pyyntö odottaa ottajaa", c.Ref}, {"childpsych", "muistutus, pyyntö odottaa", c.Ref},
		{"childpsych2", "muistutus, pyyntö odottaa", c.Ref}, {"youthpsych", "pyyntö siirretty", c.Ref},
		{"childpsych2", "aamun kooste", c.Ref}, {"nurse", "aamun kooste", c.Ref},
		{"nurse", "muistutus, lisätieto puuttuu", asked.Ref}, {"childpsych", "lähettäjä ei ole vastannut", asked.Ref},
	} {
		want[strings.Join(w[:], "|")] = true
	}
	ids := map[string]bool{}
	deadline := time.After(2 * time.Minute)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for seen := 0; len(want) > 0; {
		select {
		case <-look.C:
		case <-deadline:
			for _, m := range server.Mails() {
				subject, _, _, _ := open(t, m.Raw)
				t.Logf("to %s: %s", m.To, subject)
			}
			t.Fatalf("in two minutes there came no %s", strings.Join(slices.Sorted(maps.Keys(want)), ", nor "))
		}
		mails := server.Mails()
		for _, m := range mails[seen:] {
			subject, id, auto, text := open(t, m.Raw)
			if strings.Contains(string(m.Raw)+text, "SALAISUUS") {
				t.Fatalf("a mail tells what was typed:\n%s", m.Raw)
			}
			if auto != "auto-generated" || ids[id] {
				t.Errorf("subject %q, id %q (seen before: %t), Auto-Submitted %q", subject, id, ids[id], auto)
			}
			ids[id] = true
			about := []sent{c, asked}
			if r := slices.IndexFunc(about, func(r sent) bool { return strings.Contains(subject, r.Ref) }); r >= 0 && !strings.Contains(text, p.url+"/requests/"+about[r].ID) {
				t.Errorf("a mail about %s does not lead to it:\n%s", about[r].Ref, text)
			}
			maps.DeleteFunc(want, func(w string, _ bool) bool {
				part := strings.Split(w, "|")
				to, ok := strings.CutSuffix(m.To, "@silta.example")
				return ok && slices.Contains(strings.Split(part[0], "/"), to) && strings.Contains(subject, part[1]) && strings.Contains(subject+text, part[2])
			})
		}
		seen = len(mails)
	}
	p.call("nurse", http.MethodGet, "/api/v1/consultations/"+c.ID, nil, &c)
	happened := ""
	for _, item := range c.Timeline {
		happened += fmt.Sprint(item.Type, " ")
	}
	if c.Escalation < 4 || c.State != "submitted" || c.Pool != "youth-psychiatry" ||
		!strings.HasPrefix(happened, "submitted reminded ") || strings.Count(happened, "escalated ") < 3 || !strings.Contains(happened, "handed-over ") {
		t.Errorf("escalation %d, state %s, pool %s: %s", c.Escalation, c.State, c.Pool, happened)
	}
}

// open reads a mail: its subject, id and origin, and all of its texts, decoded.
func open(t *testing.T, raw []byte) (subject, id, auto, text string) {
	t.Helper()
	m, err := message.Read(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = m.Header.Text("Subject"); err != nil {
		t.Fatal(err)
	}
	err = m.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil || part.MultipartReader() != nil {
			return err
		}
		body, err := io.ReadAll(part.Body)
		text += string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return subject, m.Header.Get("Message-Id"), m.Header.Get("Auto-Submitted"), text
}
