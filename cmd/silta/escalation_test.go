package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"silta/notify/mail/mailtest"
)

// TestNobodyAnswers lets days go by in seconds: who is on call is told of a new request, and then more and more people over real SMTP,
// with nothing of what was typed in any mail.
func TestNobodyAnswers(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{NoTLS: true})
	p := startDemo(t, "--empty", "--smtp", server.Addr, "--clock", "2026-11-23T09:00:00+02:00", "--speed", "20000")
	defer p.stop()
	var c sent
	request := anonymous(9)
	request["question"], request["background"], request["tried"] = "SALAISUUS kysymys", "SALAISUUS tausta", "SALAISUUS kokeiltu"
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", request, &c); status != http.StatusCreated {
		t.Fatalf("submit: %d", status)
	}
	told := map[string]int{}
	ids := map[string]bool{}
	deadline := time.After(time.Minute)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for seen := 0; told["childpsych@silta.example"] < 2 || told["childpsych2@silta.example"] < 2; {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("told %v in a minute", told)
		}
		mails := server.Mails()
		for _, m := range mails[seen:] {
			subject, id, auto, text := open(t, m.Raw)
			if strings.Contains(string(m.Raw)+text, "SALAISUUS") {
				t.Fatalf("a mail tells what was typed:\n%s", m.Raw)
			}
			if strings.Contains(id, "l-duty-") {
				continue // Their duty begins and ends meanwhile.
			}
			told[m.To]++
			if !strings.Contains(subject, c.Ref) || !strings.Contains(text, p.url+"/requests/"+c.ID) || auto != "auto-generated" || ids[id] {
				t.Errorf("subject %q, id %q (seen before: %t), Auto-Submitted %q, text:\n%s", subject, id, ids[id], auto, text)
			}
			ids[id] = true
		}
		seen = len(mails)
	}
	p.call("nurse", http.MethodGet, "/api/v1/consultations/"+c.ID, nil, &c)
	if c.Escalation < 2 || c.State != "submitted" {
		t.Errorf("escalation %d, state %s", c.Escalation, c.State)
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
