package ui_test

import (
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// narrowed are the ways in which the benchmark narrows the queue, with how many requests the first page then has of 1,000 and of 100,000.
var narrowed = []struct {
	name, query  string
	small, large int
}{
	{"all", "", 50, 50},
	{"pool", "?pool=child-protection", 50, 50},
	{"urgency", "?urgency=soon", 50, 50},
	{"municipality", "?municipality=Tampere", 50, 50},
	{"concern", "?concern=mood", 50, 50},
	{"together", "?pool=child-protection&urgency=soon&municipality=Tampere&concern=anxiety", 50, 50},
	// Ten are urgent, and none has grief or, where it is of Kangasala, trouble with sleep. Among 100,000 the page tells that the next may have more.
	{"few", "?urgency=urgent", 10, 10},
	{"few-together", "?urgency=urgent&municipality=Ylöjärvi", 5, 5},
	{"none", "?concern=grief", 0, 0},
	{"none-together", "?municipality=Kangasala&concern=sleep", 0, 0},
}

// BenchmarkQueuePage reads the first page of a specialist's queue through the whole server, with 1,000 open requests in it and with
// 100,000, in turns, and reports how many times longer the latter takes: the whole queue, and narrowed in each way.
func BenchmarkQueuePage(b *testing.B) {
	small, large := filledSite(b, 1_000), filledSite(b, 100_000)
	for _, n := range narrowed {
		b.Run(n.name, func(b *testing.B) {
			var times [2]time.Duration
			pages := 0
			for b.Loop() {
				for i, r := range []*reader{small, large} {
					began := time.Now()
					p := r.get("/queue" + n.query)
					times[i] += time.Since(began)
					if got, want := p.Find(".case").Length(), []int{n.small, n.large}[i]; p.status != 200 || got != want {
						b.Fatalf("%d: %d rows, want %d", p.status, got, want)
					}
				}
				pages++
			}
			b.ReportMetric(float64(times[0].Microseconds())/float64(pages), "µs/page-of-1000")
			b.ReportMetric(float64(times[1].Microseconds())/float64(pages), "µs/page-of-100000")
			b.ReportMetric(float64(times[1])/float64(times[0]), "ratio")
		})
	}
}

// filledSite is a site with open requests, as a specialist of two pools sees it.
func filledSite(b *testing.B, size int) *reader {
	b.Helper()
	s := newSite(b, nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range next {
				at := consulttest.Start.Add(-time.Duration(i) * time.Minute)
				e := consulttest.Submission{
					Number: i + 1, Pool: "youth-psychiatry", Joined: []string{"child-protection"}[:i%2], At: at, AnswerBy: at.Add(300 * 24 * time.Hour),
					Change: func(r *consult.Request) { fill(r, i, size) },
				}.Entry()
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
	return s.as("protection")
}

// fill says what the benchmark's requests are about. The last ones have the earliest deadlines.
func fill(r *consult.Request, i, size int) {
	r.Urgency = consult.Urgencies[i/3%2]
	r.Client.Municipality = []string{"Tampere", "Ylöjärvi", "Kangasala"}[i%3]
	r.Concerns = []consult.Concern{consult.Concerns[i/2%3], []consult.Concern{"sleep", "eating", "trauma"}[i%3]}
	if i >= size-10 {
		r.Urgency, r.Client.Municipality = consult.Urgent, []string{"Tampere", "Ylöjärvi"}[i%2]
	}
}
