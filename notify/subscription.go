package notify

import (
	"context"
	"sync"

	"silta/consult"
)

const (
	// bufferSize is how many envelopes wait for a subscriber before it loses its place.
	bufferSize = 256
	// pageSize is how many envelopes a subscriber that catches up reads at once.
	pageSize = 256
)

// Subscription is one reader's place in the journal. Only Close may be called while Next is under way.
type Subscription struct {
	hub     *Hub
	visible func(consult.Envelope) bool

	// at is the last position that was looked at; queue is what was taken over from the hub or the journal.
	at     uint64
	queue  []consult.Envelope
	behind bool

	mu     sync.Mutex
	buffer []consult.Envelope
	lost   bool
	signal chan struct{}
}

// Subscribe starts after a position, or with what happens from now on where it is 0. Visible says which envelopes are for
// this reader; it is asked at the moment of telling, by the reader's own goroutine. Close must be called.
func (h *Hub) Subscribe(after uint64, visible func(consult.Envelope) bool) *Subscription {
	s := &Subscription{hub: h, visible: visible, at: after, behind: true, signal: make(chan struct{}, 1)}
	h.mu.Lock()
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	if after == 0 {
		s.at = h.journal.Head()
	}
	return s
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}

// Position returns the last position that was looked at: a reader that comes back after it misses nothing.
func (s *Subscription) Position() uint64 { return s.at }

// Next returns the next visible envelope, or the context's error; after that it can be called again.
func (s *Subscription) Next(ctx context.Context) (consult.Envelope, error) {
	for {
		for len(s.queue) > 0 {
			e := s.queue[0]
			s.queue = s.queue[1:]
			if e.Position <= s.at {
				continue
			}
			s.at = e.Position
			if e.Notice != nil && s.visible(e) {
				return e, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return consult.Envelope{}, err
		}
		if s.behind {
			if err := s.catchUp(); err != nil {
				return consult.Envelope{}, err
			}
			continue
		}
		if s.take() {
			continue
		}
		select {
		case <-ctx.Done():
			return consult.Envelope{}, ctx.Err()
		case <-s.signal:
		}
	}
}

// catchUp reads a page of the journal. What the hub offers meanwhile waits; what is in both is told once.
func (s *Subscription) catchUp() error {
	n := 0
	for e, err := range s.hub.journal.Envelopes(s.at) {
		if err != nil {
			return err
		}
		s.queue = append(s.queue, e)
		if n++; n == pageSize {
			return nil
		}
	}
	s.behind = false
	return nil
}

// take takes over what the hub has offered, and reports whether there was anything to go on with.
func (s *Subscription) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		// From here on the hub offers again; only then the journal is read, so nothing falls in between.
		s.lost, s.behind = false, true
		return true
	}
	s.queue, s.buffer = s.buffer, nil
	return len(s.queue) > 0
}

// offer hands over an envelope. It never waits: a full buffer is given up.
func (s *Subscription) offer(e consult.Envelope) {
	s.mu.Lock()
	if len(s.buffer) == bufferSize {
		s.lost, s.buffer = true, nil
	}
	s.buffer = append(s.buffer, e)
	s.mu.Unlock()
	s.wake()
}

// lose makes the subscriber read the journal.
func (s *Subscription) lose() {
	s.mu.Lock()
	s.lost, s.buffer = true, nil
	s.mu.Unlock()
	s.wake()
}

func (s *Subscription) wake() {
	select {
	case s.signal <- struct{}{}:
	default:
	}
}
