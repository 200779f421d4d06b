package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/cmd/internal/config"
	"silta/notify/mail/mailtest"
)

// startPostfix starts a Postfix of its own, on a port and with a configuration of the test. Where Postfix is not installed, or may not be
// started by this user, the test is skipped, except with CI=true, where it fails. It returns the port's address.
func startPostfix(t *testing.T, dir string, transports map[string]string) string {
	t.Helper()
	cannot := func(why string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	postfix, err := exec.LookPath("postfix")
	if err != nil {
		cannot("no Postfix on this machine: install Debian's package postfix to run this test")
	}
	owner, err := user.Lookup("postfix")
	if err != nil || os.Getuid() != 0 {
		cannot("Postfix is started by root only")
	}
	daemons, err := exec.Command("postconf", "-dh", "daemon_directory").Output()
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	var routes []string
	for domain, to := range transports {
		routes = append(routes, domain+"="+to)
	}
	for _, sub := range []string{"conf", "queue", "data"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(dir, "data"), uid, -1); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "conf", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.cf", fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
daemon_directory = %[2]s
mail_owner = postfix
setgid_group = postdrop
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
myhostname = mail.silta.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
transport_maps = inline:{ %[3]s }
notify_classes =
`, dir, strings.TrimSpace(string(daemons)), strings.Join(routes, ", ")))
	services := addr + " inet n - n - - smtpd\n" + "postlog unix-dgram n - n - 1 postlogd\n"
	for _, s := range []string{
		"cleanup n 0 cleanup", "qmgr n 1 qmgr", "rewrite - - trivial-rewrite", "bounce - 0 bounce", "defer - 0 bounce", "trace - 0 bounce",
		"proxymap - - proxymap", "smtp - - smtp", "lmtp - - lmtp", "error - - error", "retry - - error", "anvil - 1 anvil", "scache - 1 scache",
	} {
		f := strings.Fields(s)
		wake := "-"
		if f[0] == "qmgr" {
			wake = "300"
		}
		services += fmt.Sprintf("%s unix %s - n %s %s %s\n", f[0], f[1], wake, f[2], f[3])
	}
	write("master.cf", services)
	run := func(what string) ([]byte, error) {
		return exec.Command(postfix, "-c", filepath.Join(dir, "conf"), what).CombinedOutput()
	}
	if out, err := run("start"); err != nil {
		t.Fatalf("postfix start: %v\n%s\n%s", err, out, logOf(dir))
	}
	t.Cleanup(func() {
		if out, err := run("stop"); err != nil {
			t.Errorf("postfix stop: %v\n%s", err, out)
		}
	})
	return addr
}

func logOf(dir string) string {
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err.Error()
	}
	return string(log)
}

// TestPostfix lets a mail about a new request go by a real Postfix to a server that does not know the address. Postfix returns it
// over LMTP, and the request is told to the next people long before its deadline.
func TestPostfix(t *testing.T) {
	dir, err := os.MkdirTemp("", "postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // Postfix drops root's rights.
		t.Fatal(err)
	}
	var mu sync.Mutex
	unknown := ""
	hospital := mailtest.Start(t, mailtest.Options{NoTLS: true})
	hospital.Refuse(func(stage, to string) error {
		mu.Lock()
		defer mu.Unlock()
		if stage == "RCPT" && unknown == to {
			return mailtest.Reply(550)
		}
		return nil
	})
	socket := filepath.Join(dir, "lmtp.sock")
	smtp := startPostfix(t, dir, map[string]string{
		"bounces.silta.example": "lmtp:unix:" + socket, "silta.example": "smtp:[127.0.0.1]:" + hospital.Addr[strings.LastIndexByte(hospital.Addr, ':')+1:],
	})

	var log bytes.Buffer
	c := config.Default()
	c.Listen, c.NATS.Listen, c.Data = "127.0.0.1:0", "", filepath.Join(t.TempDir(), "data")
	c.Mail = config.Mail{
		SMTP: smtp, Security: config.NoTLS, From: mail.Address{Address: "silta@silta.example"}, Helo: "silta.example",
		ReturnPathDomain: "bounces.silta.example", Inbound: config.Inbound{LMTP: "unix:" + socket},
	}
	monday := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	a, err := New(Options{Config: c, Demo: &Demo{Start: monday, Speed: 1, Empty: true}, Log: slog.New(slog.NewTextHandler(&log, nil)), Stdout: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	ask := func(method, path string, body, reply any) int {
		t.Helper()
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr()+path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer demo-nurse")
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(reply); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	type consultation struct {
		ID, Ref    string
		Escalation int
	}
	// told sends a request, and returns it with the first address at which a mail about it arrives.
	told := func() (consultation, string) {
		t.Helper()
		var sent consultation
		status := ask(http.MethodPost, "/api/v1/consultations", map[string]any{
			"client":   map[string]any{"age": 9, "municipality": "Ylöjärvi"},
			"concerns": []string{"mood"}, "urgency": "soon", "question": "SALAISUUS: miten jatkamme?",
		}, &sent)
		if status != http.StatusCreated {
			t.Fatalf("submit: %d", status)
		}
		deadline := time.After(time.Minute)
		look := time.NewTicker(50 * time.Millisecond)
		defer look.Stop()
		for {
			for _, m := range hospital.Mails() {
				text := mailtest.Text(t, m.Raw)
				if strings.Contains(text, "SALAISUUS") {
					t.Fatalf("a mail tells what was typed:\n%s", text)
				}
				if strings.Contains(text, sent.Ref) {
					ask(http.MethodGet, "/api/v1/consultations/"+sent.ID, nil, &sent)
					return sent, m.To
				}
			}
			select {
			case <-look.C:
			case <-deadline:
				t.Fatalf("nobody was told in a minute; Postfix says:\n%s", logOf(dir))
			}
		}
	}
	one, first := told()
	mu.Lock()
	unknown = first
	mu.Unlock()
	another, second := told()
	if one.Escalation != 0 || another.Escalation != 1 || second == first {
		t.Errorf("escalation %d to %s, and when that came back %d to %s", one.Escalation, first, another.Escalation, second)
	}
	var ready struct {
		Status string
		Checks []struct{ Name, Status, Detail string }
	}
	if status := ask(http.MethodGet, "/readyz", nil, &ready); status != http.StatusOK || ready.Status != "warning" || !strings.Contains(fmt.Sprint(ready.Checks), "mail does not arrive at "+strings.TrimSuffix(first, "@silta.example")) {
		t.Errorf("%d %+v", status, ready)
	}
}
