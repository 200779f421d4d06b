package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/notify/mail"
	"silta/notify/mail/mailtest"
)

func TestMailsFollowEvents(t *testing.T) {
	p, b := newPost(t, mailtest.Start(t, mailtest.Options{})), openBus(t, t.TempDir())
	p.planner.bus = b
	startRelay(t, b, p.Journal)
	background(t, p.planner.Run)
	background(t, p.courier.Run)
	p.tell(t, []string{"anna", "bror"}, []string{"duty@example.org"})
	p.tell(t, nil, nil)
	p.tell(t, []string{"nurse"}, nil)
	eventually(t, "the mails arrive", func() bool { return len(p.server.Mails()) == 4 })
	if got := strings.Join(p.receivers(), " "); got != "anna@example.org bror@example.org duty@example.org nurse@example.org" {
		t.Error(got)
	}
	ids := map[string]bool{}
	for _, m := range p.server.Mails() {
		id := messageID(t, m.Raw)
		ids[id] = true
		if want := "bounce+" + strings.Trim(id, "<>"); m.From != want {
			t.Errorf("return path %s, want %s", m.From, want)
		}
		if bytes.Contains(m.Raw, []byte("MARKER")) {
			t.Error("contents in a mail")
		}
		want := map[string]string{"anna@example.org": "fi", "bror@example.org": "sv", "duty@example.org": "fi", "nurse@example.org": "en"}[m.To]
		if !bytes.Contains(m.Raw, []byte("Content-Language: "+want)) {
			t.Errorf("%s did not get %s", m.To, want)
		}
	}
	if len(ids) != 4 {
		t.Errorf("message ids: %v", slices.Collect(maps.Keys(ids)))
	}
}

// TestNewStream loses the stream, and with it the planner's own place in it.
func TestNewStream(t *testing.T) {
	p, b := newPost(t, mailtest.Start(t, mailtest.Options{})), openBus(t, t.TempDir())
	p.planner.bus = b
	startRelay(t, b, p.Journal)
	background(t, p.planner.Run)
	background(t, p.courier.Run)
	p.tell(t, []string{"anna"}, nil)
	eventually(t, "the first mail", func() bool { return len(p.server.Mails()) == 1 })
	if _, err := b.anew(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	p.tell(t, []string{"bror"}, nil)
	eventually(t, "the second mail", func() bool { return len(p.server.Mails()) >= 2 })
	if got := strings.Join(p.receivers(), " "); got != "anna@example.org bror@example.org" {
		t.Error(got)
	}
	if events, consumers := state(t, b); events != 2 || !consumers[mailerConsumer] {
		t.Errorf("%d events, consumers %v", events, consumers)
	}
}

func TestPlannedOnce(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	position := p.tell(t, []string{"anna"}, []string{"duty@example.org"})
	for range 3 {
		p.plan(t, position)
	}
	p.send(t)
	p.plan(t, position)
	p.send(t)
	if got := p.receivers(); len(got) != 2 {
		t.Errorf("receivers: %v", got)
	}
	d := p.delivery(t, position, "anna")
	if d.State != consult.Sent || d.Attempts != 1 || d.Code != 250 || d.Revision != 2 || !d.Due().IsZero() {
		t.Errorf("%+v", d)
	}
	if due, err := p.View.Due(p.wait(1000*time.Hour), 10); err != nil || len(due) > 1 {
		t.Errorf("still due: %v, %v", due, err)
	}
	if n := count(t, p.metrics.planned); n != 2 {
		t.Errorf("%v planned", n)
	}
}

func TestLongOver(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	open, ended, fresh := p.tell(t, []string{"anna"}, nil), p.tell(t, []string{"anna"}, nil), uint64(0)
	p.withdraw(t, ended)
	p.wait(longAgo)
	fresh = p.tell(t, []string{"anna"}, nil)
	p.withdraw(t, fresh)
	p.wait(time.Second)
	for _, position := range []uint64{open, ended, fresh} {
		p.plan(t, position)
	}
	for position, want := range map[uint64]bool{open: true, ended: false, fresh: true} {
		if _, err := p.Delivery(deliveryID(position, "person", "anna")); (err == nil) != want || !want && consult.KindOf(err) != consult.NotFound {
			t.Errorf("the mail of entry %d: %v, want it planned: %v", position, err, want)
		}
	}
}

func TestForNow(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	position := p.tell(t, []string{"anna", "bror"}, nil)
	p.plan(t, position)
	var tried []string
	var ids []string
	server.Refuse(func(stage, to string) error {
		if stage == "RCPT" && to == "anna@example.org" {
			tried = append(tried, to)
			if len(tried) < 3 {
				return mailtest.Reply(450)
			}
		}
		return nil
	})
	composed := p.courier.Composer
	p.courier.Composer = watch{composed, &ids}
	p.send(t)
	if got := p.receivers(); len(got) != 1 || got[0] != "bror@example.org" {
		t.Errorf("the other mail: %v", got)
	}
	d := p.delivery(t, position, "anna")
	if d.State != consult.Planned || d.Attempts != 1 || d.Code != 450 || !d.NextAt.Equal(p.clock().Add(time.Minute)) {
		t.Errorf("%+v", d)
	}
	p.wait(59 * time.Second)
	p.send(t)
	if goOn, err := p.courier.send(t.Context(), d.ID, p.clock()); !goOn || err != nil {
		t.Errorf("before its time: %v, %v", goOn, err)
	}
	if len(tried) != 1 {
		t.Error("it did not wait")
	}
	p.wait(time.Second)
	p.send(t)
	p.wait(5 * time.Minute)
	p.send(t)
	d = p.delivery(t, position, "anna")
	if d.State != consult.Sent || d.Attempts != 3 || d.Code != 250 || len(p.server.Mails()) != 2 {
		t.Errorf("%+v", d)
	}
	id := "<" + tokens.Sign(d.ID) + "@silta.test>"
	if got := messageID(t, server.Mails()[1].Raw); got != id {
		t.Errorf("message id %s, want %s", got, id)
	}
	slices.Sort(ids)
	if want := []string{d.ID, d.ID, d.ID}; !slices.Equal(slices.DeleteFunc(ids, func(s string) bool { return s != d.ID }), want) {
		t.Errorf("composed: %v", ids)
	}
	if log := p.log.String(); strings.Contains(log, "SECRET") || strings.Contains(log, "@") {
		t.Errorf("the log says too much: %s", log)
	}
}

// watch notes what is composed.
type watch struct {
	Composer
	ids *[]string
}

func (w watch) Compose(n mail.Notification) (mail.Message, error) {
	*w.ids = append(*w.ids, n.Delivery)
	return w.Composer.Compose(n)
}

func TestForGood(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	position := p.tell(t, []string{"anna", "gone", "mute", "odd", "nobody"}, nil)
	p.plan(t, position)
	server.Refuse(func(stage, _ string) error {
		if stage == "DATA" {
			return mailtest.Reply(550)
		}
		return nil
	})
	p.send(t)
	p.send(t)
	for person, code := range map[string]int{"anna": 550, "gone": 0, "mute": 0, "odd": 553, "nobody": 0} {
		d := p.delivery(t, position, person)
		if d.State != consult.Failed || d.Code != code || d.Revision != 2 {
			t.Errorf("%s: %+v", person, d)
		}
	}
	if n := count(t, p.metrics.mails.WithLabelValues(outcomeFailed)); n != 5 {
		t.Errorf("%v failed", n)
	}
}

func TestServerDown(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	nowhere, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down, err := mail.NewSMTP(mail.SMTPConfig{Addr: nowhere.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := nowhere.Close(); err != nil {
		t.Fatal(err)
	}
	up := p.courier.Sender
	p.courier.Sender = down
	position := p.tell(t, []string{"anna", "bror", "nurse"}, nil)
	p.plan(t, position)
	p.send(t)
	attempts := 0
	for _, person := range []string{"anna", "bror", "nurse"} {
		d := p.delivery(t, position, person)
		attempts += d.Attempts
		if d.State != consult.Planned || d.Code != 0 {
			t.Errorf("%+v", d)
		}
	}
	if attempts != 1 {
		t.Errorf("%d attempts at a server that is not there, want 1", attempts)
	}
	for range len(pauses) - 1 {
		p.wait(4 * time.Hour)
		p.send(t)
	}
	p.courier.Sender = up
	p.wait(4 * time.Hour)
	p.send(t)
	if got := p.receivers(); len(got) != 3 {
		t.Errorf("after the server came back: %v", got)
	}
}

// TestPausesEnd: what a server puts off is tried again after longer and longer pauses. In the end the next people are told, and where it
// was the address that was put off, it is flagged with the reason.
func TestPausesEnd(t *testing.T) {
	for stage, flag := range map[string]bool{"MAIL": false, "RCPT": true} {
		t.Run(stage, func(t *testing.T) { testPausesEnd(t, stage, flag) })
	}
}

func testPausesEnd(t *testing.T, refused string, flag bool) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	position := p.tell(t, []string{"anna"}, nil)
	p.plan(t, position)
	server.Refuse(func(stage, _ string) error {
		if stage == refused {
			return mailtest.Reply(451)
		}
		return nil
	})
	e, err := p.Journal.Envelope(position)
	if err != nil {
		t.Fatal(err)
	}
	last := time.Duration(0)
	for {
		p.send(t)
		d := p.delivery(t, position, "anna")
		if d.State == consult.Failed {
			if d.Attempts != len(pauses)+1 || d.Code != 451 {
				t.Errorf("%+v", d)
			}
			who, err := p.View.Person("anna")
			if err != nil || who.MailFault.IsZero() == flag || flag && who.MailFault.Status != d.Status {
				t.Errorf("flagged %+v, %v", who.MailFault, err)
			}
			if c := p.consultation(t, e.ID); c.Escalation != 1 {
				t.Errorf("the next people were not told: escalation %d", c.Escalation)
			}
			return
		}
		if p.flagged(t, "anna") || p.consultation(t, e.ID).Escalation != 0 {
			t.Fatal("given up too early")
		}
		pause := d.NextAt.Sub(p.clock())
		if pause < last || d.Attempts > 20 {
			t.Fatalf("after attempt %d a pause of %s", d.Attempts, pause)
		}
		last = pause
		p.wait(pause)
	}
}

// failing lets an append fail after the journal has taken it or before, as a crash at that moment would.
type failing struct {
	Deliveries
	before, after bool
}

var errCrash = errors.New("crash")

func (f *failing) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	if f.before {
		return consult.Receipt{}, errCrash
	}
	r, err := f.Deliveries.Append(ctx, e, expected)
	if f.after {
		return consult.Receipt{}, errCrash
	}
	return r, err
}

func TestCrashes(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{})
	p := newPost(t, server)
	position := p.tell(t, []string{"anna"}, nil)
	f := &failing{Deliveries: p}
	p.planner.deliveries, p.courier.Deliveries = f, f
	for _, f.after = range []bool{false, true} {
		f.before = !f.after
		if err := p.planner.Plan(t.Context(), position); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
	}
	*f = failing{Deliveries: p}
	p.plan(t, position)

	f.before = true
	if err := p.courier.SendDue(t.Context(), p.clock()); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	f.before, f.after = false, true
	if err := p.courier.SendDue(t.Context(), p.clock()); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	f.after = false
	p.send(t)
	mails := server.Mails()
	if len(mails) != 2 || messageID(t, mails[0].Raw) != messageID(t, mails[1].Raw) {
		t.Errorf("%d mails", len(mails))
	}
	if d := p.delivery(t, position, "anna"); d.State != consult.Sent || d.Revision != 2 {
		t.Errorf("%+v", d)
	}
}

// cut is a server that is in the midst of taking a mail when the program is asked to end.
type cut struct{ stop func() }

func (c cut) Send(ctx context.Context, _ mail.Message) error {
	c.stop()
	return fmt.Errorf("sending: %w", ctx.Err())
}

// A stop in the midst of sending is no attempt: the mail is due as before.
func TestStopWhileSending(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	position := p.tell(t, []string{"anna"}, nil)
	p.plan(t, position)
	before := p.delivery(t, position, "anna")
	ctx, stop := context.WithCancel(t.Context())
	up := p.courier.Sender
	p.courier.Sender = cut{stop}
	if err := p.courier.SendDue(ctx, p.clock()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if d := p.delivery(t, position, "anna"); d != before {
		t.Errorf("was %+v, is %+v", before, d)
	}
	p.courier.Sender = up
	p.send(t)
	if d := p.delivery(t, position, "anna"); d.State != consult.Sent || d.Attempts != 1 {
		t.Errorf("%+v", d)
	}
}

func TestTwoCouriers(t *testing.T) {
	p := newPost(t, mailtest.Start(t, mailtest.Options{}))
	for range 10 {
		p.plan(t, p.tell(t, []string{"anna", "bror"}, nil))
	}
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if err := p.courier.SendDue(t.Context(), p.clock()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := len(p.server.Mails()); n != 20 {
		t.Errorf("%d mails", n)
	}
	if due, err := p.View.Due(p.clock(), 100); err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", fmt.Sprint(due), err)
	}
}
