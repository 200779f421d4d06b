package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// RequestPage shows one request and offers what the reader may do to it. Every action is a form of its own that posts to
// /requests/ID/ACTION (the codes of [consult.Action]) with "command", which makes it idempotent, and "version", the revision
// that the reader has seen. The stream at /requests/ID/stream, by an event named "queue", has the page ask for GET
// /requests/ID/live (Live).
type RequestPage struct {
	Page
	Request RequestView
	Actions Actions
	// Input is what was typed into the form of one action that was refused, shown again with Errors and Problem.
	Input ActionForm
	// Errors are the faults of Input, Problem what forbade it apart from its fields, or "".
	Errors  Errors
	Problem string
	// Snippets are the texts that an answer can be made of.
	Snippets []Snippet
	// Drafts are what the reader has begun to write into the forms that are offered, Leftover into others.
	Drafts   map[consult.Action]ActionDraft
	Leftover []ActionDraft
	// Origin says how it came to where it is.
	Origin Origin
	// Similar are requests of the like that the reader's pools have answered.
	Similar []Case
	// Changed says that the request is no longer as the rest of the page shows it, Taken which colleague has got it since, or ""; only of
	// use in Live.
	Changed bool
	Taken   string
	// OpenUntil is when the request closes to a reader who sees it only for a stated reason; else zero.
	OpenUntil time.Time
}

// RequestView is a request as its page shows it.
type RequestView struct {
	ID      string
	Ref     string
	Version uint64
	State   consult.State
	Urgency consult.Urgency
	Pool    string
	Joined  []string
	// Why is the rule's reason, Notes the routing's remarks.
	Why   string
	Notes []consult.NoteCode
	// Sender is who sent it, with the profession and phone that the reader may need.
	Sender Contact
	// Holder is who has it, or "". OnCall are those who are on call for the pool now, NextOnCall those after them.
	Holder     string
	OnCall     []string
	NextOnCall []string
	// Escalation is how often nobody acted in time.
	Escalation  int
	SubmittedAt time.Time
	AnswerBy    time.Time
	// EndedAt is when it was answered or ended.
	EndedAt time.Time

	Age          int
	Pregnant     bool
	Municipality string
	Language     consult.Language
	// Identity is nil in an anonymous request.
	Identity    *consult.Identity
	Concerns    []consult.Concern
	RedFlags    []consult.RedFlag
	Mode        consult.Mode
	Involved    []consult.Party
	Background  string
	Tried       string
	Assessment  string
	Question    string
	Instruments []consult.Instrument
	// Plan and Workers are the shared plan.
	Plan    []StepView
	Workers map[consult.PlanRole]string
	// NextTold are who is told next if nobody answers, and when; zero: it does not run.
	NextTold   []string
	NextTellAt time.Time
	// Timeline is in the order in which it happened; the page shows the latest first.
	Timeline []TimelineEntry
}

// Origin says how a request came to its pool: what the rules decided when it was sent, and who moved it since.
type Origin struct {
	At   time.Time
	Pool string
	With []string
	// Rule is the id of the one that matched; Otherwise: none did.
	Rule      string
	Otherwise bool
	// Version and Hash name the rules that decided.
	Version uint64
	Hash    string
	Moves   []OriginMove
	// Trace has those rules in their order, Farther is how many of them are left out. Unknown: they are not kept any more.
	Trace   []RulesTrace
	Farther int
	Unknown bool
}

// OriginMove is a hand-over to another pool.
type OriginMove struct {
	At       time.Time
	By       string
	From, To string
	// Escalation: nobody acted in time, and the rules handed it on. Rerouted: new rules do not have the pool any more.
	Escalation, Rerouted bool
	// Version is that of the rules by which its deadlines go since.
	Version uint64
}

func (m OriginMove) key() string {
	switch {
	case m.Rerouted:
		return "origin.rerouted"
	case m.Escalation:
		return "origin.escalated"
	default:
		return "origin.moved"
	}
}

// StepView is a step of the plan.
type StepView struct {
	consult.PlanStep
	Done bool
	// By is who marked it done, At when.
	By string
	At time.Time
}

// planned reports whether there is a plan to show, or one to begin.
func (p RequestPage) planned() bool {
	return p.agreed() || p.Actions.Plan
}

// agreed reports whether the plan holds anything yet.
func (p RequestPage) agreed() bool { return len(p.Request.Plan) > 0 || len(p.Request.Workers) > 0 }

// naming is the field for who has a part in the plan.
func (p RequestPage) naming(role consult.PlanRole) field {
	f := field{l: p.L, form: "plan-" + string(role), pointer: "/name", value: p.Request.Workers[role]}
	if p.Input.Action == consult.NameWorker && p.Input.Role == string(role) {
		f.value, f.errors = p.Input.Name, p.Errors
	}
	return f
}

// title is what happened.
func (e TimelineEntry) title(l *locale.Localizer) string {
	if e.Title != "" {
		return e.Title
	}
	return l.Code("event", string(e.Type))
}

// Contact is somebody to reach.
type Contact struct {
	Name       string
	Profession consult.Profession
	Phone      string
}

// TimelineEntry is one event. What its type does not carry is empty.
type TimelineEntry struct {
	At time.Time
	// By is who did it; "" where time itself did.
	By   string
	Type consult.EventType
	// Title is what happened in words, where the type alone does not say it.
	Title string
	// Text is what was written: a question, a reply, an answer, a reason.
	Text        string
	Disposition consult.Disposition
	Minutes     consult.MinuteBracket
	Plan        []consult.PlanStep
	// Pool is where it went or who joined, Person to whom it was given.
	Pool   string
	Person string
	// Told are those whom an escalation or a reminder told, Unreached the targets at which nobody was to be reached.
	Told      []string
	Unreached []string
	// Early says why an escalation came before its time, or "".
	Early    string
	CloseOut *consult.CloseOut
}

// Actions are what the reader may do now. False or empty is not offered.
type Actions struct {
	// Command is the page's own id; each form posts it with its action's code behind it.
	Command string

	Claim, Release, Ask, Reply, Add, Answer, FollowUp, HandOver, Join, Withdraw, Close bool
	// Plan: the shared plan may be changed.
	Plan bool
	// SuggestedPool is where the rules would send the request now, SuggestedWhy their reason.
	SuggestedPool, SuggestedWhy string
	// Assign are the people to whom the reader may give it.
	Assign []Choice
	// Pools are those to hand over to or to ask to join.
	Pools []Choice
}

// any reports whether there is anything to offer.
func (a Actions) any() bool {
	return slices.Contains([]bool{
		a.Claim, a.Release, a.Ask, a.Reply, a.Add, a.Answer, a.FollowUp, a.HandOver, a.Join, a.Withdraw, a.Close, len(a.Assign) > 0,
	}, true)
}

// acts reports whether the page has a column for what the reader does.
func (p RequestPage) acts() bool { return p.Actions.any() || len(p.Leftover) > 0 }

// ActionForm is what was typed into the form of an action. The names of its inputs are those of the fields in lower case,
// "value_client" and "value_me" with an underscore, the steps "plan.N.what", "plan.N.who", "plan.N.due".
type ActionForm struct {
	// Action is the code of the action whose form this is.
	Action            consult.Action
	Text              string
	Disposition       string
	Minutes           string
	Plan              []StepForm
	Person            string
	Pool              string
	Reason            string
	Outcome           string
	Referral          string
	ValueClient       string
	ValueMe           string
	IdentityConfirmed []string
	// Step and Done mark a step of the plan; Role and Name say who has a part in it.
	Step string
	Done bool
	Role string
	Name string
}

// Written are the texts of the form, one after the other.
func (f ActionForm) Written() string {
	texts := []string{f.Text, f.Reason}
	for _, step := range f.Plan {
		texts = append(texts, step.What)
	}
	empty := func(text string) bool { return strings.TrimSpace(text) == "" }
	return strings.Join(slices.DeleteFunc(texts, empty), "\n\n")
}

// StepForm is one step of the plan as it was typed.
type StepForm struct{ What, Who, Due string }

// rows are the plan's rows to show: what was typed, and at least one.
func (f ActionForm) rows() []StepForm {
	if len(f.Plan) == 0 {
		return []StepForm{{}}
	}
	return f.Plan
}

// newsFirst reports whether the reader came for what others have written, such as the answer, and not for the request's own
// words: the sender who has to reply or to close it, and everybody once it has ended.
func (p RequestPage) newsFirst() bool {
	return p.Actions.Reply || p.Actions.Close || p.Request.State.Ended()
}

// form is one action's form as the components draw it.
type form struct {
	RequestPage
	action consult.Action
	// input is what was refused or begun, if anything; faults are empty unless it was this action that was refused.
	input  ActionForm
	faults Errors
}

func (p RequestPage) form(a consult.Action) form {
	f := form{RequestPage: p, action: a}
	if p.Input.Action == a {
		f.input, f.faults = p.Input, p.Errors
	} else {
		f.input = p.Drafts[a].Form
	}
	return f
}

// draft is the form as it is kept on the server.
func (f form) draft() Draft {
	kept := f.Drafts[f.action]
	return Draft{
		Page: f.Page, ID: string(f.action) + "-" + f.Request.ID, SavedAt: kept.SavedAt, Writer: f.Actions.Command, After: kept.After,
	}
}

// begun reports whether the form holds something typed.
func (f form) begun() bool {
	_, drafted := f.Drafts[f.action]
	return drafted || f.refused()
}

// kept reports whether the form is kept on the server as it is filled in: who chooses a colleague has written nothing.
func (f form) kept() bool { return f.action != consult.Assign }

func (f form) refused() bool { return f.Input.Action == f.action }

func (f form) field(pointer, value string) field {
	return field{l: f.L, form: string(f.action), pointer: pointer, value: value, errors: f.faults}
}

func (f form) path() string { return "/requests/" + f.Request.ID + "/" + string(f.action) }

func (f form) command() string { return f.Actions.Command + "-" + string(f.action) }

func choices(list []Choice) []option {
	options := make([]option, len(list))
	for i, c := range list {
		options[i] = option{c.ID, c.Name}
	}
	return options
}

// scale are the values 1 to 5.
func scale() []option {
	var options []option
	for n := range 5 {
		options = append(options, option{strconv.Itoa(n + 1), strconv.Itoa(n + 1)})
	}
	return options
}

// day tells a date, or as it is if it is none.
func (p Page) day(d consult.Date) string {
	t, ok := d.Time()
	if !ok {
		return string(d)
	}
	// A day has no time zone: noon keeps it the same day everywhere.
	return p.L.Date(time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, p.L.Zone()))
}

// involved names the parties in one line.
func (r RequestView) involved(l *locale.Localizer) string {
	names := make([]string, len(r.Involved))
	for i, party := range r.Involved {
		names[i] = l.Code("party", string(party))
	}
	return enumerate(names)
}

// asCase is what a row of a list would say of it.
func (r RequestView) asCase() Case {
	return Case{Concerns: r.Concerns, Age: r.Age, Pregnant: r.Pregnant, Municipality: r.Municipality}
}

// measure is a result with how it has changed since the last one of the same instrument.
type measure struct {
	consult.Instrument
	change string
}

// measured are the results in the order of the instruments and then of time.
func (r RequestView) measured() []measure {
	list := slices.Clone(r.Instruments)
	slices.SortStableFunc(list, func(a, b consult.Instrument) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Date, b.Date))
	})
	measures := make([]measure, len(list))
	for i, in := range list {
		measures[i].Instrument = in
		if i > 0 && list[i-1].Name == in.Name {
			measures[i].change = fmt.Sprintf("%+d", in.Score-list[i-1].Score)
		}
	}
	return measures
}
