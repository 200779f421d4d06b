package consult

import (
	"context"
	"sync"
)

// Bell tells all who wait that something has changed, and what it was they look up themselves. The zero value is ready.
type Bell struct {
	mu   sync.Mutex
	ctx  context.Context
	ring context.CancelFunc
}

// Unrung returns a context that ends when the bell is rung next.
func (b *Bell) Unrung() context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx == nil {
		b.ctx, b.ring = context.WithCancel(context.Background())
	}
	return b.ctx
}

// Ring wakes all who wait.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ring != nil {
		b.ring()
		b.ctx, b.ring = nil, nil
	}
}
