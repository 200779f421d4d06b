package consult

import (
	"math"
	"time"
)

// FirstAnswer is how a request was answered for the first time, which is what figures go by.
type FirstAnswer struct {
	// Pool is the one that answered, At the moment, After how long that was after the request was sent.
	Pool  string
	At    time.Time
	After time.Duration
	// InTime: not after its deadline, as it was then.
	InTime bool
}

// FirstAnswer returns how the request was answered for the first time, and false where it was not yet. What a joined pool
// contributes is no answer.
func (c *Consultation) FirstAnswer() (FirstAnswer, bool) {
	pool, by := "", time.Time{}
	for _, item := range c.Timeline {
		switch ev := item.Event.(type) {
		case *SubmittedEvent:
			pool, by = ev.Decision.Pool, ev.Plan.Schedule.AnswerBy
		case *RepliedEvent:
			by = ev.Plan.Schedule.AnswerBy
		case *HandedOverEvent:
			pool, by = ev.Pool, ev.Plan.Schedule.AnswerBy
		case *AnsweredEvent:
			if ev.Pool == pool {
				return FirstAnswer{Pool: pool, At: item.At, After: item.At.Sub(c.SubmittedAt), InTime: !item.At.After(by)}, true
			}
		}
	}
	return FirstAnswer{}, false
}

// Spans counts lengths of time in steps that grow by a fifth, from a minute to some months: what a median needs, in a few bytes.
type Spans [SpanSteps]int

// SpanSteps is how many steps [Spans] has.
const SpanSteps = 64

const spanGrowth = 1.2

// SpanStep returns the step that a length of time belongs to.
func SpanStep(d time.Duration) int {
	if d <= time.Minute {
		return 0
	}
	return min(int(math.Log(d.Minutes())/math.Log(spanGrowth))+1, SpanSteps-1)
}

// spanUpTo is the upper end of a step.
func spanUpTo(step int) time.Duration {
	return time.Duration(math.Pow(spanGrowth, float64(step)) * float64(time.Minute))
}

// Median returns the length of time that half of what was counted did not exceed, to within a step; 0 where nothing was counted.
func (s *Spans) Median() time.Duration {
	total := 0
	for _, n := range s {
		total += n
	}
	below := 0
	for step, n := range s {
		if n > 0 && 2*(below+n) >= total {
			from := time.Duration(0)
			if step > 0 {
				from = spanUpTo(step - 1)
			}
			share := (float64(total)/2 - float64(below)) / float64(n)
			return from + time.Duration(share*float64(spanUpTo(step)-from))
		}
		below += n
	}
	return 0
}

// Figures are counts of requests by their first answers.
type Figures struct {
	// Answered, and of them those that were answered in time.
	Answered, InTime int
	// Outcomes and Referrals are of those that were closed out, in the order of [Outcomes] and [ReferralOutcomes].
	Outcomes  [3]int
	Referrals [4]int
	// Spans are the times from sending to answering.
	Spans Spans
}

// Add counts others in.
func (f *Figures) Add(g *Figures) {
	f.Answered += g.Answered
	f.InTime += g.InTime
	for i, n := range g.Outcomes {
		f.Outcomes[i] += n
	}
	for i, n := range g.Referrals {
		f.Referrals[i] += n
	}
	for i, n := range g.Spans {
		f.Spans[i] += n
	}
}

// Take takes others out that were counted in.
func (f *Figures) Take(g *Figures) {
	f.Answered -= g.Answered
	f.InTime -= g.InTime
	for i, n := range g.Outcomes {
		f.Outcomes[i] -= n
	}
	for i, n := range g.Referrals {
		f.Referrals[i] -= n
	}
	for i, n := range g.Spans {
		f.Spans[i] -= n
	}
}

// Dimension is what figures are told apart by.
type Dimension byte

// Dimensions. All tells nothing apart: its only key is "". A request with several concerns counts for each.
const (
	All            Dimension = 'a'
	ByMunicipality Dimension = 'g'
	ByConcern      Dimension = 'c'
)

// FigureGrain is what the ends of a [FigureQuery] are rounded to. It divides the offsets of all time zones.
const FigureGrain = 15 * time.Minute

// FigureQuery asks for the figures of a pool.
type FigureQuery struct {
	Pool string
	By   Dimension
	// From and To are the moments between which the first answer was given, the first one included. They are rounded outwards to
	// [FigureGrain].
	From, To time.Time
	// Municipalities are those to tell apart; what is of others is summed under "".
	Municipalities []string
}

// FigureKey is a value that figures are told apart by: a month "2026-11", a pool, a municipality or a concern.
type FigureKey string
