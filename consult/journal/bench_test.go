package journal_test

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silta/consult/consulttest"
)

// BenchmarkAppend appends submissions of some 2 KB with the view, and reports the rate against raw fsyncs of 4 KB. Both are
// measured in turns, so that the figure means the same on every machine and whatever else it does.
func BenchmarkAppend(b *testing.B) {
	b.Run("one client", func(b *testing.B) { benchmarkAppend(b, 1) })
	b.Run("64 clients", func(b *testing.B) { benchmarkAppend(b, 64) })
}

func benchmarkAppend(b *testing.B, clients int) {
	s := consulttest.Open(b)
	raw := newRawFile(b)
	number := 0
	const turns = 20
	var appending time.Duration
	b.ResetTimer()
	for turn := range turns {
		n := b.N*(turn+1)/turns - b.N*turn/turns
		began := time.Now()
		appendAll(b, s, clients, number, n)
		appending += time.Since(began)
		number += n
		b.StopTimer()
		raw.write(b, max(10, n/10))
		b.StartTimer()
	}
	b.StopTimer()
	rate := float64(b.N) / appending.Seconds()
	fsyncs := float64(raw.written) / raw.took.Seconds()
	b.ReportMetric(rate, "appends/s")
	b.ReportMetric(fsyncs, "fsyncs/s")
	b.ReportMetric(rate/fsyncs, "appends/fsync")
	b.ReportMetric(fsyncs/rate, "fsyncs/append")
}

// appendAll has the clients append n submissions together.
func appendAll(b *testing.B, s *consulttest.Store, clients, number, n int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				id := consulttest.NewID()
				at := consulttest.Start.Add(time.Duration(number+i) * time.Second)
				e := consulttest.Submission{ID: id, Number: number + i, At: at, Command: id}.Entry()
				if _, err := s.Journal.Append(b.Context(), e, 0); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// rawFile is a file in which pages are written one by one and made durable each.
type rawFile struct {
	*os.File
	page    []byte
	written int
	took    time.Duration
}

// rawPages is how many pages the file has. They are there before: a file that grows costs more than an fsync.
const rawPages = 256

func newRawFile(b *testing.B) *rawFile {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	r := &rawFile{File: f, page: make([]byte, 4096)}
	if _, err := f.Write(make([]byte, rawPages*len(r.page))); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return r
}

func (r *rawFile) write(b *testing.B, n int) {
	began := time.Now()
	for range n {
		if _, err := r.WriteAt(r.page, int64(r.written%rawPages*len(r.page))); err != nil {
			b.Fatal(err)
		}
		if err := r.Sync(); err != nil {
			b.Fatal(err)
		}
		r.written++
	}
	r.took += time.Since(began)
}
