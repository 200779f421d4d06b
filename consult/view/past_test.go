package view_test

import (
	"fmt"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// TestSubmitted: the requests since a moment, the latest first, over the turn of a year and past an erased one.
func TestSubmitted(t *testing.T) {
	s := consulttest.Open(t)
	begin := time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)
	const many = 150
	at := func(n int) time.Time { return begin.Add(time.Duration(n) * 12 * time.Hour) }
	number, year := 0, 0
	for n := range many {
		if at(n).Year() != year {
			number, year = 0, at(n).Year()
		}
		number++
		e := consulttest.Submission{ID: fmt.Sprintf("r%d", (n*7)%many), Number: number, At: at(n)}.Entry()
		if _, err := s.Journal.Append(bg, e, 0); err != nil {
			t.Fatal(err)
		}
	}
	erased := fmt.Sprintf("r%d", (100*7)%many)
	if err := s.Journal.Erase(bg, consult.KindConsultation, erased); err != nil {
		t.Fatal(err)
	}
	for _, first := range []int{0, 1, 70, many - 1, many} {
		next := many - 1
		for p, err := range s.View.Submitted(at(first)) {
			if err != nil {
				t.Fatal(err)
			}
			if next == 100 {
				next--
			}
			if want := fmt.Sprintf("r%d", (next*7)%many); p.ID != want || !p.At.Equal(at(next)) {
				t.Fatalf("%s of %s, want %s", p.ID, p.At, want)
			}
			if p.Facts.Age != 14 || p.Facts.Profession != "school-nurse" || p.Facts.Municipality != "Ylöjärvi" {
				t.Fatalf("facts %+v", p.Facts)
			}
			next--
		}
		if next == 100 {
			next--
		}
		if next != first-1 {
			t.Errorf("since %s: the last one is %d", at(first), next+1)
		}
	}
}
