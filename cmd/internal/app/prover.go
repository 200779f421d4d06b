package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"silta/consult"
	"silta/consult/journal"
)

// prover proves the log in the background, one proof at a time, and keeps the last result. It implements [ui.Prover].
type prover struct {
	journal *journal.Journal
	now     func() time.Time
	log     *slog.Logger
	ctx     context.Context

	mu      sync.Mutex
	running bool
	last    *consult.ProofResult
	done    sync.WaitGroup
}

// startProver makes a prover whose proof in progress ends with the cleanup.
func startProver(s *store, log *slog.Logger, down *cleanup) *prover {
	ctx, stop := context.WithCancel(context.Background())
	p := &prover{journal: s.journal, now: s.clock.Now, log: log, ctx: ctx}
	down.add(func(context.Context) error {
		stop()
		p.done.Wait()
		return nil
	})
	return p
}

// Start begins a proof, unless one is under way.
func (p *prover) Start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running || p.ctx.Err() != nil {
		return
	}
	p.running = true
	p.done.Go(func() {
		proof, err := p.journal.Prove(p.ctx)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running = false
		if p.ctx.Err() != nil {
			return
		}
		p.last = &consult.ProofResult{Proof: proof, At: p.now()}
		if damage, ok := errors.AsType[*journal.DamageError](err); ok {
			p.last.Fault, p.last.Damaged, p.last.Reason = damage.Fault(), damage.Position, damage.Cause.Error()
		} else if err != nil {
			p.last.Fault = consult.FaultUnproved
		}
		if err != nil {
			p.log.Error("the log was not proved", "error", err)
		}
	})
}

// Result says whether a proof is under way, and how the last one ended; nil: there was none.
func (p *prover) Result() (running bool, last *consult.ProofResult) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running, p.last
}
