package api_test

import (
	"context"

	"silta/consult"
)

// reader is a place in the journal.
type reader struct {
	journal consult.Follower
	at      uint64
	visible func(consult.Envelope) bool
	closed  func()
}

func (r *reader) Position() uint64 { return r.at }
func (r *reader) Close()           { r.closed() }

func (r *reader) Next(ctx context.Context) (consult.Envelope, error) {
	for {
		for e, err := range r.journal.Envelopes(r.at) {
			if err != nil {
				return e, err
			}
			r.at = e.Position
			if e.Notice != nil && r.visible(e) {
				return e, nil
			}
		}
		if err := r.journal.Wait(ctx, r.at); err != nil {
			return consult.Envelope{}, err
		}
	}
}
