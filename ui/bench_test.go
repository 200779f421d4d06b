package ui_test

import (
	"sync"
	"testing"
	"time"

	"silta/consult/consulttest"
)

// BenchmarkQueuePage reads the first page of a specialist's queue through the whole server, with 1,000 open requests in it and with
// 100,000, in turns, and reports how many times longer the latter takes.
func BenchmarkQueuePage(b *testing.B) {
	small, large := filledSite(b, 1_000), filledSite(b, 100_000)
	var times [2]time.Duration
	n := 0
	for b.Loop() {
		for i, r := range []*reader{small, large} {
			began := time.Now()
			if p := r.get("/queue"); p.status != 200 || p.Find(".case").Length() != 50 {
				b.Fatalf("%d: %d rows", p.status, p.Find(".case").Length())
			}
			times[i] += time.Since(began)
		}
		n++
	}
	b.ReportMetric(float64(times[0].Microseconds())/float64(n), "µs/page-of-1000")
	b.ReportMetric(float64(times[1].Microseconds())/float64(n), "µs/page-of-100000")
	b.ReportMetric(float64(times[1])/float64(times[0]), "ratio")
}

// filledSite is a site with open requests, as a specialist sees it.
func filledSite(b *testing.B, size int) *reader {
	b.Helper()
	s := newSite(b, nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range next {
				at := consulttest.Start.Add(-time.Duration(i) * time.Minute)
				e := consulttest.Submission{Number: i + 1, At: at, AnswerBy: at.Add(300 * 24 * time.Hour)}.Entry()
				if _, err := s.store.Journal.Append(b.Context(), e, 0); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range size {
		next <- i
	}
	close(next)
	wg.Wait()
	return s.as("childpsych")
}
