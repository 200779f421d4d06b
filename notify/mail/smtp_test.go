package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"silta/notify/mail"
	"silta/notify/mail/mailtest"
)

func send(t *testing.T, c mail.SMTPConfig) error {
	t.Helper()
	s, err := mail.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(t.Context(), compose(t, notification()))
}

func TestWaysToTheServer(t *testing.T) {
	for _, c := range []struct {
		security mail.Security
		server   mailtest.Options
	}{
		{mail.StartTLS, mailtest.Options{}},
		{"", mailtest.Options{Password: "right"}},
		{mail.ImplicitTLS, mailtest.Options{Implicit: true, Password: "right"}},
		{mail.Plain, mailtest.Options{NoTLS: true}},
	} {
		t.Run(string(c.security)+c.server.Password, func(t *testing.T) {
			server := mailtest.Start(t, c.server)
			config := mail.SMTPConfig{Addr: server.Addr, Security: c.security, TLS: server.TLS, Name: "silta.test"}
			if c.server.Password != "" {
				config.User, config.Password = "silta", "right"
			}
			if err := send(t, config); err != nil {
				t.Fatal(err)
			}
			got := server.Mails()
			want := compose(t, notification())
			if len(got) != 1 || got[0].TLS == (c.security == mail.Plain) || got[0].User != config.User ||
				got[0].From != want.ReturnPath || got[0].To != want.To {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestNoTalk are faults that say nothing about the one mail: they must not end it.
func TestNoTalk(t *testing.T) {
	tlsServer, plain := mailtest.Start(t, mailtest.Options{Password: "right"}), mailtest.Start(t, mailtest.Options{NoTLS: true})
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := dead.Addr().String()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]mail.SMTPConfig{
		"down":                {Addr: addr},
		"unknown authority":   {Addr: tlsServer.Addr},
		"another name":        {Addr: tlsServer.Addr, TLS: &tls.Config{RootCAs: tlsServer.TLS.RootCAs, ServerName: "mail.other"}},
		"no encryption":       {Addr: plain.Addr},
		"wrong password":      {Addr: tlsServer.Addr, TLS: tlsServer.TLS, User: "silta", Password: "wrong"},
		"not TLS":             {Addr: plain.Addr, Security: mail.ImplicitTLS, Timeout: time.Second},
		"says nothing at all": {Addr: silent.Addr().String(), Timeout: 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			err := send(t, c)
			if err == nil {
				t.Fatal("it was sent")
			}
			if refusal, ok := errors.AsType[*mail.Error](err); ok {
				t.Errorf("taken for a refusal of the mail: %v", refusal)
			}
		})
	}
	if n := len(tlsServer.Mails()) + len(plain.Mails()); n != 0 {
		t.Errorf("%d mails arrived", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s, err := mail.NewSMTP(mail.SMTPConfig{Addr: silent.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := s.Send(ctx, compose(t, notification())); err == nil {
		t.Error("sent by a server that says nothing")
	}
}

// scripted is a mail server of one connection, by its address. It says that all is well to every line for which the script returns true, and
// hangs up at the first for which it does not.
func scripted(t *testing.T, script func(conn net.Conn, line string) bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewScanner(conn)
		for reply := "220 mail.example"; ; reply = "250 well" {
			if _, err := io.WriteString(conn, reply+"\r\n"); err != nil || !in.Scan() || !script(conn, in.Text()) {
				return
			}
		}
	}()
	return l.Addr().String()
}

// A server that takes the commands and then does not read the mail is given up as one that says nothing.
func TestUnreadMail(t *testing.T) {
	read := make(chan struct{})
	defer close(read)
	addr := scripted(t, func(conn net.Conn, line string) bool {
		if line == "DATA" {
			_, _ = io.WriteString(conn, "354 go on\r\n")
			<-read
		}
		return line != "DATA"
	})
	s, err := mail.NewSMTP(mail.SMTPConfig{Addr: addr, Security: mail.Plain, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	m := compose(t, notification())
	m.Raw = append(m.Raw, bytes.Repeat([]byte("More than any connection holds.\r\n"), 1<<20)...)
	if err := s.Send(ctx, m); err == nil || ctx.Err() != nil {
		t.Errorf("given up by the caller alone: %v", err)
	}
}

// A reply that is none can hold anything: none of it is in the error, which is logged.
func TestUnreadableReply(t *testing.T) {
	addr := scripted(t, func(conn net.Conn, line string) bool {
		if strings.HasPrefix(line, "RCPT") {
			_, _ = io.WriteString(conn, "SECRET: no mail for anna@example.org\r\n")
			return false
		}
		return true
	})
	err := send(t, mail.SMTPConfig{Addr: addr, Security: mail.Plain})
	if err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "@") {
		t.Errorf("%v", err)
	}
	if _, ok := errors.AsType[*mail.Error](err); ok {
		t.Error("taken for a refusal of the mail")
	}
}

func TestRefusals(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	for _, c := range []struct {
		stage     string
		code      int
		refusal   bool
		permanent bool
	}{
		{"MAIL", 451, true, false}, {"MAIL", 553, true, true}, {"RCPT", 450, true, false}, {"RCPT", 550, true, true},
		{"DATA", 452, true, false}, {"DATA", 554, true, true}, {"RCPT", 421, false, false},
	} {
		server.Refuse(func(stage, _ string) error {
			if stage == c.stage {
				return mailtest.Reply(c.code)
			}
			return nil
		})
		err := send(t, mail.SMTPConfig{Addr: server.Addr, TLS: server.TLS})
		refusal, ok := errors.AsType[*mail.Error](err)
		if err == nil || ok != c.refusal || ok && (refusal.Code != c.code || refusal.Stage != c.stage || refusal.Permanent() != c.permanent) {
			t.Errorf("%s %d: %v", c.stage, c.code, err)
		}
		if err != nil && (strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "@")) {
			t.Errorf("the error says too much: %v", err)
		}
	}
}

func TestConfigurations(t *testing.T) {
	for name, c := range map[string]mail.SMTPConfig{
		"no port":             {Addr: "mail.test"},
		"in clear, far away":  {Addr: "mail.test:25", Security: mail.Plain},
		"in clear, by number": {Addr: "192.0.2.1:25", Security: mail.Plain},
		"unknown":             {Addr: "mail.test:25", Security: "ssl"},
		"half a signature":    {Addr: "mail.test:25", DKIM: &mail.DKIM{Domain: "silta.test"}},
	} {
		if _, err := mail.NewSMTP(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for _, c := range []mail.SMTPConfig{
		{Addr: "localhost:25", Security: mail.Plain}, {Addr: "[::1]:25", Security: mail.Plain},
		{Addr: "mail.test:25", Security: mail.Plain, AllowPlain: true}, {Addr: "mail.test:587"},
	} {
		if _, err := mail.NewSMTP(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestSignature(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	server := mailtest.Start(t, mailtest.Options{})
	err = send(t, mail.SMTPConfig{
		Addr: server.Addr, TLS: server.TLS, DKIM: &mail.DKIM{Domain: "silta.test", Selector: "s1", Key: private},
	})
	if err != nil {
		t.Fatal(err)
	}
	verify := func(raw []byte) error {
		v, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if name != "s1._domainkey.silta.test" {
				return nil, errors.New("another name: " + name)
			}
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}})
		if err != nil || len(v) != 1 {
			return errors.Join(err, errors.New("not one signature"))
		}
		return v[0].Err
	}
	raw := server.Mails()[0].Raw
	if err := verify(raw); err != nil {
		t.Error(err)
	}
	for _, change := range []string{"Subject: ", "Message-Id: "} {
		if err := verify(bytes.Replace(raw, []byte(change), []byte(change+"x"), 1)); err == nil {
			t.Errorf("%s is not signed", change)
		}
	}
}
