package journal_test

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/journal"
)

// After an erasure and a scrub nothing that is left in the file, pages that are free included, is a data key of the erased
// request: whoever has the raw file and the master key tries every place of it.
func TestErasedKeyIsNowhere(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range 40 {
		e := consulttest.Submission{Number: i + 1}.Entry()
		for revision := range uint64(2) {
			if revision > 0 {
				e = consulttest.Next(e.State.(*consult.Consultation), e.At, "childpsych", &consult.ClaimedEvent{})
			}
			if _, err := s.journal.Append(t.Context(), e, revision); err != nil {
				t.Fatal(err)
			}
		}
		ids = append(ids, e.ID)
	}
	erased, kept := ids[17], ids[18]
	if findKeys(t, dir, erased) == 0 || findKeys(t, dir, kept) == 0 {
		t.Fatal("the search finds no key before the erasure")
	}
	if err := s.journal.Erase(t.Context(), consult.KindConsultation, erased); err != nil {
		t.Fatal(err)
	}
	if findKeys(t, dir, erased) == 0 {
		t.Log("no page kept the key, even before the scrub")
	}
	if err := s.journal.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := findKeys(t, dir, erased); n > 0 {
		t.Errorf("the key of the erased request is still in %d places of the file", n)
	}
	if findKeys(t, dir, kept) == 0 {
		t.Error("the key of another request is gone, too")
	}
	if _, err := s.journal.Prove(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err := examine(t, dir); err != nil || p.Erased != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

// findKeys tries to open a subject's data key with the master key at every place of the raw file, and returns how often it does.
func findKeys(t *testing.T, dir, id string) (n int) {
	t.Helper()
	raw, err := os.ReadFile(dir + "/silta.db")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(dir + "/master.json")
	if err != nil {
		t.Fatal(err)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	master, err := aead.New(h)
	if err != nil {
		t.Fatal(err)
	}
	place := append(append([]byte(consult.KindConsultation), 0), id...)
	const sealed = 5 + 12 + 32 + 16 // Tink's prefix, the nonce, the key and the tag.
	for at := 0; at+sealed <= len(raw); at++ {
		if raw[at] != 1 { // Tink's prefix begins so.
			continue
		}
		if _, err := master.Decrypt(raw[at:at+sealed], place); err == nil {
			n++
		}
	}
	return n
}

// Scrubbing is in nobody's way, and what is read and appended meanwhile stays right.
func TestScrubUnderLoad(t *testing.T) {
	s := consulttest.Open(t)
	stop := make(chan struct{})
	var all sync.WaitGroup
	for w := range 3 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				e := consulttest.Submission{Number: 1 + w + 3*i}.Entry()
				if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
					t.Error(err)
					return
				}
				if _, err := s.View.Consultation(e.ID); err != nil {
					t.Error(err)
				}
				if i%10 == 9 {
					if err := s.Journal.Erase(t.Context(), e.Kind, e.ID); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for range 10 {
		if err := s.Journal.Scrub(t.Context()); err != nil && !errors.Is(err, journal.ErrBusy) {
			t.Error(err)
		}
		if _, err := s.Journal.Prove(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	all.Wait()
}

func TestEraseTraces(t *testing.T) {
	s := consulttest.Open(t)
	ids := map[string]bool{}
	for i := range 150 {
		e := consulttest.Submission{Number: i + 1}.Entry()
		if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
			t.Fatal(err)
		}
		ids[e.ID] = i%2 == 0
	}
	traces, err := s.Journal.Traces(t.Context())
	if err != nil || len(traces) != 150 {
		t.Fatalf("%d, %v", len(traces), err)
	}
	var some []journal.Trace
	for _, tr := range traces {
		if ids[tr.ID] {
			some = append(some, tr)
		}
	}
	for range 2 { // The second time there is nothing to do.
		if err := s.Journal.EraseTraces(t.Context(), some); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Journal.Prove(t.Context()); err != nil || p.Erased != 75 {
		t.Errorf("%+v, %v", p, err)
	}
	for id, gone := range ids {
		if _, err := s.View.Consultation(id); (consult.KindOf(err) == consult.NotFound) != gone {
			t.Errorf("%v", err)
		}
	}
}
