package mail

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Security is how the way to the mail server is protected.
type Security string

// Ways to protect it.
const (
	// StartTLS begins in clear and goes on encrypted, or not at all. This is what "" means.
	StartTLS Security = "starttls"
	// ImplicitTLS is encrypted from the first byte.
	ImplicitTLS Security = "tls"
	// Plain is not encrypted. It is for a server on the same machine.
	Plain Security = "none"
)

// SMTPConfig says which mail server takes the mails.
type SMTPConfig struct {
	// Addr is host:port.
	Addr     string
	Security Security
	// AllowPlain lets Plain be used with a server that is not on this machine.
	AllowPlain bool
	// TLS checks the server; nil: by the system's authorities and the host of Addr.
	TLS *tls.Config
	// User and Password sign in, where User is not "".
	User     string
	Password string
	// Name is how this machine introduces itself; "" is "localhost".
	Name string
	// Timeout bounds the connection and each command, and four times as much the mail itself; 0 is half a minute.
	Timeout time.Duration
	// DKIM signs, where not nil.
	DKIM *DKIM
}

// DKIM is the key that mails are signed with (RFC 6376).
type DKIM struct {
	Domain   string
	Selector string
	// Key is an RSA or Ed25519 key.
	Key crypto.Signer
}

// SMTP sends mails by a mail server. It is safe for concurrent use.
type SMTP struct {
	config SMTPConfig
	host   string
}

// NewSMTP checks the configuration. It does not connect.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	c.Security = cmp.Or(c.Security, StartTLS)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Name = cmp.Or(c.Name, "localhost")
	switch c.Security {
	case StartTLS, ImplicitTLS:
	case Plain:
		if ip := net.ParseIP(host); host != "localhost" && !c.AllowPlain && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("mail server: without encryption only a server on this machine is used, unless that is allowed in so many words")
		}
	default:
		return nil, fmt.Errorf(`mail server: security is "starttls", "tls" or "none", not %q`, c.Security)
	}
	tlsConfig := new(tls.Config)
	if c.TLS != nil {
		tlsConfig = c.TLS.Clone()
	}
	tlsConfig.ServerName = cmp.Or(tlsConfig.ServerName, host)
	tlsConfig.MinVersion = max(tlsConfig.MinVersion, tls.VersionTLS12)
	c.TLS = tlsConfig
	if d := c.DKIM; d != nil && (d.Domain == "" || d.Selector == "" || d.Key == nil) {
		return nil, errors.New("mail server: DKIM needs a domain, a selector and a key")
	}
	return &SMTP{config: c, host: host}, nil
}

// Send hands the mail over. The error is an [*Error] where the server has refused this mail; any other means that the server
// could not be reached, or would not talk to us, and that another mail would fare no better.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	raw, err := s.signed(m.Raw)
	if err != nil {
		return err
	}
	client, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	if err := client.Mail(m.ReturnPath, nil); err != nil {
		return refusal("MAIL", err)
	}
	if err := client.Rcpt(m.To, nil); err != nil {
		return refusal("RCPT", err)
	}
	data, err := client.Data()
	if err != nil {
		return refusal("DATA", err)
	}
	// The client bounds what is said before and after the mail, and not how long a server may take to read it.
	defer time.AfterFunc(4*s.config.Timeout, func() { _ = client.Close() }).Stop()
	if _, err := data.Write(raw); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := data.Close(); err != nil {
		return refusal("DATA", err)
	}
	// The mail is theirs now, however they take our leaving.
	_ = client.Quit()
	return nil
}

func (s *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	// The client's own limits can only be set when the greeting is over, so that the whole of it has one here.
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.config.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	if s.config.Security == ImplicitTLS {
		conn = tls.Client(conn, s.config.TLS)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client, err := s.greet(conn)
	if err != nil {
		_ = conn.Close()
		return nil, session(err)
	}
	return client, nil
}

// greet brings the session to where a mail can be handed over.
func (s *SMTP) greet(conn net.Conn) (*smtp.Client, error) {
	var client *smtp.Client
	if s.config.Security == StartTLS {
		var err error
		if client, err = smtp.NewClientStartTLS(conn, s.config.TLS); err != nil {
			return nil, err
		}
	} else {
		client = smtp.NewClient(conn)
	}
	client.CommandTimeout, client.SubmissionTimeout = s.config.Timeout, 2*s.config.Timeout
	if err := client.Hello(s.config.Name); err != nil {
		return nil, err
	}
	if s.config.User == "" {
		return client, nil
	}
	return client, client.Auth(sasl.NewPlainClient("", s.config.User, s.config.Password))
}

func (s *SMTP) signed(raw []byte) ([]byte, error) {
	d := s.config.DKIM
	if d == nil {
		return raw, nil
	}
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: d.Key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{
			"From", "To", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Auto-Submitted", "Mime-Version", "Content-Type",
		},
	})
	if err != nil {
		return nil, fmt.Errorf("sign the mail: %w", err)
	}
	return b.Bytes(), nil
}

// refusal tells a server's answer to this mail from the loss of the server. 421 is the server's way to say that it goes.
func refusal(stage string, err error) error {
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok && reply.Code != 421 {
		e := &Error{Code: reply.Code, Stage: stage}
		if c := reply.EnhancedCode; c[0] == reply.Code/100 {
			e.Enhanced = fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
		}
		return e
	}
	return session(err)
}

// session leaves a server's own words out of an error that is not about one mail.
func session(err error) error {
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return fmt.Errorf("mail server: it does not talk to us: reply %d", reply.Code)
	}
	// A protocol error quotes the line.
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return errors.New("mail server: it does not talk to us: its reply cannot be read")
	}
	return fmt.Errorf("mail server: %s", strings.TrimPrefix(err.Error(), "smtp: "))
}
