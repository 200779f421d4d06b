package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"go.uber.org/goleak"

	"silta/consult"
	"silta/routing/oncall/ical"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// week is a calendar in which a person is on call for the week of now.
func week(summary string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
		"DTSTART:20261123T060000Z\r\nDTEND:20261130T060000Z\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// origin is a server that says what it is told to.
type origin struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	body   string
	etag   string
	asked  []string // what each request asked to be unlike
}

func newOrigin(t *testing.T) *origin {
	o := &origin{status: http.StatusOK, body: week("anna"), etag: `"1"`}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.asked = append(o.asked, r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", o.etag)
		if o.status == http.StatusFound {
			http.Redirect(w, r, o.body, http.StatusFound)
			return
		}
		if o.status == http.StatusOK && r.Header.Get("If-None-Match") == o.etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.WriteHeader(o.status)
		fmt.Fprint(w, o.body)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) says(status int, body, etag string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status, o.body, o.etag = status, body, etag
}

type site struct {
	*Keeper
	t        *testing.T
	o        Options
	calendar string
	people   []consult.Person
}

func newSite(t *testing.T, calendar string) *site {
	s := &site{t: t, calendar: calendar, people: []consult.Person{{ID: "anna"}, {ID: "bror"}}}
	dir := t.TempDir()
	s.o = Options{
		Dir: filepath.Join(dir, "kept"), Files: dir, Uses: func() []Use { return []Use{{"child", s.calendar}, {"youth", s.calendar}} },
		People: func() ([]consult.Person, error) { return s.people, nil }, Zone: func() *time.Location { return time.UTC },
	}
	s.restart()
	return s
}

func (s *site) restart() {
	s.t.Helper()
	var err error
	if s.Keeper, err = New(s.o); err != nil {
		s.t.Fatal(err)
	}
}

// onCall is who is on call in the week, by the calendar.
func (s *site) onCall() string {
	var ids []string
	for _, shift := range s.Feed(s.calendar) {
		ids = append(ids, shift.Person)
	}
	return strings.Join(ids, " ")
}

func TestCalendarAtAnAddress(t *testing.T) {
	o := newOrigin(t)
	s := newSite(t, o.URL+"/secret-token/rota.ics")
	if got := s.States(now); len(got) != 1 || !got[0].Stale || len(got[0].Pools) != 2 || s.onCall() != "" {
		t.Errorf("before it was read: %+v, %q", got, s.onCall())
	}
	refresh := func(at time.Time, wantErr string, wantOnCall string, version uint64) State {
		t.Helper()
		err := s.Refresh(t.Context(), at)
		if got := fmt.Sprint(err); got != wantErr {
			t.Errorf("error %q, want %q", got, wantErr)
		}
		state := s.States(at)[0]
		if s.onCall() != wantOnCall || state.Version != version || strings.Contains(fmt.Sprint(err)+state.Err, "secret") {
			t.Errorf("on call: %q, want %q; version %d, want %d; %s", s.onCall(), wantOnCall, state.Version, version, state.Err)
		}
		return state
	}
	refresh(now, "<nil>", "anna", 1)
	refresh(now, "<nil>", "anna", 1)
	if o.asked[0] != "" || o.asked[1] != `"1"` {
		t.Errorf("asked with %q", o.asked)
	}
	o.says(http.StatusOK, week("bror"), `"2"`)
	refresh(now, "<nil>", "bror", 2)

	// Whatever goes wrong, the last good copy counts, also after a restart without the server.
	for what, want := range map[string]string{
		"error":    "the server answers with 500",
		"html":     "it is not an iCalendar file: line 1 is not a property",
		"cut":      "it is not an iCalendar file: it ends in the middle",
		"large":    ical.TooLarge.String(),
		"redirect": "the server cannot be reached, or leads to where calendars are not read from",
	} {
		switch what {
		case "error":
			o.says(http.StatusInternalServerError, week("anna"), `"3"`)
		case "html":
			o.says(http.StatusOK, "<html>", `"3"`)
		case "cut":
			o.says(http.StatusOK, week("anna")[:130], `"3"`)
		case "large":
			o.says(http.StatusOK, strings.Repeat("x", ical.MaxSize+1), `"3"`)
		case "redirect":
			o.says(http.StatusFound, "http://192.0.2.1/rota.ics", `"3"`)
		}
		state := refresh(now.Add(time.Hour), "calendar of child, youth: "+want, "bror", 2)
		if state.Stale || !state.Read.Equal(now) {
			t.Errorf("%s: %+v", what, state)
		}
	}
	o.Close()
	s.restart()
	if err := s.Recall(now.Add(2 * time.Hour)); err != nil || s.onCall() != "bror" {
		t.Errorf("after a restart: %v, %q", err, s.onCall())
	}
	state := refresh(now.Add(25*time.Hour), "calendar of child, youth: the server cannot be reached, or leads to where calendars are not read from", "bror", 2)
	if !state.Stale {
		t.Error("after a day without an answer it is not stale")
	}
}

func TestCalendarInAFile(t *testing.T) {
	s := newSite(t, "rota.ics")
	if err := s.Refresh(t.Context(), now); err == nil || err.Error() != "calendar of child, youth: there is no such file in the directory of the calendars" {
		t.Errorf("no file: %v", err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(s.o.Files, "rota.ics"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(week("anna"))
	if err := s.Refresh(t.Context(), now); err != nil || s.onCall() != "anna" {
		t.Errorf("%v, %q", err, s.onCall())
	}
	write(week("Cecilia"))
	if err := s.Refresh(t.Context(), now); err != nil || s.onCall() != "" || s.States(now)[0].Unknown != 1 {
		t.Errorf("%v, %q, %+v", err, s.onCall(), s.States(now))
	}
	s.people = append(s.people, consult.Person{ID: "cia", Name: "Cecilia"})
	if err := s.Refresh(t.Context(), now); err != nil || s.onCall() != "cia" || s.States(now)[0].Unknown != 0 {
		t.Errorf("after the person was added: %v, %q", err, s.onCall())
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(s.o.Files, "link.ics")); err != nil {
		t.Fatal(err)
	}
	for _, calendar := range []string{"../rota.ics", "/etc/passwd", "link.ics", "http://192.0.2.1/rota.ics", "ftp://example.org/x", "https:///x"} {
		s.calendar = calendar
		if err := s.Refresh(t.Context(), now); err == nil || strings.Contains(err.Error(), "192.0.2.1") || strings.Contains(err.Error(), "passwd") {
			t.Errorf("%s: %v", calendar, err)
		}
	}
}

// TestDamagedCopy: what is on disk and cannot be read is left out, and files of others are not taken for copies.
// TestUnusedCopy: what is known of a calendar that the rules do not name any more is deleted when nobody goes by it.
func TestUnusedCopy(t *testing.T) {
	s := newSite(t, "rota.ics")
	for _, name := range []string{"rota.ics", "other.ics"} {
		if err := os.WriteFile(filepath.Join(s.o.Files, name), []byte(week("anna")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look := func(at time.Time, calendar string, copies int) {
		t.Helper()
		s.calendar = calendar
		if err := s.Refresh(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		if list, err := os.ReadDir(s.o.Dir); err != nil || len(list) != copies {
			t.Errorf("%d copies, want %d, %v", len(list), copies, err)
		}
	}
	look(now, "rota.ics", 1)
	look(now.Add(time.Hour), "other.ics", 2)
	look(now.Add(keepUnused), "other.ics", 2)
	if len(s.Feed("rota.ics")) == 0 {
		t.Error("nobody is on call by the rules before any more")
	}
	s.restart()
	look(now.Add(keepUnused+time.Hour), "other.ics", 1)
	if s.onCall() == "" || len(s.Feed("rota.ics")) > 0 {
		t.Error("another calendar was deleted, or one is still known")
	}
}

func TestDamagedCopy(t *testing.T) {
	o := newOrigin(t)
	s := newSite(t, o.URL)
	if err := s.Refresh(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(s.o.Dir)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	name := filepath.Join(s.o.Dir, entries[0].Name())
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy can be read by others: %v, %v", info.Mode(), err)
	}
	for _, text := range []string{"{", `{"calendar":"other"}`} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.restart()
		if s.last(s.calendar) != nil {
			t.Errorf("%s was taken for a copy", text)
		}
		if err := s.Refresh(t.Context(), now); err != nil || s.onCall() != "anna" {
			t.Errorf("after %s: %v, %q", text, err, s.onCall())
		}
	}
}

func TestRefreshEnds(t *testing.T) {
	s := newSite(t, newOrigin(t).URL)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Refresh(ctx, now); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	s.client.CloseIdleConnections()
}

// TestUnreadableCopy: what is wrong with the copy of a calendar that is not read any more is told once, however often it is looked at.
func TestUnreadableCopy(t *testing.T) {
	s := newSite(t, "rota.ics")
	if err := (&kept{Calendar: "gone.ics", Read: now, Text: []byte("rubbish")}).save(s.o.Dir); err != nil {
		t.Fatal(err)
	}
	s.restart()
	for range 3 {
		if err := s.Recall(now); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := s.State("gone.ics", now).Err, "it is not an iCalendar file: line 1 is not a property"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
