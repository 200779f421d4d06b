package consult

import (
	"slices"
	"strconv"
	"time"
)

// Shift is one person's duty, the end excluded.
type Shift struct {
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
}

// Rota is what was agreed about a pool's duty besides the plan of the rules. Its journal subject has the pool's id.
type Rota struct {
	Pool string `json:"pool"`
	// Overrides are in the order in which they were set: where two speak of the same time, the later one counts.
	Overrides []Override `json:"overrides,omitempty"`
	Swaps     []Swap     `json:"swaps,omitempty"`
	// News are the last changes with whom they concern, the latest last: those people get a mail.
	News []RotaNews `json:"news,omitempty"`
	// Changed is when the last change was made.
	Changed time.Time `json:"changed,omitzero"`
	// Revision counts the changes, from 1; 0: nothing was ever agreed.
	Revision uint64 `json:"revision"`
}

// RotaNews is a change of a rota that somebody is told of.
type RotaNews struct {
	// Revision is that of the rota after the change, and names it.
	Revision uint64      `json:"revision"`
	Type     EventType   `json:"type"`
	At       time.Time   `json:"at"`
	Tell     []string    `json:"tell"`
	Shift    ShiftNotice `json:"shift"`
}

// Override puts a person on call for a while, whatever the plan says. It counts while the person answers for the pool and is
// not disabled; else the plan does, as if there were no override: better somebody too many than nobody.
type Override struct {
	ID     string `json:"id"`
	Person string `json:"person"`
	// For is who is relieved, wherever they would be on call in the time; "": everybody.
	For  string    `json:"for,omitempty"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// By is who set it, or accepted the swap; Swap is the id of that, or "".
	By   string `json:"by"`
	Swap string `json:"swap,omitempty"`
}

// Relieves reports whether the override takes duty away that an earlier one has given.
func (o Override) Relieves(earlier Override) bool {
	return o.From.Before(earlier.To) && earlier.From.Before(o.To) && o.Person != earlier.Person && (o.For == "" || o.For == earlier.Person)
}

// SwapState is what became of a swap.
type SwapState string

// States of a swap.
const (
	SwapAsked     SwapState = "asked"
	SwapAccepted  SwapState = "accepted"
	SwapDeclined  SwapState = "declined"
	SwapWithdrawn SwapState = "withdrawn"
)

// Swap is one member's wish that another one takes over their duty for a while.
type Swap struct {
	ID        string    `json:"id"`
	Asker     string    `json:"asker"`
	Colleague string    `json:"colleague"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	State     SwapState `json:"state"`
	// At is when it was asked, or answered.
	At time.Time `json:"at"`
}

// Open reports whether the swap still wants an answer: it was asked and its time is not over.
func (s Swap) Open(now time.Time) bool { return s.State == SwapAsked && s.To.After(now) }

// Swap returns the swap of an id, or nil.
func (r *Rota) Swap(id string) *Swap {
	if i := slices.IndexFunc(r.Swaps, func(s Swap) bool { return s.ID == id }); i >= 0 {
		return &r.Swaps[i]
	}
	return nil
}

// Override returns the override of an id, or nil.
func (r *Rota) Override(id string) *Override {
	if i := slices.IndexFunc(r.Overrides, func(o Override) bool { return o.ID == id }); i >= 0 {
		return &r.Overrides[i]
	}
	return nil
}

// keepAgreed is how long what is over stays in the rota. The journal has it for ever.
const keepAgreed = 92 * 24 * time.Hour

// keepNews is how long news stay.
const keepNews = 7 * 24 * time.Hour

// After returns the rota after an event. The receiver is not changed.
func (r *Rota) After(env Envelope, ev Event) *Rota {
	next := &Rota{Pool: env.ID, Changed: env.At, Revision: env.Revision}
	old := env.At.Add(-keepAgreed)
	if r != nil {
		next.Overrides = slices.DeleteFunc(slices.Clone(r.Overrides), func(o Override) bool { return o.To.Before(old) })
		next.Swaps = slices.DeleteFunc(slices.Clone(r.Swaps), func(s Swap) bool { return s.To.Before(old) })
		next.News = slices.DeleteFunc(slices.Clone(r.News), func(n RotaNews) bool { return n.At.Before(env.At.Add(-keepNews)) })
	}
	if n := env.Notice; n != nil && n.Shift != nil && len(n.Tell) > 0 {
		next.News = append(next.News, RotaNews{Revision: env.Revision, Type: env.Type, At: env.At, Tell: n.Tell, Shift: *n.Shift})
	}
	// What an event makes is named after the revision that made it, so an id is never given twice.
	number := strconv.FormatUint(env.Revision, 10)
	switch ev := ev.(type) {
	case *OverrideSetEvent:
		next.Overrides = append(next.Overrides, Override{
			ID: "o" + number, Person: ev.Person, From: ev.From, To: ev.To, By: env.By,
		})
	case *OverrideRemovedEvent:
		next.remove(ev.ID, env.At)
	case *SwapAskedEvent:
		next.Swaps = append(next.Swaps, Swap{
			ID: "s" + number, Asker: env.By, Colleague: ev.Colleague, From: ev.From, To: ev.To, State: SwapAsked, At: env.At,
		})
	case *SwapAnsweredEvent:
		s := next.Swap(ev.ID)
		if s == nil {
			break
		}
		s.State, s.At = ev.State, env.At
		if ev.State == SwapAccepted {
			next.Overrides = append(next.Overrides, Override{
				ID: "o" + number, Person: s.Colleague, For: s.Asker, From: later(s.From, env.At), To: s.To, By: env.By, Swap: s.ID,
			})
		}
	}
	return next
}

// remove takes an override away. One that has begun ends now: who was on call until then stays known.
func (r *Rota) remove(id string, now time.Time) {
	o := r.Override(id)
	switch {
	case o == nil:
	case o.From.Before(now):
		o.To = earlier(o.To, now)
	default:
		r.Overrides = slices.DeleteFunc(r.Overrides, func(o Override) bool { return o.ID == id })
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
