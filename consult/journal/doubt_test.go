package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/seal"
)

// After a commit that failed and may yet have taken effect nothing is appended until the journal is opened again; after one
// that had no effect the next append may try.
func TestAfterFailure(t *testing.T) {
	dir := t.TempDir()
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	open := func() *Journal {
		t.Helper()
		j, err := Open(filepath.Join(dir, "silta.db"), keys, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	add := func(j *Journal, revision uint64) error {
		env := consult.Envelope{Kind: consult.KindToken, ID: "a", At: testTime, By: "admin", Type: consult.TypeTokenSet}
		_, err := j.Append(t.Context(), consult.Entry{Envelope: env, Event: new(consult.TokenSetEvent)}, revision)
		return err
	}
	j := open()
	if err := add(j, 0); err != nil {
		t.Fatal(err)
	}
	disk := errors.New("input/output error")
	j.afterFailure(disk)
	if err := add(j, 1); err != nil || j.Fault() != nil {
		t.Errorf("after a failure without effect: %v, %v", err, j.Fault())
	}
	// The file is a commit ahead of what the writer knows to be on disk: one without an entry, as that of an erasure is.
	if err := boltsafe.Update(j.db, func(*bbolt.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	j.afterFailure(disk)
	if !errors.Is(j.Fault(), ErrDoubt) {
		t.Errorf("in doubt: %v", j.Fault())
	}
	for range 2 {
		if err := add(j, 2); !errors.Is(err, ErrDoubt) || !errors.Is(err, disk) {
			t.Errorf("in doubt: %v", err)
		}
	}
	if _, err := j.Envelope(2); err != nil {
		t.Errorf("reading in doubt: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open()
	defer j.Close()
	if err := add(j, 2); err != nil {
		t.Errorf("opened again: %v", err)
	}
}

var testTime = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// stubborn is a projection that fails while it writes some subjects.
type stubborn struct {
	bare
	fails string
}

var errStubborn = errors.New("this one never")

func (s stubborn) Prepare(_ *bbolt.Tx, _ *seal.Key, e consult.Entry) (check func(*bbolt.Tx) error, write Write, err error) {
	return nil, func(*bbolt.Tx, uint64) error {
		if e.ID == s.fails {
			return errStubborn
		}
		return nil
	}, nil
}

// An entry whose effect can't be written leaves those alone that are committed with it.
func TestFailedWrite(t *testing.T) {
	dir := t.TempDir()
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := Open(filepath.Join(dir, "silta.db"), keys, stubborn{fails: "s3"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range uint64(10) {
				id := fmt.Sprintf("s%d", i)
				env := consult.Envelope{Kind: consult.KindToken, ID: id, At: testTime, By: "admin", Type: consult.TypeTokenSet}
				expected := n
				if i == 3 {
					expected = 0
				}
				_, err := j.Append(t.Context(), consult.Entry{Envelope: env, Event: new(consult.TokenSetEvent)}, expected)
				if errors.Is(err, errStubborn) != (i == 3) {
					t.Errorf("%s: %v", id, err)
				}
			}
		})
	}
	wg.Wait()
	if j.Head() != 70 {
		t.Errorf("head %d, want 70", j.Head())
	}
	if revision, err := j.Subject(consult.KindToken, "s3"); revision != 0 || err != nil {
		t.Errorf("revision %d, %v", revision, err)
	}
	if err := errors.Join(j.Verify(t.Context()), j.Close()); err != nil {
		t.Error(err)
	}
}
