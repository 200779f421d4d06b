package mail_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"silta/notify/mail"
	"silta/notify/mail/mailtest"
)

const sent = "d7-0123456789abcdef"

var tokens = mail.NewTokens([]byte("a key of the tests"))

// TestCorpus reads mails as servers and programs write them. Each must have its line in the table, and each line its mail.
func TestCorpus(t *testing.T) {
	corpus := mailtest.Corpus(t, "testdata", tokens.Sign(sent))
	if len(corpus) < 80 {
		t.Errorf("only %d mails", len(corpus))
	}
	for _, c := range corpus {
		t.Run(c.Name, func(t *testing.T) {
			in, err := mail.ReadIncoming(bytes.NewReader(c.Raw), mail.Envelope{})
			if err != nil {
				t.Fatal(err)
			}
			match := "none"
			for _, r := range in.Refers {
				if id, ok := tokens.Verify(r); ok {
					if match = "token"; id != sent {
						t.Errorf("refers to %s", id)
					}
				}
			}
			if string(in.Kind) != c.Kind || in.Status != c.Status || match != c.Match {
				t.Errorf("got %s %q %s, want %s %q %s", in.Kind, in.Status, match, c.Kind, c.Status, c.Match)
			}
			if in.Kind == mail.Reply && c.Leads == "notice" && in.From != "anna@example.org" {
				t.Errorf("from %q", in.From)
			}
			// With line ends as they travel it is the same mail.
			crlf, err := mail.ReadIncoming(bytes.NewReader(bytes.ReplaceAll(c.Raw, []byte("\n"), []byte("\r\n"))), mail.Envelope{})
			if err != nil || crlf.Kind != in.Kind || crlf.Status != in.Status {
				t.Errorf("with CRLF: %+v, %v", crlf, err)
			}
		})
	}
}

func TestEnvelopeCounts(t *testing.T) {
	raw := "From: anna@example.org\nTo: silta@silta.test\nSubject: Re: x\n\nKiitos.\n"
	in, err := mail.ReadIncoming(strings.NewReader(raw), mail.Envelope{To: []string{"bounce+" + tokens.Sign(sent) + "@silta.test"}})
	if err != nil || in.Kind != mail.Reply || !slices.ContainsFunc(in.Refers, func(r string) bool { id, ok := tokens.Verify(r); return ok && id == sent }) {
		t.Errorf("%+v, %v", in, err)
	}
	if in, err = mail.ReadIncoming(strings.NewReader(raw), mail.Envelope{Null: true}); err != nil || in.Kind != mail.AutoReply {
		t.Errorf("from nobody: %+v, %v", in, err)
	}
	broken := errors.New("broken")
	if _, err := mail.ReadIncoming(io.MultiReader(strings.NewReader(raw), iotest.ErrReader(broken)), mail.Envelope{}); !errors.Is(err, broken) {
		t.Errorf("a connection that breaks off: %v", err)
	}
}

func TestTokens(t *testing.T) {
	token := tokens.Sign(sent)
	for _, s := range []string{
		token + "@silta.test", "bounce+" + token + "@silta.test", "BOUNCE+" + strings.ToUpper(token) + "@SILTA.TEST",
		"prvs=0123456789=bounce+" + token + "@silta.test", "srs0=ab12=cd=silta.test=bounce+" + token + "@relay.example", token,
	} {
		if id, ok := tokens.Verify(s); !ok || id != sent {
			t.Errorf("%s: %s, %t", s, id, ok)
		}
	}
	changed := []byte(token)
	changed[1] = '8'
	for _, s := range []string{
		"", "@", "+", ".", sent + "@silta.test", sent + ".@silta.test", string(changed), token[:len(token)-1], token + "a",
		mail.NewTokens([]byte("another key")).Sign(sent), "bounce+" + sent + "@silta.test", "request.01a1ffe7@silta.test",
	} {
		if _, ok := tokens.Verify(s); ok {
			t.Errorf("%q is valid", s)
		}
	}
	if n := len("bounce+" + tokens.Sign("d1234567890-0123456789abcdef")); n > 64 {
		t.Errorf("the local part of a return path has %d characters", n)
	}
}

func FuzzIncoming(f *testing.F) {
	files, err := filepath.Glob("testdata/incoming/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, null bool) {
		in, err := mail.ReadIncoming(bytes.NewReader(raw), mail.Envelope{Null: null})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(mail.IncomingKinds, in.Kind) || len(in.Refers) > 64 || (in.Kind == mail.Bounce) && in.Status == "" {
			t.Errorf("%+v", in)
		}
		for _, c := range in.Status {
			if c != '.' && (c < '0' || c > '9') {
				t.Errorf("status %q", in.Status)
			}
		}
		if len(in.Status) > len("5.999.999") {
			t.Errorf("status %q", in.Status)
		}
		for _, r := range in.Refers {
			if id, ok := tokens.Verify(r); ok {
				t.Errorf("somebody has guessed the token of %s", id)
			}
		}
	})
}
