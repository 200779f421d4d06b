package templates

import (
	"strconv"
	"time"
)

// Retention is the page of what is kept how long, and of what will be erased next.
type Retention struct {
	Page
	RetentionState
}

// RetentionState is what the page tells.
type RetentionState struct {
	// Rows are what the times of the configuration are kept for, Others what ends otherwise.
	Rows, Others []RetentionRow
	// Requests are the references of the requests that go next, the first ones.
	Requests []string
	// Last is when the job ran last, zero if never, Took how long that took, and Next when it runs next. Failed: somebody should look at it.
	Last, Next time.Time
	Took       time.Duration
	Failed     bool
	// Counted is when the rows were counted. Runs are the last ones, the latest first.
	Counted time.Time
	Runs    []RetentionRun
}

// RetentionRun is what one run has erased.
type RetentionRun struct {
	At                                    time.Time
	Requests, Deliveries, Looks, Openings int
	// Failed: it did not come to its end.
	Failed bool
}

// RetentionRow is one kind of what is kept.
type RetentionRow struct {
	// Kind names the words: retention-kind.KIND, and for others retention-how.KIND.
	Kind string
	// Keep is how long; 0: for ever.
	Keep time.Duration
	// Kept counts what is there, Next what goes in the next run, Soon what will have gone a month later, Erased what is gone.
	Kept, Next, Soon, Erased int
	// Counted: Kept is told, though nothing is said of what goes.
	Counted bool
}

// keeps says how long a kind is kept.
func (p Retention) keeps(r RetentionRow) string {
	if r.Keep == 0 {
		return p.L.T("retention.ever")
	}
	const day = 24 * time.Hour
	for years := time.Duration(2); years < 100; years++ {
		if r.Keep >= years*365*day && r.Keep <= years*366*day {
			return p.L.T("retention.years", "n", strconv.Itoa(int(years)))
		}
	}
	if r.Keep >= 2*day && r.Keep%day == 0 {
		return p.L.T("retention.days", "n", strconv.Itoa(int(r.Keep/day)))
	}
	return p.L.Span(r.Keep)
}

// going counts the requests that go next.
func (p Retention) going() int {
	for _, r := range p.Rows {
		if r.Kind == "consultation" {
			return r.Next
		}
	}
	return 0
}

// runKinds are the kinds that a run counts, in the order of their columns.
var runKinds = []string{"consultation", "delivery", "looks", "grant"}

func (r RetentionRun) counts() []int { return []int{r.Requests, r.Deliveries, r.Looks, r.Openings} }
