// Package mailtest is a mail server for tests: it takes mails, or refuses them as the test says.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Mail is what the server was handed over.
type Mail struct {
	From, To string
	User     string
	TLS      bool
	Raw      []byte
}

// Server is a mail server on this machine.
type Server struct {
	// Addr is host:port.
	Addr string
	// TLS trusts the server's certificate.
	TLS *tls.Config

	smtp  *smtp.Server
	mu    sync.Mutex
	mails []Mail
	// refuse, where not nil, says how a command is answered, and the receiver.
	refuse func(stage, to string) error
	// watch, where not nil, hears of every command, with the mail as far as it is known.
	watch    func(stage string, m Mail)
	password string
}

// Options of a server.
type Options struct {
	// Implicit: TLS from the first byte. Otherwise STARTTLS is offered.
	Implicit bool
	// Password is that of every user; "": nobody needs to sign in.
	Password string
	// NoTLS: none is offered.
	NoTLS bool
}

// Start starts a server that ends with the test.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), password: o.Password}
	certificate, pool := Certificate(tb)
	s.TLS = &tls.Config{RootCAs: pool}
	s.smtp = smtp.NewServer(s)
	s.smtp.Domain = "mail.test"
	s.smtp.AllowInsecureAuth = o.NoTLS
	s.smtp.ErrorLog = quiet{}
	if !o.NoTLS {
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	if o.Implicit {
		l = tls.NewListener(l, s.smtp.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.smtp.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			tb.Error(err)
		}
	}()
	tb.Cleanup(func() {
		if err := s.smtp.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			tb.Error(err)
		}
		<-done
	})
	return s
}

// Refuse sets how commands are answered from now on; nil: everything is taken. Stages are "HELLO", "MAIL", "RCPT", "BODY" before the
// mail itself is read, "DATA" when all of it was, and "QUIT", whose answer counts for nothing.
func (s *Server) Refuse(how func(stage, to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = how
}

// Watch sets who hears of every command from now on, before it is answered; the stages are those of Refuse.
func (s *Server) Watch(hear func(stage string, m Mail)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = hear
}

// Mails returns what has been taken, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Reply is a refusal with a code and words that nobody should see in a log.
func Reply(code int) error { return Says(code, "SECRET words of the server") }

// Says is a refusal with a code and words of one's own.
func Says(code int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: words}
}

// NewSession implements [smtp.Backend].
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	session := &session{server: s, conn: c}
	return session, session.answer("HELLO")
}

type session struct {
	server *Server
	conn   *smtp.Conn
	mail   Mail
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.mail.User = user
		return nil
	}), nil
}

func (s *session) answer(stage string) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.watch != nil {
		s.server.watch(stage, s.mail)
	}
	if s.server.password != "" && s.mail.User == "" && stage != "HELLO" && stage != "QUIT" {
		return smtp.ErrAuthRequired
	}
	if s.server.refuse == nil {
		return nil
	}
	return s.server.refuse(stage, s.mail.To)
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.From = from
	return s.answer("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = to
	return s.answer("RCPT")
}

func (s *session) Data(r io.Reader) error {
	if err := s.answer("BODY"); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.answer("DATA"); err != nil {
		return err
	}
	_, s.mail.TLS = s.conn.TLSConnectionState()
	s.mail.Raw = raw
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return s.answer("QUIT") }

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Certificate makes a certificate for 127.0.0.1, and the authority that has signed it.
func Certificate(tb testing.TB) (tls.Certificate, *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
