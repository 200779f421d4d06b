package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/ui/templates"
)

const (
	// recentDays is how many days, today included, the shortest period has.
	recentDays = 30
	// monthsBack is how many months back a period of one's own can begin.
	monthsBack = 36
)

// figurePeriod reads of which time figures are wanted, and fills in what the page offers: by default the last year. All but the last
// days are of whole months, in the site's time zone.
func (s *Server) figurePeriod(c echo.Context, v *visit, p *templates.Figures) {
	now := s.Now().In(s.Zone())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	quarter := month.AddDate(0, -(int(month.Month())-1)%3, 0)
	year := time.Date(now.Year(), time.January, 1, 0, 0, 0, 0, now.Location())
	for i := range monthsBack {
		m := month.AddDate(0, -i, 0)
		p.Months = append(p.Months, templates.Choice{ID: m.Format(monthFormat), Name: monthName(v, m.Format(monthFormat))})
	}
	if from, to, ok := ownMonths(c, p.Months, now.Location()); ok {
		p.Period, p.From, p.To = "own", from, to
		p.FirstMonth, p.LastMonth = c.QueryParam("from"), c.QueryParam("to")
		return
	}
	p.LastMonth, p.FirstMonth = p.Months[0].ID, p.Months[2].ID
	switch p.Period = c.QueryParam("period"); p.Period {
	case "days":
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		p.From, p.To = day.AddDate(0, 0, 1-recentDays), day.AddDate(0, 0, 1)
	case "quarter":
		p.From, p.To = quarter, quarter.AddDate(0, 3, 0)
	case "last-quarter":
		p.From, p.To = quarter.AddDate(0, -3, 0), quarter
	case "this-year":
		p.From, p.To = year, year.AddDate(1, 0, 0)
	default:
		p.Period, p.From, p.To = "", month.AddDate(0, -11, 0), month.AddDate(0, 1, 0)
	}
}

// monthFormat is how addresses and figures name a month.
const monthFormat = "2006-01"

// ownMonths are the first and the last month that were asked for, in whichever order, and false where there are no such.
func ownMonths(c echo.Context, offered []templates.Choice, zone *time.Location) (from, to time.Time, ok bool) {
	first, last := c.QueryParam("from"), c.QueryParam("to")
	if last < first {
		first, last = last, first
	}
	for _, month := range []string{first, last} {
		if !slices.ContainsFunc(offered, func(o templates.Choice) bool { return o.ID == month }) {
			return from, to, false
		}
	}
	from, err := time.ParseInLocation(monthFormat, first, zone)
	if err == nil {
		to, err = time.ParseInLocation(monthFormat, last, zone)
	}
	return from, to.AddDate(0, 1, 0), err == nil
}

// monthName is a month in words.
func monthName(v *visit, month string) string {
	year, number, _ := strings.Cut(month, "-")
	return v.l.Code("month", strings.TrimPrefix(number, "0")) + " " + year
}
