package feeds

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silta/routing"
	"silta/routing/oncall/ical"
)

// TestReasonsHaveSentences: every reason of a calendar's is a sentence of the rules' findings, and so told in every language.
func TestReasonsHaveSentences(t *testing.T) {
	all := routing.Sentences()
	for _, r := range ical.Reasons() {
		if all[reasonKey(r)] != r.String() {
			t.Errorf("%s: %q, but the finding says %q", r, r.String(), all[reasonKey(r)])
		}
	}
	for key, err := range fileErrors {
		if all[key] != err.Error() {
			t.Errorf("%s: %q, but the finding says %q", key, err, all[key])
		}
	}
}

func TestFileNews(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	const event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for name, text := range map[string]string{
		"broken.ics": "BEGIN:VCALENDAR\nrubbish\n", "large.ics": strings.Repeat("x", ical.MaxSize+1), "event.ics": event,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{
		"gone.ics":   "there is no such file in the directory of the calendars",
		"broken.ics": "it is not an iCalendar file: line 2 is not a property",
		"large.ics":  "the calendar is too large",
		"event.ics":  "event 1: DTSTART: is not a date or a time",
	} {
		news := FileNews(dir, file, now, time.UTC)
		got := news.Err.String()
		if len(news.Faults) == 1 {
			got += news.Faults[0].String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
