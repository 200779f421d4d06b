package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// region is an index of due moments, and what acts on them: each request has its moments, in order.
type region struct {
	moments map[string][]time.Time
	mails   []consult.DueSubject
	broken  map[string]bool
	done    []string
}

func (r *region) Due(now time.Time, limit int) ([]consult.DueSubject, error) {
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
	if got := strings.Join(r.done, " "); got != "a@1h0m0s b@2h0m0s a@3h0m0s" || woken != 2 {
		t.Errorf("done: %s; woken %d", got, woken)
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
