package notify

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/notify/mail"
	"silta/notify/mail/mailtest"
)

// sentTo tells Anna of a new request, and returns the delivery as it is when a server has taken the mail.
func (p *post) sentTo(t testing.TB, person string) (consult.Delivery, *consult.Consultation) {
	t.Helper()
	position := p.tell(t, []string{person}, nil)
	p.plan(t, position)
	p.wait(time.Second)
	p.send(t)
	e, err := p.Journal.Envelope(position)
	if err != nil {
		t.Fatal(err)
	}
	p.wait(time.Minute)
	return p.delivery(t, position, person), p.consultation(t, e.ID)
}

func (p *post) consultation(t testing.TB, id string) *consult.Consultation {
	t.Helper()
	c, err := p.View.Consultation(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *post) receive(t testing.TB, raw string) {
	t.Helper()
	if err := p.inbox.Receive(t.Context(), strings.NewReader(raw), mail.Envelope{}); err != nil {
		t.Fatal(err)
	}
}

func (p *post) flagged(t testing.TB, person string) bool {
	t.Helper()
	who, err := p.View.Person(person)
	if err != nil {
		t.Fatal(err)
	}
	return !who.MailFault.IsZero()
}

func (p *post) noticed(t testing.TB, person string) bool {
	t.Helper()
	_, err := p.View.Delivery(LetterID("unread", p.clock().Format(time.DateOnly), person))
	if err != nil && consult.KindOf(err) != consult.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

// bounce is a mail that says that a delivery failed.
func bounce(id string) string { return bounceTo("bounce+" + tokens.Sign(id) + "@silta.test") }

func bounceTo(returnPath string) string {
	return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.test\nTo: " + returnPath + "\n\n550 5.1.1 User unknown\n"
}

// TestCorpusLeadsTo sends a mail to Anna, lets each mail of the corpus come back, twice, and looks at what it has led to.
func TestCorpusLeadsTo(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	for _, c := range mailtest.Corpus(t, "mail/testdata", "TOKEN") {
		t.Run(c.Name, func(t *testing.T) {
			p := newPost(t, server)
			d, request := p.sentTo(t, "anna")
			raw := strings.ReplaceAll(string(c.Raw), "TOKEN", tokens.Sign(d.ID))
			p.receive(t, raw)
			head := p.Journal.Head()
			p.receive(t, raw)
			if p.Journal.Head() != head {
				t.Error("the second time it changed something")
			}
			var got []string
			after := p.consultation(t, request.ID)
			if after.Escalation == request.Escalation+1 {
				got = append(got, "next")
				if ev := after.Timeline[1].Event.(*consult.EscalatedEvent); ev.Lost == nil || ev.Lost.Person != "anna" || ev.Lost.Status != c.Status {
					t.Errorf("%+v", ev.Lost)
				}
				e, err := p.Journal.Envelope(head)
				for ; err == nil && e.Kind != consult.KindConsultation; e, err = p.Journal.Envelope(e.Position - 1) {
				}
				if err != nil || strings.Join(e.Notice.Tell, " ") != "anna bror" {
					t.Errorf("told %v, %v", e.Notice, err)
				}
			}
			if p.flagged(t, "anna") {
				got = append(got, "flag")
			}
			if count(t, p.metrics.received.WithLabelValues("delay"))+count(t, p.metrics.received.WithLabelValues("unclear")) > 0 {
				got = append(got, "warn")
			}
			if p.noticed(t, "anna") {
				got = append(got, "notice")
			}
			if got == nil {
				got = []string{"nothing"}
				if head != lastRecord(t, p, d) {
					t.Error("it stands in the journal")
				}
			}
			if leads := strings.Join(got, " "); leads != c.Leads {
				t.Errorf("it leads to %s, want %s", leads, c.Leads)
			}
			if n := count(t, p.metrics.received.WithLabelValues(c.Kind)); n != 2 {
				t.Errorf("counted %v times as %s", n, c.Kind)
			}
			delivery := p.delivery(t, d.Position, "anna")
			if want := map[bool]consult.DeliveryState{true: consult.Returned, false: consult.Sent}[strings.Contains(c.Leads, "next")]; delivery.State != want {
				t.Errorf("the delivery is %s, want %s", delivery.State, want)
			}
			if log := p.log.String(); strings.ContainsAny(log, "@äö") || strings.Contains(log, "SALAISUUS") {
				t.Errorf("the log says too much:\n%s", log)
			}
		})
	}
}

// lastRecord is the position of a delivery's last record: nothing has been appended since where it is the head.
func lastRecord(t testing.TB, p *post, d consult.Delivery) uint64 {
	t.Helper()
	for position := p.Journal.Head(); position > 0; position-- {
		e, err := p.Journal.Envelope(position)
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == consult.KindDelivery && e.ID == d.ID {
			return position
		}
	}
	return 0
}

func TestBounceOfAnotherAddress(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	d, request := p.sentTo(t, "anna")
	anna, err := p.View.Person("anna")
	if err != nil {
		t.Fatal(err)
	}
	anna.Email, anna.Name, anna.Roles = "new@example.org", "Anna", []consult.Role{consult.Specialist}
	if err := p.courier.Requests.(*consult.Service).SetPerson(t.Context(), consult.System, anna); err != nil {
		t.Fatal(err)
	}
	p.receive(t, bounce(d.ID))
	if p.flagged(t, "anna") || p.consultation(t, request.ID).Escalation != 1 {
		t.Error("the new address was flagged, or nobody else was told")
	}
}

// TestBounceBeforeTheRecord: the mail comes back before it is recorded that it was sent.
func TestBounceBeforeTheRecord(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	position := p.tell(t, []string{"anna"}, nil)
	p.plan(t, position)
	d := p.delivery(t, position, "anna")
	p.courier.Sender = back{p.courier.Sender, func() { p.receive(t, bounce(d.ID)) }}
	p.send(t)
	p.send(t)
	if d = p.delivery(t, position, "anna"); d.State != consult.Returned || d.Status != "5.1.1" || !p.flagged(t, "anna") || len(server.Mails()) != 1 {
		t.Errorf("%+v, %d mails", d, len(server.Mails()))
	}
}

// back does something when a mail was taken and before the courier hears of it.
type back struct {
	Sender
	do func()
}

func (b back) Send(ctx context.Context, m mail.Message) error {
	err := b.Sender.Send(ctx, m)
	b.do()
	return err
}

// TestManyBouncesAtOnce: however often and however many at once, a bounce counts once.
func TestManyBouncesAtOnce(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	d, request := p.sentTo(t, "anna")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := p.inbox.Receive(context.Background(), strings.NewReader(bounce(d.ID)), mail.Envelope{Null: true}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	c := p.consultation(t, request.ID)
	if c.Escalation != 1 || len(c.Timeline) != 2 || count(t, p.metrics.movedOn) != 1 || count(t, p.metrics.flagged) != 1 {
		t.Errorf("escalation %d, %d events", c.Escalation, len(c.Timeline))
	}
	// She was told of that once more, in vain; the others were told with her.
	for position := d.Position + 1; position <= p.Journal.Head(); position++ {
		p.plan(t, position)
	}
	p.send(t)
	failed := 0
	for _, m := range p.server.Mails() {
		if m.To == "anna@example.org" {
			p.receive(t, bounceTo(m.From))
			failed++
		}
	}
	if c := p.consultation(t, request.ID); failed != 2 || c.Escalation != 1 {
		t.Errorf("%d mails to her came back, escalation %d", failed, c.Escalation)
	}
}

// broken is a journal that can't be written for now.
type broken struct{ Deliveries }

func (broken) Append(context.Context, consult.Entry, uint64) (consult.Receipt, error) {
	return consult.Receipt{}, errCrash
}

// TestBounceComesAgain: what could not be recorded is asked for again, and is then done once.
func TestBounceComesAgain(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	d, request := p.sentTo(t, "anna")
	whole := p.courier.Deliveries
	p.courier.Deliveries = broken{whole}
	for range 2 {
		if err := p.inbox.Receive(t.Context(), strings.NewReader(bounce(d.ID)), mail.Envelope{}); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
	}
	p.courier.Deliveries = whole
	p.receive(t, bounce(d.ID))
	if c := p.consultation(t, request.ID); c.Escalation != 1 || p.delivery(t, d.Position, "anna").State != consult.Returned {
		t.Errorf("escalation %d", c.Escalation)
	}
}

// TestRefusedMovesOn: what a server refuses at once has the same consequences as what comes back.
func TestRefusedMovesOn(t *testing.T) {
	for stage, flag := range map[string]bool{"RCPT": true, "MAIL": false, "DATA": false} {
		server := mailtest.Start(t, mailtest.Options{})
		p := newPost(t, server)
		server.Refuse(func(at, _ string) error {
			if at == stage {
				return mailtest.Reply(550)
			}
			return nil
		})
		d, request := p.sentTo(t, "anna")
		if c := p.consultation(t, request.ID); c.Escalation != 1 || p.flagged(t, "anna") != flag || d.State != consult.Failed || d.Status != "5.0.0" {
			t.Errorf("%s: escalation %d, flagged %t, %+v", stage, c.Escalation, p.flagged(t, "anna"), d)
		}
	}
}

// TestRefusalsEnd lets a server refuse every mail, as one that is set up wrongly does: the request goes through its steps, and then it is over.
func TestRefusalsEnd(t *testing.T) {
	for _, stage := range []string{"RCPT", "DATA"} {
		server := mailtest.Start(t, mailtest.Options{})
		p := newPost(t, server)
		server.Refuse(func(at, _ string) error {
			if at == stage {
				return mailtest.Reply(554)
			}
			return nil
		})
		_, request := p.sentTo(t, "anna")
		for position := uint64(1); position <= p.Journal.Head(); position++ {
			if position > 200 {
				t.Fatalf("%s: it goes round for ever", stage)
			}
			p.wait(time.Second)
			p.plan(t, position)
			p.send(t)
		}
		if c := p.consultation(t, request.ID); c.Escalation < 2 {
			t.Errorf("%s: it ended at escalation %d", stage, c.Escalation)
		}
	}
}

func TestNoticeOnceADay(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	first, _ := p.sentTo(t, "anna")
	second, _ := p.sentTo(t, "anna")
	reply := func(d consult.Delivery) {
		t.Helper()
		p.receive(t, "Return-Path: <anna@example.org>\nFrom: anna@example.org\nTo: silta@silta.test\n"+
			"In-Reply-To: <"+tokens.Sign(d.ID)+"@silta.test>\n\nSALAISUUS\n")
		p.send(t)
	}
	reply(first)
	reply(second)
	reply(first)
	if n := len(server.Mails()); n != 3 {
		t.Fatalf("%d mails, want two notifications and one notice", n)
	}
	notice := server.Mails()[2]
	text := mailtest.Text(t, notice.Raw)
	if notice.From != "" || notice.To != "anna@example.org" || !bytes.Contains(notice.Raw, []byte("Auto-Submitted: auto-replied")) ||
		!strings.Contains(text, "ei lue kukaan") || !strings.Contains(text, "https://silta.test/requests/") ||
		strings.Contains(string(notice.Raw)+text, "SALAISUUS") {
		t.Errorf("from %q:\n%s", notice.From, text)
	}
	// An answer to the notice is not answered, and a bounce of it leads to nothing.
	id := LetterID("unread", p.clock().Format(time.DateOnly), "anna")
	d, err := p.View.Delivery(id)
	if err != nil {
		t.Fatal(err)
	}
	p.wait(24 * time.Hour)
	reply(d)
	if n := len(server.Mails()); n != 3 {
		t.Errorf("%d mails: the notice's answer was answered", n)
	}
	reply(first)
	if n := len(server.Mails()); n != 4 {
		t.Errorf("%d mails, want another notice on another day", n)
	}
}

func TestAccepts(t *testing.T) {
	b := newPost(t, mailtest.Start(t, mailtest.Options{})).inbox
	for address, want := range map[string]bool{
		"bounce+" + tokens.Sign("d1-0") + "@silta.test": true, "SILTA@silta.test": true,
		"bounce+d1-0@silta.test": false, "bounce+d1-0.aaaaaaaaaaaa@silta.test": false, "postmaster@silta.test": false, "": false,
	} {
		if b.Accepts(address) != want {
			t.Errorf("%q: %t", address, !want)
		}
	}
}
