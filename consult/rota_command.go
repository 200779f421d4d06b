package consult

import (
	"slices"
	"time"
)

// RotaCommand is something that somebody wants to change of a pool's duty.
type RotaCommand interface{ Action() RotaAction }

// Commands on a rota. Times are moments; what lies in the past of a stretch that has begun is left out.
type (
	// SetOverrideCommand puts a person on call for a while instead of whoever would be.
	SetOverrideCommand struct {
		Person   string
		From, To time.Time
	}
	// RemoveOverrideCommand ends an override now, or takes it away before it has begun.
	RemoveOverrideCommand struct{ ID string }
	// AskSwapCommand asks a colleague to take the actor's duty for a while.
	AskSwapCommand struct {
		Colleague string
		From, To  time.Time
	}
	// AnswerSwapCommand accepts or declines what one was asked.
	AnswerSwapCommand struct {
		ID     string
		Accept bool
	}
	// WithdrawSwapCommand takes back what one has asked.
	WithdrawSwapCommand struct{ ID string }
)

// Action names what the command does.
func (SetOverrideCommand) Action() RotaAction { return SetOverride }

// Action names what the command does.
func (RemoveOverrideCommand) Action() RotaAction { return RemoveOverride }

// Action names what the command does.
func (AskSwapCommand) Action() RotaAction { return AskSwap }

// Action names what the command does.
func (AnswerSwapCommand) Action() RotaAction { return AnswerSwap }

// Action names what the command does.
func (WithdrawSwapCommand) Action() RotaAction { return WithdrawSwap }

// Limits of what can be agreed.
const (
	// MaxAgreed is the longest stretch, MaxAhead how far ahead it may begin.
	MaxAgreed = 92 * 24 * time.Hour
	MaxAhead  = 2 * 366 * 24 * time.Hour
	// maxPending is how many overrides and open swaps, each, a pool can have at a time.
	maxPending = 200
)

// rotaSide is what a decision about a rota has to know of the people and the plan.
type rotaSide struct {
	// answers reports whether a person answers for the pool.
	answers func(person string) bool
	// duty returns the shifts that touch a stretch.
	duty func(from, to time.Time) []Shift
}

// rotaVerdict is the event with what the mails about it say.
type rotaVerdict struct {
	event Event
	shift ShiftNotice
	tell  []string
}

// decideRota says what a command means. Errors: those of [MayRota]; [Invalid] for the input; [Conflict] where the swap was answered
// already, its time is over, or there is nothing to take over.
func decideRota(r *Rota, cmd RotaCommand, a Actor, now time.Time, side rotaSide) (rotaVerdict, error) {
	var v rotaVerdict
	var swap *Swap
	switch cmd := cmd.(type) {
	case AnswerSwapCommand:
		swap = r.Swap(cmd.ID)
	case WithdrawSwapCommand:
		swap = r.Swap(cmd.ID)
	}
	if err := MayRota(a, cmd.Action(), r.Pool, swap); err != nil {
		return v, err
	}
	var err error
	switch cmd := cmd.(type) {
	case SetOverrideCommand:
		v, err = decideOverride(r, cmd, now, side)
	case RemoveOverrideCommand:
		v, err = decideRemoval(r, cmd, now)
	case AskSwapCommand:
		v, err = decideSwap(r, cmd, a, now, side)
	case AnswerSwapCommand:
		v, err = decideAnswer(*swap, cmd.Accept, now, side)
	case WithdrawSwapCommand:
		v, err = closeSwap(*swap, SwapWithdrawn, now)
	}
	// Nobody is told of what they have done themselves, but for a swap: both have it in writing.
	if cmd.Action() != AnswerSwap {
		v.tell = slices.DeleteFunc(v.tell, func(id string) bool { return id == a.ID })
	}
	slices.Sort(v.tell)
	v.tell = slices.Compact(v.tell)
	return v, err
}

// stretch checks a stretch of time, and cuts off what is over.
func (f *faults) stretch(from, to, now time.Time) (time.Time, time.Time) {
	now = now.Truncate(time.Minute)
	from, to = later(from.Truncate(time.Minute), now), to.Truncate(time.Minute)
	switch {
	case !to.After(now):
		f.add("/to", "in-past")
	case !to.After(from):
		f.add("/to", "before-from")
	case to.Sub(from) > MaxAgreed:
		f.add("/to", "too-far", "max", int(MaxAgreed.Hours())/24)
	case from.Sub(now) > MaxAhead:
		f.add("/from", "too-far", "max", int(MaxAhead.Hours())/24)
	}
	return from, to
}

func decideOverride(r *Rota, cmd SetOverrideCommand, now time.Time, side rotaSide) (rotaVerdict, error) {
	var f faults
	from, to := f.stretch(cmd.From, cmd.To, now)
	switch {
	case cmd.Person == "":
		f.add("/person", "required")
	case !side.answers(cmd.Person):
		f.add("/person", "not-a-member")
	}
	if err := f.err(); err != nil {
		return rotaVerdict{}, err
	}
	if full(r.Overrides, func(o Override) bool { return o.To.After(now) }) {
		return rotaVerdict{}, Fail(Conflict, "conflict.rota-full", "max", maxPending)
	}
	tell := []string{cmd.Person}
	for _, s := range side.duty(from, to) {
		tell = append(tell, s.Person)
	}
	return rotaVerdict{
		event: &OverrideSetEvent{Person: cmd.Person, From: from, To: to},
		shift: ShiftNotice{Person: cmd.Person, From: from, To: to}, tell: tell,
	}, nil
}

func decideRemoval(r *Rota, cmd RemoveOverrideCommand, now time.Time) (rotaVerdict, error) {
	o := r.Override(cmd.ID)
	if o == nil || !o.To.After(now) {
		return rotaVerdict{}, Fail(Conflict, "conflict.override-over")
	}
	tell := []string{o.Person}
	if o.For != "" {
		tell = append(tell, o.For)
	}
	return rotaVerdict{
		event: &OverrideRemovedEvent{ID: o.ID}, shift: ShiftNotice{Person: o.Person, For: o.For, From: o.From, To: o.To}, tell: tell,
	}, nil
}

func decideSwap(r *Rota, cmd AskSwapCommand, a Actor, now time.Time, side rotaSide) (rotaVerdict, error) {
	var f faults
	from, to := f.stretch(cmd.From, cmd.To, now)
	switch {
	case cmd.Colleague == "":
		f.add("/colleague", "required")
	case cmd.Colleague == a.ID:
		f.add("/colleague", "yourself")
	case !side.answers(cmd.Colleague):
		f.add("/colleague", "not-a-member")
	}
	if err := f.err(); err != nil {
		return rotaVerdict{}, err
	}
	if !onDuty(side.duty(from, to), a.ID) {
		f.add("/from", "not-on-duty")
		return rotaVerdict{}, f.err()
	}
	if full(r.Swaps, func(s Swap) bool { return s.Open(now) }) {
		return rotaVerdict{}, Fail(Conflict, "conflict.rota-full", "max", maxPending)
	}
	return rotaVerdict{
		event: &SwapAskedEvent{Colleague: cmd.Colleague, From: from, To: to},
		shift: ShiftNotice{Person: cmd.Colleague, For: a.ID, From: from, To: to}, tell: []string{cmd.Colleague},
	}, nil
}

func decideAnswer(s Swap, accept bool, now time.Time, side rotaSide) (rotaVerdict, error) {
	if !accept {
		return closeSwap(s, SwapDeclined, now)
	}
	v, err := closeSwap(s, SwapAccepted, now)
	if err == nil && !onDuty(side.duty(later(s.From, now), s.To), s.Asker) {
		return v, Fail(Conflict, "conflict.swap-moot")
	}
	return v, err
}

// closeSwap ends a swap that still waits.
func closeSwap(s Swap, as SwapState, now time.Time) (rotaVerdict, error) {
	if !s.Open(now) {
		return rotaVerdict{}, Fail(Conflict, "conflict.swap-over")
	}
	return rotaVerdict{
		event: &SwapAnsweredEvent{ID: s.ID, State: as},
		shift: ShiftNotice{Person: s.Colleague, For: s.Asker, From: later(s.From, now), To: s.To, Swap: as},
		tell:  []string{s.Asker, s.Colleague},
	}, nil
}

func onDuty(list []Shift, person string) bool {
	return slices.ContainsFunc(list, func(s Shift) bool { return s.Person == person })
}

// full reports whether as many are open as there may be.
func full[T any](list []T, open func(T) bool) bool {
	n := 0
	for _, item := range list {
		if open(item) {
			n++
		}
	}
	return n >= maxPending
}
