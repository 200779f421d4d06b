package notify

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify/mail/mailtest"
)

// staff is a pool whose people are the same at all times.
type staff struct{ consult.Router }

func (staff) Reach(_ uint64, _ string, to []string, _ time.Time) (consult.Reach, error) {
	var r consult.Reach
	for _, target := range to {
		switch target {
		case "on-call":
			r.People = append(r.People, "anna")
		case "lead":
			r.People = append(r.People, "bror")
		}
	}
	return r, nil
}

// After counts every day as open.
func (staff) After(_ uint64, _ string, from time.Time, days int) (time.Time, error) {
	return from.AddDate(0, 0, days), nil
}

func (staff) Memberships(string, []consult.ClaimedPool) []consult.Membership {
	return []consult.Membership{{Pool: "child-psychiatry"}}
}
func (staff) HasPool(string) bool           { return true }
func (staff) Current() consult.RulesVersion { return consult.RulesVersion{Number: 1} }

// TestUnansweredRequest follows a request on which nobody acts to the mailboxes, over a real journal, NATS and SMTP.
func TestUnansweredRequest(t *testing.T) {
	p, b := newPost(t, mailtest.Start(t, mailtest.Options{})), openBus(t, t.TempDir())
	p.planner.bus = b
	service := consult.NewService(p.Journal, p.View, staff{}, consult.Config{Now: p.clock, NewID: consulttest.NewID})
	escalator := NewEscalator(p.View, service, p.courier.Wake, discard(), p.metrics)
	relay, _ := startRelay(t, b, p.Journal)
	background(t, p.planner.Run)
	background(t, p.courier.Run)

	id := consulttest.NewID()
	if _, err := p.Journal.Append(t.Context(), consulttest.Submission{ID: id, At: p.clock()}.Entry(), 0); err != nil {
		t.Fatal(err)
	}
	tick := func(now time.Time) {
		t.Helper()
		var both sync.WaitGroup
		for range 2 { // Two at once: one escalation.
			both.Go(func() {
				if err := escalator.Tick(t.Context(), now); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	arrive := func(want string) {
		t.Helper()
		eventually(t, want, func() bool { return strings.Join(p.receivers(), " ") == want && relay.Lag() == 0 })
	}
	tick(p.wait(24*time.Hour - time.Second))
	if n := len(p.server.Mails()); n != 0 {
		t.Fatalf("%d mails too early", n)
	}
	tick(p.wait(time.Second))
	arrive("anna@example.org")
	tick(p.wait(time.Hour))
	arrive("anna@example.org")

	// The program is down for two weeks: what came due is made up once, and a reminder does not come for every day.
	tick(p.wait(14 * 24 * time.Hour))
	arrive("anna@example.org bror@example.org")
	tick(p.wait(23 * time.Hour))
	arrive("anna@example.org bror@example.org")
	tick(p.wait(time.Hour))
	arrive("anna@example.org anna@example.org bror@example.org bror@example.org")

	c, err := p.View.Consultation(id)
	if err != nil || c.Escalation != 3 {
		t.Errorf("escalation %d, %v", c.Escalation, err)
	}
	if ids, err := Watch(p.View, discard(), p.metrics); err != nil || len(ids) != 0 {
		t.Errorf("forgotten: %v, %v", ids, err)
	}
	var mails []string
	for _, m := range p.server.Mails() {
		mails = append(mails, string(m.Raw))
	}
	for _, raw := range mails {
		if strings.Contains(raw, "Oppilas") || !strings.Contains(raw, "request."+id+"@silta.test") {
			t.Errorf("mail: %s", raw)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.courier.SendDue(cancelled, p.clock()); err != nil {
		t.Errorf("nothing is due: %v", err)
	}
}
