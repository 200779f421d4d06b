package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"silta/cmd/internal/config"
	"silta/ui"
)

// TestCertificateEnds: somebody is told in time that a certificate was not renewed, and one that is not good yet waits for its day.
func TestCertificateEnds(t *testing.T) {
	const day = 24 * time.Hour
	dir := t.TempDir()
	files := config.TLS{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	began := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	write := func(from, to time.Time) {
		t.Helper()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to}
		cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		for name, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: cert}, files.Key: {Type: "PRIVATE KEY", Bytes: private}} {
			if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(began, began.Add(90*day))
	all, err := readCertificates(&config.Config{TLS: files}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	check := func(now time.Time, detail string) {
		t.Helper()
		want := ui.Check{Name: "certificates", Status: ui.CheckOK}
		if detail != "" {
			want.Status, want.Detail = ui.CheckWarning, detail
		}
		err := all.look(t.Context(), now)
		if got := all.check(now); got != want || (err != nil) != (detail != "") {
			t.Errorf("at %s: %v, %v; want %v", now, got, err, want)
		}
	}
	check(began.Add(75*day), "")
	check(began.Add(77*day), "tls: the certificate in use is good until 2027-01-30T12:00:00Z")
	write(began.Add(78*day), began.Add(84*day))
	check(began.Add(77*day), "tls: the certificate in use is good until 2027-01-30T12:00:00Z")
	check(began.Add(77*day), "tls: what is in the files is not in use: the certificate is good from 2027-01-18T12:00:00Z to 2027-01-24T12:00:00Z; "+
		"the certificate in use is good until 2027-01-30T12:00:00Z")
	check(began.Add(78*day), "")
	check(began.Add(82*day), "")
	check(began.Add(83*day), "tls: the certificate in use is good until 2027-01-24T12:00:00Z")
}
