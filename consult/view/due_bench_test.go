package view_test

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify"
)

// someone is a router by whose rules every step reaches the same person.
type someone struct{ consult.Router }

func (someone) Reach(uint64, string, []string, time.Time) (consult.Reach, error) {
	return consult.Reach{People: []string{"anna"}}, nil
}
func (someone) After(_ uint64, _ string, from time.Time, days int) (time.Time, error) {
	return from.AddDate(0, 0, days), nil
}
func (someone) HasPool(string) bool           { return true }
func (someone) Current() consult.RulesVersion { return consult.RulesVersion{Number: 1} }

// region is a store with many open requests, and what escalates them.
type region struct {
	*consulttest.Store
	escalator *notify.Escalator
	rounds    int
	took, cpu []time.Duration
}

func newRegion(b *testing.B, open int) *region {
	b.Helper()
	r := &region{Store: consulttest.Open(b)}
	anna := consult.Entry{
		Envelope: consult.Envelope{Kind: consult.KindPerson, ID: "anna", Revision: 1, At: consulttest.Start, By: consult.SystemID, Type: consult.TypePersonSet},
		Event:    &consult.PersonSetEvent{Person: consult.Person{ID: "anna", Email: "anna@example.org", Roles: []consult.Role{consult.Specialist}}},
	}
	if _, err := r.Journal.Append(b.Context(), anna, 0); err != nil {
		b.Fatal(err)
	}
	if err := r.View.FillOpen(open, consulttest.Start.AddDate(1, 0, 0)); err != nil {
		b.Fatal(err)
	}
	metrics, err := notify.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	service := consult.NewService(r.Journal, r.View, someone{}, consult.Config{Now: time.Now, NewID: consulttest.NewID})
	r.escalator = notify.NewEscalator(r.View, service, func() {}, slog.New(slog.DiscardHandler), metrics)
	return r
}

// due is how many requests are due at each tick.
const due = 100

// round makes requests come due, and measures the tick that escalates them.
func (r *region) round(b *testing.B) {
	b.Helper()
	at := consulttest.Start.Add(time.Duration(r.rounds) * time.Minute)
	var sending sync.WaitGroup
	for i := range due {
		sending.Go(func() {
			e := consulttest.Submission{Number: r.rounds*due + i + 1, At: at, Background: "x"}.Entry()
			if _, err := r.Journal.Append(b.Context(), e, 0); err != nil {
				b.Error(err)
			}
		})
	}
	sending.Wait()
	head := r.Journal.Head()
	began, busy := time.Now(), processor(b)
	if err := r.escalator.Tick(b.Context(), at.Add(24*time.Hour)); err != nil {
		b.Fatal(err)
	}
	r.took, r.cpu = append(r.took, time.Since(began)), append(r.cpu, processor(b)-busy)
	if n := r.Journal.Head() - head; n != due {
		b.Fatalf("%d entries of %d due", n, due)
	}
	r.rounds++
}

// processor is the processor time that the process has used.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkTick escalates 100 requests that are due among 1,000 and among 1,000,000 open ones, and reports how many times longer the
// latter takes, by the clock and in processor time. The others stand in every tree of the file that a tick reads or writes, as if they
// had been sent, but for the entries, which are only ever put at the end. The due ones were sent one after the other, as most of what
// is due in the same minute was.
func BenchmarkTick(b *testing.B) {
	small, large := newRegion(b, 1000), newRegion(b, 1_000_000)
	for b.Loop() {
		// In turns, so that whatever else the machine does strikes both.
		small.round(b)
		large.round(b)
	}
	for name, d := range map[string][2][]time.Duration{"time": {small.took, large.took}, "cpu": {small.cpu, large.cpu}} {
		few, many := median(d[0]), median(d[1])
		b.ReportMetric(float64(few.Microseconds()), fmt.Sprintf("µs-%s/tick-of-1000", name))
		b.ReportMetric(float64(many.Microseconds()), fmt.Sprintf("µs-%s/tick-of-1000000", name))
		b.ReportMetric(float64(many)/float64(few), name+"-ratio")
	}
}
