package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"silta/consult"
)

// Requests is what a mail that does not arrive has consequences for. [consult.Service] implements it.
type Requests interface {
	// FlagAddress records that mail to a person's address does not arrive, and reports whether that is new.
	FlagAddress(ctx context.Context, person string, isTheirs func(address string) bool, status string, now time.Time) (bool, error)
	// MoveOn tells the next people of a request at once, and reports whether it did.
	MoveOn(ctx context.Context, id string, lost consult.Unheard, now time.Time) (bool, error)
}

// lost does what follows from a mail that will not arrive. It can be called any number of times: what has been done is not done again.
// Whether the fault is the address's it says as well; else it is a mail server's on the way.
func (p *Post) lost(ctx context.Context, d consult.Delivery, ofAddress bool) error {
	now, status := p.Clock(), d.Status
	if ofAddress && d.Person != "" {
		fresh, err := p.Requests.FlagAddress(ctx, d.Person, func(address string) bool {
			return d.Mailbox == "" || d.Mailbox == mailbox(address)
		}, status, now)
		if err != nil {
			return err
		}
		if fresh {
			p.Metrics.flagged.Inc()
			p.Log.Warn("mail does not arrive at a person's address", "person", d.Person, "status", status, "delivery", d.ID)
		}
	}
	if d.Position == 0 {
		return nil
	}
	e, err := p.Journal.Envelope(d.Position)
	if err != nil {
		return err
	}
	if e.Kind != consult.KindConsultation {
		return nil
	}
	moved, err := p.Requests.MoveOn(ctx, e.ID, consult.Unheard{Revision: e.Revision, Person: d.Person, Status: status}, now)
	if moved {
		p.Metrics.movedOn.Inc()
		p.Log.Warn("a request was told to the next people, since a mail does not arrive", "request", e.ID, "delivery", d.ID, "status", status)
	}
	return err
}

// mailbox is a checksum of an address, to know it again by.
func mailbox(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:8])
}
