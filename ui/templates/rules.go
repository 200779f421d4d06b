package templates

import (
	"strconv"
	"strings"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// RulesVersionLine is one publication of the rules.
type RulesVersionLine struct {
	Number uint64
	At     time.Time
	// By is the name of who published it, "" for the program itself.
	By      string
	Comment string
	// SameAs is the latest version before it with the same document, or 0.
	SameAs uint64
	// InForce marks the newest one.
	InForce bool
}

// Rules is the page on which the rules are edited.
type Rules struct {
	Page
	// Nonce lets the editor's styles through the content security policy.
	Nonce string
	// InForce is the present version. Document is what is typed, Base the version that it came from.
	InForce  RulesVersionLine
	Base     uint64
	Document string
	Comment  string
	// KeptAt is when the document was kept as a draft, which ends with the command; zero: it is what is in force, or, if Unkept, there was no room.
	KeptAt  time.Time
	Command string
	Unkept  bool
	// Problem is what kept the document from being published. Newer: there is a version that the document does not know of, and its reader is
	// told so.
	Problem string
	Newer   bool
	Results RulesResults
}

// RulesResults are what was found out about a document; parts that were not asked for are nil.
type RulesResults struct {
	Checked  bool
	Findings []RulesFinding
	Tests    *RulesTests
	Diff     *RulesDiff
}

// RulesFinding is something that is wrong in a document, or worth a thought.
type RulesFinding struct {
	Line, Column int
	Error        bool
	Text, Code   string
}

// startedFrom is the version that a publication of the page replaces: who has been told of a newer one knows of it.
func (p Rules) startedFrom() uint64 {
	if p.Newer {
		return p.InForce.Number
	}
	return p.Base
}

// noteKind is how grave the note above the form is.
func (p Rules) noteKind() string {
	if p.Problem != "" {
		return "danger"
	}
	return "warn"
}

// before is the version that was in force before the present one, or 0.
func (p Rules) before() uint64 { return max(p.InForce.Number, 1) - 1 }

// errors counts those that forbid publication.
func (r RulesResults) errors() (n int) {
	for _, f := range r.Findings {
		if f.Error {
			n++
		}
	}
	return n
}

// RulesTests are the tests of a document as they ran.
type RulesTests struct {
	Results []RulesTest
	Failed  int
	// Rules is how many rules there are, Untested are those that no test reaches.
	Rules    int
	Untested []string
}

// RulesTest is one test.
type RulesTest struct {
	Name   string
	Passed bool
	// Got is what came of its request.
	Got string
}

// RulesDiff is what changes between two documents.
type RulesDiff struct {
	Changes  []RulesChange
	Complete bool
	// OnlyOld and OnlyNew are municipalities that only one side knows.
	OnlyOld, OnlyNew []string
	// Since is where the history begins; Requests were sent since then, and Moved of them would have gone elsewhere.
	Since           time.Time
	Requests, Moved int
	Shift           RulesShift
}

// RulesChange is a pair of outcomes that some request has.
type RulesChange struct {
	From, To string
	// Example is such a request, in words.
	Example string
	Moved   int
	Shift   RulesShift
}

// RulesShift counts answers that would have been due at another moment, with the widest shift.
type RulesShift struct {
	Later, Earlier     int
	LaterBy, EarlierBy time.Duration
}

// RulesSentences shows the rules in words.
type RulesSentences struct {
	Page
	InForce    RulesVersionLine
	Interlocks []RulesSentence
	Rules      []RulesSentence
	Otherwise  string
	Pools      []RulesPool
	// Tests have their names as ids, the request under When, and under Then what has to become of it.
	Tests          []RulesSentence
	Municipalities []string
	// Zone is the name of the time zone.
	Zone string
}

// RulesPool is all that the rules hold about a pool, in words.
type RulesPool struct {
	ID, Name, About string
	Hours           []Hours
	Says            []string
	// Unclaimed and Unanswered say who is told when, if nobody claims or answers.
	Unclaimed, Unanswered []string
}

// hours are the opening hours in one line.
func (t RulesPool) hours(l *locale.Localizer) string {
	list := make([]string, len(t.Hours))
	for i, h := range t.Hours {
		list[i] = h.days(l) + " " + h.times(l)
	}
	return strings.Join(list, ", ")
}

// RulesSentence is one rule in words.
type RulesSentence struct {
	ID string
	// When are its branches, any of which is enough; none: it takes everything.
	When []string
	// Then is what becomes of the request.
	Then []string
}

// RulesTry is the page on which a request is tried. Its script posts it with every change, and is answered with Live.
type RulesTry struct {
	Page
	InForce RulesVersionLine
	// Begun: the form is as its reader left it.
	Begun bool
	Form  RulesTryForm
	// Errors are told at the fields; Missing is what keeps a form that is still being filled in from having a result.
	Errors, Missing Errors
	// Municipalities are those of the rules.
	Municipalities []string
	Result         *RulesTried
}

// RulesTryForm is a request as it was typed.
type RulesTryForm struct {
	Age                                               string
	Pregnant, Identified                              bool
	Concerns, RedFlags, Involved                      []string
	Urgency, Mode, Profession, Municipality, Language string
}

// RulesTried is what would become of a request that is sent now.
type RulesTried struct {
	// Pool is empty where an interlock forbids sending it.
	Pool              string
	With              []string
	Rule              string
	Why               string
	Urgency           consult.Urgency
	Interlocks        []RulesInterlock
	Notes             []consult.NoteCode
	OnCall            []string
	ClaimBy, AnswerBy time.Time
	// Unclaimed are told while nobody has taken it, Escalations while nobody has answered.
	Unclaimed, Escalations []RulesEscalation
	Trace                  []RulesTrace
	Segments               []RulesSegment
}

// RulesInterlock is an interlock that matched.
type RulesInterlock struct {
	ID    string
	Block bool
	Text  string
}

// RulesEscalation is a step with whom it would tell.
type RulesEscalation struct {
	At   time.Time
	Told []string
}

// RulesTrace says of one rule whether it matched, and what stood in its way.
type RulesTrace struct {
	Rule    string
	Matched bool
	Failed  []string
}

// RulesSegment is a stretch of the time until the answer is due.
type RulesSegment struct {
	From, To time.Time
	Counted  bool
	// Why says why it was not.
	Why string
}

// RulesVersions lists all publications, the latest first.
type RulesVersions struct {
	Page
	Versions []RulesVersionLine
}

// RulesVersion shows one publication.
type RulesVersion struct {
	Page
	Version  RulesVersionLine
	Document string
	// InForce is the number of the present version.
	InForce uint64
	// Problem is why it could not be published again, Findings what is wrong with it.
	Problem  string
	Findings []RulesFinding
	Comment  string
}

// RulesCompare compares two versions.
type RulesCompare struct {
	Page
	Versions []RulesVersionLine
	From, To uint64
	Diff     *RulesDiff
	// Lines are what changed in the text.
	Lines []RulesLine
}

// RulesLine is a line of a text that was taken out ("-"), put in ("+") or left as it is (" "); "…" stands for lines left out.
type RulesLine struct{ Sign, Text string }

// versionOptions are versions to choose from.
func versionOptions(p Page, versions []RulesVersionLine) []option {
	options := make([]option, len(versions))
	for i, v := range versions {
		options[i] = option{number(v.Number), p.L.T("rules.version", "n", v.Number) + " (" + p.L.Date(v.At) + ")"}
	}
	return options
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func join(names []string) string { return strings.Join(names, ", ") }
