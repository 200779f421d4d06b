package consult

import "slices"

// State is where a request is in its life. Escalation is not a state: it is a level that rises while nobody acts.
type State string

// States of a request.
const (
	Submitted State = "submitted"
	Claimed   State = "claimed"
	// Waiting: a question was put to the sender; the pool's clock stands still.
	Waiting   State = "waiting"
	Answered  State = "answered"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
	Expired   State = "expired"
)

// States in the order of a request's life.
var States = []State{Submitted, Claimed, Waiting, Answered, Closed, Withdrawn, Expired}

// OpenStates are those in which the pool owes an answer.
var OpenStates = []State{Submitted, Claimed, Waiting}

// EndedStates are those in which nothing can happen to the request any more.
var EndedStates = []State{Closed, Withdrawn, Expired}

// Open reports whether the pool owes an answer.
func (s State) Open() bool { return s == Submitted || s == Claimed || s == Waiting }

// Ended reports whether nothing can happen to the request any more.
func (s State) Ended() bool { return slices.Contains(EndedStates, s) }
