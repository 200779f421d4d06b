package ical

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Feed is a calendar that others subscribe to.
type Feed struct {
	// Name is what it is called; Domain is where the ids of its events are unique.
	Name, Domain string
	Zone         *time.Location
	// Refresh is how often a subscriber should look.
	Refresh time.Duration
	Events  []Event
}

// Event is one shift in a feed.
type Event struct {
	// ID names it for ever within the domain.
	ID      string
	From    time.Time
	To      time.Time
	Summary string
	// Sequence grows whenever anything about it may have changed, at the moment Modified.
	Sequence uint64
	Modified time.Time
}

// Write returns the feed as text. The same feed gives the same bytes.
func (f Feed) Write() []byte {
	w := &writer{}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Silta//Duty//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	w.text("NAME", f.Name)
	w.text("X-WR-CALNAME", f.Name)
	lasts := "PT" + strconv.Itoa(int(f.Refresh.Minutes())) + "M"
	w.line("REFRESH-INTERVAL;VALUE=DURATION:" + lasts)
	w.line("X-PUBLISHED-TTL:" + lasts)
	if from, to, ok := f.span(); ok {
		w.zone(f.Zone, from, to)
	}
	for _, e := range f.Events {
		w.event(e, f)
	}
	w.line("END:VCALENDAR")
	return []byte(w.b.String())
}

// span is the time that the events cover.
func (f Feed) span() (from, to time.Time, ok bool) {
	for i, e := range f.Events {
		if i == 0 || e.From.Before(from) {
			from = e.From
		}
		if i == 0 || e.To.After(to) {
			to = e.To
		}
	}
	return from, to, len(f.Events) > 0
}

type writer struct{ b strings.Builder }

// maxLine is how many octets a line has at most, its end not counted.
const maxLine = 75

// line writes a line, folded where it is too long, never within a character.
func (w *writer) line(s string) {
	limit := maxLine
	for len(s) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.b.WriteString(s[:cut] + "\r\n ")
		s, limit = s[cut:], maxLine-1
	}
	w.b.WriteString(s + "\r\n")
}

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "")

func (w *writer) text(name, value string) {
	w.line(name + ":" + escaper.Replace(strings.ToValidUTF8(value, "\ufffd")))
}

const (
	utcLayout   = "20060102T150405Z"
	localLayout = "20060102T150405"
)

func (w *writer) event(e Event, f Feed) {
	stamp := e.Modified.UTC().Format(utcLayout)
	w.line("BEGIN:VEVENT")
	w.text("UID", e.ID+"@"+f.Domain)
	w.line("DTSTAMP:" + stamp)
	w.line("LAST-MODIFIED:" + stamp)
	w.line("SEQUENCE:" + strconv.FormatUint(e.Sequence, 10))
	w.moment("DTSTART", e.From, f.Zone)
	w.moment("DTEND", e.To, f.Zone)
	w.text("SUMMARY", e.Summary)
	w.line("STATUS:CONFIRMED")
	w.line("TRANSP:TRANSPARENT")
	w.line("CLASS:PRIVATE")
	w.line("END:VEVENT")
}

func (w *writer) moment(name string, t time.Time, zone *time.Location) {
	if zone == time.UTC {
		w.line(name + ":" + t.UTC().Format(utcLayout))
		return
	}
	w.line(name + ";TZID=" + zone.String() + ":" + t.In(zone).Format(localLayout))
}

// zone describes a time zone from its last change before a moment on: each change of the clock until another moment as a part of its
// own, which is right whatever rule the changes follow.
func (w *writer) zone(zone *time.Location, from, to time.Time) {
	if zone == time.UTC {
		return
	}
	w.line("BEGIN:VTIMEZONE")
	w.line("TZID:" + zone.String())
	for at := from.In(zone); ; {
		begin, end := at.ZoneBounds()
		if begin.IsZero() {
			begin = time.Date(1970, 1, 1, 0, 0, 0, 0, zone)
		}
		w.clock(begin, at)
		if end.IsZero() || !end.Before(to) {
			break
		}
		at = end
	}
	w.line("END:VTIMEZONE")
}

// clock describes the time that holds at a moment, from its beginning on.
func (w *writer) clock(begin, at time.Time) {
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	name, offset := at.Zone()
	_, before := begin.Add(-time.Second).Zone()
	w.line("BEGIN:" + kind)
	// By the wall clock as it was just before.
	w.line("DTSTART:" + begin.UTC().Add(time.Duration(before)*time.Second).Format(localLayout))
	w.line("TZOFFSETFROM:" + offsetText(before))
	w.line("TZOFFSETTO:" + offsetText(offset))
	w.text("TZNAME", name)
	w.line("END:" + kind)
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
