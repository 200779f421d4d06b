package notify

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"silta/consult"
	"silta/consult/consulttest"
)

var reader = Credentials{User: "reader", Password: "of the test"}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func testMetrics(t testing.TB) *Metrics {
	t.Helper()
	m, err := NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openBus(t testing.TB, dir string) *Bus {
	t.Helper()
	b, err := Open(Config{Dir: dir, Listen: "127.0.0.1:0", Reader: reader, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// background runs a part of the program until the test ends, or until the returned function is called.
func background(t testing.TB, run func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

func startRelay(t testing.TB, b *Bus, j Journal) (*Relay, func()) {
	t.Helper()
	r := NewRelay(b, j, "/silta", Sleep, discard(), testMetrics(t))
	return r, background(t, r.Run)
}

// eventually waits for a condition that must come true.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// connect is another system with the readers' credentials and the defaults of its library.
func connect(t testing.TB, b *Bus, opts ...nats.Option) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	opts = append([]nats.Option{nats.UserInfo(reader.User, reader.Password)}, opts...)
	nc, err := nats.Connect("nats://"+b.Addr(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js
}

func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "nats-reader")
	first, err := Secret(path)
	if err != nil || len(first) < 20 {
		t.Fatalf("first password: %q, %v", first, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("file: %v, %v", info.Mode(), err)
	}
	if again, err := Secret(path); again != first || err != nil {
		t.Fatalf("the second start: %q, %v", again, err)
	}
	if err := os.WriteFile(path, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Secret(path); err == nil {
		t.Fatal("an empty file is no password")
	}
}

func TestListenAddress(t *testing.T) {
	for _, listen := range []string{"4222", "127.0.0.1:nats", "127.0.0.1:70000", "127.0.0.1:-1"} {
		if b, err := Open(Config{Dir: t.TempDir(), Listen: listen}); err == nil {
			b.Close()
			t.Errorf("%s was taken", listen)
		}
	}
	taken := openBus(t, t.TempDir())
	dir := t.TempDir()
	if b, err := Open(Config{Dir: dir, Listen: taken.Addr()}); err == nil {
		b.Close()
		t.Error("an address in use was taken")
	}
	silent, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if silent.Addr() != "" || !silent.Connected() {
		t.Errorf("without an address: %q, connected %v", silent.Addr(), silent.Connected())
	}
}

// submit appends submissions to the journal and returns their entries as they stand there.
func submit(t testing.TB, s *consulttest.Store, n int) []consult.Envelope {
	t.Helper()
	var all []consult.Envelope
	for range n {
		e := consulttest.Submission{Number: int(s.Journal.Head()) + 1}.Entry()
		r, err := s.Journal.Append(t.Context(), e, 0)
		if err != nil {
			t.Fatal(err)
		}
		e.Position = r.Position
		all = append(all, e.Envelope)
	}
	return all
}
