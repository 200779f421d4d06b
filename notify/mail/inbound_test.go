package mail_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"silta/notify/mail"
)

// desk takes mail for addresses that begin with "bounce", and remembers it.
type desk struct {
	mu    sync.Mutex
	taken []string
	fail  string
}

func (d *desk) Accepts(address string) bool { return strings.HasPrefix(address, "bounce") }

func (d *desk) Receive(_ context.Context, r io.Reader, env mail.Envelope) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != "" && strings.Contains(strings.Join(env.To, " ")+string(raw), d.fail) {
		return errors.New("not now")
	}
	sender := "somebody"
	if env.Null {
		sender = "<>"
	}
	d.taken = append(d.taken, sender+" → "+strings.Join(env.To, " ")+": "+strings.TrimSpace(string(raw[:min(len(raw), 20)])))
	return nil
}

func (d *desk) list() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.taken)
}

func serveLMTP(t *testing.T, network, address string) (*desk, *smtp.Client) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	d := new(desk)
	served := mail.ServeLMTP(l, "silta.test", d, slog.New(slog.DiscardHandler))
	conn, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := smtp.NewClientLMTP(conn)
	t.Cleanup(func() {
		_ = client.Close()
		if err := served.Stop(t.Context()); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return d, client
}

func deliver(t *testing.T, c *smtp.Client, from, body string, to ...string) (refused []string, err error) {
	t.Helper()
	if err := c.Mail(from, nil); err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, address := range to {
		if err := c.Rcpt(address, nil); err != nil {
			refused = append(refused, err.Error())
			continue
		}
		taken++
	}
	if taken == 0 {
		return refused, c.Reset()
	}
	data, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(data, body); err != nil {
		return refused, err
	}
	return refused, data.Close()
}

func TestLMTP(t *testing.T) {
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "lmtp.sock")} {
		t.Run(network, func(t *testing.T) {
			d, c := serveLMTP(t, network, address)
			refused, err := deliver(t, c, "", "First\r\n", "bounce+a@silta.test", "nobody@silta.test")
			if err != nil || len(refused) != 1 || !strings.Contains(refused[0], "550") {
				t.Errorf("%v, %v", refused, err)
			}
			if refused, err = deliver(t, c, "anna@example.org", "x", "nobody@silta.test"); err != nil || len(refused) != 1 {
				t.Errorf("%v, %v", refused, err)
			}
			// Each receiver has an answer of its own, and what was not dealt with is to come again.
			d.fail = "bounce+c"
			_, err = deliver(t, c, "anna@example.org", "Second\r\n", "bounce+b@silta.test", "bounce+c@silta.test")
			var each smtp.LMTPDataError
			if !errors.As(err, &each) || len(each) != 1 || each["bounce+c@silta.test"] == nil || each["bounce+c@silta.test"].Code != 451 {
				t.Errorf("%v", err)
			}
			if _, err = deliver(t, c, "", "Long\r\n"+strings.Repeat("x", 70)+"\r\n"+strings.Repeat(strings.Repeat("y", 70)+"\r\n", 30_000), "bounce+d@silta.test"); err != nil {
				t.Errorf("a mail of 2 MiB: %v", err)
			}
			if _, err = deliver(t, c, "", strings.Repeat(strings.Repeat("z", 70)+"\r\n", 160_000), "bounce+e@silta.test"); err == nil {
				t.Error("a mail of 11 MiB was taken")
			}
			want := []string{"<> → bounce+a@silta.test: First", "somebody → bounce+b@silta.test: Second", "<> → bounce+d@silta.test: Long\r\nxxxxxxxxxxxxxx"}
			if got := d.list(); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestMaildir(t *testing.T) {
	dir := t.TempDir()
	if _, err := mail.OpenMaildir(dir); err == nil {
		t.Error("an empty directory was taken for a Maildir")
	}
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := mail.OpenMaildir(dir)
	if err != nil {
		t.Fatal(err)
	}
	put("new/1.host", "First")
	put("new/2.host", "Bad")
	put("new/3.host", "Third")
	put("new/.hidden", "Hidden")
	put("tmp/4.host", "Unfinished")
	if err := os.Mkdir(filepath.Join(dir, "new", "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	d := &desk{fail: "Bad"}
	if err := m.Collect(t.Context(), d); err == nil || strings.Contains(err.Error(), "Bad") {
		t.Errorf("%v", err)
	}
	if got := strings.Join(d.list(), ","); got != "somebody → : First,somebody → : Third" {
		t.Error(got)
	}
	d.fail = ""
	for range 2 {
		if err := m.Collect(t.Context(), d); err != nil {
			t.Error(err)
		}
	}
	if got := len(d.list()); got != 3 {
		t.Errorf("%d mails were handed over, want each that was dealt with once", got)
	}
	seen, err := filepath.Glob(filepath.Join(dir, "cur", "*"))
	if err != nil || len(seen) != 3 || filepath.Base(seen[0]) != "1.host:2,S" {
		t.Errorf("%v, %v", seen, err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "new")); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	put("new/5.host", "Last")
	if err := m.Collect(cancelled, d); !errors.Is(err, context.Canceled) {
		t.Errorf("at the end of the program: %v", err)
	}
}

// slow takes a mail in once it may, unless its context ends before.
type slow struct{ begun, may chan struct{} }

func (slow) Accepts(string) bool { return true }

func (s slow) Receive(ctx context.Context, _ io.Reader, _ mail.Envelope) error {
	close(s.begun)
	<-s.may
	return ctx.Err()
}

// Somebody hands a mail over while the program stops: it is dealt with to its end.
func TestLMTPStopsAfterTheMail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := slow{make(chan struct{}), make(chan struct{})}
	served := mail.ServeLMTP(l, "silta.test", to, slog.New(slog.DiscardHandler))
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() {
		<-to.begun
		go func() { stopped <- served.Stop(t.Context()) }()
		for {
			// Once nobody answers, it is stopping.
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				break
			}
			_ = c.Close()
		}
		close(to.may)
	}()
	c := smtp.NewClientLMTP(conn)
	if _, err := deliver(t, c, "", "Late\r\n", "bounce+a@silta.test"); err != nil {
		t.Errorf("the mail is to come again: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
