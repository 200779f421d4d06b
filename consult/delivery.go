package consult

import "time"

// DeliveryState is where a mail is on its way.
type DeliveryState string

// States of a delivery.
const (
	// Planned: it is to be sent at NextAt, for the first time or again.
	Planned DeliveryState = "planned"
	// Held: it waits for its receiver's next digest.
	Held DeliveryState = "held"
	// Digested: the receiver's digest has told it.
	Digested DeliveryState = "digested"
	// Sent: a mail server has taken it.
	Sent DeliveryState = "sent"
	// Failed: it will never arrive; retries have ended or the error is permanent.
	Failed DeliveryState = "failed"
	// Returned: it was sent, and has come back.
	Returned DeliveryState = "returned"
)

// Delivery is one mail to one receiver: about one event, and then what it says follows from the event's [Notice] alone, or a letter.
type Delivery struct {
	ID string `json:"id"`
	// Position is the journal position of the event that the mail tells of, 0 for a letter.
	Position uint64 `json:"position,omitempty"`
	// Letter is nil for a mail about an event.
	Letter *Letter `json:"letter,omitempty"`
	// Person is the receiver's id, or "" where the rules name a mail address.
	Person  string `json:"person,omitempty"`
	Address string `json:"address,omitempty"`
	// State, Attempts and NextAt say how far it has come.
	State    DeliveryState `json:"state"`
	Attempts int           `json:"attempts"`
	NextAt   time.Time     `json:"next_at,omitzero"`
	// HeldAt is since when it waits for a digest.
	HeldAt time.Time `json:"held_at,omitzero"`
	// Code is the mail server's last reply code (RFC 5321), 0 where there was no reply.
	Code int `json:"code,omitempty"`
	// Status is what it came back with, as in [MailFault].
	Status string `json:"status,omitempty"`
	// Mailbox is a checksum of the person's address that it was sent to: what comes back says nothing of another address.
	Mailbox string `json:"mailbox,omitempty"`
	// Revision counts the changes to this record, from 1.
	Revision uint64 `json:"revision"`
}

// Due returns when the delivery wants to be sent, or the zero time.
func (d Delivery) Due() time.Time {
	if d.State != Planned {
		return time.Time{}
	}
	return d.NextAt
}
