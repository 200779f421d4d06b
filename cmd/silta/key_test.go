package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKeyRotation replaces the master key of a running server under load, and takes the old one away.
func TestKeyRotation(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, "--data", data, "--empty")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	var ids []string
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for ctx.Err() == nil {
				var c sent
				status, err := call(ctx, p.url, "nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c)
				if ctx.Err() != nil {
					return
				}
				if err != nil || status != http.StatusCreated {
					t.Errorf("while the key is replaced: %d, %v", status, err)
					return
				}
				mu.Lock()
				ids = append(ids, c.ID)
				mu.Unlock()
			}
		})
	}
	before := masterKey(t, data)
	silta(t, 0, "key", "rotate", "--data", data)
	both := masterKey(t, data)
	if said := silta(t, 0, "key", "rotate", "--data", data); !strings.Contains(said, "nothing is left to seal again") { // The old one is still there: nothing more is added.
		t.Error(said)
	}
	if bytes.Equal(before, both) || !bytes.Equal(both, masterKey(t, data)) {
		t.Error("the key was not replaced, or twice")
	}
	stop()
	senders.Wait()
	if said := silta(t, 0, "key", "rotate", "--forget", "--data", data); !strings.Contains(said, "the old master key is taken away") {
		t.Error(said)
	}
	after := masterKey(t, data)
	if len(after) >= len(both) {
		t.Error("the old key was not taken away")
	}
	if said := silta(t, 0, "key", "rotate", "--forget", "--data", data); !strings.Contains(said, "there is one master key only") {
		t.Error(said)
	}
	silta(t, 0, "verify", "--data", data)
	p.stop()
	silta(t, 0, "verify", "--data", data)
	if err := os.WriteFile(filepath.Join(data, "master.key"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 2, "verify", "--data", data) // The old key opens nothing any more.
	if err := os.WriteFile(filepath.Join(data, "master.key"), after, 0o600); err != nil {
		t.Fatal(err)
	}
	q := startDemo(t, "--data", data, "--empty")
	defer q.stop()
	for _, id := range ids {
		if status := q.call("nurse", http.MethodGet, "/api/v1/consultations/"+id, nil, nil); status != http.StatusOK {
			t.Errorf("%s: %d", id, status)
		}
	}
}

// TestKeyRotationKilled kills the rotation anywhere, again and again: the data is whole each time, and in the end it gets through.
func TestKeyRotationKilled(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 4
	}
	data := filepath.Join(t.TempDir(), "data")
	startDemo(t, "--data", data).stop()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		args := []string{"key", "rotate", "--data", data}
		if round%3 == 2 {
			args = append(args, "--forget")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20+rand.IntN(200))*time.Millisecond)
		_ = exec.CommandContext(ctx, binary, args...).Run()
		cancel()
		silta(t, 0, "verify", "--data", data)
	}
	silta(t, 0, "key", "rotate", "--data", data)
	silta(t, 0, "key", "rotate", "--forget", "--data", data)
	silta(t, 0, "verify", "--data", data)
}

func masterKey(t *testing.T, data string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
