package consult

import (
	"maps"
	"slices"
)

// FewAnswers is the number below which figures are not told, so that nobody is recognised in them.
const FewAnswers = 5

// FigureRow is a line of a report. One that is hidden has no figures.
type FigureRow struct {
	Key FigureKey
	Figures
	Hidden bool
}

// byPool are figures by pool and, of each pool, by the values of something else.
type byPool map[string]map[FigureKey]*Figures

func (b byPool) add(pool string, key FigureKey, f *Figures) {
	if b[pool] == nil {
		b[pool] = map[FigureKey]*Figures{}
	}
	if b[pool][key] == nil {
		b[pool][key] = new(Figures)
	}
	b[pool][key].Add(f)
}

// sum returns the figures of a value, of one pool or, where it is "", of all.
func (b byPool) sum(pool string, key FigureKey) *Figures {
	sum := new(Figures)
	for id, values := range b {
		if f := values[key]; f != nil && (pool == "" || id == pool) {
			sum.Add(f)
		}
	}
	return sum
}

// rows returns the lines of one pool or, where it is "", of all of them together.
func (b byPool) rows(pool string) []FigureRow {
	group := map[FigureKey]*Figures{}
	for id, values := range b {
		for key := range values {
			if pool == "" || id == pool {
				group[key] = b.sum(pool, key)
			}
		}
	}
	return rowsOf(group, func(key FigureKey) bool { return b.tells(pool, key) })
}

// tells reports whether a pool's figures of a value would tell, taken off those of all pools together, what is too little to be told
// of another pool: so they are hidden of the pool that has the fewest to lose.
func (b byPool) tells(pool string, key FigureKey) bool {
	if pool == "" {
		return false
	}
	small, hidden, partner := 0, 0, ""
	for _, id := range slices.Sorted(maps.Keys(b)) {
		f := b[id][key]
		switch {
		case f == nil || f.Answered == 0:
		case f.Answered < FewAnswers:
			small++
			hidden += f.Answered
		case partner == "" || f.Answered < b[partner][key].Answered:
			partner = id
		}
	}
	return partner == pool && small > 0 && (small == 1 || hidden < FewAnswers)
}

func rowOf(key FigureKey, f *Figures) FigureRow {
	if f.Answered < FewAnswers {
		return FigureRow{Key: key, Hidden: true}
	}
	return FigureRow{Key: key, Figures: *f}
}

// rowsOf returns the lines of a group by their keys, without those that tell, if any can. Where one line alone would be hidden, what is
// left of the total would tell its number: then the next smallest is hidden with it.
func rowsOf(group map[FigureKey]*Figures, tells func(FigureKey) bool) []FigureRow {
	var rows []FigureRow
	hidden := 0
	for _, key := range slices.Sorted(maps.Keys(group)) {
		if group[key].Answered == 0 {
			continue
		}
		row := rowOf(key, group[key])
		if tells != nil && tells(key) {
			row = FigureRow{Key: key, Hidden: true}
		}
		if row.Hidden {
			hidden++
		}
		rows = append(rows, row)
	}
	if hidden == 1 && len(rows) > 1 {
		smallest := -1
		for i, row := range rows {
			if !row.Hidden && (smallest < 0 || row.Answered < rows[smallest].Answered) {
				smallest = i
			}
		}
		rows[smallest] = FigureRow{Key: rows[smallest].Key, Hidden: true}
	}
	return rows
}
