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

// BenchmarkAppend appends submissions of some 2 KB with the view and reports the rate against raw fsyncs of 4 KB that
// are measured right before and after, so that the figure means the same on every machine.
func BenchmarkAppend(b *testing.B) {
	for _, clients := range []int{1, 64} {
		b.Run(map[int]string{1: "one client", 64: "64 clients"}[clients], func(b *testing.B) {
			s := consulttest.Open(b)
			raw := fsyncRate(b)
			var next atomic.Int64
			at := consulttest.Start
			b.ResetTimer()
			began := time.Now()
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						id := consulttest.NewID()
						e := consulttest.Submission{ID: id, Number: int(n), At: at.Add(time.Duration(n) * time.Second), Command: id}.Entry()
						if _, err := s.Journal.Append(b.Context(), e, 0); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			rate := float64(b.N) / time.Since(began).Seconds()
			b.StopTimer()
			raw = (raw + fsyncRate(b)) / 2
			b.ReportMetric(rate, "appends/s")
			b.ReportMetric(raw, "fsyncs/s")
			b.ReportMetric(rate/raw, "appends/fsync")
			b.ReportMetric(raw/rate, "fsyncs/append")
		})
	}
}

// fsyncRate returns how many writes of 4 KB the disk makes durable in a second.
func fsyncRate(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, os.Getpagesize())
	// Room first: a file that grows costs more than one fsync each time.
	const pages = 256
	if _, err := f.Write(make([]byte, pages*len(page))); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	n := 0
	began := time.Now()
	for time.Since(began) < 500*time.Millisecond {
		if _, err := f.WriteAt(page, int64(n%pages*len(page))); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	return float64(n) / time.Since(began).Seconds()
}
