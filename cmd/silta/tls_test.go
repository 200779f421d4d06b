package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// TestTLS: with a certificate of its own the server speaks TLS 1.2 and 1.3 with suites that authenticate what they seal, and nothing
// else on that address.
func TestTLS(t *testing.T) {
	i := install(t)
	pool, https := secure(i)
	defer i.serve()()

	res, err := https.Get("https://" + i.address + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.TLS.Version != tls.VersionTLS13 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d, TLS %x, %v", res.StatusCode, res.TLS.Version, res.Header)
	}
	hello := func(c *tls.Config) error {
		c.RootCAs = pool
		conn, err := tls.Dial("tcp", i.address, c)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	if err := hello(&tls.Config{MaxVersion: tls.VersionTLS12}); err != nil {
		t.Errorf("TLS 1.2: %v", err)
	}
	for name, c := range map[string]*tls.Config{
		"TLS 1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"CBC":     {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}},
	} {
		if hello(c) == nil {
			t.Errorf("%s is spoken", name)
		}
	}
	if res, err := client.Get("http://" + i.address + "/sign-in"); err == nil {
		_ = res.Body.Close()
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("in clear: %d", res.StatusCode)
		}
	}
}

// TestRenewedCertificate: who renews certificates starts no programs, and what cannot be used is told of while the one before goes on.
func TestRenewedCertificate(t *testing.T) {
	i := install(t)
	dir := filepath.Dir(i.file)
	_, https := secure(i)
	events := freeAddress(t)
	i.environ = append(i.environ, "SILTA_NATS_LISTEN="+events, "SILTA_NATS_READER_PASSWORD=read", "SILTA_JOBS_CERTIFICATES=@every 1s",
		"SILTA_NATS_TLS_CERT="+filepath.Join(dir, "cert.pem"), "SILTA_NATS_TLS_KEY="+filepath.Join(dir, "key.pem"))
	defer i.serve()()
	pool := certify(t, dir)
	trusting := func(pool *x509.CertPool) func() bool {
		return func() bool {
			conn, err := tls.Dial("tcp", i.address, &tls.Config{RootCAs: pool})
			if err != nil {
				return false
			}
			_ = conn.Close()
			nc, err := nats.Connect("nats://"+events, nats.UserInfo("reader", "read"), nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
			if err != nil {
				return false
			}
			nc.Close()
			return true
		}
	}
	await(t, "the renewed certificate is in use", trusting(pool))
	https.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	says := func(words string) func() bool {
		return func() bool {
			res, err := https.Get("https://" + i.address + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			return err == nil && res.StatusCode == http.StatusOK && strings.Contains(string(body), words)
		}
	}
	await(t, "all is well", says(`{"name":"certificates","status":"ok"}`))
	i.write("key.pem", "torn")
	await(t, "a broken key is told of", says("tls: what is in the files is not in use: tls: failed to find any PEM data in key input"))
	if !trusting(pool)() {
		t.Error("the certificate before a broken one is not in use any more")
	}
	pool = certify(t, dir)
	await(t, "the mended one is in use", trusting(pool))
	https.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	await(t, "all is well again", says(`{"name":"certificates","status":"ok"}`))
}

// secure lets an installation speak TLS, and returns who trusts its certificate.
func secure(i *installation) (*x509.CertPool, *http.Client) {
	i.t.Helper()
	dir := filepath.Dir(i.file)
	pool := certify(i.t, dir)
	config, err := os.ReadFile(i.file)
	if err != nil {
		i.t.Fatal(err)
	}
	i.write(filepath.Base(i.file), strings.Replace(string(config), "http://"+i.address, "https://"+i.address, 1))
	i.environ = append(i.environ, "SILTA_TLS_CERT="+filepath.Join(dir, "cert.pem"), "SILTA_TLS_KEY="+filepath.Join(dir, "key.pem"))
	https := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	i.alive = func() (*http.Response, error) { return https.Get("https://" + i.address + "/healthz") }
	return pool, https
}

// certify writes a certificate and its key for this machine, and returns who trusts it.
func certify(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fail(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	fail(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	fail(err)
	fail(os.WriteFile(filepath.Join(dir, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	fail(os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	cert, err := x509.ParseCertificate(der)
	fail(err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}
