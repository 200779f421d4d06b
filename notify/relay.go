package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult"
)

const (
	// batchSize is how many events are under way at once.
	batchSize = 256
	// scanSize bounds how many envelopes are looked at for one batch, so that the position moves on where few tell anything.
	scanSize = 4096
	// maxMisplaced is how often the stream may refuse the event that follows its own last one.
	maxMisplaced = 3
)

// Pause waits for a while, or until the context ends. It is injected, so that tests need not wait.
type Pause func(ctx context.Context, d time.Duration)

// Sleep is the [Pause] of real time.
func Sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// backoff grows from a tenth of a second to half a minute.
func backoff(failures int) time.Duration {
	return min(100*time.Millisecond<<min(failures, 20), 30*time.Second)
}

// Journal is what this package reads of the journal.
type Journal interface {
	consult.Follower
	// Envelope returns the envelope at a position.
	Envelope(position uint64) (consult.Envelope, error)
}

// Relay publishes what the journal tells to the stream, in order.
//
// Where to go on from is known from the stream's own last message, and each message is accepted by the server only as the
// next after the one before, so that the stream never has a gap and never another order. A publication whose answer did not
// come is settled by looking again. A stream that does not fit the journal is made anew.
type Relay struct {
	bus     *Bus
	journal Journal
	source  string
	pause   Pause
	log     *slog.Logger
	metrics *Metrics

	// resumed is the stream's last sequence number when the relay began or went on; it belongs to Run.
	resumed        uint64
	told           atomic.Uint64
	ready, checked atomic.Bool
}

// NewRelay makes a relay. Source names this installation in the events: the path or address under which it is served, or
// "/silta". The arguments are all needed.
func NewRelay(bus *Bus, journal Journal, source string, pause Pause, log *slog.Logger, m *Metrics) *Relay {
	r := &Relay{bus: bus, journal: journal, source: source, pause: pause, log: log, metrics: m}
	m.relay.Store(r)
	return r
}

// Position returns the journal position up to which everything is told.
func (r *Relay) Position() uint64 { return r.told.Load() }

// Lag returns how many entries of the journal the relay has not looked at yet.
func (r *Relay) Lag() uint64 {
	head, told := r.journal.Head(), r.told.Load()
	return head - min(head, told)
}

// Ready reports whether the stream is known to follow the journal; how far behind it may be is said by [Relay.Lag].
func (r *Relay) Ready() bool { return r.ready.Load() && r.bus.Connected() }

// Run relays until the context ends. While the server is not there, it tries again and again, more and more slowly.
func (r *Relay) Run(ctx context.Context) {
	failures := 0
	var misplaced struct {
		sequence uint64
		times    int
	}
	for ctx.Err() == nil {
		before := r.told.Load()
		err := r.follow(ctx)
		r.ready.Store(false)
		if ctx.Err() != nil {
			return
		}
		if r.told.Load() > before {
			failures = 0
		}
		damaged := errors.Is(err, errDamaged)
		if refused, ok := errors.AsType[*jetstream.APIError](err); ok && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
			// It may be an event of ours that came late: then the stream has grown meanwhile. Where it has not, again and again, the
			// server itself does not know what its stream ends with.
			if misplaced.sequence != r.resumed {
				misplaced.sequence, misplaced.times = r.resumed, 0
			}
			misplaced.times++
			damaged = misplaced.times == maxMisplaced
		}
		if damaged {
			misplaced.times = 0
			if _, failed := r.bus.anew(ctx, "it is damaged"); failed != nil {
				err = failed
			}
		}
		r.metrics.relayFailures.Inc()
		r.log.Warn("events are not told for now", "position", r.told.Load(), "error", r.bus.why(err))
		r.pause(ctx, backoff(failures))
		failures++
	}
}

// follow relays until something fails.
func (r *Relay) follow(parent context.Context) error {
	at, sequence, err := r.resume(parent)
	if err != nil {
		return err
	}
	r.resumed = sequence
	ctx, cancel := context.WithCancelCause(parent)
	var checking sync.WaitGroup
	defer checking.Wait()
	defer cancel(nil)
	if !r.checked.Load() {
		checking.Go(func() {
			switch err := r.check(ctx, sequence); {
			case err == nil:
				r.checked.Store(true)
			case errors.Is(err, errDamaged):
				cancel(err)
			}
		})
	}
	if err := r.tell(ctx, at, sequence); context.Cause(ctx) == nil {
		return err
	}
	return context.Cause(ctx)
}

// tell publishes what is behind a position, and what comes, until something fails.
func (r *Relay) tell(ctx context.Context, at, sequence uint64) error {
	r.told.Store(at)
	for {
		batch, scanned, err := r.next(at)
		if err != nil {
			return err
		}
		if err := r.publish(ctx, batch, sequence); err != nil {
			return err
		}
		sequence += uint64(len(batch))
		r.metrics.told.Add(float64(len(batch)))
		at = scanned
		r.told.Store(at)
		r.ready.Store(true)
		if at < r.journal.Head() {
			continue
		}
		if err := r.journal.Wait(ctx, at); err != nil {
			return err
		}
	}
}

// resume finds the position that the stream tells last, and its sequence number.
func (r *Relay) resume(ctx context.Context) (at, sequence uint64, err error) {
	s, err := r.bus.stream(ctx)
	if err != nil {
		return 0, 0, err
	}
	sequence = s.CachedInfo().State.LastSeq
	if sequence == 0 {
		return 0, 0, nil
	}
	at, why, err := r.lastTold(ctx, s, sequence)
	if err != nil || why == "" {
		return at, sequence, err
	}
	_, err = r.bus.anew(ctx, why)
	return 0, 0, err
}

// lastTold reads the position of the stream's last message, or says why the stream does not belong to this journal.
func (r *Relay) lastTold(ctx context.Context, s jetstream.Stream, sequence uint64) (at uint64, why string, err error) {
	last, err := s.GetMsg(ctx, sequence)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, "its last event can't be read", nil
	case err != nil:
		return 0, "", err
	}
	at, err = positionOf(last.Header)
	if err != nil {
		return 0, "its last event has no position", nil
	}
	if at > r.journal.Head() {
		return 0, "it is ahead of the journal", nil
	}
	e, err := r.journal.Envelope(at)
	if err != nil {
		return 0, "", err
	}
	if !tells(last, e) {
		return 0, "its last event is not the journal's", nil
	}
	return at, "", nil
}

// next collects what there is to tell after a position, and how far it has looked.
func (r *Relay) next(at uint64) (batch []*nats.Msg, scanned uint64, err error) {
	scanned = at
	for e, err := range r.journal.Envelopes(at) {
		if err != nil {
			return nil, at, fmt.Errorf("read the journal: %w", err)
		}
		scanned = e.Position
		if e.Kind == consult.KindConsultation && e.Notice != nil {
			if msg, err := newMessage(r.source, e); err == nil {
				batch = append(batch, msg)
			} else {
				// No later attempt could tell it either; the others must not wait for it.
				r.metrics.untold.Inc()
				r.log.Error("an entry can't be told", "position", e.Position, "error", err)
			}
		}
		if len(batch) == batchSize || scanned-at >= scanSize {
			break
		}
	}
	return batch, scanned, nil
}

// publish sends a batch and waits until the server has all of it. Each message is taken only behind the one before, so that the
// answer to the last one answers for all.
func (r *Relay) publish(ctx context.Context, batch []*nats.Msg, sequence uint64) error {
	if len(batch) == 0 {
		return nil
	}
	last := len(batch) - 1
	for i, msg := range batch[:last] {
		msg.Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(sequence+uint64(i), 10))
		if err := r.bus.conn.PublishMsg(msg); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
	answer, err := r.bus.js.PublishMsgAsync(batch[last], jetstream.WithExpectLastSequence(sequence+uint64(last)))
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	select {
	case ack := <-answer.Ok():
		if want := sequence + uint64(len(batch)); ack.Sequence != want {
			return fmt.Errorf("publish: the event stands at %d in the stream, not at %d", ack.Sequence, want)
		}
		return nil
	case err := <-answer.Err():
		return fmt.Errorf("publish: %w", err)
	case <-ctx.Done():
		return ctx.Err()
	}
}
