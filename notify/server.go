package notify

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startTimeout is how long the server may take to open its store and listen. A store of millions of events with a lost
// index is read through once.
const startTimeout = time.Minute

// embedded is the NATS server inside the program.
type embedded struct {
	*server.Server
	password string
}

// errNotStore marks faults that a new store would not cure.
var errNotStore = errors.New("event server")

// startEmbedded starts the server.
func startEmbedded(c Config) (*embedded, error) {
	e := &embedded{password: rand.Text()}
	opts := new(server.Options)
	if err := opts.ProcessConfigString(accounts(e.password, c.Reader)); err != nil {
		return nil, fmt.Errorf("%w: accounts: %w", errNotStore, err)
	}
	if err := listen(opts, c); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotStore, err)
	}
	opts.ServerName = "silta"
	opts.NoSigs = true
	opts.JetStream = true
	opts.StoreDir = c.Dir
	opts.JetStreamMaxMemory = 64 << 20
	opts.MaxPayload = 64 << 10
	opts.MaxConn = 1024
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, err
	}
	log := &serverLog{log: c.Log, fatal: make(chan struct{}, 1)}
	s.SetLoggerV2(log, false, false, false)
	e.Server = s
	s.Start()
	if err := e.await(opts, log); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

func (e *embedded) await(opts *server.Options, log *serverLog) error {
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); {
		if e.ReadyForConnections(50 * time.Millisecond) {
			if !e.JetStreamEnabled() {
				return errors.New("the store can't be used")
			}
			return nil
		}
		select {
		case <-log.fatal:
			if !e.JetStreamEnabled() {
				return errors.New("the store can't be used")
			}
			return fmt.Errorf("%w: can't listen on %s", errNotStore, net.JoinHostPort(opts.Host, strconv.Itoa(opts.Port)))
		default:
		}
	}
	return fmt.Errorf("%w: not ready within %s", errNotStore, startTimeout)
}

func (e *embedded) stop() {
	e.Shutdown()
	e.WaitForShutdown()
}

func listen(opts *server.Options, c Config) error {
	if c.Listen == "" {
		opts.DontListen = true
		return nil
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("address %s: not a port", c.Listen)
	}
	opts.Host, opts.Port = host, int(n)
	if n == 0 {
		opts.Port = server.RANDOM_PORT
	}
	if c.TLS != nil {
		opts.TLS = true
		opts.TLSConfig = c.TLS
		opts.TLSTimeout = 5
	}
	return nil
}

// serverLog hands what the server says to the program's log.
type serverLog struct {
	log   *slog.Logger
	fatal chan struct{}
}

func (l *serverLog) Noticef(format string, v ...any) {
	l.log.Debug("nats: " + fmt.Sprintf(format, v...))
}

// Warnf leaves out that passwords are not hashed: they are those of the configuration, and one that lives as long as the server.
func (l *serverLog) Warnf(format string, v ...any) {
	if !strings.HasPrefix(format, "Plaintext passwords") {
		l.log.Info("nats: " + fmt.Sprintf(format, v...))
	}
}
func (l *serverLog) Errorf(format string, v ...any) { l.log.Warn("nats: " + fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(format string, v ...any) {}
func (l *serverLog) Tracef(format string, v ...any) {}

// Fatalf would end the process in the server's own logger.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.log.Error("nats: " + fmt.Sprintf(format, v...))
	select {
	case l.fatal <- struct{}{}:
	default:
	}
}
