package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestKillLosesNothing kills the program again and again while requests come in: whatever was acknowledged is there afterwards,
// routed, and in its pool's queue.
func TestKillLosesNothing(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	dir := filepath.Join(t.TempDir(), "data")
	var mu sync.Mutex
	acknowledged := map[string]string{} // id → ref
	for round := range rounds {
		p := startDemo(t, "--data", dir, "--empty")
		ctx, stop := context.WithCancel(context.Background())
		var senders sync.WaitGroup
		before := len(acknowledged)
		enough := make(chan struct{})
		want := before + 20 + rand.IntN(200)
		for range 8 {
			senders.Go(func() {
				for ctx.Err() == nil {
					var c sent
					status, err := call(ctx, p.url, "nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c)
					if err != nil || status != http.StatusCreated {
						return // The program is gone.
					}
					mu.Lock()
					acknowledged[c.ID] = c.Ref
					if len(acknowledged) == want {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(time.Minute):
			t.Fatalf("round %d: no %d requests in a minute:\n%s", round, want-before, p.stderr)
		}
		p.kill()
		stop()
		senders.Wait()
	}

	p := startDemo(t, "--data", dir, "--empty")
	defer p.stop()
	queued := map[string]bool{}
	for after := ""; ; {
		var page struct {
			Items []sent
			Next  string
		}
		if status := p.call("childpsych", http.MethodGet, "/api/v1/consultations?box=queue&limit=200&after="+after, nil, &page); status != http.StatusOK {
			t.Fatalf("queue: %d", status)
		}
		for _, c := range page.Items {
			if queued[c.ID] {
				t.Errorf("%s is in the queue twice", c.Ref)
			}
			queued[c.ID] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	refs := map[string]bool{}
	for id, ref := range acknowledged {
		var c sent
		if status := p.call("nurse", http.MethodGet, "/api/v1/consultations/"+id, nil, &c); status != http.StatusOK {
			t.Errorf("%s was acknowledged and is lost: %d", ref, status)
			continue
		}
		if c.Ref != ref || c.Pool == "" || !queued[id] || refs[ref] {
			t.Errorf("%s: ref %s, pool %q, in the queue: %t, ref seen before: %t", ref, c.Ref, c.Pool, queued[id], refs[ref])
		}
		refs[ref] = true
	}
	var ready struct{ Status string }
	if status := p.call("nurse", http.MethodGet, "/readyz", nil, &ready); status != http.StatusOK {
		t.Errorf("not ready after it all: %d", status)
	}
	t.Logf("%d kills, %d requests acknowledged, none lost", rounds, len(acknowledged))
}
