package consult

import (
	"context"
	"errors"
	"iter"
	"time"
)

// SubjectKind is what an entry of the journal is about.
type SubjectKind string

// Kinds of subjects.
const (
	KindConsultation SubjectKind = "consultation"
	KindPerson       SubjectKind = "person"
	KindToken        SubjectKind = "token"
	KindRules        SubjectKind = "rules"
	KindDelivery     SubjectKind = "delivery"
	// KindRota: what was agreed about a pool's duty. The id is the pool's.
	KindRota SubjectKind = "rota"
	// KindFeed: a private address of a calendar of duty.
	KindFeed SubjectKind = "feed"
)

// RulesID is the id of the one subject of kind [KindRules]; its revision is the number of the rules' version.
const RulesID = "routing"

// Envelope is the part of a journal entry that is kept in clear: ids, times and codes, and nothing that a person typed.
// Whoever only reads envelopes cannot leak contents.
type Envelope struct {
	// Position counts the entries of the journal from 1. The journal gives it.
	Position uint64      `json:"-"`
	Kind     SubjectKind `json:"kind"`
	ID       string      `json:"id"`
	// Revision counts the entries of the subject from 1.
	Revision uint64 `json:"rev"`
	// Command makes an append idempotent: a command id is appended once. "" is never remembered.
	Command string    `json:"cmd,omitempty"`
	At      time.Time `json:"at"`
	// By is the id of the person who acted, or [SystemID].
	By string `json:"by"`
	// Type is the type of the event.
	Type EventType `json:"type"`
	// Notice is what others may be told, or nil.
	Notice *Notice `json:"notice,omitempty"`
}

// Entry is one change to one subject.
type Entry struct {
	Envelope
	// Event is what happened; it is sealed at rest. It is nil in an entry whose contents were erased.
	Event Event
	// State is the subject after the event, for the view, where the caller has it at hand: a [*Consultation] for a
	// consultation. It is not stored in the journal. Nil: the view folds the event itself.
	State any
}

// Notice is what an entry tells to the world outside the journal. NATS, the live queue and the mailer see this and no more.
type Notice struct {
	Ref        string    `json:"ref"`
	Pool       string    `json:"pool"`
	Urgency    Urgency   `json:"urgency"`
	State      State     `json:"state"`
	Escalation int       `json:"escalation"`
	ClaimBy    time.Time `json:"claim_by,omitzero"`
	AnswerBy   time.Time `json:"answer_by"`
	// ExpiresAt is when an answered request closes by itself.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Reminder says what is reminded of; "" in all entries but those of type [TypeReminded].
	Reminder ReminderKind `json:"reminder,omitempty"`
	// Requester is the sender's id.
	Requester string `json:"requester"`
	// Holder is the id of the person who has claimed it, or "".
	Holder string `json:"holder,omitempty"`
	// Pools are all whose members may see the request, and the pool that it has just left.
	Pools []string `json:"pools"`
	// Tell are the ids of the people who are to get a mail.
	Tell []string `json:"tell,omitempty"`
	// TellAddresses are mail addresses, named by the rules, that are to get a mail.
	TellAddresses []string `json:"tell_addresses,omitempty"`
	// Shift is what an entry about duty is about; nil in all others.
	Shift *ShiftNotice `json:"shift,omitempty"`
}

// ShiftNotice tells of a change of duty.
type ShiftNotice struct {
	// Person is to be on call, For is who would be instead, or "".
	Person string    `json:"person"`
	For    string    `json:"for,omitempty"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	// Swap is what became of a swap, where the entry answers one.
	Swap SwapState `json:"swap,omitempty"`
}

// Receipt says where an entry stands.
type Receipt struct {
	Position uint64
	Kind     SubjectKind
	ID       string
	Revision uint64
	// Repeated: the command had been appended before; the receipt is that of the first time, and nothing was changed.
	Repeated bool
}

// ErrRevision is returned by an append whose expected revision is not the subject's present one.
var ErrRevision = errors.New("the subject has another revision")

// ErrRefTaken is returned by an append of a request whose Ref belongs to another request. Nothing was appended; the next
// number is free to try.
var ErrRefTaken = errors.New("the reference belongs to another request")

// Orderer puts entries in order. It is the one place where a change becomes true.
//
// Append makes the entry durable if the subject's revision is expected (0: the subject must not exist yet), together with
// its effect on the view, and returns when both are on disk. It returns an error that wraps [ErrRevision] where the revision
// is another one; a command id that was appended before returns the first receipt with Repeated set, whatever expected is.
// After any other error the caller does not know whether the entry was appended, and may send the same command again.
type Orderer interface {
	Append(ctx context.Context, e Entry, expected uint64) (Receipt, error)
}

// Follower reads the journal by position.
type Follower interface {
	// Head returns the last position, 0 for an empty journal.
	Head() uint64
	// Envelopes yields the envelopes after a position, in order, up to the head at the time of the call.
	Envelopes(after uint64) iter.Seq2[Envelope, error]
	// Wait returns when the head is beyond a position, or with the context's error.
	Wait(ctx context.Context, after uint64) error
}
