package limit

import (
	"sync"
	"time"
)

// Attempt is somebody's attempt to sign in as an account, which may not exist.
type Attempt struct {
	Account, Address string
	// Device is a secret of a browser on which that account has signed in before; "" for any other.
	Device string
}

// Guesses makes guessing slow, without letting anybody lock somebody else out. An attempt waits for
//
//   - those before it on the account from the same address: a few are free, then the wait doubles up to a quarter of an hour;
//   - those on the account from anywhere: some more are free, so that guessing from many addresses is slow as well;
//   - those from the address on any account: a hundred an hour are free, for whole hospitals come from one.
//
// On a browser where the account has signed in before, only attempts on that browser count: whoever guesses at somebody's password
// keeps themselves waiting, and the owner goes on signing in where they always do.
//
// A wait is the same whether the account exists or not.
type Guesses struct {
	mu    sync.Mutex // A look and what is counted after it are one step.
	tries *table[tries]
}

// tries are attempts that have not (yet) succeeded.
type tries struct {
	count int
	last  time.Time
}

const (
	freeHere    = 5
	freeAccount = 20
	freeAddress = 100
	// longestWait is the longest pause between two attempts, forgottenAfter when a series of them is over.
	longestWait    = 15 * time.Minute
	forgottenAfter = time.Hour
)

// NewGuesses returns one that knows of no attempts.
func NewGuesses() *Guesses { return &Guesses{tries: newTable[tries]()} }

// counted is a series of attempts: how many of it are free, and how long it takes until one more is; 0: none until all are forgotten.
type counted struct {
	name string
	free int
	leak time.Duration
}

func (a Attempt) series() []counted {
	if a.Device != "" {
		return []counted{{"device " + a.Device + " " + a.Account, freeHere, 0}}
	}
	from := network(a.Address)
	return []counted{
		{"here " + from + " " + a.Account, freeHere, 0}, {"account " + a.Account, freeAccount, 0},
		{"address " + from, freeAddress, forgottenAfter / freeAddress},
	}
}

// Try counts an attempt at a moment, before it is looked at: many at once are no way around. It returns how long to wait; then the
// attempt does not count and must not be looked at.
func (g *Guesses) Try(a Attempt, now time.Time) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range a.series() {
		g.tries.edit(s.name, func(t *tries) {
			t.leak(s.leak, now)
			wait = max(wait, t.wait(s.free, now))
		})
	}
	if wait > 0 {
		return wait
	}
	for _, s := range a.series() {
		g.tries.edit(s.name, func(t *tries) {
			t.count++
			t.last = now
		})
	}
	return 0
}

// Succeeded takes an attempt back that was right. What others have tried stays counted.
func (g *Guesses) Succeeded(a Attempt) {
	for i, s := range a.series() {
		if i == 0 {
			g.tries.forget(s.name)
			continue
		}
		g.tries.edit(s.name, func(t *tries) { t.count = max(t.count-1, 0) })
	}
}

// leak forgets what has been long enough ago.
func (t *tries) leak(one time.Duration, now time.Time) {
	gone := now.Sub(t.last)
	if gone > forgottenAfter {
		t.count = 0
	} else if one > 0 {
		n := int(gone / one)
		t.count, t.last = max(t.count-n, 0), t.last.Add(time.Duration(n)*one)
	}
}

func (t *tries) wait(free int, now time.Time) time.Duration {
	if t.count < free {
		return 0
	}
	pause := longestWait
	if over := t.count - free; over < 10 {
		pause = min(time.Second<<over, longestWait)
	}
	return max(t.last.Add(pause).Sub(now), 0)
}
