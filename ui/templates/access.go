package templates

import (
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// AccessLog is the auditors' page: who has looked at which request.
type AccessLog struct {
	Page
	Search AccessSearch
	Errors Errors
	People []Choice
	Looks  []LookRow
	// Query is the present search as the query of an address, "" where all is shown.
	Query string
	// Next is the "after" of the next page, After the present one's.
	Next, After string
	// Proof is nil where the log can't be proved from here.
	Proof *ProofState
}

// AccessSearch is what is looked for, as it was typed.
type AccessSearch struct{ Person, Ref, From, To string }

// LookRow is one look. Who is the person's name; the codes are put into words by the page.
type LookRow struct {
	At   time.Time
	Who  string
	Ref  string
	Pool string
	consult.Look
}

// ProofState is how the proof of the log stands.
type ProofState struct {
	Running bool
	// Last is the last one that ended, or nil.
	Last *consult.ProofResult
}

// kind is how grave it is that the last proof failed.
func (s ProofState) kind() string {
	if s.Last.Fault == consult.FaultUnproved {
		return "warn"
	}
	return "danger"
}

// next is what to do about it: an entry, the order of entries and the file are mended in one way.
func (s ProofState) next() string {
	switch f := s.Last.Fault; f {
	case consult.FaultView, consult.FaultUnproved:
		return string(f)
	}
	return "damaged"
}

// AccessExtract is what a client is given who asks who has looked: the looks at one request, to be printed.
type AccessExtract struct {
	Page
	Ref   string
	Looks []LookRow
	// Limits are what the extract is limited to, in words: a person, days.
	Limits []string
}

// Find is the page on which a specialist names a request, and states a reason where it is another pool's.
type Find struct {
	Page
	Ref string
	// Reason: the form that asks why is shown.
	Reason bool
	Code   consult.ReasonCode
	Text   string
	Errors Errors
}

// Openings are the openings of a lead's requests by others.
type Openings struct {
	Page
	Groups []OpeningGroup
}

// OpeningGroup is of one pool.
type OpeningGroup struct {
	Pool  string
	Items []Opening
	// Next leads to the next page of the group, "" at the end.
	Next string
}

// Opening is one of them.
type Opening struct {
	At, Until time.Time
	Who       string
	Ref       string
	Request   string
	Reason    consult.ReasonCode
	Text      string
}

func (p AccessLog) field(pointer, kind, value string) field {
	return field{l: p.L, form: "access", pointer: pointer, value: value, kind: kind, errors: p.Errors}
}

func (p Find) field(pointer, kind, value string) field {
	return field{l: p.L, form: "find", pointer: pointer, value: value, kind: kind, errors: p.Errors}
}

func (p AccessLog) people() []option {
	options := []option{{"", p.L.T("access.anybody")}}
	for _, c := range p.People {
		options = append(options, option{c.ID, c.Name})
	}
	return options
}

func (p Find) reasons() []option {
	var options []option
	for _, r := range consult.ReasonCodes {
		options = append(options, option{string(r), p.L.Code("opening-reason", string(r))})
	}
	return options
}

// Why says on what ground the look was.
func (r LookRow) Why(l *locale.Localizer) string {
	text := l.Code("standing", string(r.Standing))
	if r.Reason != "" {
		text += ": " + l.Code("opening-reason", string(r.Reason))
	}
	return text
}

// with is an address with the present search and more.
func (p AccessLog) with(path string, more ...string) string {
	to := address(path, more...)
	switch {
	case p.Query == "":
		return to
	case len(to) > len(path):
		return to + "&" + p.Query
	}
	return path + "?" + p.Query
}
