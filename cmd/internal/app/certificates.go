package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"silta/cmd/internal/config"
	"silta/ui"
)

// certificates are those of the addresses that speak TLS; nil where one does not.
type certificates struct{ web, nats *certificate }

// certificate is a pair of files that is read anew when it has changed: what renews certificates starts no programs. Handshakes take the
// pair that was good last.
type certificate struct {
	key   string
	files config.TLS
	log   *slog.Logger
	inUse atomic.Pointer[tls.Certificate]

	mu sync.Mutex
	// seen is the checksum of the files at the last look; fault is why what stands in them is not in use.
	seen  [sha256.Size]byte
	fault error
}

// readCertificates reads those of the configuration. One that is not good for now is in use all the same: there is no other.
func readCertificates(c *config.Config, log *slog.Logger) (all certificates, err error) {
	if all.web, err = readCertificate("tls", c.TLS, log); err != nil {
		return all, err
	}
	all.nats, err = readCertificate("nats.tls", c.NATS.TLS, log)
	return all, err
}

func readCertificate(key string, files config.TLS, log *slog.Logger) (*certificate, error) {
	if !files.Enabled() {
		return nil, nil
	}
	c := &certificate{key: key, files: files, log: log}
	pair, seen, err := c.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	c.seen = seen
	c.inUse.Store(&pair)
	return c, nil
}

// read returns what stands in the files, and its checksum in any case.
func (c *certificate) read() (pair tls.Certificate, sum [sha256.Size]byte, err error) {
	cert, noCert := os.ReadFile(c.files.Cert)
	key, noKey := os.ReadFile(c.files.Key)
	sum = sha256.Sum256(append(cert, key...))
	if err = errors.Join(noCert, noKey); err == nil {
		pair, err = tls.X509KeyPair(cert, key)
	}
	return pair, sum, err
}

// config is for who serves with it.
func (c *certificate) config(protocols ...string) *tls.Config {
	return &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.inUse.Load(), nil },
		MinVersion:     tls.VersionTLS12, CipherSuites: authenticated, NextProtos: protocols,
	}
}

// look reads the files anew and takes the pair in them, unless it is none, or not good for now while the one in use is. That is an error
// when it is found a second time: at the first it may be that one file is written and the other is not yet.
func (c *certificate) look(now time.Time) error {
	pair, seen, err := c.read()
	old := c.inUse.Load()
	if err == nil && !good(pair.Leaf, now) && good(old.Leaf, now) {
		err = fmt.Errorf("the certificate is good from %s to %s", moment(pair.Leaf.NotBefore), moment(pair.Leaf.NotAfter))
	}
	c.mu.Lock()
	again := seen == c.seen
	c.seen = seen
	switch {
	case err == nil:
		c.fault = nil
		c.inUse.Store(&pair)
		if !bytes.Equal(pair.Leaf.Raw, old.Leaf.Raw) {
			c.log.Info("another certificate is in use", "key", c.key, "until", moment(pair.Leaf.NotAfter))
		}
	case again:
		c.fault = fmt.Errorf("what is in the files is not in use: %w", err)
	}
	c.mu.Unlock()
	return c.wrong(now)
}

// wrong says what somebody has to look after: files that are not in use, and a certificate whose end is near.
func (c *certificate) wrong(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ends error
	if leaf := c.inUse.Load().Leaf; now.After(leaf.NotAfter.Add(-notice(leaf))) {
		ends = fmt.Errorf("the certificate in use is good until %s", moment(leaf.NotAfter))
	}
	if err := errors.Join(c.fault, ends); err != nil {
		return fmt.Errorf("%s: %s", c.key, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}

// maxNotice is how long before the end of a certificate somebody is told at the earliest.
const maxNotice = 14 * 24 * time.Hour

// notice is how long before a certificate's end it should have been renewed: a fifth of its life, since those of some weeks are renewed with
// a third of it left.
func notice(leaf *x509.Certificate) time.Duration {
	return min(leaf.NotAfter.Sub(leaf.NotBefore)/5, maxNotice)
}

func good(leaf *x509.Certificate, now time.Time) bool {
	return !now.Before(leaf.NotBefore) && !now.After(leaf.NotAfter)
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (cs certificates) all() (list []*certificate) {
	for _, c := range []*certificate{cs.web, cs.nats} {
		if c != nil {
			list = append(list, c)
		}
	}
	return list
}

// look looks at all of them.
func (cs certificates) look(_ context.Context, now time.Time) error {
	var errs []error
	for _, c := range cs.all() {
		errs = append(errs, c.look(now))
	}
	return errors.Join(errs...)
}

// check names what somebody has to look after.
func (cs certificates) check(now time.Time) ui.Check {
	check := ui.Check{Name: "certificates", Status: ui.CheckOK}
	var wrong []string
	for _, c := range cs.all() {
		if err := c.wrong(now); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if len(wrong) > 0 {
		check.Status, check.Detail = ui.CheckWarning, strings.Join(wrong, "; ")
	}
	return check
}
