package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

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

// hold keeps the writer busy until it is let go, so that what comes meanwhile is one batch.
func hold(t *testing.T, j *Journal) (letGo func()) {
	t.Helper()
	busy, free := make(chan struct{}), make(chan struct{})
	r := newRequest(t.Context())
	r.alone = func() error { close(busy); <-free; return nil }
	j.queue.put(r)
	<-busy
	return func() { close(free) }
}

// queued returns when so many requests wait for the writer.
func queued(j *Journal, n int) {
	for waiting := 0; waiting < n; runtime.Gosched() {
		j.queue.mu.Lock()
		waiting = len(j.queue.waiting)
		j.queue.mu.Unlock()
	}
}

// TestEraseWhatGrows: an entry that comes between the walk and the erasure is erased with the others.
func TestEraseWhatGrows(t *testing.T) {
	j := openAlone(t, nil)
	if _, err := j.Append(t.Context(), tokenEntry("a", "x"), 0); err != nil {
		t.Fatal(err)
	}
	letGo := hold(t, j)
	ended := make(chan error, 2)
	go func() {
		_, err := j.Append(t.Context(), tokenEntry("a", "y"), 1)
		ended <- err
	}()
	queued(j, 1)
	go func() { ended <- j.Erase(t.Context(), consult.KindToken, "a") }()
	queued(j, 2)
	letGo()
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Fatal(err)
	}
	n := 0
	for e, err := range j.Read(0) {
		if n++; err != nil || e.Event != nil {
			t.Errorf("entry %d: %v, %v", e.Position, e.Event, err)
		}
	}
	if err := j.Verify(t.Context()); err != nil || n != 2 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// TestAppendToErased: an entry that was made ready before its subject was erased is refused after it.
func TestAppendToErased(t *testing.T) {
	j := openAlone(t, nil)
	if _, err := j.Append(t.Context(), tokenEntry("a", "x"), 0); err != nil {
		t.Fatal(err)
	}
	letGo := hold(t, j)
	erased, appended := make(chan error), make(chan error)
	go func() { erased <- j.Erase(t.Context(), consult.KindToken, "a") }()
	queued(j, 1)
	go func() {
		_, err := j.Append(t.Context(), tokenEntry("a", "y"), 1)
		appended <- err
	}()
	queued(j, 2)
	letGo()
	if err := <-erased; err != nil {
		t.Error(err)
	}
	if err := <-appended; !errors.Is(err, seal.ErrErased) || j.Head() != 1 {
		t.Errorf("%v, head %d", err, j.Head())
	}
}

// TestRecent: of the last entries so many are held, and what is not held any more is not taken for another one.
func TestRecent(t *testing.T) {
	var r recent
	if r.from(1, 1) != nil {
		t.Error("an empty one holds something")
	}
	last := uint64(7)
	add := func(n int) {
		var list []consult.Envelope
		for range n {
			last++
			list = append(list, consult.Envelope{Position: last})
		}
		r.add(list)
	}
	for _, n := range []int{0, 1, maxRecent - 1, 1, 1, maxBatch, maxRecent + 3} {
		add(n)
		first := max(8, last+1-min(last, maxRecent))
		if r.from(first-1, last) != nil || r.from(last+1, last) != nil {
			t.Errorf("up to %d: more is held than from %d on", last, first)
		}
		held := r.from(first, last)
		for i, env := range held {
			if env.Position != first+uint64(i) {
				t.Fatalf("up to %d: %d instead of %d", last, env.Position, first+uint64(i))
			}
		}
		if uint64(len(held)) != last+1-first {
			t.Errorf("up to %d: %d from %d on", last, len(held), first)
		}
	}
}

// TestHashIsWhatItWas: heads are kept outside for years, so an entry's hash is made for ever as it is written down beside [encode].
func TestHashIsWhatItWas(t *testing.T) {
	j := openAlone(t, nil)
	for _, id := range []string{"a", "b"} {
		if _, err := j.Append(t.Context(), tokenEntry(id, "x"), 0); err != nil {
			t.Fatal(err)
		}
	}
	var previous [32]byte
	for position := uint64(1); position <= 2; position++ {
		err := j.view(func(tx *bbolt.Tx) error {
			record := entriesIn(tx).Get(positionKey(position))
			if !bytes.Equal(record[5:37], previous[:]) {
				t.Errorf("entry %d does not hold the hash before", position)
			}
			end := 41 + binary.BigEndian.Uint32(record[37:])
			payload := sha256.Sum256(record[end:])
			content := sha256.Sum256(append(bytes.Clone(record[37:end]), payload[:]...))
			previous = sha256.Sum256(slices.Concat(previous[:], binary.BigEndian.AppendUint64(nil, position), content[:]))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	head, err := j.LastHead()
	if err != nil || head.Hash != hex.EncodeToString(previous[:]) {
		t.Errorf("%+v, %v, want %x", head, err, previous)
	}
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
