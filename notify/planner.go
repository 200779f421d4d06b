package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult"
)

// Deliveries is where mails on their way are kept.
type Deliveries interface {
	consult.Orderer
	// Delivery returns a delivery, or an error of kind [consult.NotFound].
	Delivery(id string) (consult.Delivery, error)
}

// Outlines tells how requests stand.
type Outlines interface {
	// Outline returns of a request what stands of it in clear, or an error of kind [consult.NotFound].
	Outline(id string) (*consult.Consultation, error)
}

// Planner hears the events and plans a mail for everybody who is to be told. What it has planned is known by the event's
// position and the receiver, so that an event heard twice is told once. An event that it first hears long after, when all is
// [over], is told to nobody.
type Planner struct {
	bus        *Bus
	journal    Journal
	deliveries Deliveries
	people     People
	outlines   Outlines
	clock      func() time.Time
	wake       func()
	pause      Pause
	log        *slog.Logger
	metrics    *Metrics
	ready      atomic.Bool
}

// NewPlanner makes a planner. Wake is called when there is a mail to send. The arguments are all needed.
func NewPlanner(
	bus *Bus, j Journal, d Deliveries, people People, o Outlines, clock func() time.Time, wake func(), pause Pause, log *slog.Logger, m *Metrics,
) *Planner {
	return &Planner{bus: bus, journal: j, deliveries: d, people: people, outlines: o, clock: clock, wake: wake, pause: pause, log: log, metrics: m}
}

// Ready reports whether mails are planned of what is told.
func (p *Planner) Ready() bool { return p.ready.Load() }

// Run plans mails until the context ends.
func (p *Planner) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		heard, err := p.listen(ctx)
		p.ready.Store(false)
		if ctx.Err() != nil {
			return
		}
		if heard {
			failures = 0
		}
		p.log.Warn("mails are not planned for now", "error", p.bus.why(err))
		p.pause(ctx, backoff(failures))
		failures++
	}
}

// listen handles events until something fails, and reports whether it handled any. An event that was not handled is not
// acknowledged, and is heard again.
func (p *Planner) listen(ctx context.Context) (heard bool, err error) {
	consumer, err := p.bus.js.CreateOrUpdateConsumer(ctx, StreamName, jetstream.ConsumerConfig{
		Durable: mailerConsumer, Description: "Plans mails", DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: 30 * time.Second, MaxAckPending: batchSize,
	})
	if err != nil {
		return false, err
	}
	// The consumer goes when the stream is made anew; without heartbeats that would go unnoticed.
	messages, err := consumer.Messages(jetstream.PullMaxMessages(batchSize), jetstream.PullHeartbeat(5*time.Second),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return false, err
	}
	// Where something waits, it shows with that whether it can be planned.
	if info := consumer.CachedInfo(); info.NumPending == 0 && info.NumAckPending == 0 {
		p.ready.Store(true)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		msg, err := messages.Next()
		if err != nil {
			return heard, err
		}
		position, err := positionOf(nats.Header(msg.Headers()))
		if err != nil {
			return heard, err
		}
		if err := p.Plan(ctx, position); err != nil {
			// Heard again soon, and not only when the server has given up waiting; once it has forgotten who listens here.
			return heard, errors.Join(err, msg.NakWithDelay(time.Second))
		}
		if err := msg.Ack(); err != nil {
			return heard, err
		}
		heard = true
		p.ready.Store(true)
	}
}

// Plan plans the mails of the entry at a position. It can be called any number of times.
func (p *Planner) Plan(ctx context.Context, position uint64) error {
	e, err := p.journal.Envelope(position)
	if err != nil {
		return err
	}
	if e.Notice == nil {
		return nil
	}
	if over, err := p.over(&e); err != nil || over {
		return err
	}
	planned := 0
	plan := func(d consult.Delivery, way consult.Way) error {
		d.Position, d.State, d.NextAt, d.Revision = position, consult.Planned, e.At, 1
		switch way {
		case consult.NotAtAll:
			return nil
		case consult.InDigest:
			d.State, d.NextAt, d.HeldAt = consult.Held, time.Time{}, p.clock()
		}
		fresh, err := p.append(ctx, d)
		if fresh {
			planned++
		}
		return err
	}
	for _, person := range e.Notice.Tell {
		way, err := p.way(person, &e)
		if err != nil {
			return err
		}
		if err := plan(consult.Delivery{ID: deliveryID(position, "person", person), Person: person}, way); err != nil {
			return err
		}
	}
	for _, address := range e.Notice.TellAddresses {
		if err := plan(consult.Delivery{ID: deliveryID(position, "address", address), Address: address}, consult.AtOnce); err != nil {
			return err
		}
	}
	if planned > 0 {
		p.metrics.planned.Add(float64(planned))
		p.wake()
	}
	return nil
}

// longAgo is after what time a mail tells of the past: whoever has not heard by then what became of a request that has ended
// meanwhile has nothing to do about it.
const longAgo = 7 * 24 * time.Hour

// over reports whether an entry is of long ago, and its request has ended.
func (p *Planner) over(e *consult.Envelope) (bool, error) {
	if e.Kind != consult.KindConsultation || p.clock().Sub(e.At) <= longAgo {
		return false, nil
	}
	c, err := p.outlines.Outline(e.ID)
	if consult.KindOf(err) == consult.NotFound {
		return true, nil // It has been erased.
	}
	return err == nil && c.State.Ended(), err
}

// way returns how a person wants to be told of an entry. Whoever does not exist any more is planned for, so that it shows.
func (p *Planner) way(person string, e *consult.Envelope) (consult.Way, error) {
	who, err := p.people.Person(person)
	if consult.KindOf(err) == consult.NotFound {
		return consult.AtOnce, nil
	}
	return who.WayFor(e), err
}

// digested records that a delivery was told by its receiver's digest. Somebody else's record of it stands.
func (p *Planner) digested(ctx context.Context, d consult.Delivery, now time.Time) error {
	d.State, d.Revision = consult.Digested, d.Revision+1
	_, err := p.deliveries.Append(ctx, deliveryEntry(d, now), d.Revision-1)
	if errors.Is(err, consult.ErrRevision) {
		return nil
	}
	return err
}

// Letter plans a letter to a person, to be sent at once. The id names it, valid by [consult.ValidID]: what is planned under it twice is sent
// once. It reports whether it was not there before.
func (p *Planner) Letter(ctx context.Context, id, person string, l consult.Letter) (bool, error) {
	fresh, err := p.append(ctx, consult.Delivery{ID: id, Person: person, Letter: &l, State: consult.Planned, NextAt: l.At, Revision: 1})
	if fresh {
		p.metrics.planned.Inc()
		p.wake()
	}
	return fresh, err
}

// LetterID is the id of a person's letter of a kind about a subject, such as a day or a job. The person is not to be read from it.
func LetterID(kind, subject, person string) string {
	sum := sha256.Sum256([]byte(kind + ":" + subject + ":" + person))
	return "l-" + kind + "-" + hex.EncodeToString(sum[:12])
}

// append makes a planned delivery durable, and reports whether it was not there before.
func (p *Planner) append(ctx context.Context, d consult.Delivery) (bool, error) {
	// Looked up first: a stream that is told again from the start must not cost an append for every mail of old.
	_, err := p.deliveries.Delivery(d.ID)
	if err == nil {
		return false, nil
	}
	if consult.KindOf(err) != consult.NotFound {
		return false, err
	}
	r, err := p.deliveries.Append(ctx, deliveryEntry(d, p.clock()), 0)
	if errors.Is(err, consult.ErrRevision) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("plan delivery %s: %w", d.ID, err)
	}
	return !r.Repeated, nil
}

// deliveryID names the mail about one entry to one receiver. The receiver is not to be read from it: it stands in headers
// and return paths.
func deliveryID(position uint64, kind, receiver string) string {
	sum := sha256.Sum256([]byte(kind + ":" + receiver))
	return "d" + strconv.FormatUint(position, 10) + "-" + hex.EncodeToString(sum[:8])
}

// deliveryEntry is the journal entry that sets a delivery. Its command is the state's own, so that it is set once.
func deliveryEntry(d consult.Delivery, at time.Time) consult.Entry {
	return consult.Entry{
		Envelope: consult.Envelope{
			Kind: consult.KindDelivery, ID: d.ID, Revision: d.Revision, Command: d.ID + "." + strconv.FormatUint(d.Revision, 10),
			At: at, By: consult.SystemID, Type: consult.TypeDeliverySet,
		},
		Event: &consult.DeliverySetEvent{Delivery: d},
	}
}
