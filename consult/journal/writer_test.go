package journal

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"silta/consult"
	"silta/consult/seal"
)

// openAlone opens a new journal with a projection, which ends with the test.
func openAlone(t *testing.T, projection Projection) *Journal {
	t.Helper()
	dir := t.TempDir()
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := Open(filepath.Join(dir, "silta.db"), keys, projection, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

// tokenEntry is the first entry of a token.
func tokenEntry(id, note string) consult.Entry {
	return consult.Entry{
		Envelope: consult.Envelope{Kind: consult.KindToken, ID: id, At: testTime, By: "admin", Type: consult.TypeTokenSet},
		Event:    &consult.TokenSetEvent{Token: consult.Token{Note: note}},
	}
}

// together hands the first entries of tokens to the writer as one batch, and returns how each ended.
func together(t *testing.T, j *Journal, ctx func(id string) context.Context, ids ...string) []error {
	t.Helper()
	var batch []*request
	for _, id := range ids {
		r, err := j.prepare(ctx(id), tokenEntry(id, ""), 0)
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, r)
	}
	j.queue.mu.Lock()
	j.queue.waiting = append(j.queue.waiting, batch...)
	j.queue.mu.Unlock()
	j.queue.ring()
	var errs []error
	for _, r := range batch {
		<-r.done
		errs = append(errs, r.err)
	}
	return errs
}

// TestOthersOfAFailedBatch: those that were written before the one that failed are written again, and are there when they say so.
func TestOthersOfAFailedBatch(t *testing.T) {
	j := openAlone(t, stubborn{fails: "s3"})
	ids := []string{"s1", "s2", "s3", "s4"}
	errs := together(t, j, func(string) context.Context { return t.Context() }, ids...)
	for i, id := range ids {
		revision, err := j.Subject(consult.KindToken, id)
		if err != nil {
			t.Fatal(err)
		}
		if fails := id == "s3"; errors.Is(errs[i], errStubborn) != fails || (revision == 0) != fails || (errs[i] != nil) != fails {
			t.Errorf("%s: revision %d, %v", id, revision, errs[i])
		}
	}
	if j.Head() != 3 {
		t.Errorf("head %d, want 3", j.Head())
	}
}

// TestGivenUpWhileWaiting: what nobody waits for any more when its turn comes is not appended.
func TestGivenUpWhileWaiting(t *testing.T) {
	j := openAlone(t, nil)
	given, giveUp := context.WithCancel(t.Context())
	errs := together(t, j, func(id string) context.Context {
		if id == "given" {
			defer giveUp()
			return given
		}
		return t.Context()
	}, "kept", "given")
	if errs[0] != nil || !errors.Is(errs[1], context.Canceled) || j.Head() != 1 {
		t.Errorf("%v, head %d", errs, j.Head())
	}
}

// TestTooLargeEntry: an entry that no transaction should hold is refused, and the next one is taken.
func TestTooLargeEntry(t *testing.T) {
	j := openAlone(t, nil)
	if _, err := j.Append(t.Context(), tokenEntry("large", strings.Repeat("x", maxEntry)), 0); err == nil || j.Head() != 0 {
		t.Errorf("%v, head %d", err, j.Head())
	}
	if _, err := j.Append(t.Context(), tokenEntry("small", "x"), 0); err != nil {
		t.Error(err)
	}
}

// TestBatches: a transaction holds so many entries and so many bytes, but never none; what waits when the queue is closed is still
// handed out.
func TestBatches(t *testing.T) {
	q := &queue{wake: make(chan struct{}, 1)}
	put := func(n, size int) {
		for range n {
			if !q.put(&request{record: make([]byte, size)}) {
				t.Fatal("the queue is closed")
			}
		}
	}
	want := func(what string, n int) {
		t.Helper()
		if got := len(q.take()); got != n {
			t.Fatalf("%s: %d at once, want %d", what, got, n)
		}
	}
	put(maxBatch+1, 10)
	want("many", maxBatch)
	want("the rest of them", 1)
	put(3, maxBatchBytes/2)
	want("large ones", 2)
	want("the rest of them", 1)
	put(2, maxBatchBytes+1)
	want("one that is too large for others beside it", 1)
	q.close()
	if q.put(new(request)) {
		t.Error("a closed queue takes requests")
	}
	want("what waited when the queue was closed", 1)
	want("a queue that is closed and empty", 0)
}
