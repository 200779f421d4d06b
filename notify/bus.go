package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// StreamName is the JetStream stream that holds the events.
	StreamName = "SILTA_EVENTS"
	subjects   = subjectPrefix + ">"
	// mailerConsumer is the durable consumer by which mails are planned.
	mailerConsumer = "mailer"
	// duplicates is how long the stream recognises a repeated position.
	duplicates = 2 * time.Minute
	// answerTimeout bounds every request to the server.
	answerTimeout = 5 * time.Second
)

// Config says which NATS server to use, and who may listen.
type Config struct {
	// Dir is the directory of the embedded server's store. What is in it may be deleted at any time.
	Dir string
	// Listen is host:port on which the embedded server lets readers in; port 0 takes any. "": nobody is let in.
	Listen string
	// TLS secures the listener; nil: plain.
	TLS *tls.Config
	// Reader may read the events and do nothing else. Without a password there is no such user.
	Reader Credentials
	// External, where not nil, is used in place of the embedded server.
	External *External
	Log      *slog.Logger
}

// External is a NATS server that stands elsewhere. Its users and permissions are its operator's.
type External struct {
	// URL is one address or several, separated by commas.
	URL string
	Credentials
	// CredsFile is a credentials file of NATS, in place of user and password.
	CredsFile string
	// CA is a file of the certificates that the server's is checked by, in PEM form, read anew for each connection; "": those that the
	// system knows.
	CA string
	// Replicas of the stream in a cluster; 0 means 1.
	Replicas int
}

// Bus is the connection to NATS, and the server where it is embedded.
type Bus struct {
	config Config
	server *embedded
	conn   *nats.Conn
	js     jetstream.JetStream
}

// Open starts the embedded server or connects to the external one. A store that can't be used is deleted and made anew. An
// external server that does not answer is no error: the connection is made as soon as it does.
func Open(c Config) (*Bus, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.External != nil {
		b := &Bus{config: c}
		if err := b.connect(c.External.URL, c.External.options()...); err != nil {
			b.Close()
			return nil, err
		}
		return b, nil
	}
	b, err := openEmbedded(c)
	if err == nil || errors.Is(err, errNotStore) {
		return b, err
	}
	c.Log.Warn("the event store can't be used and is made anew", "error", err)
	if err := os.RemoveAll(filepath.Join(c.Dir, server.JetStreamStoreDir)); err != nil {
		return nil, fmt.Errorf("event store: %w", err)
	}
	return openEmbedded(c)
}

func openEmbedded(c Config) (*Bus, error) {
	s, err := startEmbedded(c)
	if err != nil {
		return nil, err
	}
	b := &Bus{config: c, server: s}
	err = b.connect("", nats.InProcessServer(s.Server), nats.UserInfo(internalUser, s.password))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		_, err = b.stream(ctx)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) connect(url string, opts ...nats.Option) error {
	log := b.config.Log
	opts = append(opts,
		nats.Name("silta"), nats.IgnoreAuthErrorAbort(), nats.CustomInboxPrefix(inboxPrefix), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("nats connection", "error", err) }))
	var err error
	if b.conn, err = nats.Connect(url, opts...); err != nil {
		return fmt.Errorf("connect to nats: %w", err)
	}
	b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(answerTimeout),
		jetstream.WithPublishAsyncTimeout(answerTimeout), jetstream.WithPublishAsyncMaxPending(2*batchSize))
	return err
}

func (x *External) options() []nats.Option {
	opts := []nats.Option{nats.RetryOnFailedConnect(true)}
	if x.CredsFile != "" {
		opts = append(opts, nats.UserCredentials(x.CredsFile))
	}
	if x.User != "" {
		opts = append(opts, nats.UserInfo(x.User, x.Password))
	}
	if x.CA != "" {
		opts = append(opts, nats.RootCAs(x.CA))
	}
	return opts
}

// Addr returns the host:port on which readers are let in, or "".
func (b *Bus) Addr() string {
	if b.server == nil || b.config.Listen == "" || b.server.Addr() == nil {
		return ""
	}
	return b.server.Addr().String()
}

// Connected reports whether the server answers.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// why says of an error that there is no connection, where there is none: a request that is not answered does not say it.
func (b *Bus) why(err error) error {
	if b.Connected() {
		return err
	}
	return fmt.Errorf("the server of events is not connected: %w", cmp.Or(b.conn.LastError(), err))
}

// Close ends the connection, and the embedded server when everything is on disk.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.stop()
	}
}

// stream returns the stream, made where it is missing. One that is of another shape or has holes is made anew.
func (b *Bus) stream(ctx context.Context) (jetstream.Stream, error) {
	s, err := b.js.Stream(ctx, StreamName)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return b.create(ctx)
	case err != nil:
		return nil, err
	}
	if info := s.CachedInfo(); !b.sound(info) {
		return b.anew(ctx, "it is not whole")
	}
	return s, nil
}

// anew deletes the stream and makes an empty one.
func (b *Bus) anew(ctx context.Context, why string) (jetstream.Stream, error) {
	b.config.Log.Warn("the stream of events is made anew and told again", "why", why)
	if err := b.js.DeleteStream(ctx, StreamName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, err
	}
	return b.create(ctx)
}

// create makes the stream. A server that has just deleted its only stream removes the two directories above it behind its
// answer, and either may go while the new stream's is made in it: hence as many more tries.
func (b *Bus) create(ctx context.Context) (s jetstream.Stream, err error) {
	for range 1 + 2 {
		s, err = b.js.CreateStream(ctx, b.streamConfig())
		if refused, ok := errors.AsType[*jetstream.APIError](err); !ok || refused.Code != http.StatusInternalServerError {
			break
		}
	}
	return s, err
}

func (b *Bus) streamConfig() jetstream.StreamConfig {
	replicas := 1
	if b.config.External != nil {
		replicas = cmp.Or(b.config.External.Replicas, 1)
	}
	return jetstream.StreamConfig{
		Name: StreamName, Description: "What happened to consultations, without their contents", Subjects: []string{subjects},
		Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage, Replicas: replicas, Duplicates: duplicates,
		DenyDelete: true, DenyPurge: true,
	}
}

// sound reports whether the stream is the one that this program makes, from the first event to the last.
func (b *Bus) sound(i *jetstream.StreamInfo) bool {
	want, have, state := b.streamConfig(), i.Config, i.State
	if !slices.Equal(have.Subjects, want.Subjects) || have.Retention != want.Retention || have.Storage != want.Storage ||
		have.MaxMsgs > 0 || have.MaxBytes > 0 || have.MaxAge > 0 || have.MaxMsgsPerSubject > 0 || have.Mirror != nil || have.Sources != nil {
		return false
	}
	return state.NumDeleted == 0 && state.Msgs == state.LastSeq && (state.Msgs == 0 || state.FirstSeq == 1)
}
