// Package ordertest is what every implementation of [consult.Orderer] is held to.
package ordertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silta/consult"
)

// Journal is an orderer that can be followed and closed.
type Journal interface {
	consult.Orderer
	consult.Follower
	Close() error
}

// Run holds an implementation to the contract. open opens the journal of a directory: an empty one is a new journal, and the
// directory of a closed journal is that journal again. Run closes what it opens.
func Run(t *testing.T, open func(t *testing.T, dir string) Journal) {
	s := suite{open}
	t.Run("expected revision", s.expectedRevision)
	t.Run("one winner each revision", s.race)
	t.Run("a command once", s.command)
	t.Run("a command once, sent at the same time", s.commandRace)
	t.Run("order without gaps", s.order)
	t.Run("durable", s.durable)
	t.Run("wait", s.wait)
	t.Run("cancelled", s.cancelled)
	t.Run("closed", s.closed)
	t.Run("refused", s.refused)
}

type suite struct {
	open func(t *testing.T, dir string) Journal
}

func (s suite) start(t *testing.T) Journal {
	j := s.open(t, t.TempDir())
	t.Cleanup(func() { closeJournal(t, j) })
	return j
}

func closeJournal(t *testing.T, j Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// entry returns an entry of a subject that takes any revision.
func entry(id, command string) consult.Entry {
	return consult.Entry{
		Envelope: consult.Envelope{Kind: consult.KindToken, ID: id, Command: command, At: start, By: "admin", Type: consult.TypeTokenSet},
		Event:    &consult.TokenSetEvent{Token: consult.Token{ID: id, Person: "nurse", Created: start}},
	}
}

func mustAppend(t *testing.T, j consult.Orderer, e consult.Entry, expected uint64) consult.Receipt {
	t.Helper()
	r, err := j.Append(t.Context(), e, expected)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func envelopes(t *testing.T, j consult.Follower, after uint64) []consult.Envelope {
	t.Helper()
	var all []consult.Envelope
	for env, err := range j.Envelopes(after) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, env)
	}
	return all
}

func (s suite) expectedRevision(t *testing.T) {
	j := s.start(t)
	first := mustAppend(t, j, entry("a", ""), 0)
	if want := (consult.Receipt{Position: 1, Kind: consult.KindToken, ID: "a", Revision: 1}); first != want {
		t.Errorf("receipt %+v, want %+v", first, want)
	}
	for _, wrong := range []uint64{0, 2, 3, ^uint64(0)} {
		if _, err := j.Append(t.Context(), entry("a", ""), wrong); !errors.Is(err, consult.ErrRevision) {
			t.Errorf("expected revision %d of 1: error %v, want ErrRevision", wrong, err)
		}
	}
	if _, err := j.Append(t.Context(), entry("b", ""), 1); !errors.Is(err, consult.ErrRevision) {
		t.Errorf("a subject that does not exist: error %v, want ErrRevision", err)
	}
	if r := mustAppend(t, j, entry("a", ""), 1); r.Revision != 2 || r.Position != 2 {
		t.Errorf("second receipt %+v", r)
	}
	other := entry("a", "")
	other.Kind, other.Type = consult.KindPerson, consult.TypePersonSet
	other.Event = &consult.PersonSetEvent{Person: consult.Person{ID: "a"}}
	if r := mustAppend(t, j, other, 0); r.Revision != 1 {
		t.Errorf("the same id of another kind: receipt %+v, want revision 1", r)
	}
	if n := len(envelopes(t, j, 0)); n != 3 || j.Head() != 3 {
		t.Errorf("%d entries, head %d, want 3: what was refused leaves nothing", n, j.Head())
	}
}

func (s suite) race(t *testing.T) {
	j := s.start(t)
	const racers, revisions = 16, 20
	var wins [revisions]atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			for revision := uint64(0); revision < revisions; {
				r, err := j.Append(t.Context(), entry("a", ""), revision)
				switch {
				case err == nil && r.Revision == revision+1:
					wins[revision].Add(1)
				case !errors.Is(err, consult.ErrRevision):
					t.Errorf("receipt %+v, error %v", r, err)
					return
				}
				revision++
			}
		})
	}
	wg.Wait()
	for i := range wins {
		if n := wins[i].Load(); n != 1 {
			t.Errorf("revision %d has %d winners", i+1, n)
		}
	}
	for i, env := range envelopes(t, j, 0) {
		if env.Revision != uint64(i+1) {
			t.Errorf("position %d has revision %d", env.Position, env.Revision)
		}
	}
}

func (s suite) command(t *testing.T) {
	dir := t.TempDir()
	j := s.open(t, dir)
	first := mustAppend(t, j, entry("a", "once"), 0)
	mustAppend(t, j, entry("a", ""), 1)
	first.Repeated = true
	again := func(j Journal) {
		t.Helper()
		for _, expected := range []uint64{0, 1, 2, 7} {
			if r := mustAppend(t, j, entry("a", "once"), expected); r != first {
				t.Errorf("repeated with %d expected: receipt %+v, want %+v", expected, r, first)
			}
		}
		if r := mustAppend(t, j, entry("b", "once"), 0); r != first {
			t.Errorf("the same command for another subject: receipt %+v, want %+v", r, first)
		}
	}
	again(j)
	closeJournal(t, j)
	j = s.open(t, dir)
	defer closeJournal(t, j)
	again(j)
	if j.Head() != 2 {
		t.Errorf("head %d, want 2", j.Head())
	}
	if _, err := j.Append(t.Context(), entry("a", "refused"), 0); !errors.Is(err, consult.ErrRevision) {
		t.Errorf("error %v", err)
	}
	if r := mustAppend(t, j, entry("a", "refused"), 2); r.Repeated {
		t.Error("a command that was refused is remembered")
	}
}

func (s suite) commandRace(t *testing.T) {
	j := s.start(t)
	const senders, commands = 8, 20
	var fresh atomic.Int32
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for c := range commands {
				id := fmt.Sprintf("s%d", c)
				r, err := j.Append(t.Context(), entry(id, "command-"+id), 0)
				if err != nil || r.ID != id || r.Revision != 1 {
					t.Errorf("receipt %+v, error %v", r, err)
				}
				if !r.Repeated {
					fresh.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := fresh.Load(); n != commands || j.Head() != commands {
		t.Errorf("%d appended for the first time, head %d, want %d", n, j.Head(), commands)
	}
}

func (s suite) order(t *testing.T) {
	j := s.start(t)
	const appenders, each = 12, 60
	var mu sync.Mutex
	receipts := map[uint64]consult.Receipt{}
	var wg sync.WaitGroup
	for a := range appenders {
		wg.Go(func() {
			id := fmt.Sprintf("s%d", a)
			last := uint64(0)
			for i := range uint64(each) {
				r, err := j.Append(t.Context(), entry(id, ""), i)
				if err != nil {
					t.Error(err)
					return
				}
				if r.Position <= last {
					t.Errorf("position %d after %d", r.Position, last)
				}
				if j.Head() < r.Position {
					t.Errorf("head %d after the receipt of %d", j.Head(), r.Position)
				}
				last = r.Position
				mu.Lock()
				receipts[r.Position] = r
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	all := envelopes(t, j, 0)
	if len(all) != appenders*each {
		t.Fatalf("%d entries, want %d", len(all), appenders*each)
	}
	for i, env := range all {
		got := consult.Receipt{Position: env.Position, Kind: env.Kind, ID: env.ID, Revision: env.Revision}
		if env.Position != uint64(i+1) || got != receipts[env.Position] {
			t.Fatalf("entry %d: %+v, receipt %+v", i+1, got, receipts[env.Position])
		}
	}
	for _, after := range []uint64{1, 255, 256, 257, uint64(len(all) - 1), uint64(len(all)), uint64(len(all) + 5), ^uint64(0)} {
		want := all[min(after, uint64(len(all))):]
		same := slices.EqualFunc(envelopes(t, j, after), want, func(a, b consult.Envelope) bool {
			return a.Position == b.Position && a.ID == b.ID
		})
		if !same {
			t.Errorf("after %d: not the entries from there", after)
		}
	}
	for env := range j.Envelopes(0) {
		if env.Position == 3 {
			break
		}
	}
}

func (s suite) durable(t *testing.T) {
	dir := t.TempDir()
	var want []consult.Envelope
	for round := range 3 {
		j := s.open(t, dir)
		for i, env := range envelopes(t, j, 0) {
			if i >= len(want) || env.Position != want[i].Position || env.ID != want[i].ID || !env.At.Equal(want[i].At) || env.By != want[i].By {
				t.Fatalf("after %d restarts, entry %d: %+v", round, i+1, env)
			}
		}
		if j.Head() != uint64(len(want)) {
			t.Fatalf("after %d restarts, head %d, want %d", round, j.Head(), len(want))
		}
		for i := range 5 {
			e := entry(fmt.Sprintf("s%d-%d", round, i), "")
			e.Position = mustAppend(t, j, e, 0).Position
			want = append(want, e.Envelope)
		}
		closeJournal(t, j)
	}
}

func (s suite) wait(t *testing.T) {
	j := s.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- j.Wait(ctx, 1000) }()
	// Followers that wake by position see everything, however it is batched.
	const followers, entries = 4, 50
	var wg sync.WaitGroup
	for range followers {
		wg.Go(func() {
			for position := uint64(0); position < entries; {
				if err := j.Wait(t.Context(), position); err != nil {
					t.Error(err)
					return
				}
				for env, err := range j.Envelopes(position) {
					if err != nil || env.Position != position+1 {
						t.Errorf("position %d after %d, error %v", env.Position, position, err)
						return
					}
					position++
				}
			}
		})
	}
	for i := range entries {
		mustAppend(t, j, entry(fmt.Sprintf("s%d", i), ""), 0)
	}
	wg.Wait()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait ends with %v", err)
	}
}

func (s suite) cancelled(t *testing.T) {
	j := s.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Append(ctx, entry("a", "c"), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if j.Head() != 0 {
		t.Errorf("head %d: an append with an ended context was appended", j.Head())
	}
	// Whoever gives up in the middle sends the same command again, and it is there once.
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			id := fmt.Sprintf("s%d", i)
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			if r, err := j.Append(ctx, entry(id, "command-"+id), 0); err == nil && r.Revision != 1 {
				t.Errorf("receipt %+v", r)
			} else if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if r, err := j.Append(t.Context(), entry(id, "command-"+id), 0); err != nil || r.Revision != 1 || r.ID != id {
				t.Errorf("sent again: receipt %+v, error %v", r, err)
			}
		})
	}
	wg.Wait()
	if n := len(envelopes(t, j, 0)); n != 40 {
		t.Errorf("%d entries, want 40", n)
	}
}

func (s suite) closed(t *testing.T) {
	j := s.open(t, t.TempDir())
	mustAppend(t, j, entry("a", ""), 0)
	waiting := make(chan error)
	go func() { waiting <- j.Wait(context.Background(), 1) }()
	closeJournal(t, j)
	if err := <-waiting; err == nil {
		t.Error("a wait on a journal that is closed ends without an error")
	}
	if _, err := j.Append(t.Context(), entry("b", ""), 0); err == nil || errors.Is(err, consult.ErrRevision) {
		t.Errorf("append after close: error %v", err)
	}
	for _, err := range j.Envelopes(0) {
		if err == nil {
			t.Error("a closed journal can be read")
		}
	}
	if err := j.Close(); err != nil {
		t.Errorf("a second close: %v", err)
	}
}

func (s suite) refused(t *testing.T) {
	j := s.start(t)
	for name, change := range map[string]func(e *consult.Entry){
		"no kind":       func(e *consult.Entry) { e.Kind = "" },
		"kind":          func(e *consult.Entry) { e.Kind = "a.b" },
		"no id":         func(e *consult.Entry) { e.ID = "" },
		"id":            func(e *consult.Entry) { e.ID = "a>" },
		"nobody":        func(e *consult.Entry) { e.By = "" },
		"no time":       func(e *consult.Entry) { e.At = time.Time{} },
		"no event":      func(e *consult.Entry) { e.Event = nil },
		"another event": func(e *consult.Entry) { e.Type = consult.TypeClaimed },
	} {
		e := entry("a", "")
		change(&e)
		if _, err := j.Append(t.Context(), e, 0); err == nil || errors.Is(err, consult.ErrRevision) {
			t.Errorf("%s: error %v, want a refusal", name, err)
		}
	}
	if j.Head() != 0 {
		t.Errorf("head %d after refusals", j.Head())
	}
}
