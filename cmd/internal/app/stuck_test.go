package app

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"silta/consult"
)

// TestNoMailServer: where no mail server takes the mails, /readyz says so. Each of its checks has words on the operations page.
func TestNoMailServer(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := nobody.Addr().String()
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	c := settings(t, addr)
	tuesday := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	a := start(t, Options{Config: c, Demo: &Demo{Start: tuesday, Speed: 1000, Empty: true}, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard})
	m := &mailing{t: t, app: a}
	if status := m.ask(http.MethodPost, "/api/v1/consultations", map[string]any{
		"client": map[string]any{"age": 9, "municipality": "Ylöjärvi"}, "concerns": []string{"mood"}, "urgency": "soon", "question": "Miten jatkamme?",
	}, &struct{}{}); status != http.StatusCreated {
		t.Fatalf("submit: %d", status)
	}

	type check struct{ Name, Status, Detail string }
	var ready struct {
		Status string
		Checks []check
	}
	stuck := regexp.MustCompile(`^mails that no server takes: 1, the oldest since 2026-11-24T08:\d\d:\d\dZ$`)
	deadline, look := time.After(time.Minute), time.NewTicker(50*time.Millisecond)
	defer look.Stop()
	for {
		if status := m.ask(http.MethodGet, "/readyz", nil, &ready); status != http.StatusOK {
			t.Fatalf("%d %+v", status, ready)
		}
		found := false
		for _, c := range ready.Checks {
			found = found || c.Name == "mail" && c.Status == "warning" && stuck.MatchString(c.Detail)
		}
		if found {
			break
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("nothing is said of the mails: %+v", ready)
		}
	}
	for _, l := range consult.Languages {
		words, err := os.ReadFile(filepath.Join("../../../ui/locale", string(l)+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range ready.Checks {
			for _, key := range []string{"check.", "check-bad."} {
				if !strings.Contains(string(words), "\n"+key+c.Name+": ") {
					t.Errorf("%s: there is no %s%s", l, key, c.Name)
				}
			}
		}
	}
}
