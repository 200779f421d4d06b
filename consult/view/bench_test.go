package view_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/view"
)

// BenchmarkPage reads pages of 50 at random places of a queue of 1,000 open requests, then of one of 100,000, and reports
// how many times longer the latter takes.
func BenchmarkPage(b *testing.B) {
	small, large := queue(b, 1000), queue(b, 100_000)
	read := func(v *view.View, from []consult.Cursor) {
		page, err := v.List(consult.ListQuery{
			Scopes: []consult.Scope{{Kind: consult.ByPool, ID: "child-psychiatry"}, {Kind: consult.ByPool, ID: "paivaperho"}},
			States: consult.OpenStates, After: from[rand.IntN(len(from))], Limit: 50,
		})
		if err != nil || len(page.Items) != 50 || page.Next == (consult.Cursor{}) {
			b.Fatalf("a page of %d, more %v: %v", len(page.Items), page.Next, err)
		}
	}
	var times [2]time.Duration
	n := 0
	for b.Loop() {
		// In turns, so that whatever else the machine does strikes both.
		for i, q := range []filled{small, large} {
			began := time.Now()
			read(q.view, q.from)
			times[i] += time.Since(began)
		}
		n++
	}
	b.ReportMetric(float64(times[0].Microseconds())/float64(n), "µs/page-of-1000")
	b.ReportMetric(float64(times[1].Microseconds())/float64(n), "µs/page-of-100000")
	b.ReportMetric(float64(times[1])/float64(times[0]), "ratio")
}

type filled struct {
	view *view.View
	from []consult.Cursor
}

// queue returns a view with open requests, and some places in their list with a full page behind.
func queue(b *testing.B, size int) filled {
	b.Helper()
	s := consulttest.Open(b)
	var mu sync.Mutex
	from := []consult.Cursor{{}}
	next := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range next {
				at := consulttest.Start.Add(time.Duration(i) * time.Second)
				e := consulttest.Submission{
					Number: i + 1, Requester: requesters[i%3], Joined: []string{"paivaperho"}[:i%2], At: at,
					AnswerBy: at.Add(time.Duration(1+i%3) * 24 * time.Hour),
				}.Entry()
				if _, err := s.Journal.Append(b.Context(), e, 0); err != nil {
					b.Error(err)
				}
				if i%(size/100) == 0 && i < size/2 {
					mu.Lock()
					from = append(from, consult.Cursor{At: e.Notice.AnswerBy, ID: e.ID})
					mu.Unlock()
				}
			}
		})
	}
	for i := range size {
		next <- i
	}
	close(next)
	wg.Wait()
	return filled{s.View, from}
}
