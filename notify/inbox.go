package notify

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"silta/consult"
	"silta/notify/mail"
)

// Inbox deals with mails that come in. Only a mail with the token of a delivery has a consequence, since everything else may be
// forged: a bounce tells the next people and flags the address; a delay is counted as a warning; a person who answers is told,
// once a day at most, that nobody reads it; whatever programs write leads to nothing. Nothing of a mail's words is kept or logged.
type Inbox struct {
	post    *Post
	tokens  mail.Tokens
	from    string
	letters Letters
}

// NewInbox makes an inbox. From is the address that mails are sent from: those who answer write to it.
func NewInbox(p *Post, tokens mail.Tokens, from string, letters Letters) *Inbox {
	return &Inbox{p, tokens, strings.ToLower(from), letters}
}

// Accepts implements [mail.Receiver].
func (b *Inbox) Accepts(address string) bool {
	_, ok := b.tokens.Verify(address)
	return ok || strings.ToLower(address) == b.from
}

// Receive implements [mail.Receiver].
func (b *Inbox) Receive(ctx context.Context, r io.Reader, env mail.Envelope) error {
	in, err := mail.ReadIncoming(r, env)
	if err != nil {
		return err
	}
	d, err := b.about(in)
	if err != nil {
		return err
	}
	b.post.Log.Info("a mail came in", "kind", in.Kind, "status", in.Status, "delivery", d.ID)
	switch {
	case d.ID == "":
		if in.Kind == mail.Bounce || in.Kind == mail.Delay {
			b.post.Metrics.unmatched.Inc()
		}
	case in.Kind == mail.Bounce:
		err = b.returned(ctx, d, in.Status)
	case in.Kind == mail.Reply:
		err = b.replied(ctx, d, in)
	}
	if err == nil {
		b.post.Metrics.received.WithLabelValues(string(in.Kind)).Inc()
	}
	return err
}

// about returns the delivery that a mail is about, or an empty one.
func (b *Inbox) about(in mail.Incoming) (consult.Delivery, error) {
	for _, r := range in.Refers {
		id, ok := b.tokens.Verify(r)
		if !ok {
			continue
		}
		d, err := b.post.Deliveries.Delivery(id)
		if consult.KindOf(err) != consult.NotFound || err == nil {
			return d, err
		}
	}
	return consult.Delivery{}, nil
}

// returned deals with a bounce. The record comes last: after a crash the rest, which is done once, is gone through again.
func (b *Inbox) returned(ctx context.Context, d consult.Delivery, status string) error {
	for {
		if d.State == consult.Failed || d.State == consult.Returned {
			return nil
		}
		d.State, d.NextAt, d.Status = consult.Returned, time.Time{}, status
		if err := b.post.lost(ctx, d, true); err != nil {
			return err
		}
		d.Revision++
		_, err := b.post.Deliveries.Append(ctx, deliveryEntry(d, b.post.Clock()), d.Revision-1)
		if !errors.Is(err, consult.ErrRevision) {
			return err
		}
		// The courier was recording that it was sent.
		if d, err = b.post.Deliveries.Delivery(d.ID); err != nil {
			return err
		}
	}
}

// replied tells whoever has answered a notification that nobody reads it. It goes only to the address that the notification went
// to, and once a day, so that it can neither be misused nor go round in a circle.
func (b *Inbox) replied(ctx context.Context, d consult.Delivery, in mail.Incoming) error {
	if d.Person == "" || d.Position == 0 {
		return nil
	}
	p, err := b.post.People.Person(d.Person)
	if err != nil || p.Disabled || in.From == "" || !strings.EqualFold(p.Email, in.From) {
		if consult.KindOf(err) == consult.NotFound {
			return nil
		}
		return err
	}
	e, err := b.post.Journal.Envelope(d.Position)
	if err != nil || e.Notice == nil {
		return err
	}
	now := b.post.Clock()
	_, err = b.letters.Letter(ctx, LetterID("unread", now.Format(time.DateOnly), p.ID), p.ID, consult.Letter{
		Kind: "unread", At: now, Args: map[string]consult.LetterValue{"ref": {Text: e.Notice.Ref}}, Path: "/requests/" + e.ID, Answer: true,
	})
	return err
}
