package limit_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silta/ui/limit"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestRates(t *testing.T) {
	l := limit.New(limit.Options{Person: 2, Address: 4})
	for i := range 20 {
		if wait := l.Person("nurse", start); wait != 0 {
			t.Fatalf("request %d of the burst waits %v", i, wait)
		}
	}
	if wait := l.Person("nurse", start); wait != 500*time.Millisecond {
		t.Errorf("after the burst: %v", wait)
	}
	if wait := l.Person("midwife", start); wait != 0 {
		t.Errorf("somebody else: %v", wait)
	}
	// What was refused costs nothing: after a second two more are allowed.
	later := start.Add(time.Second)
	for n := range 3 {
		if wait := l.Person("nurse", later); (wait == 0) != (n < 2) {
			t.Errorf("after a second, call %d: %v", n+1, wait)
		}
	}
	// Machines of one network of IPv6 are one address, those of IPv4 are not.
	allowed := func(addresses ...string) (n int) {
		for range 100 {
			for _, a := range addresses {
				if l.Address(a, start) == 0 {
					n++
				}
			}
		}
		return n
	}
	for want, addresses := range map[int][]string{
		40: {"2001:db8::1", "2001:db8::2:3", "2001:db8::4"}, 80: {"192.0.2.1", "192.0.2.2", "::ffff:192.0.2.2"},
	} {
		if got := allowed(addresses...); got != want {
			t.Errorf("from %v: %d", addresses, got)
		}
	}
	var none *limit.Limits
	for range 1000 {
		if none.Person("x", start) != 0 || none.Address("x", start) != 0 || limit.New(limit.Options{}).Person("x", start) != 0 {
			t.Fatal("without a limit somebody waits")
		}
	}
}

func TestStreams(t *testing.T) {
	l := limit.New(limit.Options{Streams: 2})
	first, ok := l.Stream("nurse")
	_, ok2 := l.Stream("nurse")
	_, ok3 := l.Stream("nurse")
	_, other := l.Stream("midwife")
	if !ok || !ok2 || ok3 || !other {
		t.Error("it is not two for each")
	}
	first()
	first()
	if _, ok := l.Stream("nurse"); !ok {
		t.Error("a closed stream is still counted")
	}
	if _, ok := l.Stream("nurse"); ok {
		t.Error("closing twice counts twice")
	}
}

// TestGuessing: within a day one address gets to try a few dozen times, and many addresses together not much more.
func TestGuessing(t *testing.T) {
	tried := func(addresses int) (n int) {
		g := limit.NewGuesses()
		for at := time.Duration(0); at < 24*time.Hour; at += time.Second {
			a := limit.Attempt{Account: "nurse", Address: fmt.Sprintf("10.0.%d.%d", int(at.Seconds())%addresses/256, int(at.Seconds())%addresses%256)}
			if g.Try(a, start.Add(at)) == 0 {
				n++
			}
		}
		return n
	}
	for addresses, most := range map[int]int{1: 115, 1000: 130} {
		if got := tried(addresses); got > most || got < 50 {
			t.Errorf("from %d addresses: %d attempts in a day", addresses, got)
		}
	}
}

// TestNobodyIsLockedOut: while somebody guesses from everywhere, the owner signs in where they always do, and others sign in anyway.
func TestNobodyIsLockedOut(t *testing.T) {
	g := limit.NewGuesses()
	for i := range 10_000 {
		g.Try(limit.Attempt{Account: "nurse", Address: fmt.Sprintf("10.0.%d.%d", i/256, i%256)}, start.Add(time.Duration(i)*time.Second))
	}
	now := start.Add(10_000 * time.Second)
	if wait := g.Try(limit.Attempt{Account: "nurse", Address: "192.0.2.1", Device: "hers"}, now); wait != 0 {
		t.Errorf("on the owner's browser: %v", wait)
	}
	if wait := g.Try(limit.Attempt{Account: "nurse", Address: "192.0.2.1"}, now); wait == 0 || wait > 15*time.Minute {
		t.Errorf("on another browser: %v", wait)
	}
	if wait := g.Try(limit.Attempt{Account: "midwife", Address: "192.0.2.1"}, now); wait != 0 {
		t.Errorf("another account: %v", wait)
	}
	// A stolen browser is no way around either.
	allowed := 0
	for range 100 {
		if g.Try(limit.Attempt{Account: "nurse", Device: "hers"}, now) == 0 {
			allowed++
		}
	}
	if allowed != 4 {
		t.Errorf("%d more attempts at once on one browser", allowed)
	}
}

// TestSharedAddress: a hospital's two thousand people sign in from one address within an hour, one in thirty after a mistake, and
// nobody waits.
func TestSharedAddress(t *testing.T) {
	g := limit.NewGuesses()
	for i := range 2000 {
		a := limit.Attempt{Account: fmt.Sprintf("person%d", i), Address: "192.0.2.1"}
		for try := range 1 + (i%30)/29 { // The last one is right.
			if wait := g.Try(a, start.Add(time.Duration(i)*1800*time.Millisecond)); wait != 0 {
				t.Fatalf("person %d waits %v before attempt %d", i, wait, try)
			}
		}
		g.Succeeded(a)
	}
}

func TestAttemptsAtOnce(t *testing.T) {
	g := limit.NewGuesses()
	var looked atomic.Int32
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if g.Try(limit.Attempt{Account: "nurse", Address: "192.0.2.1"}, start) == 0 {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if n := looked.Load(); n != 5 {
		t.Errorf("%d of 64 attempts at once are looked at", n)
	}
}

// One network that tries a password on everybody is made to wait, whoever it tries next.
func TestGuessingAtEverybody(t *testing.T) {
	g := limit.NewGuesses()
	free := 0
	for i := range 1000 {
		if g.Try(limit.Attempt{Account: strconv.Itoa(i), Address: "192.0.2.1"}, start) > 0 {
			break
		}
		free++
	}
	if free != 100 {
		t.Errorf("%d accounts could be tried at once", free)
	}
	if wait := g.Try(limit.Attempt{Account: "anna", Address: "198.51.100.1"}, start); wait > 0 {
		t.Errorf("somebody elsewhere waits %s", wait)
	}
}
