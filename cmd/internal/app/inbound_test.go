package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/cmd/internal/config"
	"silta/notify/jobs"
	"silta/notify/mail/mailtest"
)

// hospital is the mail server of those who answer requests.
type hospital struct {
	*mailtest.Server
	mu      sync.Mutex
	unknown string
}

func newHospital(t *testing.T) *hospital {
	t.Helper()
	h := &hospital{Server: mailtest.Start(t, mailtest.Options{NoTLS: true})}
	h.Refuse(func(stage, to string) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		if stage == "RCPT" && to == h.unknown {
			return mailtest.Reply(550)
		}
		return nil
	})
	return h
}

// forget lets the server not know an address any more.
func (h *hospital) forget(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unknown = address
}

// mailing is a program whose people get their mail from the hospital.
type mailing struct {
	t        *testing.T
	app      *App
	hospital *hospital
}

type consultation struct {
	ID, Ref    string
	Escalation int
}

func startMailing(t *testing.T, h *hospital, smtp string, in config.Inbound) *mailing {
	t.Helper()
	c := settings(t, smtp)
	c.Mail.Inbound = in
	c.Jobs["mailbox"] = jobs.Must("@every 1s")
	monday := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	a := start(t, Options{Config: c, Demo: &Demo{Start: monday, Speed: 1, Empty: true}, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard})
	return &mailing{t, a, h}
}

func (m *mailing) ask(method, path string, body, reply any) int {
	m.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		m.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(m.t.Context(), method, "http://"+m.app.Addr()+path, bytes.NewReader(data))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-nurse")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(reply); err != nil {
		m.t.Fatal(err)
	}
	return res.StatusCode
}

// submit sends a request, and returns it as it is when somebody was told, with the address at which the first mail about it arrived.
func (m *mailing) submit() (c consultation, told string) {
	m.t.Helper()
	status := m.ask(http.MethodPost, "/api/v1/consultations", map[string]any{
		"client":   map[string]any{"age": 9, "municipality": "Ylöjärvi"},
		"concerns": []string{"mood"}, "urgency": "soon", "question": "SALAISUUS: miten jatkamme?",
	}, &c)
	if status != http.StatusCreated {
		m.t.Fatalf("submit: %d", status)
	}
	arrived := m.mails(c.Ref, 1)
	m.ask(http.MethodGet, "/api/v1/consultations/"+c.ID, nil, &c)
	return c, arrived[0].To
}

// mails waits until so many mails about a request have arrived.
func (m *mailing) mails(ref string, n int) []mailtest.Mail {
	m.t.Helper()
	deadline := time.After(time.Minute)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		var arrived []mailtest.Mail
		for _, mail := range m.hospital.Mails() {
			text := mailtest.Text(m.t, mail.Raw)
			if strings.Contains(text, "SALAISUUS") {
				m.t.Fatalf("a mail tells what was typed:\n%s", text)
			}
			if strings.Contains(text, ref) {
				arrived = append(arrived, mail)
			}
		}
		if len(arrived) >= n {
			return arrived
		}
		select {
		case <-look.C:
		case <-deadline:
			m.t.Fatalf("%d mails about a request in a minute, want %d", len(arrived), n)
		}
	}
}

// flagged holds /readyz to warn of an address.
func (m *mailing) flagged(address string) {
	m.t.Helper()
	var ready struct {
		Status string
		Checks []struct{ Name, Status, Detail string }
	}
	want := "mail does not arrive at " + strings.TrimSuffix(address, "@silta.example")
	status := m.ask(http.MethodGet, "/readyz", nil, &ready)
	if status != http.StatusOK || ready.Status != "warning" || !strings.Contains(fmt.Sprint(ready.Checks), want) {
		m.t.Errorf("%d %+v", status, ready)
	}
}

// TestMaildir lets a mail be taken and then come back into a mailbox, where the program finds it.
func TestMaildir(t *testing.T) {
	box := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(box, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h := newHospital(t)
	m := startMailing(t, h, h.Addr, config.Inbound{Maildir: box})
	c, first := m.submit()
	returned := m.mails(c.Ref, 1)[0]
	bounce := "Return-Path: <>\nDelivered-To: " + returned.From + "\nFrom: MAILER-DAEMON@mx.test\n\nSorry, no mailbox here by that name. (#5.1.1)\n"
	if err := os.WriteFile(filepath.Join(box, "new", "1.test"), []byte(bounce), 0o600); err != nil {
		t.Fatal(err)
	}
	second := m.mails(c.Ref, 2)[1].To
	var after struct {
		consultation
		Timeline []struct {
			Type        string
			Undelivered struct{ Person, Status string }
		}
	}
	m.ask(http.MethodGet, "/api/v1/consultations/"+c.ID, nil, &after)
	if last := after.Timeline[len(after.Timeline)-1]; after.Escalation != 1 || last.Type != "escalated" || last.Undelivered.Status != "5.1.1" ||
		last.Undelivered.Person+"@silta.example" != first || second == "" {
		t.Errorf("%+v, told %s and then %s", after, first, second)
	}
	m.flagged(first)
	m.settled(filepath.Join(box, "new"))
	if seen, err := os.ReadDir(filepath.Join(box, "cur")); err != nil || len(seen) != 1 {
		t.Errorf("seen: %v, %v", seen, err)
	}
}

// settled waits until a directory is empty.
func (m *mailing) settled(dir string) {
	m.t.Helper()
	deadline := time.After(time.Minute)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			m.t.Fatal("the mail stays in the mailbox")
		}
	}
}
