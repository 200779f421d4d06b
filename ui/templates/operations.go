package templates

import (
	"strconv"
	"time"
)

// Operations is the administrators' page of how the program does.
type Operations struct {
	Page
	OperationsState
	Checks []CheckRow
}

// OperationsState is what the page tells besides the checks. No field holds anything of a request.
type OperationsState struct {
	Jobs []JobRow
	// Waiting counts the mails that are on their way, at most [MaxWaiting]; Oldest is since when the first of them is.
	Waiting int
	Oldest  time.Time
	// Failed are the mails that failed last, the latest first.
	Failed []FailedMail
	// Flagged are the people at whose address mail does not arrive.
	Flagged []NamedPerson
	// Position is the last entry of the journal; Lag counts those that are not told on NATS yet.
	Position, Lag uint64
}

// MaxWaiting is how many waiting mails are counted: what matters then is that there are many.
const MaxWaiting = 200

// waiting says how many mails are on their way, and since when.
func (p Operations) waiting() string {
	text := strconv.Itoa(p.Waiting)
	if p.Waiting >= MaxWaiting {
		text = p.L.T("operations.many", "count", p.Waiting)
	}
	if !p.Oldest.IsZero() {
		text += ", " + p.L.T("operations.oldest", "ago", p.L.Ago(p.Now, p.Oldest))
	}
	return text
}

// NamedPerson is somebody whose record can be opened.
type NamedPerson struct{ ID, Name string }

// FailedMail is a mail that will never arrive.
type FailedMail struct {
	// Receiver has no name where the rules name a mail address.
	Receiver NamedPerson
	// Code is the mail server's last reply code, 0 where there was none.
	Code int
}

// JobRow is a job that is done again and again.
type JobRow struct {
	// Name is the job's in the configuration; Schedule is as it stands there.
	Name, Schedule string
	// Last is when it ran last, zero if never; Took how long that took; Next when it runs next, zero if that is not known.
	Last, Next time.Time
	Took       time.Duration
	Running    bool
	Failed     bool
	Late       bool
}

// outcome names the word for how the job does.
func (j JobRow) outcome() string {
	switch {
	case j.Failed:
		return "failed"
	case j.Late:
		return "late"
	case j.Running:
		return "running"
	case j.Last.IsZero():
		return "never"
	}
	return "done"
}

// CheckRow is one thing that the program needs for its work. Status is "ok", "warning" or "failed".
type CheckRow struct{ Name, Status string }

// badges are the looks of outcomes and states.
var badges = map[string]string{"failed": "badge badge-urgent", "late": "badge badge-urgent", "warning": "badge badge-soon"}

func badgeOf(word string) string {
	if b, ok := badges[word]; ok {
		return b
	}
	return "badge"
}
