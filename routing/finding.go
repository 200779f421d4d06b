package routing

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in the document, both numbers from 1; columns count characters.
type Pos struct{ Line, Column int }

// Severity is what a finding means for publication.
type Severity string

// Nothing is published with an error in it; a warning is for the author to judge.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Code names the kind of a finding.
type Code string

// Codes of findings.
const (
	Syntax                Code = "syntax"
	UnknownKey            Code = "unknown-key"
	UnknownValue          Code = "unknown-value"
	BadValue              Code = "bad-value"
	UnknownPool           Code = "unknown-pool"
	UnknownHours          Code = "unknown-hours"
	UnknownPerson         Code = "unknown-person"
	DuplicateID           Code = "duplicate-id"
	Unreachable           Code = "unreachable"
	Redundant             Code = "redundant"
	Gap                   Code = "gap"
	NoAnswerer            Code = "no-answerer"
	UncoveredTime         Code = "uncovered-time"
	NeverInTime           Code = "never-in-time"
	EscalationLoop        Code = "escalation-loop"
	ModeNotOffered        Code = "mode-not-offered"
	ProfessionNotAccepted Code = "profession-not-accepted"
	TestFailed            Code = "test-failed"
	// BadCalendar says that a pool's calendar cannot be read.
	BadCalendar Code = "bad-calendar"
	// CalendarUnread says that nothing is known of a calendar here, CalendarStale that what is known is old, CalendarEvent that some of
	// its events are not understood.
	CalendarUnread Code = "calendar-unread"
	CalendarStale  Code = "calendar-stale"
	CalendarEvent  Code = "calendar-event"
	// PoolInUse says that a document to be published lacks a pool whose requests are not ended.
	PoolInUse Code = "pool-in-use"
	// PoolClaimed says that a document lacks a pool that people belong to by the claims of a provider of identities.
	PoolClaimed Code = "pool-claimed"
	// NotAnalysed says that the exact analysis ended before it was sure; it is never a verdict on the rules.
	NotAnalysed Code = "not-analysed"
	// NoAddress says of a person whom requests can reach that mail cannot, and NobodyReached names a request and a moment for
	// which, by that, nobody on call is reached in time.
	NoAddress     Code = "no-address"
	NobodyReached Code = "nobody-reached"
	// LateClaim says that a pool must claim requests of an urgency only after it must answer them, so that nobody is told in time.
	LateClaim Code = "late-claim"
	// TooMany says that there are more warnings than are listed.
	TooMany Code = "too-many"
)

// Severity of a finding with the code.
func (c Code) Severity() Severity {
	switch c {
	case Redundant, Gap, UncoveredTime, ModeNotOffered, ProfessionNotAccepted, NotAnalysed, NoAddress,
		NobodyReached, LateClaim, PoolClaimed, CalendarUnread, CalendarStale, CalendarEvent, TooMany:
		return Warning
	default:
		return Error
	}
}

// Finding is one thing that is wrong, or worth a thought, in a document.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	// ID is the rule, interlock, pool or test that the finding speaks of, or "".
	ID string `json:"id"`
	// Text is the finding in English. Key names the same sentence in the message catalogues, prefixed there with "finding.",
	// and Args fill its placeholders.
	Text string         `json:"text"`
	Key  string         `json:"-"`
	Args map[string]any `json:"-"`
}

// String writes the finding as commands print it.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Text, f.Code)
}

// HasErrors reports whether any of the findings forbids publication.
func HasErrors(list []Finding) bool {
	return slices.ContainsFunc(list, func(f Finding) bool { return f.Severity == Error })
}

// A hostile document could have a finding on every other byte. That there are more than so many of a severity is a finding of
// that severity: warnings never keep anything from being published.
const maxFindings = 1000

// findings collects what is found in one document.
type findings struct {
	file string
	list []Finding
	// errors and warnings count all that were reported, kept or not.
	errors, warnings int
}

// add reports a finding. The arguments are names and values of the placeholders of the key's sentence.
func (f *findings) add(at Pos, code Code, id, key string, args ...any) {
	count := &f.errors
	if code.Severity() == Warning {
		count = &f.warnings
	}
	switch *count++; {
	case *count == maxFindings+1 && code.Severity() == Warning:
		id, key, args, code = "", "too-many-warnings", nil, TooMany
	case *count == maxFindings+1:
		id, key, args, code = "", "too-many", nil, Syntax
	case *count > maxFindings:
		return
	}
	n := Finding{File: f.file, Line: max(at.Line, 1), Column: max(at.Column, 1), Code: code, ID: id, Key: key}
	n.Severity = code.Severity()
	n.Args = phrase(key, args...).Args
	for name, value := range n.Args {
		if c, ok := value.(closest); ok {
			n.Args[name] = nearest(c.name, c.known)
		}
	}
	n.Text = fill(sentences[key], n.Args)
	f.list = append(f.list, n)
}

// full reports whether another finding with the code would not be listed.
func (f *findings) full(code Code) bool {
	if code.Severity() == Warning {
		return f.warnings > maxFindings
	}
	return f.errors > maxFindings
}

// closest is an argument that is looked for only if the finding is kept: the known name that is nearest to a name.
type closest struct {
	name  string
	known []string
}

// sorted returns the findings in the order of the document, each once.
func (f *findings) sorted() []Finding {
	slices.SortStableFunc(f.list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(f.list, func(a, b Finding) bool { return a.String() == b.String() && a.ID == b.ID })
}

// show cuts a text of the document to what a finding can repeat.
func show(s string) string {
	if r := firstRunes(s); len(r) == 64 && len(string(r)) < len(s) {
		return string(r) + "…"
	}
	return s
}
