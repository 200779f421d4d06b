package consult

import (
	"slices"
	"time"
)

// Verdict is what a command comes to.
type Verdict struct {
	Event Event
	// Tell are the people who get a mail about it.
	Tell []string
	// Addresses are mail addresses, named by the rules, that get one.
	Addresses []string
}

// Decide says what a command of an actor does to a request at a moment. It is pure; it changes nothing. Its errors are those
// of [May], and of kind [Invalid] with the faults of the command's input.
func Decide(c *Consultation, cmd Command, a Actor, now time.Time, life Lifetimes) (Verdict, error) {
	if err := May(a, cmd.Action(), c); err != nil {
		return Verdict{}, err
	}
	var f faults
	switch cmd := cmd.(type) {
	case ClaimCommand:
		return Verdict{Event: &ClaimedEvent{}}, nil
	case AssignCommand:
		if !cmd.Member {
			f.add("/person", "not-a-member")
			return Verdict{}, f.err()
		}
		return Verdict{&AssignedEvent{cmd.Person}, others(a, cmd.Person), nil}, nil
	case ReleaseCommand:
		return Verdict{Event: &ReleasedEvent{&cmd.Plan}}, nil
	case AskCommand:
		f.text("/text", cmd.Text, MaxText, true)
		return Verdict{&AskedEvent{cmd.Text, cmd.Remind}, []string{c.Requester}, nil}, f.err()
	case ReplyCommand:
		f.said(c, cmd.Said)
		return Verdict{&RepliedEvent{cmd.Text, cmd.Plan}, holders(c), nil}, f.err()
	case AddCommand:
		f.said(c, cmd.Said)
		return Verdict{&AddedEvent{cmd.Text}, holders(c), nil}, f.err()
	case AnswerCommand:
		cmd.validate(&f)
		return answer(c, cmd, a, now, life), f.err()
	case FollowUpCommand:
		f.said(c, cmd.Said)
		tell := cmd.OnCall
		if cmd.HolderStays {
			tell = holders(c)
		}
		return Verdict{&FollowedUpEvent{cmd.Text, cmd.Plan, cmd.HolderStays}, tell, nil}, f.err()
	case HandOverCommand:
		f.pool(cmd.Pool, cmd.Known, c.Pool)
		f.text("/reason", cmd.Reason, MaxReason, true)
		return handOver(c, cmd, a, now), f.err()
	case JoinCommand:
		f.pool(cmd.Pool, cmd.Known, c.AnswerPools()...)
		f.text("/reason", cmd.Reason, MaxReason, true)
		return Verdict{&JoinedEvent{cmd.Pool, cmd.Reason, cmd.OnCall}, cmd.OnCall, nil}, f.err()
	case WithdrawCommand:
		f.text("/reason", cmd.Reason, MaxReason, false)
		f.anonymous(c, "/reason", cmd.Reason, cmd.IdentityConfirmed)
		return Verdict{&WithdrawnEvent{cmd.Reason}, holders(c), nil}, f.err()
	case CloseCommand:
		cmd.validate(&f)
		f.anonymous(c, "/text", cmd.Text, cmd.IdentityConfirmed)
		return Verdict{&ClosedEvent{cmd.CloseOut}, busy(c), nil}, f.err()
	case StepCommand:
		return c.mark(cmd)
	case WorkerCommand:
		return c.name(cmd)
	case EscalateCommand:
		return escalate(c, cmd, a, now)
	case RemindCommand:
		return remind(c, cmd, now, life)
	case ExpireCommand:
		if now.Before(c.ExpiresAt) || !c.RemindAt.IsZero() {
			return Verdict{}, Fail(Conflict, "conflict.not-due")
		}
		return Verdict{&ExpiredEvent{}, []string{c.Requester}, nil}, nil
	}
	return Verdict{}, Fail(Internal, "internal")
}

func (f *faults) pool(pool string, known bool, not ...string) {
	switch {
	case pool == "":
		f.add("/pool", "required")
	case !known:
		f.add("/pool", "unknown-value")
	case slices.Contains(not, pool):
		f.add("/pool", "has-it-already")
	}
}

func answer(c *Consultation, cmd AnswerCommand, a Actor, now time.Time, life Lifetimes) Verdict {
	ev := &AnsweredEvent{Text: cmd.Text, Disposition: cmd.Disposition, Minutes: cmd.Minutes, Steps: cmd.Steps}
	if relationOf(a, c)&holder != 0 {
		ev.Pool, ev.ExpiresAt = c.Pool, now.Add(life.Expire)
		ev.RemindAt = life.closeAt(now, ev.ExpiresAt)
		return Verdict{ev, []string{c.Requester}, nil}
	}
	for _, p := range c.Joined {
		if a.MemberOf(p) {
			ev.Pool = p
			break
		}
	}
	return Verdict{ev, append(holders(c), c.Requester), nil}
}

func handOver(c *Consultation, cmd HandOverCommand, a Actor, now time.Time) Verdict {
	ev := &HandedOverEvent{From: c.Pool, Pool: cmd.Pool, Reason: cmd.Reason, Plan: cmd.Plan, OnCall: cmd.OnCall, Escalation: a.System, Next: cmd.Next}
	tell := slices.Clone(cmd.OnCall)
	if a.System || now.After(cmd.Plan.Schedule.AnswerBy) {
		tell = append(tell, cmd.Lead...)
	}
	return Verdict{ev, unique(append(tell, c.Requester)), nil}
}

// escalate fires the next step. Steps that reach nobody are passed over at once; if none reaches anybody the fallback is told,
// so that an escalation is never silent. People at whom mail does not arrive are told, and passed over.
func escalate(c *Consultation, cmd EscalateCommand, a Actor, now time.Time) (Verdict, error) {
	due := c.stepDue()
	if cmd.Lost == nil && (due.IsZero() || now.Before(due)) || cmd.Lost != nil && !c.awaits(*cmd.Lost) {
		return Verdict{}, Fail(Conflict, "conflict.not-due")
	}
	ev := &EscalatedEvent{Level: c.Escalation + 1, Step: c.NextStep, Lost: cmd.Lost, Next: cmd.Next}
	tell := holders(c)
	for i, s := range cmd.Reaches {
		ev.Step = c.NextStep + i
		if s.Reach.HandOver != "" && cmd.HandOver != nil {
			return handOver(c, *cmd.HandOver, a, now), nil
		}
		tell = append(tell, s.Reach.People...)
		if !s.Reach.Empty() && s.Reach.HandOver == "" && !s.Deaf {
			ev.To, ev.Told = s.To, s.Reach
			return Verdict{ev, unique(tell), s.Reach.Addresses}, nil
		}
		ev.Unreached = append(ev.Unreached, s.To)
	}
	ev.Told = Reach{People: cmd.Fallback}
	return Verdict{ev, unique(append(tell, cmd.Fallback...)), nil}, nil
}

// busy returns who works on an open request, as a list.
func busy(c *Consultation) []string {
	if !c.State.Open() {
		return nil
	}
	return holders(c)
}

// holders returns who has the request, as a list.
func holders(c *Consultation) []string {
	if c.Holder == "" {
		return nil
	}
	return []string{c.Holder}
}

// others leaves the actor out: nobody is mailed about what they did themselves.
func others(a Actor, people ...string) []string {
	return slices.DeleteFunc(people, func(p string) bool { return p == a.ID })
}

func unique(people []string) []string {
	seen := make(map[string]bool, len(people))
	return slices.DeleteFunc(people, func(p string) bool {
		dup := seen[p]
		seen[p] = true
		return dup
	})
}
