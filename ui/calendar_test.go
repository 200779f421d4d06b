package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	golang "github.com/arran4/golang-ical"

	"silta/consult"
)

// sole expects of a page that cannot be had again that it offers no other form of itself, in which what it shows would be missing.
func (p *page) sole() {
	p.t.Helper()
	if p.has("#languages") || !p.has("#secrets") {
		p.t.Errorf("%s: what is shown once is offered in another language", p.path)
	}
}

// A feed is made on the team's page and shown once; whoever has its address reads the shifts, and nothing of any request, until it is
// revoked or its person is gone.
func TestCalendarFeeds(t *testing.T) {
	s := newSite(t, nil)
	const team = "/pools/child-psychiatry"
	who := s.book.OnCall("child-psychiatry", s.clock())[0]
	r, anybody := s.inFinnish(who), s.visitor()
	s.submit(1, 9)

	create := func(of string) string {
		p := r.open(team).submit(r, "#feeds-new", url.Values{"of": {of}}).wantStatus(200)
		p.sole()
		if back, _ := p.Find("main .btn-primary").Attr("href"); back != team {
			t.Errorf("leads on to %s", back)
		}
		address := p.text("#secrets code")
		path, ok := strings.CutPrefix(address, s.http.URL)
		if !ok || !strings.HasPrefix(path, "/calendar/") || len(path) < 60 {
			t.Fatalf("the address is %q", address)
		}
		if strings.Contains(r.open(team).body, path) {
			t.Error("the address is shown again")
		}
		return path
	}
	own, pool := create("me"), create("pool")

	first := anybody.get(own).wantStatus(200)
	if got := first.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	cal, err := golang.ParseCalendar(strings.NewReader(first.body))
	s.check(err)
	shifts := cal.Events()
	if len(shifts) < 20 || len(shifts) > 40 {
		t.Errorf("%d shifts in a year of every other week", len(shifts))
	}
	all, err := golang.ParseCalendar(strings.NewReader(anybody.get(pool).wantStatus(200).body))
	s.check(err)
	if got := len(all.Events()); got < 2*len(shifts)-3 {
		t.Errorf("%d shifts of the team, %d of the person", got, len(shifts))
	}
	for _, text := range []string{"Kysymys", "S-2026", "Tampere"} {
		if strings.Contains(first.body, text) {
			t.Errorf("the feed holds %q", text)
		}
	}

	anybody.header.Set("If-None-Match", first.header.Get("ETag"))
	anybody.get(own).wantStatus(http.StatusNotModified)
	colleague := map[string]string{"childpsych": "childpsych2", "childpsych2": "childpsych"}[who]
	before := shifts[0].GetProperty(golang.ComponentPropertySequence).Value
	_, err = s.service.ChangeRota(t.Context(), consult.System, "child-psychiatry", consult.SetOverrideCommand{
		Person: colleague, From: s.clock().AddDate(0, 0, 1), To: s.clock().AddDate(0, 0, 2),
	}, consult.Change{})
	s.check(err)
	changed, err := golang.ParseCalendar(strings.NewReader(anybody.get(own).wantStatus(200).body))
	s.check(err)
	if e := changed.Events()[0]; e.Id() != shifts[0].Id() || e.GetProperty(golang.ComponentPropertySequence).Value <= before {
		t.Errorf("after a change the first shift is %s in sequence %s, was %s in %s", e.Id(), e.GetProperty(golang.ComponentPropertySequence).Value, shifts[0].Id(), before)
	}
	anybody.header.Del("If-None-Match")

	for _, path := range []string{"/calendar/x.ics", strings.TrimSuffix(own, ".ics"), "/calendar/.ics"} {
		anybody.get(path).wantStatus(404)
	}
	id, _ := r.open(team).Find("li:contains('Omat vuorot') form[action$='/revoke']").Attr("action")
	s.inFinnish(colleague).post(id, url.Values{}).wantStatus(404)
	r.post(id, url.Values{}).follow(r).want(".flashes", "lopetettu")
	anybody.get(own).wantStatus(404)
	anybody.get(pool).wantStatus(200)
	s.update(who, func(p *consult.Person) { p.Disabled = true })
	anybody.get(pool).wantStatus(404)
	if strings.Contains(s.logs.String(), own[len("/calendar/"):len(own)-4]) {
		t.Error("the log holds a secret")
	}
}
