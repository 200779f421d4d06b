package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/notify/mail/mailtest"
)

// TestKillWhileMailing kills the program at every point of a mail's way and starts it again: the mail arrives, at least once and each
// time under the same Message-ID, and what was recorded as sent is not sent again.
func TestKillWhileMailing(t *testing.T) {
	for _, c := range []struct {
		name string
		// stage at which it is killed: of the first mail, or of the second where that says so.
		stage  string
		second bool
		// copies are how many the server has of each mail in the end.
		copies []int
	}{
		{"while it waits for its next attempt", "421", false, []int{1}},
		{"when the connection stands", "HELLO", false, []int{1}},
		{"after MAIL", "MAIL", false, []int{1}},
		{"after RCPT", "RCPT", false, []int{1}},
		{"in DATA", "BODY", false, []int{1}},
		{"when the server has all of it and has not answered", "DATA", false, []int{2}},
		{"after the server's 250, before it is recorded", "QUIT", false, []int{2}},
		{"after it is recorded", "MAIL", true, []int{1, 1}},
	} {
		if testing.Short() && c.stage == "421" {
			continue // The pause before another attempt takes its time.
		}
		t.Run(c.name, func(t *testing.T) {
			server := mailtest.Start(t, mailtest.Options{NoTLS: true})
			dir := filepath.Join(t.TempDir(), "data")
			// On a Tuesday no duty is handed over. After the restart it is a little later.
			start := func(clock string) *process {
				return startDemo(t, "--data", dir, "--empty", "--smtp", server.Addr, "--speed", "30", "--clock", "2026-11-24T"+clock)
			}
			p := start("09:00")
			var once sync.Once
			killed := make(chan struct{})
			kill := func() { once.Do(func() { p.kill(); close(killed) }) }
			// A mail may be under way before the answer to its request is.
			submitted := make(chan struct{})
			acknowledge := sync.OnceFunc(func() { close(submitted) })
			defer acknowledge()
			mails := 0
			server.Watch(func(stage string, m mailtest.Mail) {
				// Letters on whose duty it is come and go as well.
				about := strings.HasPrefix(m.From, "bounce+d")
				if stage == "MAIL" && about {
					mails++
				}
				nth := 1
				if c.second {
					nth = 2
				}
				if stage == c.stage && (stage == "HELLO" || about && mails == nth) {
					<-submitted
					kill()
				}
			})
			server.Refuse(func(stage, _ string) error {
				if c.stage == "421" && stage == "MAIL" && mails == 1 {
					return mailtest.Reply(421)
				}
				return nil
			})
			refs := []string{p.submit(9)}
			if c.second {
				await(t, "the first mail", func() bool { return count(t, server, refs[0]) == 1 })
				refs = append(refs, p.submit(9))
			}
			acknowledge()
			if c.stage == "421" {
				await(t, "the first attempt", func() bool { return strings.Contains(p.metrics(), `silta_mails_total{outcome="retry"} 1`) })
				kill()
			}
			select {
			case <-killed:
			case <-time.After(time.Minute):
				t.Fatal("it was never at that point")
			}
			again := start("10:00")
			defer again.stop()
			await(t, "the mails arrive", func() bool { return count(t, server, refs[len(refs)-1]) >= c.copies[len(refs)-1] })
			// Whatever else were to be sent would come before a mail that is asked for now.
			last := again.submit(9)
			await(t, "another mail", func() bool { return count(t, server, last) == 1 })
			for i, ref := range refs {
				// In DATA all of it may be on its way already, so that the server has it.
				if n := count(t, server, ref); n != c.copies[i] && (c.stage != "BODY" || n != 2) {
					t.Errorf("mail %d arrived %d times, want %d", i+1, n, c.copies[i])
				}
			}
			ids := map[string]string{}
			for _, m := range server.Mails() {
				subject, id, _, _ := open(t, m.Raw)
				if ids[subject] != "" && ids[subject] != id {
					t.Errorf("%s came under two ids", subject)
				}
				ids[subject] = id
			}
		})
	}
}

// metrics returns what /metrics says.
func (p *process) metrics() string {
	p.t.Helper()
	res, err := client.Get(p.url + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// submit sends a request, and returns its reference.
func (p *process) submit(age int) string {
	p.t.Helper()
	var c sent
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(age), &c); status != http.StatusCreated {
		p.t.Fatalf("submit: %d", status)
	}
	return c.Ref
}

// count returns how many mails of a request the server has.
func count(t *testing.T, server *mailtest.Server, ref string) (n int) {
	t.Helper()
	for _, m := range server.Mails() {
		if subject, _, _, _ := open(t, m.Raw); strings.Contains(subject, ref) {
			n++
		}
	}
	return n
}

// await waits until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("in a minute it is not so: %s", what)
		}
	}
}
