package notify

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// region is an index of due moments, and what acts on them: each request has its moments, in order.
type region struct {
	mu      sync.Mutex
	moments map[string][]time.Time
	mails   []consult.DueSubject
	broken  map[string]bool
	done    []string
}

func (r *region) Due(now time.Time, limit int) ([]consult.DueSubject, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.mails)
	for id, m := range r.moments {
		if len(m) > 0 {
			all = append(all, consult.DueSubject{Kind: consult.KindConsultation, ID: id, At: m[0]})
		}
	}
	all = slices.DeleteFunc(all, func(d consult.DueSubject) bool { return d.At.After(now) })
	slices.SortFunc(all, func(a, b consult.DueSubject) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all[:min(limit, len(all))], nil
}

func (r *region) Advance(_ context.Context, id string, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken[id] {
		return errors.New("no")
	}
	r.done = append(r.done, fmt.Sprint(id, "@", r.moments[id][0].Sub(consulttest.Start)))
	r.moments[id] = r.moments[id][1:]
	return nil
}

func after(hours ...int) []time.Time {
	var all []time.Time
	for _, h := range hours {
		all = append(all, consulttest.Start.Add(time.Duration(h)*time.Hour))
	}
	return all
}

func TestTickMakesUpInOrderOnce(t *testing.T) {
	r := &region{moments: map[string][]time.Time{"a": after(1, 3, 9), "b": after(2), "c": after(5)}}
	woken := 0
	e := NewEscalator(r, r, func() { woken++ }, discard(), testMetrics(t))
	for range 2 {
		if err := e.Tick(t.Context(), consulttest.Start.Add(4*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	// What different requests do at the same time may be done in any order.
	slices.Sort(r.done[:2])
	if got := strings.Join(r.done, " "); got != "a@1h0m0s b@2h0m0s a@3h0m0s" || woken != 2 {
		t.Errorf("done: %s; woken %d", got, woken)
	}
}

// rendezvous is a region in which nothing is done before as much is under way as may be.
type rendezvous struct {
	*region
	mu        sync.Mutex
	now, most int
	missing   sync.WaitGroup
	come      int
}

func (r *rendezvous) Advance(ctx context.Context, id string, now time.Time) error {
	r.mu.Lock()
	r.now++
	r.most = max(r.most, r.now)
	if r.come++; r.come <= abreast {
		r.missing.Done()
	}
	r.mu.Unlock()
	r.missing.Wait()
	r.mu.Lock()
	r.now--
	r.mu.Unlock()
	return r.region.Advance(ctx, id, now)
}

func TestTickActsOnSeveral(t *testing.T) {
	r := &rendezvous{region: &region{moments: map[string][]time.Time{}}}
	r.missing.Add(abreast)
	for i := range 2*duePage + 1 {
		r.moments[fmt.Sprintf("%04d", i)] = after(1, 2)
	}
	e := NewEscalator(r, r, func() {}, discard(), testMetrics(t))
	if err := e.Tick(t.Context(), consulttest.Start.Add(4*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if r.most != abreast || len(r.done) != 2*len(r.moments) {
		t.Errorf("%d done, %d at the same time", len(r.done), r.most)
	}
	seen := map[string]bool{}
	for _, d := range r.done {
		if id, second := strings.CutSuffix(d, "@2h0m0s"); second && !seen[id+"@1h0m0s"] || seen[d] {
			t.Fatalf("%s is out of order, or twice", d)
		}
		seen[d] = true
	}
}

// crossing is a region that lets others go first while it acts, and notices whether anybody acts at the same time.
type crossing struct {
	*region
	inside, met atomic.Int32
}

func (c *crossing) Advance(ctx context.Context, id string, now time.Time) error {
	c.inside.Add(1)
	defer c.inside.Add(-1)
	for range 1000 {
		runtime.Gosched()
		if c.inside.Load() > 1 {
			c.met.Add(1)
		}
	}
	return c.region.Advance(ctx, id, now)
}

// TestTicksFollowOneAnother: what is due for one request is done once, by one tick, however many ticks there are at the same time.
func TestTicksFollowOneAnother(t *testing.T) {
	r := &crossing{region: &region{moments: map[string][]time.Time{"a": after(1)}}}
	e := NewEscalator(r, r, func() {}, discard(), testMetrics(t))
	var ticks sync.WaitGroup
	for range 8 {
		ticks.Go(func() {
			if err := e.Tick(t.Context(), consulttest.Start.Add(4*time.Hour)); err != nil {
				t.Error(err)
			}
		})
	}
	ticks.Wait()
	if met := r.met.Load(); met > 0 || len(r.done) != 1 {
		t.Errorf("done: %v; two ticks acted at once: %t", r.done, met > 0)
	}
}

// endless is a region in which something is due however much is done.
type endless struct{ done atomic.Int64 }

func (e *endless) Due(now time.Time, limit int) ([]consult.DueSubject, error) {
	page := make([]consult.DueSubject, limit)
	for i := range page {
		page[i] = consult.DueSubject{Kind: consult.KindConsultation, ID: fmt.Sprint(e.done.Load(), "-", i), At: now}
	}
	return page, nil
}

func (e *endless) Advance(context.Context, string, time.Time) error {
	e.done.Add(1)
	return nil
}

// TestTickEnds: a tick does so much and leaves the rest to the next one.
func TestTickEnds(t *testing.T) {
	r := new(endless)
	if err := NewEscalator(r, r, func() {}, discard(), testMetrics(t)).Tick(t.Context(), consulttest.Start); err != nil {
		t.Fatal(err)
	}
	if n := r.done.Load(); n < maxSteps || n > maxSteps+abreast {
		t.Errorf("%d steps, want %d", n, maxSteps)
	}
}

// TestTwoTicksEscalateOnce has two programs, so to speak, act on the same store at once.
func TestTwoTicksEscalateOnce(t *testing.T) {
	s := consulttest.Open(t)
	anna := consult.Entry{
		Envelope: consult.Envelope{Kind: consult.KindPerson, ID: "anna", At: consulttest.Start, By: consult.SystemID, Type: consult.TypePersonSet},
		Event:    &consult.PersonSetEvent{Person: consult.Person{ID: "anna", Email: "anna@example.org", Roles: []consult.Role{consult.Specialist}}},
	}
	if _, err := s.Journal.Append(t.Context(), anna, 0); err != nil {
		t.Fatal(err)
	}
	const requests = 2*abreast + 7
	submit(t, s, requests)
	head := s.Journal.Head()
	service := consult.NewService(s.Journal, s.View, staff{}, consult.Config{Now: time.Now, NewID: consulttest.NewID})
	var both sync.WaitGroup
	for range 2 {
		e := NewEscalator(s.View, service, func() {}, discard(), testMetrics(t))
		both.Go(func() {
			if err := e.Tick(t.Context(), consulttest.Start.Add(25*time.Hour)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := s.Journal.Head() - head; n != requests {
		t.Errorf("%d entries for %d requests", n, requests)
	}
}

func TestTickGoesOnPastFailures(t *testing.T) {
	r := &region{moments: map[string][]time.Time{}, broken: map[string]bool{}}
	for i := range 3 * duePage {
		id := fmt.Sprintf("broken-%04d", i)
		r.moments[id], r.broken[id] = after(1), true
		r.mails = append(r.mails, consult.DueSubject{Kind: consult.KindDelivery, ID: fmt.Sprint("d", i), At: consulttest.Start})
	}
	r.moments["fine"] = after(2, 3)
	e := NewEscalator(r, r, func() {}, discard(), testMetrics(t))
	err := e.Tick(t.Context(), consulttest.Start.Add(4*time.Hour))
	if err == nil || strings.Count(err.Error(), "broken-") != 3*duePage {
		t.Errorf("error: %.200v", err)
	}
	if got := strings.Join(r.done, " "); got != "fine@2h0m0s fine@3h0m0s" {
		t.Errorf("done: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Tick(ctx, consulttest.Start.Add(4*time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("at the end of the program: %v", err)
	}
}

type lost []consult.DueSubject

func (l lost) OpenWithoutDue(limit int) ([]consult.DueSubject, error) {
	return l[:min(limit, len(l))], nil
}

func TestWatch(t *testing.T) {
	ids, err := Watch(lost{{Kind: consult.KindConsultation, ID: "x"}}, discard(), testMetrics(t))
	if err != nil || !slices.Equal(ids, []string{"x"}) {
		t.Errorf("%v, %v", ids, err)
	}
	s := consulttest.Open(t)
	submit(t, s, 5)
	if ids, err := Watch(s.View, discard(), testMetrics(t)); err != nil || len(ids) != 0 {
		t.Errorf("a whole store: %v, %v", ids, err)
	}
}
