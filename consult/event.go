package consult

import (
	"encoding/json"
	"fmt"
	"time"
)

// EventType names a kind of event. In the CloudEvents that others hear it stands behind "fi.silta.consultation.".
type EventType string

// Event is something that happened to a subject: one entry of the journal holds one.
type Event interface{ Type() EventType }

// Plan is when and by which rules a pool has to act. The service computes it before a command is decided.
type Plan struct {
	Rules    RulesVersion `json:"rules"`
	Clock    Clock        `json:"clock"`
	Schedule Schedule     `json:"schedule"`
}

// Events of a consultation. What they hold besides codes and times are words that a person typed, and stays sealed.
type (
	// SubmittedEvent starts a request. It holds all of it.
	SubmittedEvent struct {
		Ref        string     `json:"ref"`
		Profession Profession `json:"profession"`
		Request    *Request   `json:"request,omitempty"`
		Decision   Decision   `json:"decision"`
		Plan       Plan       `json:"plan"`
		OnCall     []string   `json:"on_call,omitempty"`
		// Digest is a checksum of the submission as it was sent, to tell a repetition from another one under the same key.
		Digest []byte `json:"digest,omitempty"`
	}
	// ClaimedEvent: a specialist takes the request as theirs.
	ClaimedEvent struct{}
	// AssignedEvent: the pool's lead gives it to a member.
	AssignedEvent struct {
		Person string `json:"person"`
	}
	// ReleasedEvent: it is back in the queue, and has to be claimed anew.
	ReleasedEvent struct {
		Plan *Plan `json:"plan,omitempty"`
	}
	// AskedEvent: a question to the sender. The pool's clock stops, and the sender's reminders start.
	AskedEvent struct {
		Text   string    `json:"text"`
		Remind time.Time `json:"remind,omitzero"`
	}
	// RepliedEvent: the sender's answer to it. The clock goes on.
	RepliedEvent struct {
		Text string `json:"text"`
		Plan Plan   `json:"plan"`
	}
	// AddedEvent: something that the sender corrects or adds unasked.
	AddedEvent struct {
		Text string `json:"text"`
	}
	// AnsweredEvent: the advice. From a joined pool it is a contribution and leaves the state as it is.
	AnsweredEvent struct {
		Pool        string      `json:"pool"`
		Text        string      `json:"text"`
		Disposition Disposition `json:"disposition"`
		// Minutes is the time that the answer took, as one of [MinuteBrackets], or "".
		Minutes MinuteBracket `json:"minutes,omitempty"`
		Steps   []PlanStep    `json:"plan,omitempty"`
		// ExpiresAt is when an answered request closes by itself. Zero in a contribution.
		ExpiresAt time.Time `json:"expires_at,omitzero"`
		// RemindAt is when the sender is reminded of that; zero: never.
		RemindAt time.Time `json:"remind_at,omitzero"`
	}
	// FollowedUpEvent: the sender asks again after the answer. A new clock starts.
	FollowedUpEvent struct {
		Text string `json:"text"`
		Plan Plan   `json:"plan"`
		// KeepHolder: whoever answered goes on with it.
		KeepHolder bool `json:"keep_holder"`
	}
	// HandedOverEvent: another pool is to answer.
	HandedOverEvent struct {
		From   string   `json:"from"`
		Pool   string   `json:"pool"`
		Reason string   `json:"reason,omitempty"`
		Plan   Plan     `json:"plan"`
		OnCall []string `json:"on_call,omitempty"`
		// Escalation is true where nobody answered in time and the rules handed it on.
		Escalation bool `json:"escalation,omitempty"`
		// Rerouted is true where rules were published that do not have the pool any more.
		Rerouted bool `json:"rerouted,omitempty"`
		// Next is when the new pool is reminded again if all of its steps are over.
		Next time.Time `json:"next,omitzero"`
	}
	// JoinedEvent: another pool is to answer as well.
	JoinedEvent struct {
		Pool   string   `json:"pool"`
		Reason string   `json:"reason"`
		OnCall []string `json:"on_call,omitempty"`
	}
	// EscalatedEvent: nobody acted in time, and these are told.
	EscalatedEvent struct {
		Level int `json:"level"`
		// Step is the index of the schedule's step that fired; past the end: the daily reminder after the last one.
		Step int      `json:"step"`
		To   []string `json:"to"`
		Told Reach    `json:"told"`
		// Unreached are the targets of the steps that would have reached nobody and were passed over.
		Unreached [][]string `json:"unreached,omitempty"`
		// Lost is the mail for whose sake it came before its time.
		Lost *Unheard `json:"lost,omitempty"`
		// Next is when the pool is reminded again if there is no further step.
		Next time.Time `json:"next,omitzero"`
	}
	// WithdrawnEvent: the sender takes it back before it was ever answered.
	WithdrawnEvent struct {
		Reason string `json:"reason,omitempty"`
	}
	// ClosedEvent: the sender's five questions; ends the request.
	ClosedEvent struct{ CloseOut }
	// ExpiredEvent: closed by itself some weeks after the answer.
	ExpiredEvent struct{}
)

// Events of other subjects.
type (
	// PersonSetEvent: the person's record is now this.
	PersonSetEvent struct {
		Person Person `json:"person"`
	}
	// TokenSetEvent: the token's record is now this.
	TokenSetEvent struct {
		Token Token `json:"token"`
	}
	// RulesPublishedEvent: a new version of the routing rules. Its number is the entry's revision.
	RulesPublishedEvent struct {
		// Document is the YAML, as it was written.
		Document string `json:"document"`
		Comment  string `json:"comment,omitempty"`
		// Operator is who ran the command that published it; see [Actor].
		Operator string `json:"operator,omitempty"`
	}
	// DeliverySetEvent: the delivery of a mail is now in this state.
	DeliverySetEvent struct {
		Delivery Delivery `json:"delivery"`
	}
	// OverrideSetEvent: the person is on call instead of whoever the plan names.
	OverrideSetEvent struct {
		Person string    `json:"person"`
		From   time.Time `json:"from"`
		To     time.Time `json:"to"`
	}
	// OverrideRemovedEvent: an override is taken back; one that has begun ends.
	OverrideRemovedEvent struct {
		ID string `json:"id"`
	}
	// SwapAskedEvent: who acted asks a colleague to take their duty.
	SwapAskedEvent struct {
		Colleague string    `json:"colleague"`
		From      time.Time `json:"from"`
		To        time.Time `json:"to"`
	}
	// FeedSetEvent: the feed's record is now this.
	FeedSetEvent struct {
		Feed Feed `json:"feed"`
	}
	// SwapAnsweredEvent: the swap was accepted, and holds, or was declined or withdrawn.
	SwapAnsweredEvent struct {
		ID    string    `json:"id"`
		State SwapState `json:"state"`
	}
)

// Types of events.
const (
	TypeSubmitted   EventType = "submitted"
	TypeClaimed     EventType = "claimed"
	TypeAssigned    EventType = "assigned"
	TypeReleased    EventType = "released"
	TypeAsked       EventType = "asked"
	TypeReplied     EventType = "replied"
	TypeAdded       EventType = "added"
	TypeAnswered    EventType = "answered"
	TypeFollowedUp  EventType = "followed-up"
	TypeHandedOver  EventType = "handed-over"
	TypeJoined      EventType = "joined"
	TypeEscalated   EventType = "escalated"
	TypeReminded    EventType = "reminded"
	TypeWithdrawn   EventType = "withdrawn"
	TypeClosed      EventType = "closed"
	TypeExpired     EventType = "expired"
	TypePersonSet   EventType = "person-set"
	TypeLooked      EventType = "looked"
	TypeGranted     EventType = "granted"
	TypeTokenSet    EventType = "token-set"
	TypeRules       EventType = "rules-published"
	TypeDeliverySet EventType = "delivery-set"

	TypeOverrideSet     EventType = "override-set"
	TypeOverrideRemoved EventType = "override-removed"
	TypeSwapAsked       EventType = "swap-asked"
	TypeSwapAnswered    EventType = "swap-answered"
	TypeFeedSet         EventType = "feed-set"
)

// Type names the event.
func (*SubmittedEvent) Type() EventType { return TypeSubmitted }

// Type names the event.
func (*ClaimedEvent) Type() EventType { return TypeClaimed }

// Type names the event.
func (*AssignedEvent) Type() EventType { return TypeAssigned }

// Type names the event.
func (*ReleasedEvent) Type() EventType { return TypeReleased }

// Type names the event.
func (*AskedEvent) Type() EventType { return TypeAsked }

// Type names the event.
func (*RepliedEvent) Type() EventType { return TypeReplied }

// Type names the event.
func (*AddedEvent) Type() EventType { return TypeAdded }

// Type names the event.
func (*AnsweredEvent) Type() EventType { return TypeAnswered }

// Type names the event.
func (*FollowedUpEvent) Type() EventType { return TypeFollowedUp }

// Type names the event.
func (*HandedOverEvent) Type() EventType { return TypeHandedOver }

// Type names the event.
func (*JoinedEvent) Type() EventType { return TypeJoined }

// Type names the event.
func (*EscalatedEvent) Type() EventType { return TypeEscalated }

// Type names the event.
func (*WithdrawnEvent) Type() EventType { return TypeWithdrawn }

// Type names the event.
func (*ClosedEvent) Type() EventType { return TypeClosed }

// Type names the event.
func (*ExpiredEvent) Type() EventType { return TypeExpired }

// Type names the event.
func (*PersonSetEvent) Type() EventType { return TypePersonSet }

// Type names the event.
func (*TokenSetEvent) Type() EventType { return TypeTokenSet }

// Type names the event.
func (*LookedEvent) Type() EventType { return TypeLooked }

// Type names the event.
func (*GrantedEvent) Type() EventType { return TypeGranted }

// Type names the event.
func (*RulesPublishedEvent) Type() EventType { return TypeRules }

// Type names the event.
func (*DeliverySetEvent) Type() EventType { return TypeDeliverySet }

// Type names the event.
func (*OverrideSetEvent) Type() EventType { return TypeOverrideSet }

// Type names the event.
func (*OverrideRemovedEvent) Type() EventType { return TypeOverrideRemoved }

// Type names the event.
func (*SwapAskedEvent) Type() EventType { return TypeSwapAsked }

// Type names the event.
func (*SwapAnsweredEvent) Type() EventType { return TypeSwapAnswered }

// Type names the event.
func (*FeedSetEvent) Type() EventType { return TypeFeedSet }

// newEvent makes an empty event of each type, for decoding.
var newEvent = map[EventType]func() Event{
	TypeSubmitted:   func() Event { return new(SubmittedEvent) },
	TypeClaimed:     func() Event { return new(ClaimedEvent) },
	TypeAssigned:    func() Event { return new(AssignedEvent) },
	TypeReleased:    func() Event { return new(ReleasedEvent) },
	TypeAsked:       func() Event { return new(AskedEvent) },
	TypeReplied:     func() Event { return new(RepliedEvent) },
	TypeAdded:       func() Event { return new(AddedEvent) },
	TypeAnswered:    func() Event { return new(AnsweredEvent) },
	TypeFollowedUp:  func() Event { return new(FollowedUpEvent) },
	TypeHandedOver:  func() Event { return new(HandedOverEvent) },
	TypeJoined:      func() Event { return new(JoinedEvent) },
	TypeEscalated:   func() Event { return new(EscalatedEvent) },
	TypeReminded:    func() Event { return new(RemindedEvent) },
	TypeWithdrawn:   func() Event { return new(WithdrawnEvent) },
	TypeClosed:      func() Event { return new(ClosedEvent) },
	TypeStepSet:     func() Event { return new(StepSetEvent) },
	TypeWorkerNamed: func() Event { return new(WorkerNamedEvent) },
	TypeExpired:     func() Event { return new(ExpiredEvent) },
	TypePersonSet:   func() Event { return new(PersonSetEvent) },
	TypeTokenSet:    func() Event { return new(TokenSetEvent) },
	TypeLooked:      func() Event { return new(LookedEvent) },
	TypeGranted:     func() Event { return new(GrantedEvent) },
	TypeRules:       func() Event { return new(RulesPublishedEvent) },
	TypeDeliverySet: func() Event { return new(DeliverySetEvent) },

	TypeOverrideSet:     func() Event { return new(OverrideSetEvent) },
	TypeOverrideRemoved: func() Event { return new(OverrideRemovedEvent) },
	TypeSwapAsked:       func() Event { return new(SwapAskedEvent) },
	TypeSwapAnswered:    func() Event { return new(SwapAnsweredEvent) },
	TypeFeedSet:         func() Event { return new(FeedSetEvent) },
}

// DecodeEvent reads an event of a type from its JSON. A type or a field that this program does not know is an error:
// it was written by a newer one, and going on would lose it.
func DecodeEvent(t EventType, data []byte) (Event, error) {
	mk, ok := newEvent[t]
	if !ok {
		return nil, fmt.Errorf("unknown event type %q", t)
	}
	e := mk()
	if err := json.Unmarshal(data, e); err != nil {
		return nil, fmt.Errorf("event %s: %w", t, err)
	}
	return e, nil
}
