package routing

import (
	"slices"
	"time"

	"silta/consult"
	"silta/routing/oncall"
	"silta/routing/worktime"
)

// Otherwise is what stands in for a rule's id where no rule matched. No rule can have it as its id.
const Otherwise = "otherwise"

// Document is a routing document as it was read. What a finding of severity error speaks of may be missing from it.
type Document struct {
	// File is the name that findings begin with, Hash the SHA-256 of the bytes that were read, in hex.
	File, Hash string
	Timezone   *time.Location
	// Municipalities are the values that the fact can have.
	Municipalities []string
	Hours          []Hours
	Interlocks     []Interlock
	Rules          []Rule
	// Otherwise is the pool of requests that no rule takes.
	Otherwise   string
	OtherwiseAt Pos
	Pools       []Pool
	Tests       []Test
	// unread is set if some rule or interlock could not be read so far that it can be matched: verdicts about all requests are
	// off.
	unread bool
	// persons are the places that name one.
	persons []use
}

// Hours is a named working-time calendar.
type Hours struct {
	ID       string
	At       Pos
	Calendar *worktime.Calendar
}

// Interlock is a check that comes before any rule.
type Interlock struct {
	ID   string
	At   Pos
	When When
	// Block: such a request cannot be sent. Otherwise it is sent only with a confirmation.
	Block bool
	Phone string
	Show  consult.Text
}

// Rule sends the requests that it matches, and that no rule before it matches, to a pool.
type Rule struct {
	ID string
	At Pos
	// When is nil in a rule that matches everything.
	When When
	To   string
	ToAt Pos
	// With are the pools that join, as they were written.
	With []string
	// AtLeast raises a lower urgency; "" changes none.
	AtLeast consult.Urgency
	// Why is shown to the sender.
	Why consult.Text
	// unread is set if the conditions could not be read.
	unread bool
}

// Deadlines are durations of a pool's working time by urgency.
type Deadlines map[consult.Urgency]worktime.Duration

// Pool is a group of specialists who share a queue.
type Pool struct {
	ID string
	At Pos
	// Name and About are for people; a pool without a name is shown by its id.
	Name, About consult.Text
	// Hours names the working time; "" is always open.
	Hours    string
	Calendar *worktime.Calendar
	// Modes are the ways in which the pool answers. Accepts are the professions that may ask. Left out, both are all.
	Modes     []consult.Mode
	Languages []consult.Language
	Accepts   []consult.Profession
	// ClaimWithin and AnswerWithin hold every urgency: what a document leaves out has the default.
	ClaimWithin, AnswerWithin Deadlines
	// Lead coordinates the pool; "" is nobody.
	Lead    string
	Members []string
	// KeyPersons are the persons whom a municipality knows by name.
	KeyPersons map[string]string
	OnCall     oncall.Plan
	OnCallAt   Pos
	// onCallUnread: there is a fault in it, so nothing can be said about who is on call.
	onCallUnread bool
	// Unclaimed tells people while nobody has claimed a request, Escalate while nobody has answered it.
	Unclaimed, Escalate []Step
	// Asks are what the pool usually has to ask the sender for.
	Asks []Ask
	// Snippets are texts that its people often need in an answer.
	Snippets []Snippet
}

// Title is the pool's name in a language, or its id if it has none.
func (p *Pool) Title(l consult.Language) string {
	if name := p.Name.In(l); name != "" {
		return name
	}
	return p.ID
}

// Step tells people if nobody acts in time.
type Step struct {
	At Pos
	// Percent of the open time until the deadline, unless After is set: working time after that moment.
	Percent int
	After   worktime.Duration
	// To holds targets: see [Rules.Reach]. ToAt are their places.
	To   []string
	ToAt []Pos
}

// Test is a request with what has to become of it.
type Test struct {
	Name    string
	At      Pos
	Request consult.Facts
	Expect  Expectation
	// unread is set if the request could not be read.
	unread bool
}

// Expectation holds what a test states; nil fields are not looked at.
type Expectation struct {
	Pool, Rule *string
	Urgency    *consult.Urgency
	With       *[]string
	Interlocks *[]string
	Notes      *[]consult.NoteCode
}

// What a pool promises where its document leaves it out, so that no request is ever without a deadline.
var (
	defaultClaim  = deadlines("1h", "4h", "1d")
	defaultAnswer = deadlines("4h", "2d", "5d")
)

// defaultUnclaimed is who is told of a request that nobody claims, where its document leaves it out: who is on call at the claim deadline,
// and the lead too when as much time has gone by again.
var defaultUnclaimed = []Step{{Percent: 100, To: []string{toOnCall}}, {Percent: 200, To: []string{toOnCall, toLead}}}

func deadlines(urgent, soon, routine string) Deadlines {
	d := Deadlines{}
	for u, text := range map[consult.Urgency]string{consult.Urgent: urgent, consult.Soon: soon, consult.Routine: routine} {
		d[u], _ = worktime.ParseDuration(text)
	}
	return d
}

// pool returns the pool of an id, or nil.
func (d *Document) pool(id string) *Pool {
	for i := range d.Pools {
		if d.Pools[i].ID == id {
			return &d.Pools[i]
		}
	}
	return nil
}

// Persons are the ids of all whom the document names, sorted, each once.
func (d *Document) Persons() []string {
	ids := make([]string, len(d.persons))
	for i, u := range d.persons {
		ids[i] = u.name
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
