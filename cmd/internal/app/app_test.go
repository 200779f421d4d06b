package app

import (
	"context"
	"io"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silta/cmd/internal/config"
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

// TestUnknownCommand: what a server does not understand, since another version of the program asks, it does not call done.
func TestUnknownCommand(t *testing.T) {
	a := startEmpty(t, "")
	r, closeRemote, ok := dial(a.o.Config.Data)
	if !ok {
		t.Fatal("nobody answers on the socket")
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
