package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"silta/consult"
)

// Hub tells open screens what happens, as it happens. It wakes on the events of NATS, reads the journal once for all, and
// hands each envelope to every subscriber. A subscriber that is too slow never holds up the others: it loses its place
// and reads the journal itself until it has caught up, without missing anything.
type Hub struct {
	bus     *Bus
	journal consult.Follower
	pause   Pause
	log     *slog.Logger

	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

// NewHub makes a hub; the arguments are all needed.
func NewHub(bus *Bus, journal consult.Follower, pause Pause, log *slog.Logger) *Hub {
	return &Hub{bus: bus, journal: journal, pause: pause, log: log, subs: map[*Subscription]struct{}{}}
}

// Run serves subscribers until the context ends. An error means that the bus was closed before.
func (h *Hub) Run(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	ring := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	// An event only wakes: what it tells is read from the journal, so a wake-up that was lost is made good by the next.
	sub, err := h.bus.conn.Subscribe(subjects, func(*nats.Msg) { ring() })
	if err != nil {
		return err
	}
	defer func() {
		if err := sub.Unsubscribe(); err != nil && h.bus.conn.IsConnected() {
			h.log.Warn("live queue", "error", err)
		}
	}()
	connected := h.bus.conn.StatusChanged(nats.CONNECTED)
	defer h.bus.conn.RemoveStatusListener(connected)

	at := h.journal.Head()
	h.each((*Subscription).lose) // What was committed before is not handed out.
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-connected:
			if !open {
				return nats.ErrConnectionClosed
			}
		case <-wake:
		}
		for e, err := range h.journal.Envelopes(at) {
			if err != nil {
				h.log.Error("live queue: the journal can't be read", "position", at, "error", err)
				h.pause(ctx, time.Second)
				ring()
				break
			}
			at = e.Position
			if e.Notice != nil {
				h.each(func(s *Subscription) { s.offer(e) })
			}
		}
	}
}

func (h *Hub) each(do func(*Subscription)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		do(s)
	}
}
