package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// Receiver deals with mails that come in.
type Receiver interface {
	// Accepts reports whether mail for an address is taken.
	Accepts(address string) bool
	// Receive deals with a mail for the addresses of the envelope. What it has returned nil for need not be kept; after an error the
	// mail is to be handed over again later. It can be handed over any number of times.
	Receive(ctx context.Context, r io.Reader, env Envelope) error
}

const (
	// maxTransfer is the longest mail that is taken in, in bytes. Of a longer one than MaxIncoming the beginning counts.
	maxTransfer = 10 << 20
	// maxRecipients is how many receivers a mail can have at once.
	maxRecipients = 100
	lmtpTimeout   = 5 * time.Minute
)

// LMTP takes mails in over LMTP (RFC 2033). It asks nobody for a password, so it must be reached by the mail server alone.
type LMTP struct {
	server *smtp.Server
	// cancel ends the dealing with mails that are being handed over.
	cancel context.CancelFunc
	done   chan struct{}
}

// ServeLMTP serves a listener, which belongs to it from then on, until it is stopped. Name is how the program introduces itself.
func ServeLMTP(l net.Listener, name string, to Receiver, log *slog.Logger) *LMTP {
	ctx, cancel := context.WithCancel(context.Background())
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &lmtpSession{ctx: ctx, to: to, log: log}, nil
	}))
	s.LMTP, s.Domain = true, name
	s.MaxMessageBytes, s.MaxRecipients = maxTransfer, maxRecipients
	s.ReadTimeout, s.WriteTimeout = lmtpTimeout, lmtpTimeout
	s.ErrorLog = lmtpLog{log}
	served := &LMTP{server: s, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(served.done)
		if err := s.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			log.Error("mail does not come in any more", "error", err)
		}
	}()
	return served
}

// Stop takes no new connections and lets the present ones end, until the context does. What is not dealt with by then comes again.
func (l *LMTP) Stop(ctx context.Context) error {
	err := l.server.Shutdown(ctx)
	l.cancel()
	<-l.done
	if ctx.Err() != nil {
		// A mail server keeps its connection open for a while: that one is still there is no fault.
		return nil
	}
	return err
}

// lmtpLog leaves out what the library says: it may quote the other side.
type lmtpLog struct{ log *slog.Logger }

func (l lmtpLog) Printf(string, ...any) { l.log.Debug("a connection over LMTP failed") }
func (l lmtpLog) Println(...any)        { l.log.Debug("a connection over LMTP failed") }

type lmtpSession struct {
	ctx  context.Context
	to   Receiver
	log  *slog.Logger
	null bool
	rcpt []string
}

func (s *lmtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s.null = from == ""
	return nil
}

// Rcpt refuses addresses that are not the program's at once: there is nobody who would read the mail.
func (s *lmtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !s.to.Accepts(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such address here"}
	}
	s.rcpt = append(s.rcpt, to)
	return nil
}

// LMTPData deals with the mail for each receiver by itself.
func (s *lmtpSession) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	raw, err := io.ReadAll(io.LimitReader(r, MaxIncoming))
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	for _, to := range s.rcpt {
		err := s.to.Receive(s.ctx, bytes.NewReader(raw), Envelope{Null: s.null, To: []string{to}})
		if err != nil {
			s.log.Error("a mail that came in is to come again", "error", err)
			err = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not now, try again later"}
		}
		status.SetStatus(to, err)
	}
	return nil
}

// Data is what the library calls without LMTP, which is never.
func (s *lmtpSession) Data(io.Reader) error { return errors.New("this is LMTP") }

func (s *lmtpSession) Reset()        { s.null, s.rcpt = false, nil }
func (s *lmtpSession) Logout() error { return nil }
