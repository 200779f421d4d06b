package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTLS: with a certificate of its own the server speaks TLS 1.2 and 1.3 with suites that authenticate what they seal, and nothing
// else on that address.
func TestTLS(t *testing.T) {
	i := install(t)
	dir := filepath.Dir(i.file)
	pool := certify(t, dir)
	config, err := os.ReadFile(i.file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(config), "http://"+i.address, "https://"+i.address, 1)
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	i.environ = append(i.environ, "SILTA_TLS_CERT="+filepath.Join(dir, "cert.pem"), "SILTA_TLS_KEY="+filepath.Join(dir, "key.pem"))
	https := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	i.alive = func() (*http.Response, error) { return https.Get("https://" + i.address + "/healthz") }
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
