package templates

import (
	"fmt"
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
	// From and To are the first and the last month.
	From, To time.Time
	Total    consult.FigureRow
	Groups   []FigureGroup
	// AtRisk is for how many the care guarantee is at risk, More whether that is not all, Cases those that the reader may open.
	AtRisk int
	More   bool
	Cases  []Case
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
	if n > 0 && n < consult.FewAnswers {
		return p.L.T("figures.few", "n", consult.FewAnswers)
	}
	return strconv.Itoa(n)
}

// inTime is the share in time, in whole percent.
func inTime(r consult.FigureRow) int { return (200*r.InTime + r.Answered) / (2 * r.Answered) }

// cells are a line's figures in words: answered, median, share in time, new advice, avoided referrals.
func (p Figures) cells(r consult.FigureRow) []string {
	if r.Hidden {
		return []string{p.L.T("figures.hidden"), "–", "–", "–", "–"}
	}
	helped := r.Outcomes[0] + r.Outcomes[1]
	return []string{
		strconv.Itoa(r.Answered), p.took(r.Spans.Median()), fmt.Sprintf("%d %%", inTime(r)), p.number(helped), p.number(r.Referrals[0]),
	}
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

// bars are the medians of a group as a chart. Hidden lines have no length.
func (p Figures) bars(g FigureGroup) []bar {
	longest := time.Hour
	for _, line := range g.Rows {
		longest = max(longest, line.Spans.Median())
	}
	var bars []bar
	for i, line := range g.Rows {
		b := bar{line: line, y: i * barHeight, text: p.cells(line.FigureRow)[1]}
		if !line.Hidden {
			b.width = max(2, int(int64(barRight-barText)*int64(line.Spans.Median())/int64(longest)))
		} else {
			b.text = p.L.T("figures.hidden")
		}
		bars = append(bars, b)
	}
	return bars
}

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

func (p Figures) csv() string { return address("/figures.csv", "pool", p.Pool) }
