package locale

import (
	"fmt"
	"strconv"
	"time"

	"silta/consult"
)

// Clock tells the time of day: "14.05", in English "14:05".
func (l *Localizer) Clock(t time.Time) string {
	t = t.In(l.zone)
	if l.lang == consult.English {
		return t.Format("15:04")
	}
	return fmt.Sprintf("%d.%02d", t.Hour(), t.Minute())
}

// Date tells the day: "21.11.2026", in English "21 Nov 2026".
func (l *Localizer) Date(t time.Time) string {
	t = t.In(l.zone)
	if l.lang == consult.English {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2.1.2006")
}

// DateTime tells a moment in full: "21.11.2026 klo 14.05", "21.11.2026 kl. 14.05", "21 Nov 2026 at 14:05".
func (l *Localizer) DateTime(t time.Time) string {
	return l.Date(t) + " " + l.T("time.at") + " " + l.Clock(t)
}

// Weekday returns the short name of the day: "ma", "mån", "Mon".
func (l *Localizer) Weekday(t time.Time) string {
	return l.Code("weekday", strconv.Itoa(int(t.In(l.zone).Weekday())))
}

// Near tells a moment that is not far away, without the year and without needless zeros: "ma 23.11. klo 12",
// "mån 23.11 kl. 12.30", "Mon 23 Nov at 12:30". Today and tomorrow, as seen from now, are named so.
func (l *Localizer) Near(now, t time.Time) string {
	t = t.In(l.zone)
	clock := l.Clock(t)
	if l.lang != consult.English && t.Minute() == 0 {
		clock = strconv.Itoa(t.Hour())
	}
	return l.NearDay(now, t) + " " + l.T("time.at") + " " + clock
}

// NearDay tells the day of [Localizer.Near]: "tänään", "huomenna", "eilen", "ma 23.11.".
func (l *Localizer) NearDay(now, t time.Time) string {
	t = t.In(l.zone)
	switch daysBetween(now.In(l.zone), t) {
	case 0:
		return l.T("time.today")
	case 1:
		return l.T("time.tomorrow")
	case -1:
		return l.T("time.yesterday")
	}
	day := t.Format(map[consult.Language]string{consult.Finnish: "2.1.", consult.Swedish: "2.1", consult.English: "2 Jan"}[l.lang])
	if t.Year() != now.In(l.zone).Year() {
		day = l.Date(t)
	}
	return l.Weekday(t) + " " + day
}

// daysBetween counts midnights from a to b, both in one zone.
func daysBetween(a, b time.Time) int {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	from := time.Date(ay, am, ad, 0, 0, 0, 0, time.UTC)
	to := time.Date(by, bm, bd, 0, 0, 0, 0, time.UTC)
	return int(to.Sub(from) / (24 * time.Hour))
}

// Span tells a length of time with its two largest units: "2 t 15 min", "3 pv 4 t", "45 min"; under a minute,
// "alle minuutti". The sign is left out.
func (l *Localizer) Span(d time.Duration) string {
	d = max(d, -d)
	minutes := int(d / time.Minute)
	switch {
	case minutes < 1:
		return l.T("time.moment")
	case minutes < 60:
		return l.T("time.minutes", "count", minutes)
	case minutes < 24*60:
		return l.two("time.hours", minutes/60, "time.minutes", minutes%60)
	default:
		return l.two("time.days", minutes/(24*60), "time.hours", minutes%(24*60)/60)
	}
}

func (l *Localizer) two(unit string, n int, smaller string, m int) string {
	text := l.T(unit, "count", n)
	if m > 0 {
		text += " " + l.T(smaller, "count", m)
	}
	return text
}

// Left tells how far away a deadline is: "2 t 15 min jäljellä", or "myöhässä 3 t".
func (l *Localizer) Left(now, deadline time.Time) string {
	if d := deadline.Sub(now); d > 0 {
		return l.T("time.left", "span", l.Span(d))
	}
	return l.T("time.late", "span", l.Span(now.Sub(deadline)))
}

// Ago tells how long ago a moment was: "5 min sitten", "juuri nyt"; moments to come count as now.
func (l *Localizer) Ago(now, t time.Time) string {
	if now.Sub(t) < time.Minute {
		return l.T("time.now")
	}
	return l.T("time.ago", "span", l.Span(now.Sub(t)))
}
