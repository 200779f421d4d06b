package consult

import "slices"

// repeats reports whether a command says again what a former one of the same action said, by the event that it came to.
func repeats(cmd Command, ev Event) bool {
	switch cmd := cmd.(type) {
	case AssignCommand:
		ev, same := ev.(*AssignedEvent)
		return same && ev.Person == cmd.Person
	case AskCommand:
		ev, same := ev.(*AskedEvent)
		return same && ev.Text == cmd.Text
	case ReplyCommand:
		ev, same := ev.(*RepliedEvent)
		return same && ev.Text == cmd.Text
	case AddCommand:
		ev, same := ev.(*AddedEvent)
		return same && ev.Text == cmd.Text
	case AnswerCommand:
		ev, same := ev.(*AnsweredEvent)
		return same && ev.Text == cmd.Text && ev.Disposition == cmd.Disposition && ev.Minutes == cmd.Minutes && slices.Equal(ev.Steps, cmd.Steps)
	case FollowUpCommand:
		ev, same := ev.(*FollowedUpEvent)
		return same && ev.Text == cmd.Text
	case HandOverCommand:
		ev, same := ev.(*HandedOverEvent)
		return same && ev.Pool == cmd.Pool && ev.Reason == cmd.Reason
	case JoinCommand:
		ev, same := ev.(*JoinedEvent)
		return same && ev.Pool == cmd.Pool && ev.Reason == cmd.Reason
	case WithdrawCommand:
		ev, same := ev.(*WithdrawnEvent)
		return same && ev.Reason == cmd.Reason
	case CloseCommand:
		ev, same := ev.(*ClosedEvent)
		return same && ev.CloseOut == cmd.CloseOut
	case StepCommand:
		ev, same := ev.(*StepSetEvent)
		return same && *ev == StepSetEvent(cmd)
	case WorkerCommand:
		ev, same := ev.(*WorkerNamedEvent)
		return same && *ev == WorkerNamedEvent(cmd)
	}
	return true // The others say nothing but what they do.
}
