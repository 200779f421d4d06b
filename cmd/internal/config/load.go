package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxSize is the most bytes that a configuration may have.
const maxSize = 1 << 20

// Load reads the configuration in a file, with the overrides in an environment ("NAME=value", as of [os.Environ]). The error is
// of type [Faults] where the configuration is wrong, and another one where the file can't be read.
func Load(file string, environ []string) (*Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	return parse(file, data, environ, os.ReadFile)
}

func parse(file string, data []byte, environ []string, read func(string) ([]byte, error)) (*Config, error) {
	s := &source{file: file, env: map[string]string{}, read: read}
	for _, e := range environ {
		if name, text, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, prefix) {
			s.env[name] = text
		}
	}
	c := Default()
	if body, ok := s.document(data); ok {
		r := s.newReader("", nil, body)
		c.read(r)
		r.done()
		s.leftOver()
	}
	if len(s.faults) > 0 {
		s.faults.sort()
		return nil, s.faults
	}
	return c, nil
}

// Providers returns the providers of identities of a configuration as far as they can be read, for who checks another part of the file.
func Providers(file string, data []byte) []Provider {
	s := &source{file: file, env: map[string]string{}, read: func(string) ([]byte, error) { return nil, nil }}
	c := Default()
	if body, ok := s.document(data); ok {
		s.newReader("", nil, body).section("sign-in", c.SignIn.read)
	}
	return c.SignIn.Providers
}

// document parses YAML down to the mapping of the top level, nil for an empty document. It returns false after a fault.
func (s *source) document(data []byte) (ast.Node, bool) {
	if len(data) > maxSize {
		s.faultAt(nil, "", "is longer than 1 MiB; is this the right file?")
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) // the parser miscounts the lines of comments that end otherwise
	for rest, line := data, 1; len(rest) > 0; line++ {
		var text []byte
		text, rest, _ = bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
			s.faultAt(&token.Position{Line: line}, "", "is not text in UTF-8; save it as UTF-8")
			return nil, false
		}
	}
	if line := tooDeep(data); line > 0 {
		s.faultAt(&token.Position{Line: line}, "", "is nested too deeply")
		return nil, false
	}
	file, err := parseYAML(data)
	if err != nil {
		var at *token.Position
		reason := "can't be read as YAML"
		if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			reason = "is not valid YAML: " + strings.NewReplacer("\t", `\t`, "\r", `\r`, "\n", `\n`).Replace(syntax.Message)
			if syntax.Token != nil {
				at = syntax.Token.Position
			}
		}
		s.faultAt(at, "", reason)
		return nil, false
	}
	docs := slices.DeleteFunc(file.Docs, func(d *ast.DocumentNode) bool { return isEmpty(d.Body) })
	switch {
	case len(docs) == 0:
		return nil, true
	case len(docs) > 1:
		s.faultAt(start(docs[1].Body), "", "has a second document; write everything before the ---")
		return nil, false
	case !isMapping(docs[0].Body):
		s.faultAt(start(docs[0].Body), "", "must consist of keys; write key: value")
		return nil, false
	}
	return docs[0].Body, true
}

func isEmpty(n ast.Node) bool {
	return n == nil || n.Type() == ast.NullType || n.Type() == ast.CommentType
}

// parseYAML parses, and turns the parser's panics on odd input into errors.
func parseYAML(data []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("parser: %v", r)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

// tooDeep returns the first line on which more is open than any configuration needs, or 0. The parser works recursively, and a
// stack that overflows can't be recovered from. What it counts includes brackets in texts, which balance.
func tooDeep(data []byte) int {
	const most = 64
	open, line := 0, 1
	lead, inLead := 0, true
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(open-1, 0)
		case '-', '?', ':':
			if inLead {
				lead++
			}
		case ' ', '\t':
		case '\n':
			line++
			lead, inLead = 0, true
			continue
		default:
			inLead = false
		}
		if open > most || (lead > most && c != '-') {
			return line
		}
	}
	return 0
}

// unreadable says why a file can't be read, without the words of the operating system's error that repeat its name.
func unreadable(name string, err error) string {
	why := "can't be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		why = "may not be read by this user"
	}
	return fmt.Sprintf("the file %s %s", quote(name), why)
}

// read takes every key of the configuration in the order of the documentation. It is the list of what there is.
func (c *Config) read(r *reader) {
	r.skip("routing")
	scalar(r, "listen", &c.Listen, parseListen)
	scalar(r, "public-url", &c.PublicURL, parsePublicURL)
	r.require("public-url", "the address that people open, such as https://silta.example.fi")
	r.pathname("data", &c.Data)
	r.require("data", "a directory, such as /var/lib/silta")
	if !r.pathname("calendars", &c.Calendars) {
		c.Calendars = filepath.Dir(r.file)
	}
	scalar(r, "expire-after", &c.ExpireAfter, duration(day, 365*day))
	r.section("organisation", c.Organisation.read)
	r.section("identity", c.Identity.read)
	r.section("privacy", c.Privacy.read)
	r.section("proxy", func(r *reader) { list(r, "trusted", &c.Proxy.Trusted, parsePrefix) })
	r.section("tls", c.TLS.read)
	r.section("nats", c.NATS.read)
	r.section("mail", func(r *reader) { c.Mail.read(r, c) })
	r.section("sessions", c.Sessions.read)
	r.section("sign-in", c.SignIn.read)
	r.section("limits", func(r *reader) {
		scalar(r, "person", &c.Limits.Person, atLeastOne(100_000))
		scalar(r, "address", &c.Limits.Address, atLeastOne(100_000))
		scalar(r, "streams", &c.Limits.Streams, atLeastOne(10_000))
	})
	r.section("reminders", func(r *reader) { c.Reminders.read(r, c.ExpireAfter) })
	r.section("jobs", c.Jobs.read)
	r.section("log", func(r *reader) {
		scalar(r, "level", &c.Log.Level, parseLevel)
		scalar(r, "format", &c.Log.JSON, parseFormat)
	})
	r.section("metrics", func(r *reader) { list(r, "allow", &c.Metrics.Allow, parsePrefix) })
}

func (o *Organisation) read(r *reader) {
	r.texts("name", &o.Name)
	scalar(r, "feedback", &o.Feedback, parseBareAddress)
	r.require("feedback", "a mail address for feedback on accessibility")
	var phones []Phone
	items, ok := r.each("emergency", func(r *reader) {
		var p Phone
		scalar(r, "number", &p.Number, parsePhone)
		r.require("number", "a phone number in quotes")
		r.texts("name", &p.Name)
		phones = append(phones, p)
	})
	if ok {
		o.Emergency = phones
	}
	if ok && items == 0 {
		r.fault("emergency", "is empty; write at least one number, or leave the key out for 112")
	}
}

func (i *Identity) read(r *reader) {
	r.each("bases", func(r *reader) {
		var b LegalBasis
		scalar(r, "id", &b.ID, parseBasis)
		r.require("id", "a short name such as child-welfare-act")
		r.texts("text", &b.Text)
		if b.ID != "" && slices.ContainsFunc(i.Bases, func(o LegalBasis) bool { return o.ID == b.ID }) {
			r.fault("id", "stands here twice; give each its own")
		}
		i.Bases = append(i.Bases, b)
	})
}

func (t *TLS) read(r *reader) {
	r.readable("cert", &t.Cert)
	r.readable("key", &t.Key)
	r.together("cert", "key")
}

func (n *NATS) read(r *reader) {
	scalar(r, "listen", &n.Listen, optional(parseListen))
	r.section("tls", n.TLS.read)
	r.section("reader", func(r *reader) {
		scalar(r, "user", &n.Reader.User, parseText)
		secret(r, "password", &n.Reader.Password)
	})
	scalar(r, "url", &n.URL, parseNATSURL)
	scalar(r, "user", &n.Login.User, parseText)
	secret(r, "password", &n.Login.Password)
	r.readable("credentials", &n.Credentials)
	r.readable("ca", &n.CA)
	scalar(r, "replicas", &n.Replicas, parseReplicas)
	if !r.given("url") {
		if host, err := hostPort(n.Listen, 0); err == nil && !isLoopback(host) && !n.TLS.Enabled() {
			r.fault("listen", "the reader's password would travel in clear; write tls with cert and key too, or an address of this machine")
		}
		for _, key := range []string{"user", "password", "credentials", "ca", "replicas"} {
			if r.given(key) {
				r.fault(key, "is for a server elsewhere; write its url too, or leave this out")
			}
		}
		return
	}
	for _, key := range []string{"listen", "tls", "reader"} {
		if r.given(key) {
			r.fault(key, "is for the server inside the program; leave it out, or the url")
		}
	}
	n.Listen, n.TLS, n.Reader = "", TLS{}, Login{}
	r.together("user", "password")
	if r.given("credentials") && r.given("user") {
		r.fault("credentials", "is used instead of a login; leave it out, or user and password")
	}
}

func (m *Mail) read(r *reader, c *Config) {
	scalar(r, "smtp", &m.SMTP, parseServer)
	r.require("smtp", "the server that takes outgoing mail, such as smtp.example.fi:587")
	scalar(r, "security", &m.Security, parseSecurity)
	scalar(r, "user", &m.Login.User, parseText)
	secret(r, "password", &m.Login.Password)
	r.together("user", "password")
	if host, err := hostPort(m.SMTP, 1); err == nil && m.Security == NoTLS && m.Login.User != "" && !isLoopback(host) {
		r.fault("security", "a password would travel in clear; write starttls or tls")
	}
	scalar(r, "allow-plain", &m.AllowPlain, parseBool)
	if host, err := hostPort(m.SMTP, 1); err == nil && m.Security == NoTLS && m.Login.User == "" && !isLoopback(host) && !m.AllowPlain {
		r.fault("security", "mail would travel in clear to another machine; write starttls or tls, or allow-plain: true if the way is a network of your own")
	}
	scalar(r, "from", &m.From, parseAddress)
	r.require("from", "the sender of the mails, such as Silta <silta@example.fi>")
	if c.PublicURL != nil {
		m.Helo = c.PublicURL.Hostname()
	}
	scalar(r, "helo", &m.Helo, parseDomain)
	m.ReturnPathDomain = domainOf(m.From.Address)
	scalar(r, "return-path-domain", &m.ReturnPathDomain, parseDomain)
	r.section("dkim", func(r *reader) {
		scalar(r, "domain", &m.DKIM.Domain, parseDomain)
		scalar(r, "selector", &m.DKIM.Selector, parseDomain)
		r.readable("key-file", &m.DKIM.KeyFile)
		r.together("domain", "selector", "key-file")
	})
	r.section("inbound", func(r *reader) {
		scalar(r, "lmtp", &m.Inbound.LMTP, parseLMTP)
		r.pathname("maildir", &m.Inbound.Maildir)
	})
}

func (s *Sessions) read(r *reader) {
	scalar(r, "idle", &s.Idle, duration(time.Minute, day))
	scalar(r, "absolute", &s.Absolute, duration(time.Minute, 7*day))
	if s.Idle > s.Absolute {
		key := "idle"
		if !r.given(key) {
			key = "absolute"
		}
		r.fault(key, fmt.Sprintf("idle (%s) is longer than absolute (%s); write it shorter", showDuration(s.Idle), showDuration(s.Absolute)))
	}
}

func (m *Reminders) read(r *reader, expire time.Duration) {
	list(r, "reply", &m.Reply, parseWorkingDays)
	scalar(r, "silence", &m.Silence, parseWorkingDays)
	scalar(r, "close", &m.Close, duration(time.Hour, 365*day))
	key := "reply"
	if r.given("silence") {
		key = "silence"
	}
	if !slices.IsSorted(m.Reply) || len(slices.Compact(slices.Clone(m.Reply))) != len(m.Reply) {
		r.fault("reply", "must rise; write such as [2, 5]")
	} else if n := len(m.Reply); n > 0 && m.Silence <= m.Reply[n-1] {
		r.fault(key, fmt.Sprintf("silence (%d) must come after the last reminder (%d)", m.Silence, m.Reply[n-1]))
	}
	switch {
	case m.Close < expire:
	case r.given("close"):
		r.fault("close", fmt.Sprintf("close (%s) must be shorter than expire-after (%s)", showDuration(m.Close), showDuration(expire)))
	default:
		m.Close = expire / 2
	}
}

// together reports keys that are missing beside others that need them.
func (r *reader) together(keys ...string) {
	if slices.ContainsFunc(keys, r.given) {
		for _, key := range keys {
			if !r.given(key) {
				r.faultAt(r.at, r.sub(key), "is missing; "+strings.Join(keys, ", ")+" go together")
			}
		}
	}
}
