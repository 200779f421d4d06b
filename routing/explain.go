package routing

import (
	"time"

	"silta/consult"
	"silta/routing/oncall"
	"silta/routing/worktime"
)

// Explanation is what would happen to a request that is submitted at a moment, and why. Its JSON is that of silta rules explain.
type Explanation struct {
	Pool       string          `json:"pool"`
	With       []string        `json:"with"`
	Rule       string          `json:"rule"`
	Urgency    consult.Urgency `json:"urgency"`
	Interlocks []string        `json:"interlocks"`
	// ClaimBy and AnswerBy are nil for a request that cannot be sent, and for a pool that is never open.
	ClaimBy  *time.Time `json:"claim_by"`
	AnswerBy *time.Time `json:"answer_by"`
	OnCall   []string   `json:"on_call"`
	// Unclaimed are those who are told while nobody has claimed it, Escalations while nobody has answered.
	Unclaimed   []Escalation       `json:"unclaimed"`
	Escalations []Escalation       `json:"escalations"`
	Trace       []Trace            `json:"trace"`
	Notes       []consult.NoteCode `json:"notes"`
	RulesHash   string             `json:"rules_hash"`
	// Segments explain AnswerBy: the stretches from the moment on that were counted, and why the others were not.
	Segments []worktime.Segment `json:"segments"`
	// Decision has the texts that people are shown.
	Decision consult.Decision `json:"-"`
}

// Escalation is a step with the people whom it would reach.
type Escalation struct {
	At     time.Time `json:"at"`
	To     []string  `json:"to"`
	People []string  `json:"people"`
}

// Explain says what would happen to a request submitted at a moment, and why. Times are in the document's time zone.
func (r *Rules) Explain(f consult.Facts, at time.Time, known oncall.Known) Explanation {
	d := r.Decide(f)
	p := r.pack(&f)
	e := Explanation{
		Pool: d.Pool, With: orEmpty(d.With), Rule: d.Rule, Urgency: d.Urgency, Interlocks: []string{}, OnCall: []string{},
		Unclaimed: []Escalation{}, Escalations: []Escalation{}, Trace: r.trace(f, r.match(&p)), Notes: orEmpty(d.Notes), RulesHash: r.doc.Hash,
		Segments: []worktime.Segment{}, Decision: d,
	}
	for _, lock := range d.Interlocks {
		e.Interlocks = append(e.Interlocks, lock.ID)
	}
	pool := r.pools[d.Pool]
	if pool == nil {
		return e
	}
	duty := known.Of(pool.ID, pool.OnCall)
	e.OnCall = orEmpty(duty.At(at))
	s, err := pool.schedule(d.Urgency, consult.Clock{Start: at})
	if err != nil { // the pool never opens: check reports it as never-in-time
		return e
	}
	e.ClaimBy, e.AnswerBy = new(r.local(s.ClaimBy)), new(r.local(s.AnswerBy))
	e.Segments = pool.Calendar.Segments(r.local(at), *e.AnswerBy)
	told := func(steps []consult.Step) []Escalation {
		list := []Escalation{}
		for _, step := range steps {
			people := pool.reach(step.To, step.At, duty, known.ClaimantsOf(pool.ID)).People
			list = append(list, Escalation{r.local(step.At), step.To, orEmpty(people)})
		}
		return list
	}
	e.Unclaimed, e.Escalations = told(s.ClaimSteps), told(s.Steps)
	return e
}

// local shows a moment by the document's clock, to the second.
func (r *Rules) local(t time.Time) time.Time { return t.Truncate(time.Second).In(r.doc.Timezone) }

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
