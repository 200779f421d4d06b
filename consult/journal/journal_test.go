package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/journal"
	"silta/consult/journal/ordertest"
	"silta/consult/seal"
	"silta/consult/view"
)

func TestOrder(t *testing.T) {
	ordertest.Run(t, func(t *testing.T, dir string) ordertest.Journal {
		s, err := openStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s.journal
	})
}

func submit(t *testing.T, s *consulttest.Store, sub consulttest.Submission) consult.Entry {
	t.Helper()
	e := sub.Entry()
	r, err := s.Journal.Append(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	e.Position = r.Position
	return e
}

func next(t *testing.T, s *consulttest.Store, e consult.Entry, by string, ev consult.Event) consult.Entry {
	t.Helper()
	after := consulttest.Next(e.State.(*consult.Consultation), e.At, by, ev)
	r, err := s.Journal.Append(t.Context(), after, e.Revision)
	if err != nil {
		t.Fatal(err)
	}
	after.Position = r.Position
	return after
}

func TestRead(t *testing.T) {
	s := consulttest.Open(t)
	first := submit(t, s, consulttest.Submission{Background: "nukkuu huonosti", Command: "c1"})
	second := next(t, s, first, "childpsych", &consult.AskedEvent{Text: "Miten kotona?"})
	for range 300 { // more than one transaction reads
		second = next(t, s, second, "nurse", &consult.AddedEvent{Text: "lisäys"})
	}
	n := uint64(0)
	var e consult.Entry
	for entry, err := range s.Journal.Read(0) {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			e = entry
		}
		if n++; entry.Position != n || entry.Revision != n || entry.ID != first.ID || entry.Event == nil {
			t.Fatalf("entry %d: %+v", n, entry.Envelope)
		}
	}
	if n != 302 {
		t.Errorf("%d entries", n)
	}
	if ev, ok := e.Event.(*consult.SubmittedEvent); !ok || ev.Request.Background != "nukkuu huonosti" {
		t.Errorf("first event %+v", e.Event)
	}
	if e.Notice == nil || e.Notice.Ref != "S-2026-0001" || e.Command != "c1" || !e.At.Equal(consulttest.Start) || e.By != "nurse" {
		t.Errorf("envelope %+v", e.Envelope)
	}
	if rev, err := s.Journal.Subject(consult.KindConsultation, first.ID); rev != 302 || err != nil {
		t.Errorf("subject's revision %d, %v", rev, err)
	}
	if rev, err := s.Journal.Subject(consult.KindConsultation, "none"); rev != 0 || err != nil {
		t.Errorf("revision of nothing: %d, %v", rev, err)
	}
	if r, ok, err := s.Journal.Lookup("c1"); !ok || r.Position != 1 || r.ID != first.ID || !r.Repeated || err != nil {
		t.Errorf("lookup %+v, %v, %v", r, ok, err)
	}
	if _, ok, err := s.Journal.Lookup("none"); ok || err != nil {
		t.Errorf("lookup of nothing: %v, %v", ok, err)
	}
	for _, position := range []uint64{0, 303, ^uint64(0)} {
		if _, err := s.Journal.Envelope(position); consult.KindOf(err) != consult.NotFound {
			t.Errorf("envelope %d: %v", position, err)
		}
	}
}

// A request whose reference is taken is refused alone, however many are committed with it.
func TestRefused(t *testing.T) {
	s := consulttest.Open(t)
	var taken, appended int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			e := consulttest.Submission{Number: 1 + i/2}.Entry() // everybody's number twice
			_, err := s.Journal.Append(t.Context(), e, 0)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				appended++
			case errors.Is(err, consult.ErrRefTaken):
				taken++
				if _, err := s.View.Consultation(e.ID); consult.KindOf(err) != consult.NotFound {
					t.Errorf("a refused request is in the view: %v", err)
				}
				if rev, err := s.Journal.Subject(e.Kind, e.ID); rev != 0 || err != nil {
					t.Errorf("a refused request has revision %d, %v", rev, err)
				}
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken != 32 || appended != 32 || s.Journal.Head() != 32 {
		t.Errorf("%d appended, %d refused, head %d", appended, taken, s.Journal.Head())
	}
	if err := s.Journal.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestErase(t *testing.T) {
	s := consulttest.Open(t)
	first := submit(t, s, consulttest.Submission{Background: "nukkuu huonosti"})
	other := submit(t, s, consulttest.Submission{Number: 2})
	first = next(t, s, first, "childpsych", &consult.ClaimedEvent{})
	for range 2 { // to erase again is no error
		if err := s.Journal.Erase(t.Context(), consult.KindConsultation, first.ID); err != nil {
			t.Fatal(err)
		}
	}
	check := func() {
		t.Helper()
		if err := s.Journal.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		erased := []bool{}
		for e, err := range s.Journal.Read(0) {
			if err != nil {
				t.Fatal(err)
			}
			erased = append(erased, e.Event == nil)
		}
		if !slices.Equal(erased, []bool{true, false, true}) {
			t.Errorf("erased: %v", erased)
		}
		if _, err := s.View.Consultation(first.ID); consult.KindOf(err) != consult.NotFound {
			t.Errorf("document of an erased request: %v", err)
		}
		if _, err := s.View.Consultation(other.ID); err != nil {
			t.Error(err)
		}
		claimed := consulttest.Next(first.State.(*consult.Consultation), first.At, "childpsych", &consult.ReleasedEvent{})
		if _, err := s.Journal.Append(t.Context(), claimed, 2); !errors.Is(err, seal.ErrErased) {
			t.Errorf("append to an erased request: %v", err)
		}
		if _, err := s.Journal.Append(t.Context(), consulttest.Submission{Number: 1}.Entry(), 0); !errors.Is(err, consult.ErrRefTaken) {
			t.Errorf("the reference of an erased request: %v", err)
		}
	}
	check()
	s.Reopen(t, view.Options{Rebuild: true})
	check()
	if err := s.Journal.Erase(t.Context(), consult.KindConsultation, "none"); consult.KindOf(err) != consult.NotFound {
		t.Errorf("erase of nothing: %v", err)
	}
}

// Erasing while the subject still changes leaves no entry readable.
func TestEraseWhileItChanges(t *testing.T) {
	s := consulttest.Open(t)
	e := submit(t, s, consulttest.Submission{})
	kind, id := e.Kind, e.ID
	ended := make(chan error)
	go func() {
		for {
			after := consulttest.Next(e.State.(*consult.Consultation), e.At, "nurse", &consult.AddedEvent{Text: "lisäys"})
			if _, err := s.Journal.Append(t.Context(), after, e.Revision); err != nil {
				ended <- err
				return
			}
			e = after
		}
	}()
	if err := s.Journal.Wait(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if err := s.Journal.Erase(t.Context(), kind, id); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, seal.ErrErased) {
		t.Errorf("append after the erasure: %v", err)
	}
	for e, err := range s.Journal.Read(0) {
		if err != nil || e.Event != nil {
			t.Fatalf("entry %d: %v, %v", e.Position, e.Event, err)
		}
	}
	if err := s.Journal.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// What people typed is nowhere in the file, be it in keys, values or pages that are free.
func TestNothingTypedInTheFile(t *testing.T) {
	s := consulttest.Open(t)
	marker := func(n int) string { return fmt.Sprintf("MARKER-%d-äö", n) }
	e := submit(t, s, consulttest.Submission{Background: marker(1)})
	for i := range 50 {
		e = next(t, s, e, "nurse", &consult.AddedEvent{Text: marker(2)})
		if i == 25 {
			e = next(t, s, e, "nurse", &consult.WithdrawnEvent{Reason: marker(3)})
		}
	}
	for _, ev := range []struct {
		kind  consult.SubjectKind
		event consult.Event
	}{
		{consult.KindPerson, &consult.PersonSetEvent{Person: consult.Person{Name: marker(4), Email: marker(5), Phone: marker(6)}}},
		{consult.KindToken, &consult.TokenSetEvent{Token: consult.Token{Note: marker(7)}}},
		{consult.KindRules, &consult.RulesPublishedEvent{Document: marker(8), Comment: marker(9)}},
	} {
		env := consult.Envelope{Kind: ev.kind, ID: "a", At: consulttest.Start, By: "admin", Type: ev.event.Type()}
		if _, err := s.Journal.Append(t.Context(), consult.Entry{Envelope: env, Event: ev.event}, 0); err != nil {
			t.Fatal(err)
		}
	}
	s.Reopen(t, view.Options{Rebuild: true})
	data, err := os.ReadFile(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(e.ID)) {
		t.Error("the file does not even hold the id: this test looks at the wrong one")
	}
	for _, secret := range []string{"MARKER", "äö", "school-absence", "Ylöjärvi", "yhteys huoltajiin"} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("the file holds %q", secret)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "silta.db")
	keys, err := seal.LoadMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(path, keys, nil, journal.Options{LockTimeout: 1}); !errors.Is(err, journal.ErrInUse) {
		t.Errorf("a file that is open was opened again: %v", err)
	}
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	stranger, err := seal.CreateMaster(filepath.Join(dir, "other.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(path, stranger, nil, journal.Options{}); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("another master key: %v", err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 10000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(path, keys, nil, journal.Options{}); err == nil {
		t.Error("a file that is no journal was opened")
	}
}

// A file that can't grow refuses appends with an error, loses nothing and takes appends again when there is room.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "silta.db")
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	open := func(most int) store {
		t.Helper()
		v := view.New(keys, view.Options{})
		j, err := journal.Open(path, keys, v, journal.Options{MaxSize: most})
		if err != nil {
			t.Fatal(err)
		}
		return store{j, v}
	}
	s := open(0)
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(40 << 20)
	number := 0
	var full error
	for full == nil {
		number++
		var sub = consulttest.Submission{Number: number, Background: string(bytes.Repeat([]byte("x"), 1<<20))}
		_, full = s.journal.Append(context.Background(), sub.Entry(), 0)
	}
	if s.journal.Fault() == nil {
		t.Error("a journal that could not write has no fault")
	}
	head := s.journal.Head()
	if head != uint64(number-1) || number < 5 {
		t.Fatalf("head %d after %d appends: %v", head, number, full)
	}
	if _, err := s.view.RefID(fmt.Sprintf("S-2026-%04d", number-1)); err != nil {
		t.Error(err)
	}
	if last, err := s.view.LastRef(2026); last != number-1 || err != nil {
		t.Errorf("last reference %d, %v", last, err)
	}
	if err := s.journal.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(0)
	defer s.journal.Close()
	if _, err := s.journal.Append(t.Context(), consulttest.Submission{Number: number}.Entry(), 0); err != nil || s.journal.Fault() != nil {
		t.Error(err, s.journal.Fault())
	}
}
