package consult

import (
	"context"
	"errors"
	"slices"
	"time"
)

// FigureReport is how pools have answered.
type FigureReport struct {
	Total FigureRow
	// ByPool has the pools' ids as keys. ByMonth is empty unless the time is of whole months, and begins and ends with one that has answers;
	// of municipalities and concerns there are only those that have some.
	ByPool, ByMonth, ByMunicipality, ByConcern []FigureRow
	// Short: the time is not of whole months, so that municipalities and concerns are not told apart.
	Short bool
	// Watched: the reader answers for pools among those of the report. AtRisk is how many clients of the care guarantee have waited there
	// for an answer for so long that it is in danger, More whether there may be more of them, and Cases those of them that the reader may see.
	Watched bool
	AtRisk  int
	More    bool
	Cases   []*Consultation
}

// FigureOrder asks for a report.
type FigureOrder struct {
	// Pools are those that the reader may choose among. Pool is the chosen one, or "" for all of them together.
	Pools []string
	Pool  string
	// From and To are the moments between which the first answer was given. Months are those of From's time zone.
	From, To time.Time
}

// months are the beginnings of the months that the time is made of, and at last its end; nil where it is not of whole months.
func (o FigureOrder) months() []time.Time {
	starts := func(t time.Time) bool {
		return t.Equal(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, o.From.Location()))
	}
	to := o.To.In(o.From.Location())
	if !starts(o.From) || !starts(to) {
		return nil
	}
	list := []time.Time{o.From}
	for m := o.From; m.Before(to); {
		m = time.Date(m.Year(), m.Month()+1, 1, 0, 0, 0, 0, m.Location())
		list = append(list, m)
	}
	return list
}

// figureEpoch is before all answers.
var figureEpoch = time.Unix(0, 0)

// The care guarantee of the young (terapiatakuu, terapigaranti; government bill HE 131/2024): treatment of those below this age begins at
// most four weeks after the need was found. A request that waits for its answer is told of a week before.
const (
	guaranteeAge   = 23 // years
	guaranteeLimit = 28 * 24 * time.Hour
	guaranteeWarns = guaranteeLimit - 7*24*time.Hour
)

// maxAtRisk is how many requests at risk are counted.
const maxAtRisk = 100

// watches reports whether the actor answers for what a pool does: who coordinates it does, and administrators for all.
func watches(a Actor, pool string) bool { return a.Administers() || a.Leads(pool) }

// Figures reports on how pools have answered. Everybody may know that: the counts are rounded, small ones are not told, and no request
// is to be found in them. Who is at risk now is told to those who watch over the pool.
func (s *Service) Figures(_ context.Context, a Actor, o FigureOrder) (FigureReport, error) {
	var r FigureReport
	months := o.months()
	byPool, byMonth, byMunicipality, byConcern := figureRows{}, figureRows{}, figureRows{}, figureRows{}
	for _, pool := range o.Pools {
		lines := []*FigureRow{byPool.at(FigureKey(pool))}
		chosen := o.Pool == "" || o.Pool == pool
		if chosen {
			lines = append(lines, &r.Total)
		}
		err := s.figure(pool, All, o.From, o.To, func(FigureKey) []*FigureRow { return lines })
		for i := range max(0, len(months)-1) {
			month := byMonth.at(FigureKey(months[i].Format("2006-01")))
			if err == nil && chosen {
				err = s.figure(pool, All, months[i], months[i+1], func(FigureKey) []*FigureRow { return []*FigureRow{month} })
			}
		}
		if err == nil && chosen && months != nil {
			err = errors.Join(
				s.figure(pool, ByMunicipality, o.From, o.To, byMunicipality.lines), s.figure(pool, ByConcern, o.From, o.To, byConcern.lines),
			)
		}
		if err != nil {
			return r, err
		}
	}
	r.Short = months == nil
	r.ByPool, r.ByMonth = byPool.list(), trimmed(byMonth.list())
	r.ByMunicipality, r.ByConcern = slices.DeleteFunc(byMunicipality.list(), FigureRow.empty), slices.DeleteFunc(byConcern.list(), FigureRow.empty)
	watched := slices.DeleteFunc(slices.Clone(o.Pools), func(pool string) bool {
		return !watches(a, pool) || o.Pool != "" && o.Pool != pool
	})
	var err error
	if r.Watched = len(watched) > 0; r.Watched {
		err = s.atRisk(a, watched, &r)
	}
	return r, err
}

// figure adds what a pool answered in a time to the lines that each value of a dimension belongs to.
func (s *Service) figure(pool string, by Dimension, from, to time.Time, lines func(FigureKey) []*FigureRow) error {
	q := FigureQuery{Pool: pool, By: by, From: figureEpoch, To: from, Municipalities: s.router.Municipalities()}
	before, err := s.view.Figures(q)
	if err != nil {
		return err
	}
	q.From, q.To = from, to
	found, err := s.view.Figures(q)
	if err != nil {
		return err
	}
	for value, more := range found {
		for _, line := range lines(value) {
			line.add(s.rounder, pool, by, value, before[value], more)
		}
	}
	return nil
}

// atRisk counts whose answer is late enough to endanger the care guarantee.
func (s *Service) atRisk(a Actor, pools []string, r *FigureReport) error {
	q := ListQuery{
		States: OpenStates, Limit: maxAtRisk, Look: maxLook,
		Facts: ListFacts{AgeBelow: guaranteeAge, SubmittedBefore: s.cfg.Now().Add(-guaranteeWarns)},
	}
	for _, pool := range pools {
		q.Scopes = append(q.Scopes, Scope{ByPool, pool})
	}
	page, err := s.view.List(q)
	if err != nil {
		return err
	}
	r.AtRisk, r.More = len(page.Items), page.Next != Cursor{}
	r.Cases = slices.DeleteFunc(page.Items, func(c *Consultation) bool { return !Sees(a, c) })
	return nil
}

// latelyDays is how many days back [Service.LatelyTook] looks.
const latelyDays = 30

// LatelyTook returns how long a pool has taken to answer in the last month, the median, and false where it gave too few answers
// to tell.
func (s *Service) LatelyTook(pool string, now time.Time) (time.Duration, bool, error) {
	found, err := s.view.Figures(FigureQuery{Pool: pool, By: All, From: now.AddDate(0, 0, -latelyDays), To: now})
	if err != nil || found[""] == nil {
		return 0, false, err
	}
	return found[""].Spans.Median(), found[""].Answered >= FewAnswers, nil
}

// maxSimilar is how many similar requests are shown.
const maxSimilar = 5

// Similar returns requests that the pools of a request have answered before, about clients of the same age and with the same
// concerns, as far as the actor may see them.
func (s *Service) Similar(_ context.Context, a Actor, c *Consultation) ([]*Consultation, error) {
	var found []*Consultation
	for _, pool := range c.AnswerPools() {
		if !a.MemberOf(pool) {
			continue
		}
		list, err := s.view.Similar(pool, c.Request.Concerns, c.Request.Client.Age, maxSimilar+1)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			known := func(f *Consultation) bool { return f.ID == other.ID }
			if other.ID != c.ID && Sees(a, other) && len(found) < maxSimilar && !slices.ContainsFunc(found, known) {
				found = append(found, other)
			}
		}
	}
	return found, nil
}
