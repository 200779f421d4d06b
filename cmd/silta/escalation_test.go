package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-smtp"
)

// TestNobodyAnswers lets days go by in seconds: who is on call is told of a new request, and then more and more people over real SMTP,
// with nothing of what was typed in any mail.
func TestNobodyAnswers(t *testing.T) {
	box, addr := startMailServer(t)
	p := startDemo(t, "--empty", "--smtp", addr, "--clock", "2026-11-23T09:00:00+02:00", "--speed", "20000")
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
	for told["childpsych@silta.example"] < 2 || told["childpsych2@silta.example"] < 2 {
		select {
		case m := <-box:
			told[m.to]++
			if strings.Contains(m.raw, "SALAISUUS") || strings.Contains(m.text, "SALAISUUS") {
				t.Fatalf("a mail tells what was typed:\n%s", m.raw)
			}
			if !strings.Contains(m.subject, c.Ref) || !strings.Contains(m.text, p.url+"/requests/"+c.ID) || m.auto != "auto-generated" || ids[m.id] {
				t.Errorf("subject %q, id %q (seen before: %t), Auto-Submitted %q, text:\n%s", m.subject, m.id, ids[m.id], m.auto, m.text)
			}
			ids[m.id] = true
		case <-deadline:
			t.Fatalf("told %v in a minute", told)
		}
	}
	p.call("nurse", http.MethodGet, "/api/v1/consultations/"+c.ID, nil, &c)
	if c.Escalation < 2 || c.State != "submitted" {
		t.Errorf("escalation %d, state %s", c.Escalation, c.State)
	}
}

// letter is a mail as the server took it.
type letter struct{ from, to, subject, id, auto, text, raw string }

// mailbox is the backend of an SMTP server that takes everything.
type mailbox chan letter

// startMailServer runs an SMTP server for the test.
func startMailServer(t *testing.T) (mailbox, string) {
	t.Helper()
	box := make(mailbox, 1000)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(box)
	server.Domain = "localhost"
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
	return box, listener.Addr().String()
}

func (b mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: b}, nil }

type mailSession struct {
	box    mailbox
	letter letter
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error { s.letter.from = from; return nil }
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error   { s.letter.to = to; return nil }
func (s *mailSession) Reset()                                      { s.letter = letter{} }
func (s *mailSession) Logout() error                               { return nil }

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.letter.raw = string(raw)
	m, err := message.Read(strings.NewReader(s.letter.raw))
	if err != nil {
		return err
	}
	s.letter.id, s.letter.auto = m.Header.Get("Message-Id"), m.Header.Get("Auto-Submitted")
	if s.letter.subject, err = m.Header.Text("Subject"); err != nil {
		return err
	}
	err = m.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil || part.MultipartReader() != nil {
			return err
		}
		body, err := io.ReadAll(part.Body)
		s.letter.text += string(body)
		return err
	})
	s.box <- s.letter
	return err
}
