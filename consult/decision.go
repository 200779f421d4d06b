package consult

import (
	"slices"
	"time"
)

// RulesVersion names the rules that a decision was made by.
type RulesVersion struct {
	// Number counts publications from 1.
	Number uint64 `json:"number"`
	// Hash is the SHA-256 of the document, in hex.
	Hash string `json:"hash"`
}

// Decision is what the rules say of a request: where it goes, and why.
type Decision struct {
	Rules RulesVersion `json:"rules"`
	// Pool is never empty, except where an interlock of action "block" matched.
	Pool string `json:"pool"`
	// With are the pools that join: they answer the same request.
	With []string `json:"with,omitempty"`
	// Rule is the id of the rule that matched, or "otherwise".
	Rule string `json:"rule"`
	// Urgency is the request's own, raised by the rule's at-least.
	Urgency Urgency `json:"urgency"`
	// Why is the rule's reason, for the sender.
	Why        Text        `json:"why,omitempty"`
	Interlocks []Interlock `json:"interlocks,omitempty"`
	// Notes say what the pool does not offer of what was asked.
	Notes []NoteCode `json:"notes,omitempty"`
}

// NoteCode is a remark of the routing that does not change where a request goes.
type NoteCode string

// Remarks of the routing.
const (
	ModeNotOffered        NoteCode = "mode-not-offered"
	ProfessionNotAccepted NoteCode = "profession-not-accepted"
)

// Interlock is a matched check that comes before any rule: the case is, or may be, an emergency.
type Interlock struct {
	ID string `json:"id"`
	// Block: it cannot be sent. Otherwise it is sent only when the sender confirms having acted.
	Block bool   `json:"block"`
	Phone string `json:"phone,omitempty"`
	Show  Text   `json:"show,omitempty"`
}

// Blocked returns the interlocks that forbid sending, or that still want a confirmation.
func (d Decision) Blocked(confirmed []string) []Interlock {
	var open []Interlock
	for _, i := range d.Interlocks {
		if i.Block || !slices.Contains(confirmed, i.ID) {
			open = append(open, i)
		}
	}
	return open
}

// Interval is a stretch of time, the end excluded.
type Interval struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Clock is what a request's deadlines are counted from. A hand-over keeps it; a follow-up question starts a new one.
type Clock struct {
	Start time.Time `json:"start"`
	// Claim is what the claim deadline is counted from, if not Start: a request that comes back to the queue, or to another pool, is
	// to be claimed anew.
	Claim time.Time `json:"claim,omitzero"`
	// Pauses are the finished stretches, in order, in which the pool waited for the sender.
	Pauses []Interval `json:"pauses,omitempty"`
}

// Schedule is when a pool has to act on a request.
type Schedule struct {
	ClaimBy  time.Time `json:"claim_by"`
	AnswerBy time.Time `json:"answer_by"`
	// Steps are the escalations in the order of their moments.
	Steps []Step `json:"steps,omitempty"`
	// ClaimSteps are who is told while nobody has claimed it, in the order of their moments.
	ClaimSteps []Step `json:"claim_steps,omitempty"`
}

// Step is one escalation: at that moment, if nobody has answered, these are told.
type Step struct {
	At time.Time `json:"at"`
	// To holds targets as the rules name them: on-call, lead, members, coordinator, person:ID, pool:ID, or a mail address.
	To []string `json:"to"`
}

// Reach is whom a step's targets mean at a moment.
type Reach struct {
	// People are ids of persons, each once, in the order of the targets.
	People []string `json:"people,omitempty"`
	// Addresses are mail addresses that the rules name themselves.
	Addresses []string `json:"addresses,omitempty"`
	// HandOver is the pool that the step hands the request to, or "".
	HandOver string `json:"hand_over,omitempty"`
}

// Empty reports whether nobody is reached.
func (r Reach) Empty() bool { return len(r.People) == 0 && len(r.Addresses) == 0 && r.HandOver == "" }

// Router decides where requests go and when they are due. Package routing implements it.
//
// Every method is a pure function of its arguments and of the published rules, so that a stored version number
// answers years later as it did on the day; who is on call follows also from calendars and from what was agreed. A version or pool that does not exist is an error of kind [NotFound].
type Router interface {
	// Route applies the rules in force.
	Route(f Facts) (Decision, error)
	// Schedule computes a pool's deadlines and escalation steps under a version of the rules.
	Schedule(version uint64, pool string, u Urgency, c Clock) (Schedule, error)
	// After returns the moment that lies some of a pool's open days after another one; with none, the first open moment from there on.
	After(version uint64, pool string, from time.Time, days int) (time.Time, error)
	// Reach resolves an escalation step's targets at a moment.
	Reach(version uint64, pool string, to []string, at time.Time) (Reach, error)
	// Duty returns the shifts of a pool that touch a stretch of time, under the rules in force and what was agreed, by their beginning.
	Duty(pool string, from, to time.Time) []Shift
	// Current names the rules in force.
	Current() RulesVersion
	// Memberships returns the pools of a person under the rules in force, which name them or have the pools that are claimed for them.
	Memberships(person string, claimed []ClaimedPool) []Membership
	// HasPool reports whether the rules in force have the pool.
	HasPool(pool string) bool
	// Municipalities returns the municipalities of the rules in force.
	Municipalities() []string
}
