package notify

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/notify/mail"
	"silta/notify/mail/mailtest"
)

// post is the whole way of a mail: a real journal and view, NATS, and a mail server.
type post struct {
	*consulttest.Store
	deliveries
	server  *mailtest.Server
	planner *Planner
	courier *Courier
	inbox   *Inbox
	metrics *Metrics
	log     consulttest.Log

	mu  sync.Mutex
	now time.Time
}

type deliveries struct{ *consulttest.Store }

func (d deliveries) Append(ctx context.Context, e consult.Entry, expected uint64) (consult.Receipt, error) {
	return d.Journal.Append(ctx, e, expected)
}

func (d deliveries) Delivery(id string) (consult.Delivery, error) { return d.View.Delivery(id) }

type poolNames struct{}

func (poolNames) PoolName(string, consult.Language) string { return "Tiimi" }

var tokens = mail.NewTokens([]byte("a key of the tests"))

func newPost(t testing.TB, server *mailtest.Server) *post {
	t.Helper()
	p := &post{Store: consulttest.Open(t), server: server, now: consulttest.Start, metrics: testMetrics(t)}
	p.deliveries = deliveries{p.Store}
	for _, person := range []consult.Person{
		{ID: "anna", Email: "anna@example.org", Language: consult.Finnish},
		{ID: "bror", Name: "Bror Berg", Phone: "040 765 4321", Email: "bror@example.org", Language: consult.Swedish},
		{ID: "nurse", Email: "nurse@example.org", Language: consult.English},
		{ID: "gone", Email: "gone@example.org", Disabled: true},
		{ID: "mute"},
		{ID: "odd", Email: "not an address"},
	} {
		person.Roles = []consult.Role{consult.Specialist}
		e := consult.Entry{
			Envelope: consult.Envelope{Kind: consult.KindPerson, ID: person.ID, At: p.now, By: consult.SystemID, Type: consult.TypePersonSet},
			Event:    &consult.PersonSetEvent{Person: person},
		}
		if _, err := p.Journal.Append(t.Context(), e, 0); err != nil {
			t.Fatal(err)
		}
	}
	composer, err := mail.NewComposer(mail.Options{
		From: "silta@silta.test", Tokens: tokens, PublicURL: "https://silta.test", Pools: poolNames{}, People: p.View,
	})
	if err != nil {
		t.Fatal(err)
	}
	sender, err := mail.NewSMTP(mail.SMTPConfig{Addr: server.Addr, TLS: server.TLS, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&p.log, nil))
	service := consult.NewService(p.Journal, p.View, staff{}, consult.Config{Now: p.clock, NewID: consulttest.NewID})
	p.courier = NewCourier(&Post{
		Deliveries: p, Journal: p.Journal, People: p.View, Due: p.View, Requests: service, Composer: composer, Sender: sender,
		Clock: p.clock, Log: log, Metrics: p.metrics,
	})
	p.planner = NewPlanner(nil, p.Journal, p, p.View, p.View, p.clock, p.courier.Wake, Sleep, log, p.metrics)
	p.inbox = NewInbox(p.courier.Post, tokens, "Silta@silta.test", p.planner)
	return p
}

func (p *post) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *post) wait(d time.Duration) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
	return p.now
}

// tell appends a request about which people and addresses get mails, and returns its position.
func (p *post) tell(t testing.TB, people, addresses []string) uint64 {
	t.Helper()
	e := consulttest.Submission{Number: int(p.Journal.Head()) + 1, At: p.clock(), Background: "MARKER of the background"}.Entry()
	e.Notice.Tell, e.Notice.TellAddresses = people, addresses
	r, err := p.Journal.Append(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	return r.Position
}

// withdraw ends the request of an entry.
func (p *post) withdraw(t testing.TB, position uint64) {
	t.Helper()
	env, err := p.Journal.Envelope(position)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.View.Consultation(env.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Journal.Append(t.Context(), consulttest.Next(c, p.clock(), "nurse", &consult.WithdrawnEvent{}), c.Revision); err != nil {
		t.Fatal(err)
	}
}

func (p *post) plan(t testing.TB, position uint64) {
	t.Helper()
	if err := p.planner.Plan(t.Context(), position); err != nil {
		t.Fatal(err)
	}
}

func (p *post) send(t testing.TB) {
	t.Helper()
	if err := p.courier.SendDue(t.Context(), p.clock()); err != nil {
		t.Fatal(err)
	}
}

func (p *post) delivery(t testing.TB, position uint64, person string) consult.Delivery {
	t.Helper()
	d, err := p.View.Delivery(deliveryID(position, "person", person))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (p *post) receivers() []string {
	var to []string
	for _, m := range p.server.Mails() {
		to = append(to, m.To)
	}
	slices.Sort(to)
	return to
}

func messageID(t testing.TB, raw []byte) string {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return e.Header.Get("Message-Id")
}

func count(t testing.TB, c prometheus.Counter) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}
