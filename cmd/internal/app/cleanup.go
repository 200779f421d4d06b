package app

import (
	"context"
	"errors"
	"slices"
)

// cleanup stops what was started, the last one first.
type cleanup struct{ stops []func(context.Context) error }

func (c *cleanup) add(stop func(context.Context) error) { c.stops = append(c.stops, stop) }

// run stops everything, whatever fails on the way.
func (c *cleanup) run(ctx context.Context) error {
	var errs []error
	for _, stop := range slices.Backward(c.stops) {
		errs = append(errs, stop(ctx))
	}
	c.stops = nil
	return errors.Join(errs...)
}
