package view_test

import (
	"errors"
	"sync"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
)

// Whoever lost a race reads what won it, however often the same document was read before: an answer from memory is never older
// than what the journal has said.
func TestNeverOlderThanTheJournal(t *testing.T) {
	s := consulttest.Open(t)
	if _, err := s.View.Person("anna"); consult.KindOf(err) != consult.NotFound {
		t.Fatalf("nobody yet: %v", err)
	}
	const writers, each = 6, 40
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for won := 0; won < each; {
				p, err := s.View.Person("anna")
				if err != nil && consult.KindOf(err) != consult.NotFound {
					t.Error(err)
					return
				}
				e := consult.Entry{
					Envelope: consult.Envelope{Kind: consult.KindPerson, ID: "anna", At: consulttest.Start, By: "admin", Type: consult.TypePersonSet},
					Event:    &consult.PersonSetEvent{Person: consult.Person{Name: "Anna"}},
				}
				_, err = s.Journal.Append(t.Context(), e, p.Revision)
				if err == nil {
					won++
				} else if !errors.Is(err, consult.ErrRevision) {
					t.Error(err)
					return
				}
				after, readErr := s.View.Person("anna")
				if readErr != nil || after.Revision <= p.Revision {
					t.Errorf("after revision %d had been overtaken (%v): revision %d, %v", p.Revision, err, after.Revision, readErr)
					return
				}
			}
		})
	}
	wg.Wait()
	if p, err := s.View.Person("anna"); err != nil || p.Revision != writers*each {
		t.Errorf("revision %d, %v", p.Revision, err)
	}
	if err := s.Journal.Erase(t.Context(), consult.KindPerson, "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.View.Person("anna"); consult.KindOf(err) != consult.NotFound {
		t.Errorf("erased: %v", err)
	}
}
