package templates

import (
	"slices"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// NewRequest is the form of a new request. It posts to /requests; the button "check" and every change of a field post the
// same to /requests/preview, the one wanting the whole page (View), the other, known by the header HX-Request, the parts
// that depend on what was typed (Live).
type NewRequest struct {
	Page
	Form RequestForm
	// Errors of a submission that was refused. For previews only those of code "identity" are shown.
	Errors Errors
	// Problem is what forbade sending apart from the fields, or "".
	Problem        string
	Municipalities []string
	// Bases are the legal grounds on which a request may carry an identity.
	Bases   []consult.Basis
	Preview Preview
	// Draft is this form on the server; Begun are others.
	Draft Draft
	Begun []DraftRow
}

// RequestForm is a request as it was typed: everything may be empty, unknown or wrong.
type RequestForm struct {
	// Command makes sending it idempotent; it is posted as "command".
	Command      string
	Age          string
	Pregnant     bool
	Municipality string
	Language     string
	Concerns     []string
	RedFlags     []string
	Urgency      string
	Mode         string
	Involved     []string
	Background   string
	Tried        string
	Assessment   string
	Question     string
	// Instruments are the rows as they were posted; empty rows are left out of the request.
	Instruments []InstrumentForm
	// Identified is posted as "client.identified"; without it the identity's fields mean nothing.
	Identified         bool
	Hetu, Name, Basis  string
	InterlockConfirmed []string
	IdentityConfirmed  []string
}

// InstrumentForm is one row of the instruments, posted as "instruments.N.name" and so on.
type InstrumentForm struct{ Name, Score, Date string }

// Preview is where the request would go as it stands, and why.
type Preview struct {
	// Missing are the pointers of the facts that are needed first, such as "/client/age". With any, nothing else is shown
	// but the interlocks.
	Missing []string
	Pool    string
	// About is the pool's own description.
	About string
	With  []string
	// Why is the rule's reason.
	Why string
	// Urgency is the request's, Raised whether the rule raised it.
	Urgency  consult.Urgency
	Raised   bool
	OnCall   []string
	AnswerBy time.Time
	// Took is how long the pool has taken lately; 0: not known.
	Took  time.Duration
	Notes []consult.NoteCode
	// Interlocks are those that matched, confirmed or not.
	Interlocks []InterlockView
	// Asks are what the pool usually has to ask for and does not know yet.
	Asks []string
	// ChildProtection reminds of the duty to notify.
	ChildProtection bool
}

// InterlockView is a matched interlock.
type InterlockView struct {
	ID    string
	Block bool
	Phone string
	Text  string
}

// title says what to do about it.
func (i InterlockView) title(l *locale.Localizer) string {
	if i.Block {
		return l.T("interlock.block")
	}
	return l.T("interlock.confirm")
}

// blocked reports whether an interlock forbids sending, whatever is confirmed.
func (p Preview) blocked() bool {
	return slices.ContainsFunc(p.Interlocks, func(i InterlockView) bool { return i.Block })
}

// leads reports whether there is enough to say where the request goes, and it may go there.
func (p Preview) leads() bool { return !p.blocked() && len(p.Missing) == 0 }

// interlocks has those that forbid sending first.
func (p Preview) interlocks() []InterlockView {
	return slices.SortedStableFunc(slices.Values(p.Interlocks), func(a, b InterlockView) int {
		switch {
		case a.Block == b.Block:
			return 0
		case a.Block:
			return -1
		}
		return 1
	})
}

// noRows is how many empty instrument rows a form begins with.
const noRows = 2

// rows are the instrument rows to show: what was typed, and empty ones to the least number.
func (f RequestForm) rows() []InstrumentForm {
	rows := slices.Clone(f.Instruments)
	for len(rows) < noRows {
		rows = append(rows, InstrumentForm{})
	}
	return rows
}

func (f RequestForm) hasInstruments() bool {
	return slices.ContainsFunc(f.Instruments, func(i InstrumentForm) bool { return i != InstrumentForm{} })
}

// guardedTexts are the pointers of the texts that the identity guard reads, in the order of the form.
var guardedTexts = []string{"/background", "/tried", "/assessment", "/question"}

func (f RequestForm) text(pointer string) string {
	switch pointer {
	case "/background":
		return f.Background
	case "/tried":
		return f.Tried
	case "/assessment":
		return f.Assessment
	case "/question":
		return f.Question
	}
	return ""
}

func (p NewRequest) field(pointer, value string) field {
	return field{l: p.L, form: "r", pointer: pointer, value: value, errors: p.Errors}
}
