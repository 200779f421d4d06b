package consult

import (
	"context"
	"time"
)

// KindLooks is the subject under which one person's looks of one month are logged. Its id is made by [LooksID].
const KindLooks SubjectKind = "looks"

// LookKind is in which way the contents of a request left the program.
type LookKind string

// Kinds of looks.
const (
	LookView   LookKind = "view"
	LookPrint  LookKind = "print"
	LookCopy   LookKind = "copy"
	LookExport LookKind = "export"
	LookAPI    LookKind = "api"
)

// LookKinds are all of them.
var LookKinds = []LookKind{LookView, LookPrint, LookCopy, LookExport, LookAPI}

// Standing is on what ground somebody could look: how they stood to the request.
type Standing string

// Standings, in the order in which one is named where several hold.
const (
	StandsAsSender Standing = "sender"
	StandsAsHolder Standing = "holder"
	StandsAsMember Standing = "member"
	StandsAsLead   Standing = "lead"
	StandsAsJoined Standing = "joined"
	// StandsByReason: a request of another pool, opened for a stated reason (see [Grant]).
	StandsByReason Standing = "reason"
)

// Standings are all of them.
var Standings = []Standing{StandsAsSender, StandsAsHolder, StandsAsMember, StandsAsLead, StandsAsJoined, StandsByReason}

// Look is that the contents of a request were shown to somebody. It holds ids and codes, and nothing that a person typed.
type Look struct {
	Request string `json:"request"`
	Ref     string `json:"ref"`
	// Pool is the one by which they could look, or which has the request where they looked for a stated reason; "" for the sender.
	Pool     string   `json:"pool,omitempty"`
	Kind     LookKind `json:"look"`
	Standing Standing `json:"standing"`
	// Grant and Reason are set where a stated reason was the ground.
	Grant  string     `json:"grant,omitempty"`
	Reason ReasonCode `json:"reason,omitempty"`
}

// LookedEvent: contents were shown. It is in the journal before they leave.
type LookedEvent struct{ Look }

// LoggedLook is a look with who and when.
type LoggedLook struct {
	Look
	At time.Time `json:"at"`
	By string    `json:"by"`
}

// LookQuery asks for a page of the log, the latest look first. The empty query asks for all.
type LookQuery struct {
	// Person and Request are ids; "": all.
	Person, Request string
	// From and To limit the time, from included, to not; zero: no limit.
	From, To time.Time
	// After continues behind an earlier page.
	After string
	Limit int
}

// LookPage is a page of the log.
type LookPage struct {
	Items []LoggedLook
	// Next is what the next page is after, "" at the end.
	Next string
}

// LooksID is the id of a person's looks in the month of a moment.
func LooksID(person string, at time.Time) string {
	id := at.UTC().Format("200601") + "-" + person
	if len(id) > 64 {
		id = at.UTC().Format("200601") + "--" + TokenID(person)[:32]
	}
	return id
}

type lookKey struct{}

// lookRefresh is of a page that is open and asks again for what it shows.
const lookRefresh LookKind = "refresh"

// Looking says in which way contents that are asked for with the context will leave. Where nobody says, they are viewed.
func Looking(ctx context.Context, k LookKind) context.Context {
	return context.WithValue(ctx, lookKey{}, k)
}

// Refreshing says that a page which is open asks again for what it shows: that is a look only where something has changed
// since the person looked last.
func Refreshing(ctx context.Context) context.Context { return Looking(ctx, lookRefresh) }

func lookKind(ctx context.Context) LookKind {
	if k, ok := ctx.Value(lookKey{}).(LookKind); ok {
		return k
	}
	return LookView
}
