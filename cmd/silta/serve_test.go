package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServe runs the real thing from the example configuration: the server starts, an operator adds people and tokens while it
// runs and while it does not, and what they do survives a restart.
func TestServe(t *testing.T) {
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "silta.yaml")
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	config := strings.NewReplacer("/var/lib/silta", filepath.Join(dir, "data"), "https://silta.example.fi", "http://"+address).Replace(string(example))
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := append(os.Environ(), "SILTA_LISTEN="+address, "SILTA_NATS_LISTEN=", "SILTA_MAIL_SMTP=127.0.0.1:1", "SILTA_MAIL_SECURITY=none")
	silta := func(want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(binary, append(args, "--config", file)...)
		cmd.Env = environ
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("silta %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
		}
		return strings.TrimSpace(out.String())
	}
	serve := func() (stop func()) {
		t.Helper()
		cmd := exec.Command(binary, "serve", "--config", file)
		cmd.Env = environ
		var log bytes.Buffer
		cmd.Stderr = &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		untilServing(t, address, ended, &log)
		return func() {
			t.Helper()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Errorf("after SIGTERM: %v\n%s", err, log.String())
			}
		}
	}

	silta(2, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "admin") // There is no data yet.
	stop := serve()
	silta(0, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--email", "nurse1@example.fi", "--role", "requester",
		"--profession", "school-nurse", "--municipality", "Tampere")
	silta(1, "user", "add", "nurse1", "--name", "Toinen", "--role", "admin") // The name is taken.
	stop()
	secret := lastField(silta(0, "token", "create", "nurse1", "--note", "test"))
	defer serve()()

	body := `{"client":{"age":9,"municipality":"Tampere"},"concerns":["anxiety"],"question":"Miten jatkamme?"}`
	req, err := http.NewRequest(http.MethodPost, "http://"+address+"/api/v1/consultations", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("a submission with the token: %s", res.Status)
	}
}

// freeAddress returns an address that nobody listened to just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// untilServing waits until the server answers that it is alive.
func untilServing(t *testing.T, address string, ended chan error, log fmt.Stringer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			t.Fatalf("the server ended: %v\n%s", err, log)
		case <-ctx.Done():
			t.Fatalf("the server does not answer")
		case <-tick.C:
		}
		if res, err := client.Get("http://" + address + "/healthz"); err == nil {
			res.Body.Close()
			return
		}
	}
}

func lastField(s string) string {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return ""
	}
	return fields[len(fields)-1]
}
