package consult

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// FewAnswers is the number below which figures are not told, so that nobody is recognised in them.
const FewAnswers = 5

// FigureRow is a line of a report. One that is hidden has no figures.
type FigureRow struct {
	Key FigureKey
	Figures
	Hidden bool
}

// FigureReport is how pools have answered.
type FigureReport struct {
	// From and To are the first and the last month.
	From, To time.Time
	Total    FigureRow
	// ByPool has the pools' ids as keys.
	ByPool, ByMonth, ByMunicipality, ByConcern []FigureRow
	// AtRisk is how many clients below [GuaranteeAge] have waited for an answer for [GuaranteeWarns] or longer, More whether there may be
	// more of them, and Cases those of them that the reader may see.
	AtRisk int
	More   bool
	Cases  []*Consultation
}

// The care guarantee for the young: within 28 days of the established need they are to be treated.
const (
	GuaranteeAge   = 23
	GuaranteeLimit = 28 * 24 * time.Hour
	// GuaranteeWarns is how long before that a request without an answer is told of.
	GuaranteeWarns = 21 * 24 * time.Hour
)

// maxAtRisk is how many requests at risk are counted.
const maxAtRisk = 100

// MayFigures reports whether the actor sees the figures of a pool: who coordinates it does, and administrators see those of all.
func MayFigures(a Actor, pool string) bool { return a.Administers() || a.Leads(pool) }

// Figures reports on those of some pools whose figures the actor may see, over whole months. It is [Forbidden] to see none.
func (s *Service) Figures(_ context.Context, a Actor, pools []string, from, to time.Time) (FigureReport, error) {
	r := FigureReport{From: from, To: to}
	mine := slices.DeleteFunc(slices.Clone(pools), func(pool string) bool { return !MayFigures(a, pool) })
	if len(mine) == 0 {
		return r, Fail(Forbidden, "forbidden")
	}
	total, groups := new(Figures), map[Dimension]map[FigureKey]*Figures{}
	byPool := map[FigureKey]*Figures{}
	for _, pool := range mine {
		byPool[FigureKey(pool)] = new(Figures)
		for _, by := range []Dimension{ByMonth, ByMunicipality, ByConcern} {
			found, err := s.view.Figures(FigureQuery{Pool: pool, By: by, From: from, To: to, Municipalities: s.router.Municipalities()})
			if err != nil {
				return r, err
			}
			if groups[by] == nil {
				groups[by] = map[FigureKey]*Figures{}
			}
			for key, f := range found {
				if groups[by][key] == nil {
					groups[by][key] = new(Figures)
				}
				groups[by][key].Add(f)
				if by == ByMonth {
					total.Add(f)
					byPool[FigureKey(pool)].Add(f)
				}
			}
		}
	}
	r.Total = rowOf("", total)
	r.ByPool, r.ByMonth = rowsOf(byPool), rowsOf(groups[ByMonth])
	r.ByMunicipality, r.ByConcern = rowsOf(groups[ByMunicipality]), rowsOf(groups[ByConcern])
	return r, s.atRisk(a, mine, &r)
}

// atRisk counts whose answer is late enough to endanger the care guarantee.
func (s *Service) atRisk(a Actor, pools []string, r *FigureReport) error {
	q := ListQuery{
		States: OpenStates, Limit: maxAtRisk, Look: maxLook,
		Facts: ListFacts{AgeBelow: GuaranteeAge, SubmittedBefore: s.cfg.Now().Add(-GuaranteeWarns)},
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

func rowOf(key FigureKey, f *Figures) FigureRow {
	if f.Answered < FewAnswers {
		return FigureRow{Key: key, Hidden: true}
	}
	return FigureRow{Key: key, Figures: *f}
}

// rowsOf returns the lines of a group by their keys. Where one line alone would be hidden, what is left of the total would tell its
// number: then the next smallest is hidden with it.
func rowsOf(group map[FigureKey]*Figures) []FigureRow {
	var rows []FigureRow
	hidden := 0
	for _, key := range slices.Sorted(maps.Keys(group)) {
		if group[key].Answered == 0 {
			continue
		}
		row := rowOf(key, group[key])
		if row.Hidden {
			hidden++
		}
		rows = append(rows, row)
	}
	if hidden == 1 && len(rows) > 1 {
		smallest := -1
		for i, row := range rows {
			if !row.Hidden && (smallest < 0 || cmp.Less(row.Answered, rows[smallest].Answered)) {
				smallest = i
			}
		}
		rows[smallest] = FigureRow{Key: rows[smallest].Key, Hidden: true}
	}
	return rows
}

// latelyDays is how many days back [Service.LatelyTook] looks.
const latelyDays = 30

// LatelyTook returns how long a pool has taken to answer in the last month, the median, and false where it gave too few answers
// to tell.
func (s *Service) LatelyTook(pool string, now time.Time) (time.Duration, bool, error) {
	days, err := s.view.Figures(FigureQuery{Pool: pool, By: ByDay, From: now.AddDate(0, 0, -latelyDays), To: now})
	if err != nil {
		return 0, false, err
	}
	var all Figures
	for _, day := range days {
		all.Add(day)
	}
	return all.Spans.Median(), all.Answered >= FewAnswers, nil
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
