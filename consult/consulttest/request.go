package consulttest

import (
	"cmp"
	"strings"
	"time"

	"github.com/google/uuid"

	"silta/consult"
)

// Start is a moment for tests to begin at: a Monday morning.
var Start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// NewID returns a new id of a request, sorted by the time at which it was made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Submission is a request to be sent in a test. Fields that are zero get a value.
type Submission struct {
	ID        string
	Number    int // of the reference, in the year of At
	Requester string
	Pool      string
	Joined    []string
	At        time.Time
	// AnswerBy is two days after At if zero.
	AnswerBy time.Time
	// Background is what the sender typed, some 1,400 bytes if empty.
	Background string
	Command    string
	// Change, if not nil, changes what is asked.
	Change func(*consult.Request)
}

var background = strings.Repeat("Oppilas on jäänyt pois koulusta ja nukkuu huonosti. ", 26)

// Entry returns the entry of the submission, with the state that follows from it. It is appended with expected revision 0.
func (s Submission) Entry() consult.Entry {
	s.ID, s.Requester, s.Pool = cmp.Or(s.ID, NewID()), cmp.Or(s.Requester, "nurse"), cmp.Or(s.Pool, "child-psychiatry")
	s.Background = cmp.Or(s.Background, background)
	s.Number, s.At = max(s.Number, 1), cmp.Or(s.At, Start)
	s.AnswerBy = cmp.Or(s.AnswerBy, s.At.Add(48*time.Hour))
	claimBy := s.At.Add(s.AnswerBy.Sub(s.At) / 2)
	rules := consult.RulesVersion{Number: 1, Hash: strings.Repeat("0", 64)}
	e := consult.Entry{
		Envelope: consult.Envelope{
			Kind: consult.KindConsultation, ID: s.ID, Revision: 1, Command: s.Command, At: s.At, By: s.Requester, Type: consult.TypeSubmitted,
		},
		Event: &consult.SubmittedEvent{
			Ref: consult.RefOf(s.At.Year(), s.Number), Profession: "school-nurse",
			Request: &consult.Request{
				Client:   consult.Client{Age: 14, Municipality: "Ylöjärvi", Language: consult.Finnish},
				Concerns: []consult.Concern{"mood", "school-absence"}, Urgency: consult.Soon, Mode: consult.Written,
				Background: s.Background, Tried: "Kolme käyntiä, yhteys huoltajiin.", Question: "Mistä aloitamme?",
			},
			Decision: consult.Decision{
				Rules: rules, Pool: s.Pool, With: s.Joined, Rule: "under-13", Urgency: consult.Soon,
				Why: consult.Text{consult.Finnish: "Alle 18-vuotiaan mieliala", consult.Swedish: "Sinnesstämning", consult.English: "Mood"},
			},
			Plan: consult.Plan{Rules: rules, Clock: consult.Clock{Start: s.At}, Schedule: consult.Schedule{
				ClaimBy: claimBy, AnswerBy: s.AnswerBy,
				Steps: []consult.Step{{At: claimBy, To: []string{"on-call"}}, {At: s.AnswerBy, To: []string{"lead", "coordinator"}}},
			}},
		},
	}
	if ev := e.Event.(*consult.SubmittedEvent); s.Change != nil {
		s.Change(ev.Request)
		ev.Decision.Urgency = ev.Request.Urgency
	}
	return withState(e, nil)
}

// Next returns the entry of an event that follows a request's present state, with the state that follows from it. It is
// appended with the present state's revision expected.
func Next(c *consult.Consultation, at time.Time, by string, ev consult.Event) consult.Entry {
	return withState(consult.Entry{
		Envelope: consult.Envelope{
			Kind: consult.KindConsultation, ID: c.ID, Revision: c.Revision + 1, At: at, By: by, Type: ev.Type(),
		},
		Event: ev,
	}, c)
}

func withState(e consult.Entry, before *consult.Consultation) consult.Entry {
	after := before.After(e.Envelope, e.Event)
	e.State, e.Notice = after, after.Notice()
	return e
}
