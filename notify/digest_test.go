package notify

import (
	"context"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify/mail/mailtest"
)

// prefer changes what a person has chosen.
func (p *post) prefer(t *testing.T, id string, chosen consult.Preferences) {
	t.Helper()
	who, err := p.View.Person(id)
	if err != nil {
		t.Fatal(err)
	}
	who.Preferences = chosen
	e := consult.Entry{
		Envelope: consult.Envelope{Kind: consult.KindPerson, ID: id, Revision: who.Revision + 1, At: p.clock(), By: id, Type: consult.TypePersonSet},
		Event:    &consult.PersonSetEvent{Person: who},
	}
	if _, err := p.Journal.Append(t.Context(), e, who.Revision); err != nil {
		t.Fatal(err)
	}
}

// morning is a digest over the post: anna and bror answer for one pool, which works or does not.
func (p *post) morning(works bool) *Digest {
	return NewDigest(DigestPost{
		Everybody: p.View.People, Held: p.View.HeldDeliveries,
		Pools: func(who consult.Person, _ time.Time) []DigestPool {
			if who.ID == "nurse" {
				return nil
			}
			return []DigestPool{{ID: "child-psychiatry", Works: works}}
		},
		Open: func(pool string) ([]OpenRequest, error) {
			page, err := p.View.List(consult.ListQuery{Scopes: []consult.Scope{{Kind: consult.ByPool, ID: pool}}, States: consult.OpenStates, Limit: 100})
			var open []OpenRequest
			for _, c := range page.Items {
				open = append(open, OpenRequest{ID: c.ID, Ref: c.Ref, Urgency: c.Urgency, State: c.State, Holder: c.Holder, AnswerBy: c.AnswerBy})
			}
			return open, err
		},
	}, p.planner)
}

func (p *post) run(t *testing.T, job func(context.Context, time.Time) error) []mailtest.Mail {
	t.Helper()
	before := len(p.server.Mails())
	if err := job(t.Context(), p.clock()); err != nil {
		t.Fatal(err)
	}
	p.send(t)
	return p.server.Mails()[before:]
}

// TestDigest: what somebody did not want at once comes in the morning, once, with what is open in their pools.
func TestDigest(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	p.prefer(t, "anna", consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicNew: consult.InDigest}, Morning: true})
	p.prefer(t, "bror", consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicCourse: consult.NotAtAll}})
	position := p.tell(t, []string{"anna", "bror"}, nil)
	p.plan(t, position)
	p.send(t)
	if got := strings.Join(p.receivers(), " "); got != "bror@example.org" {
		t.Fatalf("at once: %s", got)
	}
	if d := p.delivery(t, position, "anna"); d.State != consult.Held || !d.Due().IsZero() {
		t.Fatalf("%+v", d)
	}
	p.wait(23 * time.Hour)
	if mails := p.run(t, p.morning(false).Run); len(mails) != 0 {
		t.Errorf("on a day off: %d mails", len(mails))
	}
	mails := p.run(t, p.morning(true).Run)
	if len(mails) != 1 || mails[0].To != "anna@example.org" {
		t.Fatalf("%d mails", len(mails))
	}
	text := mailtest.Text(t, mails[0].Raw)
	for _, want := range []string{"Aamun kooste", "Edellisen koosteen jälkeen", "uusi konsultaatiopyyntö", "Tiimi: odottaa ottajaa", "/requests/", "S-2026-"} {
		if !strings.Contains(text, want) {
			t.Errorf("the digest lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "MARKER") || strings.ContainsAny(text, "⟦⟧") {
		t.Errorf("the digest says:\n%s", text)
	}
	if d := p.delivery(t, position, "anna"); d.State != consult.Digested {
		t.Errorf("%+v", d)
	}
	if mails := p.run(t, p.morning(true).Run); len(mails) != 0 {
		t.Errorf("twice on one day: %d mails", len(mails))
	}
	p.wait(24 * time.Hour)
	mails = p.run(t, p.morning(true).Run) // The notice is not told again; the request is late by now.
	if len(mails) != 1 || strings.Contains(mailtest.Text(t, mails[0].Raw), "Edellisen") || !strings.Contains(mailtest.Text(t, mails[0].Raw), "vastattava tänään") {
		t.Errorf("the next day: %d mails", len(mails))
	}
	if held, err := p.View.HeldDeliveries("anna"); err != nil || len(held) != 0 {
		t.Errorf("still held: %v, %v", held, err)
	}
}

// TestNotAtAll: what somebody does not want to be mailed about is not planned, and is in no digest either.
func TestNotAtAll(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	p.prefer(t, "anna", consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicCourse: consult.NotAtAll}, Morning: true})
	position := p.tell(t, []string{"anna"}, nil)
	e, err := p.Journal.Envelope(position)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.View.Consultation(e.ID)
	if err != nil {
		t.Fatal(err)
	}
	withdrawn := consulttest.Next(c, p.clock(), "nurse", &consult.WithdrawnEvent{})
	withdrawn.Notice.Tell = []string{"anna", "bror"}
	r, err := p.Journal.Append(t.Context(), withdrawn, c.Revision)
	if err != nil {
		t.Fatal(err)
	}
	p.plan(t, r.Position)
	if _, err := p.View.Delivery(deliveryID(r.Position, "person", "anna")); consult.KindOf(err) != consult.NotFound {
		t.Errorf("a mail that is not wanted: %v", err)
	}
	if d := p.delivery(t, r.Position, "bror"); d.State != consult.Planned {
		t.Errorf("a mail to somebody who has chosen nothing: %+v", d)
	}
}

// TestDigestCrash: the program ends after the digest is planned and before that is recorded of what it tells.
func TestDigestCrash(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	p.prefer(t, "anna", consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicNew: consult.InDigest}})
	first := p.tell(t, []string{"anna"}, nil)
	p.plan(t, first)
	p.wait(time.Hour)
	f := &failing{Deliveries: p}
	p.planner.deliveries = letterOnly{f}
	if err := p.morning(true).Run(t.Context(), p.clock()); err == nil {
		t.Fatal("nothing failed")
	}
	p.planner.deliveries = p
	second := p.tell(t, []string{"anna"}, nil) // It comes after the digest was written, and is not in it.
	p.plan(t, second)
	mails := p.run(t, p.morning(true).Run)
	if len(mails) != 1 || p.delivery(t, first, "anna").State != consult.Digested || p.delivery(t, second, "anna").State != consult.Held {
		t.Errorf("%d mails; %+v; %+v", len(mails), p.delivery(t, first, "anna"), p.delivery(t, second, "anna"))
	}
}

// letterOnly takes new deliveries and fails to change those that are there.
type letterOnly struct{ Deliveries }

func (l letterOnly) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if expected > 0 {
		return consult.Receipt{}, errCrash
	}
	return l.Deliveries.Append(ctx, e, expected)
}

// TestFigures counts a week, and hides what is small.
func TestFigures(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	f := NewFigures(FiguresPost{
		Everybody: p.View.People, Pools: func() []string { return []string{"child-psychiatry", "quiet"} },
		Leads: func(person, pool string) bool { return person == "bror" && pool == "child-psychiatry" },
	}, p.planner)
	for range 3 { // The week before: it does not count.
		p.tell(t, nil, nil)
	}
	p.wait(7 * 24 * time.Hour)
	for range 12 {
		p.tell(t, nil, nil)
	}
	id, err := p.View.RefID("S-2026-0010")
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.View.Consultation(id)
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range []consult.Event{&consult.ClaimedEvent{}, &consult.AnsweredEvent{Pool: c.Pool, ExpiresAt: p.clock()}} {
		if _, err := p.Journal.Append(t.Context(), consulttest.Next(c, p.clock(), "anna", ev), c.Revision); err != nil {
			t.Fatal(err)
		}
		if c, err = p.View.Consultation(c.ID); err != nil {
			t.Fatal(err)
		}
	}
	p.wait(7 * 24 * time.Hour)
	mails := p.run(t, f.Run)
	if len(mails) != 1 || mails[0].To != "bror@example.org" {
		t.Fatalf("%d mails", len(mails))
	}
	text := mailtest.Text(t, mails[0].Raw)
	for _, want := range []string{"Nya begäranden: 12", "Besvarade: under 5", "Av dem i tid: under 5", "Påminnelser: 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the figures lack %q:\n%s", want, text)
		}
	}
	if mails := p.run(t, f.Run); len(mails) != 0 {
		t.Errorf("twice: %d mails", len(mails))
	}
}
