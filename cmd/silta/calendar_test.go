package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	region "silta/cmd/internal/demo"
)

// dutyCalendar puts a person on call for the days around a moment.
func dutyCalendar(person string, now time.Time) string {
	const layout = "20060102T150405Z"
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" +
		now.Add(-48*time.Hour).UTC().Format(layout) + "\r\nDTEND:" + now.AddDate(0, 6, 0).UTC().Format(layout) +
		"\r\nSUMMARY:Päivystys\r\nATTENDEE:mailto:" + person + "@silta.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// withCalendar is the example region with a calendar in the place of child psychiatry's rotation.
func withCalendar(t *testing.T, dir, calendar string) string {
	t.Helper()
	const rotation = "        rotation: {every: week, from: 2025-01-06T08:00, order: [childpsych, childpsych2]}"
	rules := string(region.Region)
	if strings.Count(rules, rotation) != 1 {
		t.Fatal("the example region has another rota")
	}
	file := filepath.Join(dir, "rules.yaml")
	text := strings.Replace(rules, rotation, fmt.Sprintf("        calendar: %q", calendar), 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// onCall asks the directory who is on call in child psychiatry until it is one of these, or fails.
func (p *process) onCall(want string) {
	p.t.Helper()
	got := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var pools struct {
			Items []struct {
				ID     string
				OnCall []struct{ ID string } `json:"on_call"`
			}
		}
		p.call("nurse", http.MethodGet, "/api/v1/pools", nil, &pools)
		for _, pool := range pools.Items {
			if pool.ID == "child-psychiatry" {
				if got = fmt.Sprint(pool.OnCall); got == fmt.Sprintf("[{%s}]", want) {
					return
				}
			}
		}
	}
	p.t.Errorf("on call: %s, want %s", got, want)
}

// TestCalendarOfOthers: who is on call is read from a calendar that others keep, and stays known when it cannot be read any more,
// also after a restart.
func TestCalendarOfOthers(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/calendar")
		fmt.Fprint(w, dutyCalendar("childpsych2", time.Now()))
	}))
	defer origin.Close()
	dir := t.TempDir()
	args := []string{"--data", filepath.Join(dir, "data"), "--empty", "--rules", withCalendar(t, dir, origin.URL+"/secret.ics")}
	p := startDemo(t, args...)
	p.onCall("childpsych2")
	p.stop()
	origin.Close()
	p = startDemo(t, args...)
	p.onCall("childpsych2")
	var ready struct {
		Checks []struct{ Name, Status, Detail string }
	}
	p.call("nurse", http.MethodGet, "/readyz", nil, &ready)
	for _, c := range ready.Checks {
		if c.Name == "calendars" && c.Status != "ok" {
			t.Errorf("a calendar that was read just now is %s: %s", c.Status, c.Detail)
		}
	}
	p.stop()
	if strings.Contains(p.stderr.String(), "secret") || strings.Contains(p.stderr.String(), "silta.example") {
		t.Errorf("the log holds the address or the text of the calendar:\n%s", p.stderr)
	}
}

// TestCheckReadsCalendars: the command reads a file beside the rules and says what is wrong with it; it asks no address.
func TestCheckReadsCalendars(t *testing.T) {
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	asked := false
	origin := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer origin.Close()
	for _, c := range []struct{ name, calendar, text, want string }{
		{"covered", "rota.ics", dutyCalendar("anybody", time.Now()), ""},
		{"missing", "none.ics", "", "error: the calendar of child-psychiatry cannot be read: there is no such file in the directory of the calendars; check where it is and what it holds [bad-calendar]"},
		{"broken", "rota.ics", "BEGIN:VCALENDAR\n", "error: the calendar of child-psychiatry cannot be read: it is not an iCalendar file: it ends in the middle; check where it is and what it holds [bad-calendar]"},
		{"a gap", "rota.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026\nEND:VEVENT\nEND:VCALENDAR\n",
			"warning: events in the calendar of child-psychiatry are left out (1): event 1: DTSTART: is not a date or a time; correct them in the calendar [calendar-event]"},
		{"an address", origin.URL, "", "warning: the calendar of child-psychiatry has not been read, so it is not known who is on call: " +
			"a server reads it when the rules are in force [calendar-unread]"},
		{"http", "http://example.org/rota.ics", "", "error: a calendar at an address begins with https:// or webcal:// [bad-value]"},
		{"outside", "../rota.ics", "", "error: a calendar in a file is named by its path below this document's directory [bad-value]"},
	} {
		file := withCalendar(t, dir, c.calendar)
		if c.text != "" {
			if err := os.WriteFile(filepath.Join(dir, "rota.ics"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(binary, "rules", "check", file).Output()
		if c.want == "" && (err != nil || len(out) > 0) || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v\n%s\nwant %s", c.name, err, out, c.want)
		}
		if failed := err != nil; failed != strings.HasPrefix(c.want, "error") {
			t.Errorf("%s: exit status: %v", c.name, err)
		}
	}
	if asked {
		t.Error("an address was asked")
	}
}
