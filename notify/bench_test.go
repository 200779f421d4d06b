package notify

import (
	"context"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
)

// plain is a journal in memory that can be relayed.
type plain struct{ *memory }

func (plain) Wait(ctx context.Context, _ uint64) error {
	<-ctx.Done()
	return ctx.Err()
}

func (p plain) Envelope(position uint64) (consult.Envelope, error) { return p.all[position-1], nil }

func fill(n int) plain {
	m := &memory{}
	e := consulttest.Submission{}.Entry().Envelope
	for i := range n {
		e.Position = uint64(i + 1)
		m.all = append(m.all, e)
	}
	return plain{m}
}

// BenchmarkRefill tells a journal to an empty stream, and reads the stream through to prove it whole.
func BenchmarkRefill(b *testing.B) {
	const n = 50_000
	j := fill(n)
	for b.Loop() {
		bus := openBus(b, b.TempDir())
		r := NewRelay(bus, j, "/silta", Sleep, discard(), testMetrics(b))
		stop := background(b, r.Run)
		eventually(b, "the relay follows", func() bool { return r.Lag() == 0 && r.Ready() })
		if err := r.check(b.Context(), n); err != nil {
			b.Fatal(err)
		}
		stop()
		bus.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkCheck reads a stream through, as it is done once at each start.
func BenchmarkCheck(b *testing.B) {
	const n = 50_000
	bus := openBus(b, b.TempDir())
	r := NewRelay(bus, fill(n), "/silta", Sleep, discard(), testMetrics(b))
	background(b, r.Run)
	eventually(b, "the relay follows", func() bool { return r.Lag() == 0 && r.Ready() })
	for b.Loop() {
		if err := r.check(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkAppend is a durable submission alone, BenchmarkLive one that has arrived at an open screen.
func BenchmarkAppend(b *testing.B) {
	s := consulttest.Open(b)
	for b.Loop() {
		submit(b, s, 1)
	}
}

func BenchmarkLive(b *testing.B) {
	s, bus := consulttest.Open(b), openBus(b, b.TempDir())
	startRelay(b, bus, s.Journal)
	sub := startHub(b, bus, s.Journal).Subscribe(0, everything)
	defer sub.Close()
	for b.Loop() {
		submit(b, s, 1)
		if _, err := sub.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
