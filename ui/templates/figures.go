package templates

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"silta/consult"
)

// Figures is how pools have answered. /figures.csv has the same as a file.
type Figures struct {
	Page
	// Pools are those whose figures the reader may see; Pool is the id of the chosen one, or "".
	Pools []Choice
	Pool  string
	// Period is the code of the chosen one (see [periods]), "own" for months of the reader's own choice, or "" for the last year. From and
	// To are its ends, To not included.
	Period   string
	From, To time.Time
	// Months are those that a period of one's own can begin and end with, FirstMonth and LastMonth the ones that are chosen.
	Months                []Choice
	FirstMonth, LastMonth string
	Total                 consult.FigureRow
	// Short: the time is not of whole months, so that municipalities and concerns are not told apart.
	Short  bool
	Groups []FigureGroup
	// Watched: the reader is told of the care guarantee. AtRisk is for how many it is at risk, More whether that is not all, Cases those that
	// the reader may open: who may open none is not told how few they are.
	Watched bool
	AtRisk  int
	More    bool
	Cases   []Case
}

// FigureGroup are the figures by one thing: "month", "pool", "municipality" or "concern".
type FigureGroup struct {
	Kind string
	Rows []FigureLine
}

// FigureLine is a line with its name in the reader's language.
type FigureLine struct {
	Name string
	consult.FigureRow
}

// number is a count, unless it is so small that somebody could be recognised.
func (p Figures) number(n int) string {
	if n < consult.FewAnswers {
		return p.L.T("figures.few", "n", consult.FewAnswers)
	}
	return strconv.Itoa(n)
}

// cells are a line's figures in words, in the order of [columns].
func (p Figures) cells(r consult.FigureRow) []string {
	if r.Answered == 0 {
		return []string{p.number(0), "–", "–", "–", "–"}
	}
	median, inTime := "–", "–"
	if r.Told {
		median, inTime = p.took(r.Median), fmt.Sprintf("%d %%", r.InTime)
	}
	return []string{p.number(r.Answered), median, inTime, p.number(r.Helped), p.number(r.Avoided)}
}

// took tells a median without more exactness than it has.
func (p Page) took(d time.Duration) string {
	switch {
	case d >= 3*24*time.Hour:
		d = d.Round(24 * time.Hour)
	case d >= 3*time.Hour:
		d = d.Round(time.Hour)
	case d >= 10*time.Minute:
		d = d.Round(5 * time.Minute)
	}
	return p.L.Span(d)
}

// columns are the keys of the heads over the cells.
var columns = []string{"answered", "median", "in-time", "helped", "avoided"}

// Table is all of it as rows of a spreadsheet.
func (p Figures) Table() [][]string {
	head := []string{p.L.T("figures.by"), ""}
	for _, c := range columns {
		head = append(head, p.L.T("figures."+c))
	}
	rows := [][]string{head, append([]string{p.L.T("figures.total"), ""}, p.cells(p.Total)...)}
	for _, g := range p.Groups {
		for _, line := range g.Rows {
			rows = append(rows, append([]string{p.L.T("figures.by-" + g.Kind), line.Name}, p.cells(line.FigureRow)...))
		}
	}
	return rows
}

// The measures of a chart, in its own units.
const (
	barHeight = 42
	barRight  = 360
	barText   = 100
)

// bar is one line of a chart.
type bar struct {
	line  FigureLine
	y     int
	width int
	text  string
}

// bars are the medians of a group as a chart. Those that are not told have no length.
func (p Figures) bars(g FigureGroup) []bar {
	longest := time.Hour
	for _, line := range g.Rows {
		longest = max(longest, line.Median)
	}
	var bars []bar
	for i, line := range g.Rows {
		b := bar{line: line, y: i * barHeight, text: p.cells(line.FigureRow)[1]}
		if line.Told {
			b.width = max(2, int(int64(barRight-barText)*int64(line.Median)/int64(longest)))
		} else {
			b.text = p.L.T("figures.hidden")
		}
		bars = append(bars, b)
	}
	return bars
}

// textAt is where the text of a bar begins: behind it, or where it would begin.
func (b bar) textAt() int {
	if b.width == 0 {
		return 0
	}
	return b.width + 8
}

// hidden reports whether there is no line to show.
func (g FigureGroup) hidden() bool {
	return !slices.ContainsFunc(g.Rows, func(line FigureLine) bool { return line.Answered > 0 })
}

// timed reports whether there is a time to draw.
func (g FigureGroup) timed() bool {
	return slices.ContainsFunc(g.Rows, func(line FigureLine) bool { return line.Told })
}

// partial reports whether values are left out that have too few answers.
func (g FigureGroup) partial() bool { return g.Kind == "municipality" || g.Kind == "concern" }

func (g FigureGroup) box() string {
	return fmt.Sprintf("0 0 %d %d", barRight, max(1, len(g.Rows))*barHeight)
}

// short cuts a name to what fits above its bar.
func short(name string) string {
	const most = 48
	if r := []rune(name); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return name
}

// periods are the codes of the periods to choose from.
var periods = []string{"days", "quarter", "last-quarter", "this-year", ""}

// Days are the first and the last day that the figures are of, as far as they have come.
func (p Figures) Days() (first, last time.Time) {
	last = p.To.AddDate(0, 0, -1)
	if p.Now.Before(last) {
		last = p.Now.In(p.To.Location())
	}
	return p.From, last
}

// about says of which time the figures are.
func (p Figures) about() string {
	first, last := p.Days()
	return p.L.T("figures.about", "n", consult.FewAnswers, "from", p.L.Date(first), "to", p.L.Date(last))
}

// at is the address of a page or file of these figures, of another pool.
func (p Figures) at(path, pool string) string {
	if p.Period == "own" {
		return address(path, "pool", pool, "from", p.FirstMonth, "to", p.LastMonth)
	}
	return address(path, "pool", pool, "period", p.Period)
}
