package view_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a store with what the view should hold of it, kept by hand.
type world struct {
	*consulttest.Store
	now        time.Time
	requests   map[string]*consult.Consultation
	erased     []string
	people     map[string]consult.Person
	deliveries map[string]consult.Delivery
	failedAt   map[string]time.Time
	rules      []consult.PublishedRules
	number     int
}

func newWorld(tb testing.TB) *world {
	return &world{
		Store: consulttest.Open(tb), now: consulttest.Start,
		requests: map[string]*consult.Consultation{}, people: map[string]consult.Person{},
		deliveries: map[string]consult.Delivery{}, failedAt: map[string]time.Time{},
	}
}

var (
	requesters = []string{"nurse", "nurse2", "midwife"}
	holders    = []string{"childpsych", "childpsych2"}
	pools      = []string{"child", "child-psychiatry", "paivaperho"}

	municipalities = []string{"Ylöjärvi", "Mänttä-Vilppula", "Akaa"}
)

// fataler is a test or a property check.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (w *world) append(f fataler, e consult.Entry, expected uint64) {
	f.Helper()
	if _, err := w.Journal.Append(bg, e, expected); err != nil {
		f.Fatalf("append %s %s: %v", e.Kind, e.Type, err)
	}
}

func (w *world) set(f fataler, kind consult.SubjectKind, id string, expected uint64, ev consult.Event) {
	f.Helper()
	env := consult.Envelope{Kind: kind, ID: id, At: w.now, By: "admin", Type: ev.Type()}
	w.append(f, consult.Entry{Envelope: env, Event: ev}, expected)
}

// step draws one change and makes it in the journal and by hand.
func (w *world) step(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "seconds")) * time.Second)
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0, 1, 2:
		w.submit(t)
	case 3, 4, 5, 6:
		w.proceed(t)
	case 7:
		id := rapid.SampledFrom(requesters).Draw(t, "person")
		p := w.people[id]
		p.ID, p.Name = id, rapid.String().Draw(t, "name")
		w.set(t, consult.KindPerson, id, p.Revision, &consult.PersonSetEvent{Person: p})
		p.Revision++
		w.people[id] = p
	case 8:
		id := fmt.Sprintf("d%d", rapid.IntRange(0, 4).Draw(t, "delivery"))
		d := w.deliveries[id]
		d.ID, d.State = id, rapid.SampledFrom([]consult.DeliveryState{consult.Planned, consult.Sent, consult.Failed}).Draw(t, "state")
		d.NextAt = w.now.Add(time.Minute)
		w.set(t, consult.KindDelivery, id, d.Revision, &consult.DeliverySetEvent{Delivery: d})
		d.Revision++
		w.deliveries[id] = d
		delete(w.failedAt, id)
		if d.State == consult.Failed {
			w.failedAt[id] = w.now
		}
	case 9:
		r := consult.PublishedRules{Number: uint64(len(w.rules)) + 1, Document: rapid.String().Draw(t, "document"), At: w.now, By: "admin"}
		w.set(t, consult.KindRules, consult.RulesID, r.Number-1, &consult.RulesPublishedEvent{Document: r.Document})
		w.rules = append(w.rules, r)
	}
}

func (w *world) submit(t *rapid.T) {
	w.number++
	pool := rapid.SampledFrom(pools).Draw(t, "pool")
	joined := rapid.SliceOfDistinct(rapid.SampledFrom(pools), rapid.ID[string]).Draw(t, "joined")
	e := consulttest.Submission{
		Number: w.number, Requester: rapid.SampledFrom(requesters).Draw(t, "requester"), Pool: pool,
		Joined: slices.DeleteFunc(joined, func(p string) bool { return p == pool }), At: w.now,
		AnswerBy:   w.now.Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "days")) * 24 * time.Hour),
		Background: rapid.String().Draw(t, "background"),
		Change: func(r *consult.Request) {
			r.Client.Age = rapid.SampledFrom([]int{0, 6, 7, 12, 13, 17, 18, 22, 23, 120}).Draw(t, "age")
			r.Client.Municipality = rapid.SampledFrom(municipalities).Draw(t, "municipality")
			r.Concerns = rapid.SliceOfNDistinct(rapid.SampledFrom(consult.Concerns[:4]), 1, 3, rapid.ID[consult.Concern]).Draw(t, "concerns")
			r.Urgency = rapid.SampledFrom(consult.Urgencies).Draw(t, "urgency")
		},
	}.Entry()
	w.requests[e.ID] = e.State.(*consult.Consultation)
	w.append(t, maybeFolded(t, e), 0)
}

// maybeFolded takes the state away from some entries, so that the view folds them itself.
func maybeFolded(t *rapid.T, e consult.Entry) consult.Entry {
	if rapid.Bool().Draw(t, "folded by the view") {
		e.State = nil
	}
	return e
}

func (w *world) proceed(t *rapid.T) {
	if len(w.requests) == 0 {
		return
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(w.requests))).Draw(t, "request")
	r := w.requests[id]
	holder := rapid.SampledFrom(holders).Draw(t, "holder")
	plan := func(answerBy time.Time) consult.Plan {
		return consult.Plan{Clock: r.Clock, Schedule: consult.Schedule{AnswerBy: answerBy}}
	}
	next := map[consult.State][]consult.Event{
		consult.Submitted: {
			&consult.ClaimedEvent{}, &consult.WithdrawnEvent{Reason: "ei enää"}, &consult.AddedEvent{Text: "lisäys"},
			&consult.EscalatedEvent{Level: r.Escalation + 1, Step: r.NextStep, To: []string{"lead"}},
		},
		consult.Claimed: {
			&consult.ReleasedEvent{}, &consult.AskedEvent{Text: "Miten kotona?"},
			&consult.AnsweredEvent{Pool: r.Pool, Text: "Neuvo", Disposition: consult.Advice, ExpiresAt: w.now.AddDate(0, 0, 21)},
		},
		consult.Waiting: {
			&consult.RepliedEvent{Text: "Hyvin", Plan: plan(r.AnswerBy.Add(time.Hour))},
		},
		consult.Answered: {
			&consult.ClosedEvent{CloseOut: consult.CloseOut{Outcome: "confirmed", Referral: "avoided", ValueClient: 4, ValueMe: 5}},
			&consult.ExpiredEvent{},
		},
	}[r.State]
	for _, p := range pools {
		if (r.State == consult.Submitted || r.State == consult.Claimed) && !slices.Contains(r.AnswerPools(), p) {
			next = append(next, &consult.JoinedEvent{Pool: p, Reason: "pari"})
		}
		if r.State == consult.Claimed && p != r.Pool {
			next = append(next, &consult.HandedOverEvent{From: r.Pool, Pool: p, Plan: plan(r.AnswerBy)})
		}
	}
	if len(next) == 0 {
		if rapid.IntRange(0, 3).Draw(t, "erase") == 0 {
			if err := w.Journal.Erase(bg, consult.KindConsultation, id); err != nil {
				t.Fatalf("erase: %v", err)
			}
			delete(w.requests, id)
			w.erased = append(w.erased, id)
		}
		return
	}
	e := consulttest.Next(r, w.now, holder, rapid.SampledFrom(next).Draw(t, "event"))
	w.requests[id] = e.State.(*consult.Consultation)
	w.append(t, maybeFolded(t, e), r.Revision)
}

// sorted returns the requests that match, in the order of a moment of theirs.
func (w *world) sorted(by func(r *consult.Consultation) time.Time, match func(r *consult.Consultation) bool) []string {
	var found []*consult.Consultation
	for _, r := range w.requests {
		if match(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *consult.Consultation) int {
		return cmp.Or(by(a).Compare(by(b)), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	return ids
}

func inScope(r *consult.Consultation, s consult.Scope) bool {
	switch s.Kind {
	case consult.ByRequester:
		return r.Requester == s.ID
	case consult.ByHolder:
		return r.Holder == s.ID
	}
	return slices.Contains(r.AnswerPools(), s.ID)
}

// pages walks a list in pages of a size.
func pages(f fataler, v *view.View, q consult.ListQuery) []string {
	f.Helper()
	ids := []string{}
	for {
		page, err := v.List(q)
		if err != nil {
			f.Fatalf("list: %v", err)
		}
		for _, r := range page.Items {
			ids = append(ids, r.ID)
		}
		more := page.Next != (consult.Cursor{})
		if len(ids) > 10_000 || len(page.Items) > q.Limit || more && q.Look == 0 && len(page.Items) < q.Limit {
			f.Fatalf("a page of %d, limit %d, more %v", len(page.Items), q.Limit, more)
		}
		if q.After = page.Next; !more {
			return ids
		}
	}
}

func sameJSON(f fataler, what string, got, want any) {
	f.Helper()
	a, err := json.Marshal(got)
	b, err2 := json.Marshal(want)
	if err != nil || err2 != nil || !bytes.Equal(a, b) {
		f.Fatalf("%s:\n%s\nwant\n%s", what, a, b)
	}
}
