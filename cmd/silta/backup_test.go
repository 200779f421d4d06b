package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"go.etcd.io/bbolt"
)

// silta runs a command of the real program and returns what it printed.
func silta(t *testing.T, want int, args ...string) string {
	t.Helper()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("silta %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

// TestBackupUnderLoad copies a server while requests come in, makes a new one of the copy, and finds there all that had been
// acknowledged before the copy was begun.
func TestBackupUnderLoad(t *testing.T) {
	dir := t.TempDir()
	data, copied, identity := filepath.Join(dir, "data"), filepath.Join(dir, "silta.age"), filepath.Join(dir, "age.key")
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(identity, []byte(key.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startDemo(t, "--data", data, "--empty")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	acknowledged := map[string]string{} // id → ref
	enough := make(chan struct{})
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for ctx.Err() == nil {
				var c sent
				status, err := call(ctx, p.url, "nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c)
				if err != nil || status != http.StatusCreated {
					return
				}
				mu.Lock()
				if acknowledged[c.ID] = c.Ref; len(acknowledged) == 100 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(time.Minute):
		t.Fatalf("no 100 requests in a minute:\n%s", p.stderr)
	}
	mu.Lock()
	before := map[string]string{}
	for id, ref := range acknowledged {
		before[id] = ref
	}
	mu.Unlock()
	said := silta(t, 0, "backup", copied, "--data", data, "--recipient", key.Recipient().String(), "--with-master-key")
	running := silta(t, 0, "verify", "--data", data)
	stop()
	senders.Wait()
	p.stop()
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	silta(t, 2, "backup", copied, "--data", data)

	restored, heads := filepath.Join(dir, "restored"), filepath.Join(dir, "heads")
	silta(t, 2, "restore", copied, "--data", restored)
	silta(t, 2, "restore", copied, "--data", data, "--identity", identity)
	if got := silta(t, 0, "restore", copied, "--data", restored, "--identity", identity); !strings.Contains(got, head(t, said)) {
		t.Errorf("the head of the backup is not the one restored:\n%s%s", said, got)
	}
	if err := os.WriteFile(heads, []byte("kept:\n> "+head(t, said)+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 0, "verify", "--data", restored, "--against", heads)
	silta(t, 0, "verify", "--data", data, "--against", heads)
	if err := os.WriteFile(heads, []byte(head(t, running)), 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 0, "verify", "--data", data, "--against", heads)
	silta(t, 1, "verify", "--data", restored, "--against", heads) // That was after the backup.

	q := startDemo(t, "--data", restored, "--empty")
	defer q.stop()
	for id, ref := range before {
		var c sent
		if status := q.call("nurse", http.MethodGet, "/api/v1/consultations/"+id, nil, &c); status != http.StatusOK || c.Ref != ref || c.Pool == "" {
			t.Errorf("%s was acknowledged before the backup and is lost: %d", ref, status)
		}
	}
	t.Logf("%d acknowledged before the backup, %d in all", len(before), len(acknowledged))
}

// head finds the line with the head in what a command printed.
func head(t *testing.T, said string) string {
	t.Helper()
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "silta-head ") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no head in %q", said)
	return ""
}

// TestBackupWithoutKey: by default the master key is not in a backup, and a passphrase encrypts one.
func TestBackupWithoutKey(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	startDemo(t, "--data", data, "--empty").stop()
	in := func(name string) string { return filepath.Join(dir, name) }
	master, err := os.ReadFile(filepath.Join(data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"phrase": "a long phrase of words\n", "other": "another phrase\n"} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(in("none"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = passphrase(in("none"))
	if err == nil || !strings.HasPrefix(err.Error(), "--passphrase-file: the first line is empty") {
		t.Errorf("an empty passphrase: %v", err)
	}
	silta(t, 0, "backup", in("plain"), "--data", data)
	silta(t, 2, "backup", in("key"), "--data", data, "--with-master-key")
	silta(t, 0, "backup", in("sealed"), "--data", data, "--passphrase-file", in("phrase"))
	for _, name := range []string{"plain", "sealed"} {
		copied, err := os.ReadFile(in(name))
		if err != nil || bytes.Contains(copied, master[:40]) || (name == "sealed") == bytes.Contains(copied, []byte(`"by":`)) {
			t.Errorf("%s: what it must not hold is in it, or what it must hold is not (%v)", name, err)
		}
	}
	silta(t, 2, "restore", in("plain"), "--data", in("a"))
	silta(t, 2, "restore", in("plain"), "--data", in("a"), "--master-key", in("phrase"))
	silta(t, 0, "restore", in("plain"), "--data", in("a"), "--master-key", filepath.Join(data, "master.key"))
	silta(t, 2, "restore", in("sealed"), "--data", in("b"), "--passphrase-file", in("other"))
	// The key may have been put into the new directory before.
	if err := os.MkdirAll(in("b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(in("b"), "master.key"), master, 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 0, "restore", in("sealed"), "--data", in("b"), "--passphrase-file", in("phrase"))
	for _, name := range []string{"a", "b"} {
		silta(t, 0, "verify", "--data", in(name))
		info, err := os.Stat(filepath.Join(in(name), "master.key"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	plain, err := os.ReadFile(in("plain"))
	if err != nil {
		t.Fatal(err)
	}
	plain[len(plain)/2] ^= 1
	if err := os.WriteFile(in("damaged"), plain, 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 1, "restore", in("damaged"), "--data", in("c"), "--master-key", filepath.Join(data, "master.key"))
	if left, err := os.ReadDir(in("c")); err != nil || len(left) > 0 {
		t.Errorf("left of a damaged backup: %v, %v", left, err)
	}
}

// TestVerifyFinds changes the file of a stopped server as somebody with a tool would: each change is found, at its place.
func TestVerifyFinds(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	startDemo(t, "--data", data, "--empty").stop()
	path := filepath.Join(data, "silta.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// used is how much of the file holds pages: the rest is room for those to come.
	var used int64
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.View(func(tx *bbolt.Tx) error { used = tx.Size(); return nil }), db.Close()); err != nil {
		t.Fatal(err)
	}
	at := func(position uint64) []byte { return binary.BigEndian.AppendUint64(nil, position) }
	for name, test := range map[string]struct {
		change   func(b *bbolt.Bucket) error
		position uint64
	}{
		"altered": {func(b *bbolt.Bucket) error {
			v := bytes.Clone(b.Get(at(5)))
			v[len(v)-3] ^= 4
			return b.Put(at(5), v)
		}, 5},
		"dropped": {func(b *bbolt.Bucket) error { return b.Delete(at(6)) }, 6},
		"reordered": {func(b *bbolt.Bucket) error {
			x, y := bytes.Clone(b.Get(at(7))), bytes.Clone(b.Get(at(8)))
			if err := b.Put(at(7), y); err != nil {
				return err
			}
			return b.Put(at(8), x)
		}, 7},
		"truncated": {func(b *bbolt.Bucket) error {
			last, _ := b.Cursor().Last()
			return b.Delete(last)
		}, 0},
		"cut short": {func(b *bbolt.Bucket) error { return b.Put(at(4), bytes.Clone(b.Get(at(4))[:50])) }, 4},
	} {
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(func(tx *bbolt.Tx) error { return test.change(tx.Bucket([]byte("entries"))) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		said, _, _ := strings.Cut(silta(t, 1, "verify", "--data", data, "--json"), "\nsilta:")
		var result verified
		if err := json.Unmarshal([]byte(said), &result); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, said)
		}
		if result.Whole || result.Damage == nil || test.position > 0 && result.Damage.Position != test.position {
			t.Errorf("%s: %s", name, said)
		}
	}
	if err := os.WriteFile(path, whole[:used*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 1, "verify", "--data", data)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	silta(t, 0, "verify", "--data", data)
	silta(t, 2, "verify", "--data", filepath.Join(dir, "nowhere"))
	silta(t, 2, "verify")
	silta(t, 2, "verify", "--data", data, "--against", path)
}
