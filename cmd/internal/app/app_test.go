package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/consult/journal"
	"silta/ui"
)

// settings are of a program on a port of its own, with new data, that gives its mails to a server without TLS.
func settings(tb testing.TB, smtp string) *config.Config {
	tb.Helper()
	c := config.Default()
	c.Listen, c.NATS.Listen, c.Data = "127.0.0.1:0", "", filepath.Join(tb.TempDir(), "data")
	c.Mail = config.Mail{
		SMTP: smtp, Security: config.NoTLS, From: mail.Address{Address: "silta@silta.example"}, Helo: "silta.example",
		ReturnPathDomain: "bounces.silta.example",
	}
	return c
}

// startEmpty starts a demo without requests on a free port, with these rules or else the example region's; its data is on the disk
// that the temporary directory is on.
func startEmpty(tb testing.TB, rules string) *App {
	tb.Helper()
	c := settings(tb, "")
	c.NATS.Listen = "127.0.0.1:0"
	var document []byte
	if rules != "" {
		document = []byte(rules)
	}
	return start(tb, Options{
		Config: c, RulesFile: "rules", RulesYAML: document, Demo: &Demo{Speed: 1, Empty: true}, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard,
	})
}

// start starts a program that ends with the test.
func start(tb testing.TB, o Options) *App {
	tb.Helper()
	a, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	if err := a.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return a
}

// TestWaitEnds: a program that nobody can reach any more says so, instead of waiting to be stopped.
func TestWaitEnds(t *testing.T) {
	a := startEmpty(t, "")
	ended, end := context.WithCancel(t.Context())
	end()
	if err := a.Wait(ended); err != nil {
		t.Errorf("told to stop: %v", err)
	}
	if err := a.listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.Wait(ctx); err == nil || !strings.HasPrefix(err.Error(), "web server: ") {
		t.Errorf("without its listener: %v", err)
	}
}

// TestJournalCheck: a server that cannot write is not ready, even where it still reads.
func TestJournalCheck(t *testing.T) {
	disk := errors.New("no space left on device")
	for _, c := range []struct {
		name          string
		read, written error
		want          ui.Check
	}{
		{"all is well", consult.Fail(consult.NotFound, "not-found"), nil, ui.Check{Status: ui.CheckOK}},
		{"nothing can be read", disk, nil, ui.Check{Status: ui.CheckFailed, Detail: "it cannot be read"}},
		{"nothing can be written", nil, disk, ui.Check{Status: ui.CheckFailed, Detail: "the last change could not be written"}},
		{"in doubt", nil, fmt.Errorf("%w (%w)", journal.ErrDoubt, disk), ui.Check{
			Status: ui.CheckFailed, Detail: "it is not known whether the last change is on the disk, and nothing more is written before the next start",
		}},
	} {
		c.want.Name = "journal"
		if got := journalCheck(c.read, c.written); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestOperationsGuide: every metric of the program and every check of /readyz is in the guide for whoever looks after a server, and nothing
// that there is not.
func TestOperationsGuide(t *testing.T) {
	guide, err := os.ReadFile("../../silta/OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	a := startEmpty(t, "")
	get := func(path string) string {
		res, err := http.Get("http://" + a.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	get("/sign-in") // A histogram is told of when it has counted something.
	names := func(pattern, text string) []string {
		var all []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			all = append(all, m[1])
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	has, told := names(`(?m)^# TYPE (silta_\w+)`, get("/metrics")), names("`(silta_[a-z_]+)`", string(guide))
	if !slices.Equal(has, told) || len(has) < 20 {
		t.Errorf("metrics:\n%v\nthe guide:\n%v", has, told)
	}
	checks, rows := names(`"name":"([^"]+)"`, get("/readyz")), names("(?m)^\\| `([a-z]+)` \\|", string(guide))
	if !slices.Equal(checks, rows) || len(checks) < 7 {
		t.Errorf("checks: %v\nthe guide: %v", checks, rows)
	}
}

// TestUnknownCommand: what a server does not understand, since another version of the program asks, it does not call done.
func TestUnknownCommand(t *testing.T) {
	a := startEmpty(t, "")
	r, closeRemote, ok, err := dial(t.Context(), a.o.Config.Data, patience)
	if !ok {
		t.Fatal("nobody answers on the socket", err)
	}
	defer closeRemote()
	if _, err := r.call(t.Context(), controlRequest{}); err == nil || err.Error() != errOtherVersion.Error() {
		t.Errorf("an unknown command: %v", err)
	}
	res, err := r.post(t.Context(), "/unknown", struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if answer, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(answer), errOtherVersion.Error()) {
		t.Errorf("an unknown path: %s, %v", answer, err)
	}
}
