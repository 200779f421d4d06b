package consult

import "slices"

// Action is something that can be done to a request.
type Action string

// Actions. Submitting is not among them: there is no request yet.
const (
	View     Action = "view"
	Claim    Action = "claim"
	Assign   Action = "assign"
	Release  Action = "release"
	Ask      Action = "ask"
	Reply    Action = "reply"
	Add      Action = "add"
	Answer   Action = "answer"
	FollowUp Action = "follow-up"
	HandOver Action = "hand-over"
	Join     Action = "join"
	Withdraw Action = "withdraw"
	Close    Action = "close"
	// MarkStep and NameWorker are of the shared plan.
	MarkStep   Action = "step"
	NameWorker Action = "worker"
	Escalate   Action = "escalate"
	Remind     Action = "remind"
	Expire     Action = "expire"
)

// relation is how somebody stands to a request; several can hold at once.
type relation uint8

const (
	sender relation = 1 << iota
	// holder has claimed it and still belongs to the pool.
	holder
	// member of the answering pool.
	member
	// lead of the answering pool.
	lead
	// joined: member of a pool that joined.
	joined
	// program: time itself acts.
	program
)

func relationOf(a Actor, c *Consultation) relation {
	var r relation
	if a.System {
		return program
	}
	if a.ID == c.Requester && a.Is(Requester) {
		r |= sender
	}
	if a.MemberOf(c.Pool) {
		r |= member
		if c.Holder == a.ID {
			r |= holder
		}
	}
	if a.Leads(c.Pool) {
		r |= lead
	}
	for _, p := range c.Joined {
		if a.MemberOf(p) {
			r |= joined
		}
	}
	return r
}

// access is the whole table of who may do what, and in which states it can be done. Roles enter by the relations: nobody is a
// requester without the role, and an administrator or auditor stands in no relation to any request by virtue of that.
var access = map[Action]struct {
	by relation
	in []State
}{
	View:       {sender | member | lead | joined | program, States},
	Claim:      {member, OpenStates},
	Assign:     {lead, OpenStates},
	Release:    {holder | lead, OpenStates},
	Ask:        {holder, []State{Claimed}},
	Reply:      {sender, []State{Waiting}},
	Add:        {sender, OpenStates},
	Answer:     {holder | joined, OpenStates},
	FollowUp:   {sender, []State{Answered}},
	HandOver:   {member | lead | program, OpenStates},
	Join:       {member | lead, OpenStates},
	Withdraw:   {sender, OpenStates},
	Close:      {sender, append(slices.Clip(OpenStates), Answered)},
	MarkStep:   {sender | member | lead | joined, plannedStates},
	NameWorker: {sender | member | lead | joined, plannedStates},
	Escalate:   {program, []State{Submitted, Claimed}},
	Remind:     {program, []State{Submitted, Waiting, Answered}},
	Expire:     {program, []State{Answered}},
}

// plannedStates are those in which the shared plan lives: it goes on after the advice is closed out.
var plannedStates = []State{Submitted, Claimed, Waiting, Answered, Closed, Expired}

// Actions are all actions on a request, in the order in which pages offer them.
var Actions = []Action{
	View, Claim, Assign, Release, Ask, Reply, Add, Answer, FollowUp, HandOver, Join, Withdraw, Close, MarkStep, NameWorker,
	Escalate, Remind, Expire,
}

// Sees reports whether the actor may know that the request exists, and read it.
func Sees(a Actor, c *Consultation) bool { return relationOf(a, c)&access[View].by != 0 }

// Hears reports whether the actor may be told of an entry: it is about a request that they sent or that is, or until that
// entry was, with one of their pools.
func Hears(a Actor, e *Envelope) bool {
	n := e.Notice
	if n == nil {
		return false
	}
	if n.Requester == a.ID && a.Is(Requester) {
		return true
	}
	for _, p := range n.Pools {
		if a.MemberOf(p) {
			return true
		}
	}
	return false
}

// May returns nil if the actor may do that to the request as it is now, or why not: of kind [NotFound] where the actor may
// not know of it, [Forbidden] where it is not theirs to do, [Conflict] where it is not the time for it.
func May(a Actor, act Action, c *Consultation) error {
	if c == nil || !Sees(a, c) {
		return Fail(NotFound, "not-found")
	}
	r, rule := relationOf(a, c), access[act]
	if r&rule.by == 0 {
		if r&member == 0 || act != Ask && act != Answer && act != Release {
			return Fail(Forbidden, "forbidden")
		}
		if c.State.Open() {
			return notHolder(c)
		}
	}
	if !slices.Contains(rule.in, c.State) {
		return Fail(Conflict, "conflict.state", "state", c.State)
	}
	// A request that somebody has is theirs to hand over or to share; the lead can, too.
	mine := c.Holder == "" || r&(holder|lead|program) != 0
	switch act {
	case Claim:
		switch c.Holder {
		case "":
		case a.ID:
			return Fail(Conflict, "conflict.yours", "holder", c.Holder)
		default:
			return claimed(c)
		}
	case Release:
		if c.Holder == "" {
			return Fail(Conflict, "conflict.unclaimed")
		}
	case HandOver, Join:
		if !mine {
			return claimed(c)
		}
	case Withdraw:
		if c.advised() {
			return Fail(Conflict, "conflict.advised", "state", c.State)
		}
	case Close:
		if !c.advised() {
			return Fail(Conflict, "conflict.state", "state", c.State)
		}
	}
	return nil
}

// Can reports whether [May] would allow it.
func Can(a Actor, act Action, c *Consultation) bool { return May(a, act, c) == nil }

// RotaAction is something that can be done about a pool's duty.
type RotaAction string

// Actions on a rota.
const (
	ViewRota       RotaAction = "view"
	SetOverride    RotaAction = "set-override"
	RemoveOverride RotaAction = "remove-override"
	AskSwap        RotaAction = "ask-swap"
	AnswerSwap     RotaAction = "answer-swap"
	WithdrawSwap   RotaAction = "withdraw-swap"
)

// Relations to a rota, besides [member], [lead] and [program].
const (
	administrator relation = 1 << (iota + 6)
	// party: who asked for the swap, or was asked, as the action needs.
	party
)

// rotaAccess is the whole table of who may do what about a pool's duty.
var rotaAccess = map[RotaAction]relation{
	ViewRota:       member | lead | administrator | program,
	SetOverride:    lead | administrator | program,
	RemoveOverride: lead | administrator | program,
	AskSwap:        member | lead,
	AnswerSwap:     party,
	WithdrawSwap:   party | lead | administrator,
}

// MayRota returns nil if the actor may do that about a pool's duty, else an error of kind [NotFound] where the actor has nothing to
// do with the pool, or where the swap is none, and [Forbidden] where it is not theirs to do. The swap is what an action on one is
// about, nil for the others.
func MayRota(a Actor, act RotaAction, pool string, swap *Swap) error {
	var r relation
	switch {
	case a.System:
		r = program
	case a.Leads(pool):
		r = lead | member
	case a.MemberOf(pool):
		r = member
	}
	if a.Is(Admin) {
		r |= administrator
	}
	about := act == AnswerSwap || act == WithdrawSwap
	if r == 0 || about && swap == nil {
		return Fail(NotFound, "not-found")
	}
	if r&member != 0 && about {
		if act == AnswerSwap && swap.Colleague == a.ID || act == WithdrawSwap && swap.Asker == a.ID {
			r |= party
		}
	}
	if r&rotaAccess[act] == 0 {
		return Fail(Forbidden, "forbidden")
	}
	return nil
}

// notHolder says why a member who does not have the request cannot act on it.
func notHolder(c *Consultation) error {
	if c.Holder == "" {
		return Fail(Conflict, "conflict.unclaimed")
	}
	return claimed(c)
}

func claimed(c *Consultation) error { return Fail(Conflict, "conflict.claimed", "holder", c.Holder) }
