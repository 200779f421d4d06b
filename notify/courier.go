package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"silta/consult"
	"silta/notify/mail"
)

// pauses are how long a mail waits after each attempt that failed for now. After the last it has failed for good: most of a
// day has gone by.
var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour,
}

// People is where receivers are looked up.
type People interface {
	// Person returns a person, or an error of kind [consult.NotFound].
	Person(id string) (consult.Person, error)
}

// Composer writes mails. Package mail implements it.
type Composer interface {
	Compose(n mail.Notification) (mail.Message, error)
}

// Sender hands a mail to a mail server. An error that wraps a [*mail.Error] says what the server said; every other error
// means that no server could be spoken to. Package mail implements it.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
}

// Post is what a courier works with; all of it is needed.
type Post struct {
	Deliveries Deliveries
	Journal    Journal
	People     People
	Due        Due
	Requests   Requests
	Composer   Composer
	Sender     Sender
	Clock      func() time.Time
	Log        *slog.Logger
	Metrics    *Metrics
}

// Courier sends the mails that are planned, and records in the journal how each went. A crash between the two sends the
// mail again under the same Message-ID.
type Courier struct {
	*Post
	mu   sync.Mutex
	bell chan struct{}
}

// NewCourier makes a courier.
func NewCourier(p *Post) *Courier { return &Courier{Post: p, bell: make(chan struct{}, 1)} }

// Wake makes Run look for mails to send. It does not wait.
func (c *Courier) Wake() {
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// Run sends what is due, at once and whenever it is woken, until the context ends.
func (c *Courier) Run(ctx context.Context) {
	for {
		if err := c.SendDue(ctx, c.Clock()); err != nil && ctx.Err() == nil {
			c.Log.Error("mails could not be sent", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-c.bell:
		}
	}
}

// SendDue sends every mail that is due at the moment, each once. When no mail server can be spoken to, the others stay due for
// the next time. The error joins what else went wrong, and names deliveries only.
func (c *Courier) SendDue(ctx context.Context, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var faults []error
	err := eachDue(ctx, c.Due, now, consult.KindDelivery, 1, func(d consult.DueSubject) (bool, error) {
		reached, err := c.send(ctx, d.ID, now)
		if err != nil {
			faults = append(faults, fmt.Errorf("delivery %s: %w", d.ID, err))
		}
		return reached, nil
	})
	return errors.Join(append(faults, err)...)
}

// send makes one attempt, and reports whether it makes sense to send others now.
func (c *Courier) send(ctx context.Context, id string, now time.Time) (goOn bool, err error) {
	d, err := c.Deliveries.Delivery(id)
	if err != nil || d.Due().IsZero() || d.Due().After(now) {
		return true, err
	}
	message, err := c.compose(d)
	if refusal, ok := errors.AsType[*mail.Error](err); ok || errors.Is(err, errNoReceiver) || consult.KindOf(err) == consult.NotFound {
		c.Log.Warn("a mail has no receiver", "delivery", d.ID, "person", d.Person)
		d.State, d.NextAt, d.Status = consult.Failed, time.Time{}, noReceiver
		if ok {
			d.Code, d.Status = refusal.Code, refusal.Status()
		}
		return true, c.failed(ctx, d, ok)
	}
	if err != nil {
		return true, err
	}
	if d.Mailbox = ""; d.Person != "" {
		d.Mailbox = mailbox(message.To)
	}
	err = c.Sender.Send(ctx, message)
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err()
	}
	d.Attempts++
	refusal, answered := errors.AsType[*mail.Error](err)
	d.Code = 0
	if answered {
		d.Code = refusal.Code
	}
	switch {
	case err == nil:
		d.State, d.NextAt, d.Code = consult.Sent, time.Time{}, mail.Accepted
	case answered && refusal.Permanent() || d.Attempts > len(pauses):
		d.State, d.NextAt = consult.Failed, time.Time{}
	default:
		d.NextAt = c.Clock().Add(pauses[d.Attempts-1])
	}
	if err != nil {
		c.Log.Warn("a mail was not taken", "delivery", d.ID, "attempt", d.Attempts, "state", d.State, "error", err)
	}
	goOn = err == nil || answered
	if d.State == consult.Failed {
		d.Status = noAnswer
		if answered {
			d.Status = refusal.Status()
		}
		return goOn, c.failed(ctx, d, answered && refusal.OfAddress())
	}
	return goOn, c.record(ctx, d)
}

// Codes of RFC 3463 for mails that no server has refused.
const (
	noReceiver = "5.1.0"
	noAnswer   = "4.4.1"
)

// failed does what follows from a mail that will not arrive, and then records it: after a crash in between it is tried once more.
func (c *Courier) failed(ctx context.Context, d consult.Delivery, ofAddress bool) error {
	if err := c.lost(ctx, d, ofAddress); err != nil {
		return err
	}
	return c.record(ctx, d)
}

var errNoReceiver = errors.New("nobody to send to")

func (c *Courier) compose(d consult.Delivery) (mail.Message, error) {
	n := mail.Notification{Delivery: d.ID, Letter: d.Letter, To: d.Address}
	if d.Letter == nil {
		var err error
		if n.Envelope, err = c.Journal.Envelope(d.Position); err != nil {
			return mail.Message{}, err
		}
		if n.Envelope.Notice == nil {
			return mail.Message{}, errNoReceiver
		}
	}
	if d.Person != "" {
		p, err := c.People.Person(d.Person)
		if err != nil {
			return mail.Message{}, err
		}
		n.To, n.Language, n.Sender = p.Email, p.Language, d.Letter == nil && p.ID == n.Envelope.Notice.Requester
		switch {
		case d.Letter != nil && d.Letter.Before > 0:
			n.To = p.EmailBefore(d.Letter.Before)
		case p.Disabled:
			return mail.Message{}, errNoReceiver
		}
	}
	if n.To == "" {
		return mail.Message{}, errNoReceiver
	}
	return c.Composer.Compose(n)
}

// record makes the outcome durable. Somebody else's record of the same delivery stands.
func (c *Courier) record(ctx context.Context, d consult.Delivery) error {
	outcome := map[consult.DeliveryState]string{
		consult.Sent: outcomeSent, consult.Planned: outcomeRetry, consult.Failed: outcomeFailed,
	}[d.State]
	c.Metrics.mails.WithLabelValues(outcome).Inc()
	d.Revision++
	// What has been sent is recorded even when the program is asked to end at this moment.
	_, err := c.Deliveries.Append(context.WithoutCancel(ctx), deliveryEntry(d, c.Clock()), d.Revision-1)
	if errors.Is(err, consult.ErrRevision) {
		return nil
	}
	return err
}
