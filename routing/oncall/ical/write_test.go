package ical

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	golang "github.com/arran4/golang-ical"
	"pgregory.net/rapid"
)

func feed(t testing.TB) Feed {
	zone := helsinki(t)
	f := Feed{Name: "Päivystys; Silta, \"kaikki\"", Domain: "silta.example.fi", Zone: zone, Refresh: 15 * time.Minute}
	from := time.Date(2026, 3, 23, 8, 0, 0, 0, zone)
	for i := range 40 {
		f.Events = append(f.Events, Event{
			ID: fmt.Sprintf("shift-%d", i), From: from, To: from.AddDate(0, 0, 7), Sequence: uint64(i), Modified: from,
			Summary: strings.Repeat("Lastenpsykiatrian konsultaatioyksikkö ä€😀, ", 4),
		})
		from = from.AddDate(0, 0, 7)
	}
	return f
}

// TestFeedIsRead: another library and our own reader both find what was written, over two changes of the clock.
func TestFeedIsRead(t *testing.T) {
	f := feed(t)
	data := f.Write()
	cal, err := golang.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != len(f.Events) {
		t.Fatalf("%d events", len(events))
	}
	for i, e := range events {
		from, err := e.GetStartAt()
		to, err2 := e.GetEndAt()
		want := f.Events[i]
		if err != nil || err2 != nil || !from.Equal(want.From) || !to.Equal(want.To) || e.Id() != want.ID+"@silta.example.fi" {
			t.Errorf("event %d: %s to %s (%v, %v), %s", i, from, to, err, err2, e.Id())
		}
		if got := e.GetProperty(golang.ComponentPropertySummary).Value; got != want.Summary {
			t.Errorf("event %d is called %q, want %q", i, got, want.Summary)
		}
	}
	duties, faults, err := Read(data, Window{From: f.Events[0].From, To: f.Events[39].To, Zone: time.UTC})
	if err != nil || faults != nil || len(duties) != 40 || !duties[39].To.Equal(f.Events[39].To) {
		t.Errorf("our own reader: %d duties, %v, %v", len(duties), faults, err)
	}
}

// TestFeedLines holds the text against the rules of RFC 5545 that other programs trip over.
func TestFeedLines(t *testing.T) {
	f := feed(t)
	text := string(f.Write())
	if text != string(f.Write()) {
		t.Error("the same feed is written in two ways")
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Errorf("line %d has %d octets: %q", i+1, len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		"NAME:Päivystys\\; Silta\\, \"kaikki\"\r\n", "REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n", "X-PUBLISHED-TTL:PT15M\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20251026T040000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nTZNAME:EET\r\nEND:STANDARD\r\n",
		"BEGIN:DAYLIGHT\r\nDTSTART:20260329T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nTZNAME:EEST\r\nEND:DAYLIGHT\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20261025T040000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nTZNAME:EET\r\nEND:STANDARD\r\n",
		"DTSTART;TZID=Europe/Helsinki:20260323T080000\r\n", "SEQUENCE:39\r\n", "TRANSP:TRANSPARENT\r\n", "LAST-MODIFIED:20260323T060000Z\r\n",
	} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("no %q", want)
		}
	}
	if got := string(Feed{Zone: helsinki(t)}.Write()); strings.Contains(got, "VTIMEZONE") || !strings.HasSuffix(got, "END:VCALENDAR\r\n") {
		t.Errorf("a feed without events:\n%s", got)
	}
}

// TestFeedHoldsAnyText: whatever a pool or a person is called, the feed stays whole, and the name comes back.
func TestFeedHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.String().Draw(r, "name")
		f := Feed{Name: name, Domain: "x", Zone: time.UTC, Refresh: time.Hour, Events: []Event{{
			ID: "1", From: time.Unix(1e9, 0), To: time.Unix(1e9+3600, 0), Summary: name,
		}}}
		duties, faults, err := Read(f.Write(), Window{From: time.Unix(1e9, 0), To: time.Unix(1e9+1, 0), Zone: time.UTC})
		want := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(name, "\r\n", "\n"), "\r", ""))
		if err != nil || faults != nil || len(duties) != 1 || duties[0].Summary != want {
			r.Fatalf("%q came back as %+v, %v, %v", name, duties, faults, err)
		}
	})
}
