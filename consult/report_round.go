package consult

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"time"
)

// FewAnswers is the step that told counts are rounded to. Fewer are not told at all, so that nobody is recognised in them.
const FewAnswers = 5

// Counts are rounded before they are told: at random but always alike, to a base of 5, as statistical offices do with their censuses (fixed
// random rounding: Hundepool and others, Statistical Disclosure Control, 2012, 5.4). What is rounded is the running count of a pool, a
// municipality or a concern since the first answer ever, and what is told of a time is the difference between its two ends. So all that is
// told is made of the same rounded numbers: months add up to their year, pools to their sum, and whatever is taken off something else
// leaves 0 or a multiple of 5, of which the truth may be up to 4 away on either side. Nobody but the server knows at which remainder a
// running count is rounded up.

// rounder rounds running counts. The key is secret.
type rounder struct{ key []byte }

// between is how much a count grew from one running count to another, as it is told. The names say of what it is.
func (r rounder) between(from, to int, names ...string) int {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(strings.Join(names, "\x00")))
	up := int(binary.BigEndian.Uint64(mac.Sum(nil)) % FewAnswers)
	return (to+up)/FewAnswers*FewAnswers - (from+up)/FewAnswers*FewAnswers
}

// FigureRow is a line of a report.
type FigureRow struct {
	Key FigureKey
	// Answered, Helped and Avoided count requests that were answered, those of them of whose answer the sender says that it helped, and those where it
	// spared a referral. They are rounded to [FewAnswers]; of each pool in them the truth is less than that away.
	Answered, Helped, Avoided int
	// Told: there certainly are enough answers to tell how they were given. Then InTime is the share of those in time, in percent to the nearest 5,
	// and Median how long half of them took at most.
	Told   bool
	InTime int
	Median time.Duration

	// least is the smallest number of answers that there can be.
	least  int
	inTime int
	spans  Spans
	count  int
}

// add counts in what a pool answered of a value in a time: more, after all that it had answered before. Both may be nil.
func (row *FigureRow) add(r rounder, pool string, by Dimension, value FigureKey, before, more *Figures) {
	if before == nil {
		before = new(Figures)
	}
	if more == nil {
		more = new(Figures)
	}
	grown := func(what string, from, n int) int {
		return r.between(from, from+n, pool, string(by), string(value), what)
	}
	answered := grown("answered", before.Answered, more.Answered)
	row.Answered += answered
	row.Helped += grown("helped", before.helped(), more.helped())
	row.Avoided += grown("avoided", before.Referrals[0], more.Referrals[0])
	row.least += max(0, answered-FewAnswers+1)
	row.count += more.Answered
	row.inTime += more.InTime
	for i, n := range more.Spans {
		row.spans[i] += n
	}
	if row.Told = row.least >= FewAnswers; row.Told {
		row.InTime = (40*row.inTime + row.count) / (2 * row.count) * 5
		row.Median = row.spans.Median()
	}
}

// helped is how many of the answers confirmed a plan or brought new advice.
func (f *Figures) helped() int { return f.Outcomes[0] + f.Outcomes[1] }

// figureRows are lines by their keys.
type figureRows map[FigureKey]*FigureRow

func (rows figureRows) at(key FigureKey) *FigureRow {
	if rows[key] == nil {
		rows[key] = &FigureRow{Key: key}
	}
	return rows[key]
}

// lines is the line of a key, as a list.
func (rows figureRows) lines(key FigureKey) []*FigureRow { return []*FigureRow{rows.at(key)} }

// list has the lines in the order of their keys.
func (rows figureRows) list() []FigureRow {
	var list []FigureRow
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		list = append(list, *rows[key])
	}
	return list
}

// empty reports whether a line tells nothing. That one is missing says no more than that it has few answers, or none.
func (row FigureRow) empty() bool { return row.Answered == 0 }

// trimmed is a list without the lines at its beginning and its end that tell nothing.
func trimmed(list []FigureRow) []FigureRow {
	for len(list) > 0 && list[0].empty() {
		list = list[1:]
	}
	for len(list) > 0 && list[len(list)-1].empty() {
		list = list[:len(list)-1]
	}
	return list
}
