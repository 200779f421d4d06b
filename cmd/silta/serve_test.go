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

// installation is a configuration of the real thing, with a data directory of its own.
type installation struct {
	t                     *testing.T
	binary, file, address string
	environ               []string
	// alive asks whether the server is; it is another one where it speaks TLS.
	alive func() (*http.Response, error)
}

// install writes a configuration from the example.
func install(t *testing.T) *installation {
	t.Helper()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	i := &installation{t: t, binary: binary, file: filepath.Join(dir, "silta.yaml"), address: freeAddress(t)}
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config := strings.NewReplacer("/var/lib/silta", filepath.Join(dir, "data"), "https://silta.example.fi", "http://"+i.address).Replace(string(example))
	if err := os.WriteFile(i.file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	i.alive = func() (*http.Response, error) { return client.Get("http://" + i.address + "/healthz") }
	i.environ = append(os.Environ(), "SILTA_LISTEN="+i.address, "SILTA_NATS_LISTEN=", "SILTA_MAIL_SMTP=127.0.0.1:1", "SILTA_MAIL_SECURITY=none")
	return i
}

// write puts a file beside the configuration, and returns its name.
func (i *installation) write(name, text string) string {
	i.t.Helper()
	path := filepath.Join(filepath.Dir(i.file), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	return path
}

// configure adds a section to the configuration.
func (i *installation) configure(section string) {
	i.t.Helper()
	config, err := os.ReadFile(i.file)
	if err != nil {
		i.t.Fatal(err)
	}
	i.write(filepath.Base(i.file), string(config)+section)
}

// silta runs a command, which must exit with this status, and returns what it prints.
func (i *installation) silta(want int, args ...string) string {
	i.t.Helper()
	return i.typed(want, "", args...)
}

// typed is silta with a standard input.
func (i *installation) typed(want int, input string, args ...string) string {
	i.t.Helper()
	cmd := exec.Command(i.binary, append(args, "--config", i.file)...)
	cmd.Env = i.environ
	cmd.Stdin = strings.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != want {
		i.t.Fatalf("silta %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	if want != 0 && errs.Len() == 0 {
		i.t.Errorf("silta %s: exit status %d, and it does not say why", strings.Join(args, " "), want)
	}
	if want != 0 {
		return strings.TrimSpace(out.String() + errs.String())
	}
	return strings.TrimSpace(out.String())
}

// serve runs the server until stop is called.
func (i *installation) serve() (stop func()) {
	i.t.Helper()
	cmd := exec.Command(i.binary, "serve", "--config", i.file)
	cmd.Env = i.environ
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		i.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	untilServing(i.t, i.alive, ended, &log)
	return func() {
		i.t.Helper()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			i.t.Fatal(err)
		}
		if err := <-ended; err != nil {
			i.t.Errorf("after SIGTERM: %v\n%s", err, log.String())
		}
	}
}

// call asks the API with a token and returns the status.
func (i *installation) call(method, path, secret, body string) int {
	i.t.Helper()
	req, err := http.NewRequest(method, "http://"+i.address+path, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		i.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

const submission = `{"client":{"age":9,"municipality":"Tampere"},"concerns":["anxiety"],"question":"Miten jatkamme?"}`

// TestServe runs the real thing from the example configuration: the server starts, an operator adds people and tokens while it
// runs and while it does not, and what they do survives a restart.
func TestServe(t *testing.T) {
	i := install(t)
	i.silta(2, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "admin") // There is no data yet.
	stop := i.serve()
	i.silta(0, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--email", "nurse1@example.fi", "--role", "requester",
		"--profession", "school-nurse", "--municipality", "Tampere")
	i.silta(1, "user", "add", "nurse1", "--name", "Toinen", "--role", "admin") // The name is taken.
	stop()
	secret := lastField(i.silta(0, "token", "create", "nurse1", "--note", "test"))
	defer i.serve()()
	if got := i.call(http.MethodPost, "/api/v1/consultations", secret, submission); got != http.StatusCreated {
		t.Errorf("a submission with the token: %d", got)
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
func untilServing(t *testing.T, alive func() (*http.Response, error), ended chan error, log fmt.Stringer) {
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
		if res, err := alive(); err == nil {
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
