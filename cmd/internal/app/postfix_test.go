package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"silta/cmd/internal/config"
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
	hospital := newHospital(t)
	socket := filepath.Join(dir, "lmtp.sock")
	_, port, err := net.SplitHostPort(hospital.Addr)
	if err != nil {
		t.Fatal(err)
	}
	smtp := startPostfix(t, dir, map[string]string{"bounces.silta.example": "lmtp:unix:" + socket, "silta.example": "smtp:[127.0.0.1]:" + port})
	m := startMailing(t, hospital, smtp, config.Inbound{LMTP: "unix:" + socket})
	one, first := m.submit()
	hospital.forget(first)
	another, second := m.submit()
	if t.Failed() {
		t.Logf("Postfix says:\n%s", logOf(dir))
	}
	if one.Escalation != 0 || another.Escalation != 1 || second == first {
		t.Errorf("escalation %d to %s, and when that came back %d to %s", one.Escalation, first, another.Escalation, second)
	}
	m.flagged(first)
}
