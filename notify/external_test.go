package notify

import (
	"crypto/tls"
	"encoding/pem"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"silta/consult/consulttest"
	"silta/notify/mail/mailtest"
)

// startNATS runs a server that is not the program's own, on a port that a later one can have again.
func startNATS(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	return startGuarded(t, dir, port, "there")
}

// startGuarded is startNATS with another password.
func startGuarded(t testing.TB, dir string, port int, password string) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true, Username: "silta", Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		t.Fatal("the other server does not start")
	}
	t.Cleanup(func() { stopNATS(s) })
	return s
}

func stopNATS(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestServerElsewhere(t *testing.T) {
	store, dir, port := consulttest.Open(t), t.TempDir(), freePort(t)
	submit(t, store, 2)
	b, err := Open(Config{Log: discard(), External: &External{
		URL: "nats://127.0.0.1:" + strconv.Itoa(port), Credentials: Credentials{User: "silta", Password: "there"},
	}})
	if err != nil {
		t.Fatalf("a server that is not there yet: %v", err)
	}
	t.Cleanup(b.Close)
	if b.Addr() != "" || b.Connected() {
		t.Errorf("%q, connected %v", b.Addr(), b.Connected())
	}
	relay, _ := startRelay(t, b, store.Journal)
	h := startHub(t, b, store.Journal)
	sub := h.Subscribe(2, everything)
	defer sub.Close()
	if relay.Ready() {
		t.Error("ready without a server")
	}
	s := startNATS(t, dir, port)
	eventually(t, "the relay finds the server", func() bool { return relay.Ready() && relay.Lag() == 0 })

	stopNATS(s)
	eventually(t, "the loss is noticed", func() bool { return !relay.Ready() })
	submit(t, store, 5) // The journal goes on.
	s = startNATS(t, dir, port)
	eventually(t, "the relay catches up", func() bool { return relay.Ready() && relay.Lag() == 0 })
	equal(t, "what the live queue shows", collect(t, h, 2, 5), positionsUpTo(2, 7))
	if events, _ := state(t, b); events != 7 {
		t.Errorf("%d events", events)
	}

	stopNATS(s)
	submit(t, store, 1)
	startNATS(t, t.TempDir(), port) // Another store: everything is told again.
	eventually(t, "the relay starts again", func() bool { return relay.Ready() && relay.Lag() == 0 })
	if events, _ := state(t, b); events != 8 {
		t.Errorf("%d events", events)
	}
	for want := uint64(3); want <= 8; want++ {
		e, err := sub.Next(t.Context())
		if err != nil || e.Position != want {
			t.Fatalf("position %d, want %d, %v", e.Position, want, err)
		}
	}
}

// TestRefusedElsewhere: while a server that stands elsewhere is not there, or refuses the password, the log says so; when it takes it
// again, nobody has to start the program anew.
func TestRefusedElsewhere(t *testing.T) {
	store, dir, port := consulttest.Open(t), t.TempDir(), freePort(t)
	submit(t, store, 2)
	log := new(consulttest.Log)
	b, err := Open(Config{Log: slog.New(slog.NewTextHandler(log, nil)), External: &External{
		URL: "nats://127.0.0.1:" + strconv.Itoa(port), Credentials: Credentials{User: "silta", Password: "there"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	relay := NewRelay(b, store.Journal, "/silta", Sleep, b.config.Log, testMetrics(t))
	background(t, relay.Run)
	said := func(words string) func() bool { return func() bool { return strings.Contains(log.String(), words) } }
	eventually(t, "the log says that there is no server", said("the server of events is not connected"))
	s := startGuarded(t, dir, port, "another")
	eventually(t, "it is tried again and again", func() bool {
		v, err := s.Varz(nil)
		return err == nil && v.TotalConnections > 3
	})
	eventually(t, "the log says that the password is refused", said("Authorization Violation"))
	stopNATS(s)
	startNATS(t, dir, port)
	eventually(t, "the relay follows", func() bool { return relay.Ready() && relay.Lag() == 0 })
}

// TestEncrypted has a reader, and the program itself, speak TLS.
func TestEncrypted(t *testing.T) {
	certificate, authority := mailtest.Certificate(t)
	serverTLS := &tls.Config{Certificates: []tls.Certificate{certificate}}
	inside, err := Open(Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", TLS: serverTLS, Reader: reader, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	store := consulttest.Open(t)
	submit(t, store, 2)
	startRelay(t, inside, store.Journal)
	_, js := connect(t, inside, nats.Secure(&tls.Config{RootCAs: authority}))
	equal(t, "by TLS", hear(t, js, "other", 2), positionsUpTo(0, 2))
	if nc, err := nats.Connect("nats://"+inside.Addr(), nats.UserInfo(reader.User, reader.Password), nats.Secure(new(tls.Config))); err == nil {
		nc.Close()
		t.Error("an unknown authority was trusted")
	}

	opts := new(server.Options)
	opts.Host, opts.Port, opts.JetStream, opts.StoreDir, opts.NoSigs, opts.NoLog = "127.0.0.1", server.RANDOM_PORT, true, t.TempDir(), true, true
	opts.TLS, opts.TLSConfig, opts.TLSTimeout = true, serverTLS, patience.Seconds()
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopNATS(s) })
	if !s.ReadyForConnections(patience) {
		t.Fatal("the other server does not start")
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	outside, err := Open(Config{Log: discard(), External: &External{URL: s.ClientURL(), CA: ca}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(outside.Close)
	relay, _ := startRelay(t, outside, store.Journal)
	eventually(t, "the relay follows by TLS", func() bool { return relay.Ready() && relay.Lag() == 0 })
}

func TestPausesGrow(t *testing.T) {
	last := time.Duration(0)
	for failures := range 100 {
		p := backoff(failures)
		if p <= 0 || p < last || p > 30*time.Second {
			t.Fatalf("after %d failures: %s", failures, p)
		}
		last = p
	}
	if last != 30*time.Second {
		t.Errorf("the longest is %s", last)
	}
}
