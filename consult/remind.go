package consult

import "time"

// ReminderKind says what somebody is reminded of. Unlike an escalation a reminder does not raise the request's level.
type ReminderKind string

// Kinds of reminders.
const (
	// RemindClaim: nobody has claimed the request by its claim deadline; who is on call, or leads the pool, is told.
	RemindClaim ReminderKind = "claim"
	// RemindReply: the pool waits for the sender, who is reminded of its question.
	RemindReply ReminderKind = "reply"
	// RemindSilence: the sender does not reply; whoever asked is told.
	RemindSilence ReminderKind = "silence"
	// RemindClose: the answered request will soon close by itself; the sender is told.
	RemindClose ReminderKind = "close"
)

// ReminderKinds are all of them.
var ReminderKinds = []ReminderKind{RemindClaim, RemindReply, RemindSilence, RemindClose}

// RemindCommand reminds somebody, as time alone wants it.
type RemindCommand struct {
	About ReminderKind
	// Number counts the reminders while the request waits for the sender, from 1.
	Number int
	// Next is when the next reminder comes.
	Next time.Time
	// Reaches say whom each step would reach, from Step on; Fallback are the people to tell where none reaches anybody.
	Step     int
	Reaches  []StepReach
	Fallback []string
}

// Action names what the command does.
func (RemindCommand) Action() Action { return Remind }

// RemindedEvent: these were told that something is waited for.
type RemindedEvent struct {
	About ReminderKind `json:"about"`
	// Step is the index of the claim step that fired, in a reminder of a claim.
	Step int `json:"step,omitempty"`
	// Number counts the reminders while the request waits for the sender, from 1.
	Number int      `json:"number,omitempty"`
	To     []string `json:"to,omitempty"`
	Told   Reach    `json:"told"`
	// Unreached are the targets that would have reached nobody and were passed over.
	Unreached [][]string `json:"unreached,omitempty"`
	// Next is when the next reminder comes while the request waits for the sender.
	Next time.Time `json:"next,omitzero"`
	// ExpiresAt is when the answered request closes by itself, in a reminder of that.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Type names the event.
func (*RemindedEvent) Type() EventType { return TypeReminded }

// Lifetimes are how long things last, by configuration.
type Lifetimes struct {
	// Expire is how long after the answer a request closes by itself.
	Expire time.Duration
	// Close is how long before that the sender is reminded; 0: not at all.
	Close time.Duration
	// Reply are the pool's working days after its question on which the sender is reminded of it, in rising order.
	Reply []int
	// Silence is how many working days after its question the pool is told that nobody replies, and again each time that as many more
	// have gone by. Under 1 counts as 1.
	Silence int
	// Reasoned is how long a request of another pool stays open to whoever stated a reason.
	Reasoned time.Duration
}

// day returns after how many working days the reminder of a number, from 1, comes.
func (l Lifetimes) day(number int) int {
	if number <= len(l.Reply) {
		return l.Reply[number-1]
	}
	return max(l.Silence, 1) * (number - len(l.Reply))
}

// closeAt is when the sender is reminded that a request closes by itself, the zero time if never.
func (l Lifetimes) closeAt(answered, expires time.Time) time.Time {
	if at := expires.Add(-l.Close); l.Close > 0 && at.After(answered) {
		return at
	}
	return time.Time{}
}

// remind tells those whom a reminder reaches. It is decided on the state that it was worked out for.
func remind(c *Consultation, cmd RemindCommand, now time.Time, life Lifetimes) (Verdict, error) {
	due, about := c.Due(), map[State]bool{
		Submitted: cmd.About == RemindClaim, Waiting: cmd.About == RemindReply || cmd.About == RemindSilence,
		Answered: cmd.About == RemindClose && !c.RemindAt.IsZero(),
	}
	if due.IsZero() || now.Before(due) || !about[c.State] {
		return Verdict{}, Fail(Conflict, "conflict.not-due")
	}
	ev := &RemindedEvent{About: cmd.About, Number: cmd.Number, Next: cmd.Next}
	switch cmd.About {
	case RemindReply:
		ev.Told.People = []string{c.Requester}
		return Verdict{ev, []string{c.Requester}, nil}, nil
	case RemindClose:
		ev.Told.People = []string{c.Requester}
		// Nothing ends without a word before, even if the program was down when it was time for that.
		if ev.ExpiresAt = c.ExpiresAt; !now.Before(c.ExpiresAt) {
			ev.ExpiresAt = now.Add(life.Close)
		}
		return Verdict{ev, []string{c.Requester}, nil}, nil
	}
	var tell []string
	for i, s := range cmd.Reaches {
		ev.Step = cmd.Step + i
		tell = append(tell, s.Reach.People...)
		if !s.Reach.Empty() && !s.Deaf {
			ev.To, ev.Told = s.To, s.Reach
			return Verdict{ev, unique(tell), s.Reach.Addresses}, nil
		}
		ev.Unreached = append(ev.Unreached, s.To)
	}
	ev.Told = Reach{People: cmd.Fallback}
	return Verdict{ev, unique(append(tell, cmd.Fallback...)), nil}, nil
}

// claimStepsBy returns how many of the claim's steps have fired, or come by a moment.
func (c *Consultation) claimStepsBy(at time.Time) int {
	n := c.NextClaim
	for n < len(c.ClaimSteps) && !c.ClaimSteps[n].At.After(at) {
		n++
	}
	return n
}

// reminder works out whom time wants to remind of a request on which no escalation is due.
func (s *Service) reminder(c *Consultation, now time.Time) (Command, error) {
	switch c.State {
	case Submitted:
		// Of several that are due after a break, the last one is told.
		step := max(c.claimStepsBy(now)-1, c.NextClaim)
		r, err := s.resolve(c, targetsFrom(c.ClaimSteps, step), now)
		return RemindCommand{About: RemindClaim, Step: step, Reaches: r.reaches, Fallback: r.fallback}, err
	case Waiting:
		return s.reminderOfReply(c, now)
	}
	if c.RemindAt.IsZero() {
		return ExpireCommand{}, nil
	}
	return RemindCommand{About: RemindClose}, nil
}

// reminderOfReply reminds the sender of the pool's question, or tells the pool that nobody replies. What came due while the program
// was down is told once.
func (s *Service) reminderOfReply(c *Consultation, now time.Time) (Command, error) {
	life := s.cfg.Life
	cmd := RemindCommand{About: RemindReply, Number: c.Reminders + 1}
	heard, err := s.hears([]string{c.Requester})
	if err != nil {
		return nil, err
	}
	if !heard { // Nobody would read it: the pool should know at once.
		cmd.Number = max(cmd.Number, len(life.Reply)+1)
	}
	for {
		next, err := s.router.After(c.Rules.Number, c.Pool, c.WaitingSince, life.day(cmd.Number+1))
		if err != nil {
			return nil, err
		}
		if cmd.Next = next; next.After(now) || cmd.Number == len(life.Reply) {
			break
		}
		cmd.Number++
	}
	if cmd.Number <= len(life.Reply) {
		return cmd, nil
	}
	cmd.About = RemindSilence
	targets := [][]string{reminder}
	if c.Holder != "" && s.answersFor(c.Holder, c.Pool) {
		targets = [][]string{{"person:" + c.Holder}, reminder}
	}
	r, err := s.resolve(c, targets, now)
	cmd.Reaches, cmd.Fallback = r.reaches, r.fallback
	return cmd, err
}

// deaf reports whether mail is known not to arrive at anybody whom a step reaches.
func (s *Service) deaf(r Reach) (bool, error) {
	if len(r.People) == 0 || len(r.Addresses) > 0 || r.HandOver != "" {
		return false, nil
	}
	heard, err := s.hears(r.People)
	return !heard, err
}

// firstReminder is when the sender is reminded first of a question that is put now.
func (s *Service) firstReminder(c *Consultation, now time.Time) (time.Time, error) {
	return s.router.After(c.Rules.Number, c.Pool, now, s.cfg.Life.day(1))
}

// reminds is what is left to the fold of a consultation: the moments of reminders.
func (n *Consultation) reminds(e Envelope, ev *RemindedEvent) {
	switch ev.About {
	case RemindClaim:
		n.NextClaim = max(ev.Step+1, n.claimStepsBy(e.At))
	case RemindReply, RemindSilence:
		n.Reminders, n.RemindAt = ev.Number, ev.Next
	case RemindClose:
		n.RemindAt, n.ExpiresAt = time.Time{}, ev.ExpiresAt
	}
}

// withoutReminder is how long after a question that was put before there were reminders the first one comes.
const withoutReminder = 48 * time.Hour

// asked begins to wait for the sender.
func (n *Consultation) asked(at, remind time.Time) {
	n.State, n.WaitingSince, n.Reminders, n.RemindAt = Waiting, at, 0, remind
	if remind.IsZero() {
		n.RemindAt = at.Add(withoutReminder)
	}
}
