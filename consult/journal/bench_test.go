package journal_test

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"silta/consult/consulttest"
)

// BenchmarkAppend appends submissions of some 2 KB with the view, and reports the rate against raw fsyncs of 4 KB. Both are
// measured in turns, so that the figure means the same on every machine and whatever else it does. What does not depend on the
// machine's load at all are the processor time of an append, and how many writes and bytes it takes: a write is of a page or
// of what is overflowing of it.
func BenchmarkAppend(b *testing.B) {
	b.Run("one client", func(b *testing.B) { benchmarkAppend(b, 1) })
	b.Run("64 clients", func(b *testing.B) { benchmarkAppend(b, 64) })
}

func benchmarkAppend(b *testing.B, clients int) {
	s := consulttest.Open(b)
	raw := consulttest.NewDisk(b)
	number := 0
	const turns = 20
	var appending time.Duration
	var used usage
	b.ResetTimer()
	for turn := range turns {
		n := b.N*(turn+1)/turns - b.N*turn/turns
		began, before := time.Now(), used.now(b)
		appendAll(b, s, clients, number, n)
		appending += time.Since(began)
		used.add(before, used.now(b))
		number += n
		b.StopTimer()
		raw.Sync(b, max(10, n/10))
		b.StartTimer()
	}
	b.StopTimer()
	rate := float64(b.N) / appending.Seconds()
	fsyncs := raw.Rate()
	b.ReportMetric(float64(used.cpu.Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(used.writes)/float64(b.N), "writes/op")
	b.ReportMetric(float64(used.bytes)/float64(b.N), "written-B/op")
	b.ReportMetric(rate/fsyncs, "appends/fsync")
	b.ReportMetric(fsyncs/rate, "fsyncs/append")
}

// usage is what this process has used: processors, and writes to files.
type usage struct {
	cpu           time.Duration
	writes, bytes int64
}

func (usage) now(b *testing.B) (u usage) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	u.cpu = time.Duration(r.Utime.Nano() + r.Stime.Nano())
	io, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return u // Only Linux tells.
	}
	var reads, readBytes int64
	if _, err := fmt.Sscanf(string(io), "rchar: %d\nwchar: %d\nsyscr: %d\nsyscw: %d", &readBytes, &u.bytes, &reads, &u.writes); err != nil {
		b.Fatal(err)
	}
	return u
}

func (u *usage) add(before, after usage) {
	u.cpu += after.cpu - before.cpu
	u.writes += after.writes - before.writes
	u.bytes += after.bytes - before.bytes
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
