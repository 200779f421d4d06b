package ical

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"silta/consult"
)

func helsinki(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// window is the autumn of 2026, with the clock change of 25 October.
func window(t testing.TB) Window {
	zone := helsinki(t)
	return Window{From: time.Date(2026, 10, 1, 0, 0, 0, 0, zone), To: time.Date(2026, 12, 1, 0, 0, 0, 0, zone), Zone: zone}
}

// calendar puts events, each its properties, into a calendar.
func calendar(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for i, e := range events {
		if !strings.Contains(e, "UID:") {
			e = fmt.Sprintf("UID:%d\n%s", i, e)
		}
		b.WriteString("BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n" + strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// told writes duties as "day hour-day hour who", in the window's zone.
func told(duties []Duty, zone *time.Location) string {
	var list []string
	for _, d := range duties {
		who := strings.Join(d.Addresses, "+")
		if who == "" {
			who = d.Summary
		}
		list = append(list, d.From.In(zone).Format("2.1. 15.04")+"–"+d.To.In(zone).Format("2.1. 15.04")+" "+who)
	}
	return strings.Join(list, ", ")
}

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []string
		want   string
	}{
		{"a time in UTC", []string{"DTSTART:20261005T050000Z\nDTEND:20261005T130000Z\nSUMMARY:anna"}, "5.10. 08.00–5.10. 16.00 anna"},
		{"a time in a zone", []string{"DTSTART;TZID=Europe/Stockholm:20261005T080000\nDTEND;TZID=Europe/Stockholm:20261005T160000\nSUMMARY:anna"},
			"5.10. 09.00–5.10. 17.00 anna"},
		{"a zone as Outlook calls it", []string{"DTSTART;TZID=FLE Standard Time:20261005T080000\nDURATION:PT8H\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 16.00 anna"},
		{"a zone as Evolution calls it", []string{"DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Helsinki:20261005T080000\nDURATION:PT8H\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 16.00 anna"},
		{"a quoted zone", []string{"DTSTART;TZID=\"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius\":20261005T080000\nDURATION:PT8H\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 16.00 anna"},
		{"a floating time", []string{"DTSTART:20261005T080000\nDTEND:20261005T160000\nSUMMARY:anna"}, "5.10. 08.00–5.10. 16.00 anna"},
		{"a day", []string{"DTSTART;VALUE=DATE:20261005\nSUMMARY:anna"}, "5.10. 00.00–6.10. 00.00 anna"},
		{"days over the clock change", []string{"DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261027\nSUMMARY:anna"},
			"24.10. 00.00–27.10. 00.00 anna"},
		{"a length in days over the clock change", []string{"DTSTART:20261024T080000\nDURATION:P2D\nSUMMARY:anna"},
			"24.10. 08.00–26.10. 08.00 anna"},
		{"folded lines", []string{"DTSTART:20261005T0\n 80000\nDURATION:PT1H\nSUMMARY:Anna Ås\n\t trand"}, "5.10. 08.00–5.10. 09.00 Anna Ås trand"},
		{"attendees", []string{"DTSTART:20261005T080000\nDURATION:PT1H\nSUMMARY:Päivystys\nATTENDEE;CN=\"A; B\";PARTSTAT=ACCEPTED:mailto:Anna@Example.org\nATTENDEE;PARTSTAT=DECLINED:mailto:bror@example.org\nATTENDEE:MAILTO:cia@example.org"},
			"5.10. 08.00–5.10. 09.00 anna@example.org+cia@example.org"},
		{"cancelled", []string{"DTSTART:20261005T080000\nDURATION:PT1H\nSTATUS:CANCELLED\nSUMMARY:anna"}, ""},
		{"no length", []string{"DTSTART:20261005T080000\nSUMMARY:anna"}, ""},
		{"before and after the window", []string{"DTSTART:20260930T080000\nDURATION:PT1H\nSUMMARY:anna", "DTSTART:20261201T000000\nDURATION:PT1H\nSUMMARY:anna"}, ""},
		{"into the window", []string{"DTSTART:20260930T200000\nDURATION:PT8H\nSUMMARY:anna"}, "30.9. 20.00–1.10. 04.00 anna"},

		{"every week, at the same wall-clock time", []string{"DTSTART;TZID=Europe/Helsinki:20260105T080000\nDTEND;TZID=Europe/Helsinki:20260112T080000\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261101T000000Z\nSUMMARY:anna"},
			"28.9. 08.00–5.10. 08.00 anna, 12.10. 08.00–19.10. 08.00 anna, 26.10. 08.00–2.11. 08.00 anna"},
		{"every week in UTC moves with the clock", []string{"DTSTART:20261020T050000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:anna"},
			"20.10. 08.00–20.10. 16.00 anna, 27.10. 07.00–27.10. 15.00 anna"},
		{"weekdays", []string{"DTSTART:20261001T080000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=TH,FR;COUNT=3\nSUMMARY:anna"},
			"1.10. 08.00–1.10. 16.00 anna, 2.10. 08.00–2.10. 16.00 anna, 8.10. 08.00–8.10. 16.00 anna"},
		{"the last Friday of the month", []string{"DTSTART:20260130T080000\nDURATION:PT8H\nRRULE:FREQ=MONTHLY;BYDAY=-1FR\nSUMMARY:anna"},
			"30.10. 08.00–30.10. 16.00 anna, 27.11. 08.00–27.11. 16.00 anna"},
		{"a year's day", []string{"DTSTART;VALUE=DATE:20201106\nRRULE:FREQ=YEARLY\nSUMMARY:anna"}, "6.11. 00.00–7.11. 00.00 anna"},
		{"until a day", []string{"DTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261006\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 09.00 anna, 6.10. 08.00–6.10. 09.00 anna"},
		{"exceptions", []string{"DTSTART;TZID=Europe/Helsinki:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE;TZID=Europe/Helsinki:20261006T080000,20261007T080000\nEXDATE:20261008T050000Z\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 09.00 anna, 9.10. 08.00–9.10. 09.00 anna"},
		{"an exception that is a day", []string{"DTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20261005\nSUMMARY:anna"},
			"6.10. 08.00–6.10. 09.00 anna"},
		{"more dates", []string{"DTSTART:20261005T080000\nDURATION:PT1H\nRDATE:20261007T080000,20261005T080000\nSUMMARY:anna"},
			"5.10. 08.00–5.10. 09.00 anna, 7.10. 08.00–7.10. 09.00 anna"},
		{"one repetition moved to somebody else", []string{
			"UID:x\nDTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:anna",
			"UID:x\nRECURRENCE-ID:20261012T080000\nDTSTART:20261013T080000\nDURATION:PT2H\nSUMMARY:bror",
		}, "5.10. 08.00–5.10. 09.00 anna, 13.10. 08.00–13.10. 10.00 bror, 19.10. 08.00–19.10. 09.00 anna"},
		{"one repetition cancelled, told before the series", []string{
			"UID:x\nRECURRENCE-ID:20261012T080000\nDTSTART:20261012T080000\nDURATION:PT1H\nSTATUS:CANCELLED\nSUMMARY:anna",
			"UID:x\nDTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:anna",
		}, "5.10. 08.00–5.10. 09.00 anna"},
		{"the newer one of two", []string{
			"UID:x\nSEQUENCE:2\nDTSTART:20261006T080000\nDURATION:PT1H\nSUMMARY:anna", "UID:x\nSEQUENCE:1\nDTSTART:20261005T080000\nDURATION:PT1H\nSUMMARY:anna",
		}, "6.10. 08.00–6.10. 09.00 anna"},
	} {
		w := window(t)
		duties, faults, err := Read(calendar(c.events...), w)
		if got := told(duties, w.Zone); err != nil || faults != nil || got != c.want {
			t.Errorf("%s:\n got %s\nwant %s\n%v %v", c.name, got, c.want, faults, err)
		}
	}
}

// TestOfPrograms reads calendars as other programs write them.
func TestOfPrograms(t *testing.T) {
	for file, want := range map[string]string{
		"google.ics": "5.10. 08.00–12.10. 08.00 anna@example.org, 19.10. 08.00–26.10. 08.00 anna@example.org, " +
			"2.11. 08.00–9.11. 08.00 anna@example.org, 16.11. 08.00–23.11. 08.00 anna@example.org, 30.11. 08.00–7.12. 08.00 anna@example.org",
		"outlook.ics": "5.10. 08.00–5.10. 16.00 bror, 7.10. 10.00–7.10. 16.00 anna, 8.10. 08.00–8.10. 16.00 bror, 9.10. 08.00–9.10. 16.00 bror",
	} {
		data, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		w := window(t)
		duties, faults, err := Read(data, w)
		if got := told(duties, w.Zone); err != nil || faults != nil || got != want {
			t.Errorf("%s:\n got %s\nwant %s\n%v %v", file, got, want, faults, err)
		}
	}
}

// TestLeftOut: what is wrong with one event is said of it, and the others count.
func TestLeftOut(t *testing.T) {
	const good = "DTSTART:20261005T080000\nDURATION:PT1H\nSUMMARY:anna"
	for event, want := range map[string]string{
		"SUMMARY:x": "event 2: DTSTART: is missing",
		"DTSTART;TZID=Mars/Olympus:20261005T080000\nDURATION:PT1H":                          "event 2: DTSTART: names a time zone that is not known",
		"DTSTART;TZID=../../etc:20261005T080000\nDURATION:PT1H":                             "event 2: DTSTART: names a time zone that is not known",
		"DTSTART:2026-10-05\nDURATION:PT1H":                                                 "event 2: DTSTART: is not a date or a time",
		"DTSTART:00010105T080000\nDURATION:PT1H":                                            "event 2: DTSTART: is too far away",
		"DTSTART:20261005T080000\nDTEND:20261004T080000":                                    "event 2: DTEND: is before the start, or more than a year after it",
		"DTSTART:20261005T080000\nDURATION:1H":                                              "event 2: DURATION: is not a length of time",
		"DTSTART:20261005T080000\nDURATION:-PT1H":                                           "event 2: DURATION: is not a length of time",
		"DTSTART:20261005T080000\nDURATION:PT5124096H":                                      "event 2: DURATION: is not a length of time",
		"DTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=NEVER":                          "event 2: RRULE: is not a rule of repetition",
		"DTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=HOURLY":                         "event 2: RRULE: repeats more than once a day",
		"DTSTART:20261005T080000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": "event 2: RRULE: has no day",
		"DTSTART:20261005T080000\nDURATION:PT1H\nRDATE:x":                                   "event 2: RDATE: is not a date or a time",
		"DTSTART:20261005T080000\nDURATION:PT1H\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261005T080000": "event 2: RECURRENCE-ID: RANGE is not understood: " +
			"end the series and begin another one",
	} {
		w := window(t)
		duties, faults, err := Read(calendar(good, event), w)
		if err != nil || len(faults) != 1 || faults[0].String() != want || told(duties, w.Zone) != "5.10. 08.00–5.10. 09.00 anna" {
			t.Errorf("%q: %v, %v, %s; want %s", event, faults, err, told(duties, w.Zone), want)
		}
	}
	// An exception that cannot be read does not take the event away.
	w := window(t)
	duties, faults, _ := Read(calendar(good+"\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:x"), w)
	if len(duties) != 1 || len(faults) != 1 {
		t.Errorf("%v, %v", duties, faults)
	}
}

// TestManyDates: the work of a text as long as one may be grows with its length: with the square of its dates it would take hours.
func TestManyDates(t *testing.T) {
	w := window(t)
	const days, rows = 1_900, 60
	var event strings.Builder
	event.WriteString("DTSTART:20261005T080000Z\nDURATION:PT1H\nSUMMARY:anna")
	at := w.From
	for range rows {
		for _, name := range []string{"RDATE:", "EXDATE:"} {
			event.WriteString("\n" + name)
			for i := range days {
				if i > 0 {
					event.WriteByte(',')
				}
				event.WriteString(at.Add(time.Duration(i) * time.Second).UTC().Format(utcLayout))
			}
		}
		at = at.Add(days * time.Second)
	}
	event.WriteString("\nRDATE:20261006T080000Z\nEXDATE;VALUE=DATE:20261005")
	duties, faults, err := Read(calendar(event.String()), w)
	if err != nil || len(faults) > 0 || told(duties, w.Zone) != "6.10. 11.00–6.10. 12.00 anna" {
		t.Errorf("%d duties, %v, %v", len(duties), faults, err)
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "it is not an iCalendar file: it is empty",
		"<!DOCTYPE html>":        "it is not an iCalendar file: line 1 is not a property",
		"BEGIN:VCARD\nEND:VCARD": "it is not an iCalendar file: line 1 does not begin a calendar",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR":                                                  "it is not an iCalendar file: line 3 ends what has not begun",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:secret":                                                 "it is not an iCalendar file: it ends in the middle",
		"BEGIN:VCALENDAR\nX;A=secret\nEND:VCALENDAR":                                                    "it is not an iCalendar file: a line or a component is broken",
		"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", maxDepth):                                     "it is not an iCalendar file: line 9 is nested too deep",
		string(calendar("DTSTART:20260101T000000Z")) + "\x00":                                           "",
		"\ufeff" + string(calendar("DTSTART:20260101T000000Z")):                                         "",
		strings.Repeat("x", MaxSize+1):                                                                  TooLarge.String(),
		string(calendar(strings.Split(strings.Repeat("DTSTART:20261005T080000Z|", maxEvents), "|")...)): TooMany.String(),
	} {
		_, _, err := Read([]byte(text), window(t))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.60q: %q, want %q", text, got, want)
		}
	}
	var busy []string
	for range 400 {
		busy = append(busy, "DTSTART:19700101T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")
	}
	if _, _, err := Read(calendar(busy...), window(t)); !errors.Is(err, &Error{Reason: TooMany}) {
		t.Errorf("repetitions without bound: %v", err)
	}
}

func TestDirectory(t *testing.T) {
	d := NewDirectory([]consult.Person{
		{ID: "anna", Name: "Anna Ås", Email: "Anna@example.org"}, {ID: "bror", Name: "Bror", Email: "shared@example.org"},
		{ID: "cia", Name: "Anna Ås", Email: "shared@example.org"}, {ID: "dan", Name: "Dan", Email: "dan@example.org", Disabled: true},
		{ID: "eva", Name: "bror"},
	})
	for _, c := range []struct {
		duty Duty
		want string
	}{
		{Duty{Addresses: []string{"anna@example.org"}, Summary: "cia"}, "anna"},
		{Duty{Addresses: []string{"stranger@example.org"}, Summary: "CIA"}, "cia"},
		{Duty{Summary: "anna ås"}, ""},  // two have the name
		{Duty{Summary: "bror"}, "bror"}, // an id goes before a name
		{Duty{Addresses: []string{"shared@example.org"}}, ""},
		{Duty{Summary: "dan"}, ""}, {Duty{Summary: "Päivystys"}, ""}, {Duty{}, ""},
	} {
		shifts, unknown := d.Shifts([]Duty{c.duty})
		got := ""
		for _, s := range shifts {
			got += s.Person
		}
		if got != c.want || (unknown == 1) != (c.want == "") {
			t.Errorf("%+v: %q (%d unknown), want %q", c.duty, got, unknown, c.want)
		}
	}
}

// FuzzRead: no text makes it panic; what is read is in order, has a length and touches the window.
func FuzzRead(f *testing.F) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if data, err := os.ReadFile("testdata/" + file.Name()); err == nil {
			f.Add(data)
		}
	}
	f.Add(calendar("DTSTART:20261005T080000\nDURATION:P1DT1H\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE:20261006T080000\nATTENDEE:mailto:a@b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := window(t)
		duties, faults, err := Read(data, w)
		if err != nil && duties != nil {
			t.Error("refused, and read")
		}
		for i, d := range duties {
			if !d.From.Before(d.To) || !d.From.Before(w.To) || !d.To.After(w.From) || i > 0 && d.From.Before(duties[i-1].From) {
				t.Errorf("duty %d: %v", i, d)
			}
		}
		for _, fault := range faults {
			if fault.Reason.String() == "" || fault.Event < 1 {
				t.Errorf("fault %+v", fault)
			}
		}
	})
}
