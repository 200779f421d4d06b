package notify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

func everything(consult.Envelope) bool { return true }

// startHub runs a hub, and returns when it follows.
func startHub(t testing.TB, b *Bus, j Journal) *Hub {
	t.Helper()
	h := NewHub(b, j, Sleep, discard())
	background(t, func(ctx context.Context) {
		if err := h.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return h
}

// collect reads n envelopes after a position.
func collect(t testing.TB, h *Hub, after uint64, n int) []uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sub := h.Subscribe(after, everything)
	defer sub.Close()
	var got []uint64
	for len(got) < n {
		e, err := sub.Next(ctx)
		if err != nil {
			t.Fatalf("after %d of %d: %v", len(got), n, err)
		}
		got = append(got, e.Position)
	}
	return got
}

func TestHubStreamsFromAnyPosition(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	startRelay(t, b, s.Journal)
	all := positions(submit(t, s, 30))
	h := startHub(t, b, s.Journal)
	var readers sync.WaitGroup
	for range 20 {
		after := 1 + rand.IntN(29)
		readers.Go(func() {
			equal(t, fmt.Sprint("after ", after), collect(t, h, uint64(after), 60-after), positionsUpTo(after, 60))
		})
	}
	all = append(all, positions(submit(t, s, 30))...)
	readers.Wait()
	if left := subscribers(h); len(all) != 60 || left != 0 {
		t.Errorf("%d entries, %d subscribers left", len(all), left)
	}
}

func subscribers(h *Hub) (n int) {
	h.each(func(*Subscription) { n++ })
	return n
}

func positionsUpTo(after, last int) []uint64 {
	var p []uint64
	for i := after + 1; i <= last; i++ {
		p = append(p, uint64(i))
	}
	return p
}

func TestHubStartsFromNow(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	startRelay(t, b, s.Journal)
	submit(t, s, 3)
	h := startHub(t, b, s.Journal)
	sub := h.Subscribe(0, func(e consult.Envelope) bool { return e.Position != 4 })
	defer sub.Close()
	submit(t, s, 2)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	e, err := sub.Next(ctx)
	if err != nil || e.Position != 5 || sub.Position() != 5 {
		t.Fatalf("position %d (%d), %v", e.Position, sub.Position(), err)
	}
	// A reader that only waits for a while can go on afterwards.
	short, stop := context.WithCancel(ctx)
	stop()
	if _, err := sub.Next(short); !errors.Is(err, context.Canceled) {
		t.Fatalf("after the end of its time: %v", err)
	}
	submit(t, s, 1)
	if e, err := sub.Next(ctx); err != nil || e.Position != 6 {
		t.Fatalf("position %d, %v", e.Position, err)
	}
}

// TestHubStartsLate has somebody wait before the hub runs.
func TestHubStartsLate(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	h := NewHub(b, s.Journal, Sleep, discard())
	sub := h.Subscribe(0, everything)
	defer sub.Close()
	ended, end := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, end)
	if _, err := sub.Next(ended); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	submit(t, s, 1)
	background(t, func(ctx context.Context) {
		if err := h.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if e, err := sub.Next(ctx); err != nil || e.Position != 1 {
		t.Fatalf("position %d, %v", e.Position, err)
	}
}

// TestSlowSubscriber shows that a full buffer holds up nobody, and that nothing is missing afterwards.
func TestSlowSubscriber(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	startRelay(t, b, s.Journal)
	submit(t, s, 1)
	h := startHub(t, b, s.Journal)
	slow := h.Subscribe(0, everything)
	defer slow.Close()
	fast := h.Subscribe(0, everything)
	defer fast.Close()
	const n = 2*bufferSize + 17
	read := func(sub *Subscription, n int) (got []uint64) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for range n {
			e, err := sub.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.Position)
		}
		return got
	}
	isLost := func() bool {
		slow.mu.Lock()
		defer slow.mu.Unlock()
		return slow.lost
	}
	for position := uint64(2); position <= 3; position++ { // The second one they hear from the hub.
		submit(t, s, 1)
		equal(t, "the first", append(read(fast, 1), read(slow, 1)...), []uint64{position, position})
	}
	if isLost() {
		t.Fatal("lost before it is slow")
	}
	submit(t, s, n)
	want := positionsUpTo(3, n+3)
	equal(t, "the fast one", read(fast, n), want)
	if !isLost() {
		t.Error("the buffer did not overflow: the test shows nothing")
	}
	equal(t, "the slow one", read(slow, n), want)
}

// memory is a journal of bare envelopes, for what needs no disk and no NATS.
type memory struct {
	consult.Follower
	mu  sync.Mutex
	all []consult.Envelope
}

func (m *memory) Head() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.all))
}

func (m *memory) Envelopes(after uint64) iter.Seq2[consult.Envelope, error] {
	m.mu.Lock()
	rest := m.all[after:]
	m.mu.Unlock()
	return func(yield func(consult.Envelope, error) bool) {
		for _, e := range rest {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (m *memory) append() consult.Envelope {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := consult.Envelope{Position: uint64(len(m.all) + 1), Notice: &consult.Notice{}}
	if e.Position%3 == 0 {
		e.Notice = nil
	}
	m.all = append(m.all, e)
	return e
}

// TestSubscriptionHasNoGaps mixes offers, losses and reading in every order that chance brings.
func TestSubscriptionHasNoGaps(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			m := &memory{}
			h := NewHub(nil, m, Sleep, discard())
			for range random.IntN(20) {
				m.append()
			}
			after := uint64(random.IntN(len(m.all) + 1))
			sub := h.Subscribe(after, everything)
			defer sub.Close()
			from, at := sub.Position(), m.Head()
			ctx, cancel := context.WithCancel(t.Context())
			var got []uint64
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					e, err := sub.Next(ctx)
					if err != nil {
						return
					}
					got = append(got, e.Position)
				}
			}()
			for range random.IntN(3 * bufferSize) {
				switch random.IntN(40) {
				case 0:
					synctest.Wait()
				case 1:
					h.each((*Subscription).lose)
				default:
					m.append()
				}
				if random.IntN(3) == 0 { // The hub comes by.
					for e := range m.Envelopes(at) {
						at = e.Position
						if e.Notice != nil {
							h.each(func(s *Subscription) { s.offer(e) })
						}
					}
				}
			}
			for e := range m.Envelopes(at) {
				if e.Notice != nil {
					h.each(func(s *Subscription) { s.offer(e) })
				}
			}
			synctest.Wait()
			cancel()
			<-done
			var want []uint64
			for _, e := range m.all[from:] {
				if e.Notice != nil {
					want = append(want, e.Position)
				}
			}
			equal(t, fmt.Sprint("seed ", seed), got, want)
		})
	}
}
