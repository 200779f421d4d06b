package notify

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult"
)

// errDamaged: the stream does not hold what it should.
var errDamaged = errors.New("the stream is damaged")

// check reads the stream once, up to a sequence number, and compares its positions with those of the journal: a server can
// have lost events in the middle of its files without noticing. The error wraps errDamaged where it has.
func (r *Relay) check(ctx context.Context, upTo uint64) error {
	consumer, err := r.bus.js.CreateConsumer(ctx, StreamName, jetstream.ConsumerConfig{
		Description: "Proves the stream whole", DeliverPolicy: jetstream.DeliverAllPolicy, AckPolicy: jetstream.AckNonePolicy,
		HeadersOnly: true, MemoryStorage: true, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return err
	}
	want, stop := iter.Pull2(r.tellable())
	defer stop()
	for sequence := uint64(0); sequence < upTo; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		batch, err := consumer.FetchNoWait(int(min(upTo-sequence, batchSize)))
		if err != nil {
			return err
		}
		before := sequence
		for m := range batch.Messages() {
			sequence++
			e, err, more := want()
			if err != nil {
				return err
			}
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			position, err := positionOf(nats.Header(m.Headers()))
			if err != nil || !more || meta.Sequence.Stream != sequence || position != e.Position {
				return errDamaged
			}
		}
		if err := batch.Error(); err != nil {
			return err
		}
		if sequence == before {
			return r.missing(ctx, sequence+1)
		}
	}
	return nil
}

// missing says why an event did not come: only one that the server does not have is damage, anything else may pass.
func (r *Relay) missing(ctx context.Context, sequence uint64) error {
	s, err := r.bus.js.Stream(ctx, StreamName)
	if err != nil {
		return err
	}
	if _, err = s.GetMsg(ctx, sequence); errors.Is(err, jetstream.ErrMsgNotFound) {
		return errDamaged
	}
	return errors.Join(errors.New("the stream can't be read through for now"), err)
}

// tellable yields the envelopes of the journal that belong into the stream.
func (r *Relay) tellable() iter.Seq2[consult.Envelope, error] {
	return func(yield func(consult.Envelope, error) bool) {
		for e, err := range r.journal.Envelopes(0) {
			if err == nil && !tellable(e) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
