package consult

import "time"

// Command is something that somebody wants to happen to a request. What the service has to work out first, from the rules and
// the people, is in fields of its own.
type Command interface{ Action() Action }

// Commands of the people.
type (
	// ClaimCommand takes the request.
	ClaimCommand struct{}
	// AssignCommand gives it to a member of the pool.
	AssignCommand struct {
		Person string
		// Member reports whether the person answers for the request's pool.
		Member bool
	}
	// ReleaseCommand puts it back into the queue.
	ReleaseCommand struct{ Plan Plan }
	// AskCommand puts a question to the sender.
	AskCommand struct {
		Text string
		// Remind is when the sender is reminded of it first.
		Remind time.Time
	}
	// ReplyCommand answers the question.
	ReplyCommand struct {
		Said
		Plan Plan
	}
	// AddCommand corrects or adds something unasked.
	AddCommand struct{ Said }
	// AnswerCommand gives the advice.
	AnswerCommand struct {
		Text        string
		Disposition Disposition
		Minutes     MinuteBracket
		Steps       []PlanStep
	}
	// FollowUpCommand asks again after the answer.
	FollowUpCommand struct {
		Said
		Plan Plan
		// HolderStays reports whether whoever answered still answers for the pool.
		HolderStays bool
		OnCall      []string
	}
	// HandOverCommand gives it to another pool.
	HandOverCommand struct {
		Pool, Reason string
		// Known reports whether there is such a pool.
		Known  bool
		Plan   Plan
		OnCall []string
		// Lead is the new pool's coordinator, told as well where the answer is late already.
		Lead []string
		// Next is when it is reminded again if all of its steps are over.
		Next time.Time
	}
	// JoinCommand asks another pool to answer as well.
	JoinCommand struct {
		Pool, Reason string
		Known        bool
		OnCall       []string
	}
	// WithdrawCommand takes it back.
	WithdrawCommand struct {
		Reason string
		// IdentityConfirmed is as in [Said].
		IdentityConfirmed []string
	}
	// CloseCommand closes out.
	CloseCommand struct {
		CloseOut
		// IdentityConfirmed is as in [Said].
		IdentityConfirmed []string
	}
)

// Commands of time.
type (
	// EscalateCommand fires the next step that is due.
	EscalateCommand struct {
		// Reaches say whom each step from the next one on would reach; the last is the daily reminder after all steps.
		Reaches []StepReach
		// Fallback are the people to tell where no step reaches anybody.
		Fallback []string
		// HandOver is the command for a step that hands the request to another pool.
		HandOver *HandOverCommand
		// Lost is the mail for whose sake the step fires before its time, or nil.
		Lost *Unheard
		// Next is when the pool is reminded again if there is no further step.
		Next time.Time
	}
	// ExpireCommand closes an answered request that nobody closed out.
	ExpireCommand struct{}
)

// StepReach is a step's targets and whom they mean now.
type StepReach struct {
	To    []string
	Reach Reach
	// Deaf: mail is known not to arrive at any of these people. They are written to all the same.
	Deaf bool
}

// Said is what the sender adds to a request in their own words.
type Said struct {
	Text string
	// IdentityConfirmed names, by JSON pointer, the texts in which the identity guard was wrong.
	IdentityConfirmed []string
}

// Action names what the command does.
func (ClaimCommand) Action() Action { return Claim }

// Action names what the command does.
func (AssignCommand) Action() Action { return Assign }

// Action names what the command does.
func (ReleaseCommand) Action() Action { return Release }

// Action names what the command does.
func (AskCommand) Action() Action { return Ask }

// Action names what the command does.
func (ReplyCommand) Action() Action { return Reply }

// Action names what the command does.
func (AddCommand) Action() Action { return Add }

// Action names what the command does.
func (AnswerCommand) Action() Action { return Answer }

// Action names what the command does.
func (FollowUpCommand) Action() Action { return FollowUp }

// Action names what the command does.
func (HandOverCommand) Action() Action { return HandOver }

// Action names what the command does.
func (JoinCommand) Action() Action { return Join }

// Action names what the command does.
func (WithdrawCommand) Action() Action { return Withdraw }

// Action names what the command does.
func (CloseCommand) Action() Action { return Close }

// Action names what the command does.
func (EscalateCommand) Action() Action { return Escalate }

// Action names what the command does.
func (ExpireCommand) Action() Action { return Expire }
