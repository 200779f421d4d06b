package ui_test

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
)

// submit sends requests straight to the service.
func (s *site) submit(n, age int) (ids []string) {
	s.t.Helper()
	nurse := s.actor("nurse")
	for i := range n {
		c, _, err := s.service.Submit(s.t.Context(), nurse, consult.Request{
			Client: consult.Client{Age: age, Municipality: "Tampere"}, Concerns: []consult.Concern{"mood"}, Question: "Kysymys " + strconv.Itoa(i),
		}, "")
		s.check(err)
		ids = append(ids, c.ID)
	}
	return ids
}

// A long list is read page by page, each request once, whatever the reader has claimed of it.
func TestPagesOfLists(t *testing.T) {
	s := newSite(t, nil)
	ids := s.submit(120, 9)
	psych := s.as("childpsych")
	claimed := ids[110]
	_, err := s.service.Do(t.Context(), s.actor("childpsych"), claimed, consult.ClaimCommand{}, consult.Change{})
	s.check(err)

	seen := map[string]int{}
	path, pages := "/queue", 0
	for ; path != "" && pages < 10; pages++ {
		p := psych.open(path)
		p.Find(".case").Each(func(_ int, row *selection) { id, _ := row.Attr("id"); seen[id]++ })
		if pages == 0 {
			p.want("#group-mine", s.ref(claimed))
			// What is one's own is there as a whole, and counted.
			if p.want("#group-mine .count", "1"); p.has("#group-unclaimed .count") {
				t.Error("a part of a list is counted")
			}
			if p.has(".pager a[href='/queue']") {
				t.Error("the first page leads back to itself")
			}
		}
		rows, _ := p.Find("#rows").Attr("hx-get")
		if got := psych.open(rows).Find(".case").Length(); got != p.Find(".case").Length() {
			t.Errorf("%s refreshes to %d rows", path, got)
		}
		path, _ = p.Find(".pager a[href*='after=']").Attr("href")
	}
	if pages != 3 || len(seen) != 120 {
		t.Errorf("%d requests on %d pages", len(seen), pages)
	}
	for id, n := range seen {
		if n != 1 && id != "case-"+claimed {
			t.Errorf("%s is listed %d times", id, n)
		}
	}
	if p := psych.open("/queue?after=nonsense"); p.Find(".case").Length() == 0 {
		t.Error("nonsense leads to an empty page")
	}

	// The sender's own: what is open is there as a whole, what has ended page by page.
	// They end in another order than that of their deadlines.
	var ended []string
	for i := range 60 {
		id := ids[i*7%60]
		_, err := s.service.Do(t.Context(), s.actor("nurse"), id, consult.WithdrawCommand{}, consult.Change{})
		s.check(err)
		ended = append([]string{"case-" + id}, ended...)
		s.later(time.Minute)
	}
	nurse := s.as("nurse")
	p := nurse.open("/requests")
	last := p.Find("#group-ended .case").Map(func(_ int, row *selection) string { return row.AttrOr("id", "") })
	if open, n := p.Find("#group-open .case").Length(), len(last); open != 60 || n != 50 {
		t.Errorf("%d open, %d ended", open, n)
	}
	next, _ := p.Find(".pager a[href*='after=']").Attr("href")
	if p = nurse.open(next); p.Find(".case").Length() != 10 || p.has("#group-open") {
		t.Errorf("the next page has %d rows", p.Find(".case").Length())
	}
	last = append(last, p.Find(".case").Map(func(_ int, row *selection) string { return row.AttrOr("id", "") })...)
	if !slices.Equal(last, ended) {
		t.Errorf("what has ended is listed as\n%v, want the last one first:\n%v", last, ended)
	}
}

func (s *site) ref(id string) string {
	s.t.Helper()
	c, err := s.store.View.Consultation(id)
	s.check(err)
	return c.Ref
}

// Who answers for several pools can look at one of them.
func TestPoolFilter(t *testing.T) {
	s := newSite(t, nil)
	young := s.submit(1, 15)[0]
	path := sent(t, s.as("nurse"), url.Values{"concerns": {"eating"}}) // Child protection joins.
	r := s.as("protection")
	if got := r.open("/queue").Find(".case").Length(); got != 2 {
		t.Errorf("%d requests in all pools", got)
	}
	for pool, want := range map[string]string{"youth-psychiatry": young, "child-protection": path[len("/requests/"):]} {
		p := r.open("/queue?pool=" + pool)
		if !p.has("#case-"+want) || p.Find(".case").Length() != 1 {
			t.Errorf("%s: %s", pool, p.text(".case"))
		}
	}
	if p := r.open("/queue?pool=child-psychiatry"); p.has(".tabs [aria-current]:not([href='/queue'])") || p.Find(".case").Length() != 2 {
		t.Error("a pool that is not the reader's can be looked at")
	}
}

// Among what waits for the sender, a team that cannot go on without them comes before an answer, whatever was due first.
func TestAskedComesFirst(t *testing.T) {
	s := newSite(t, nil)
	ids, psych := s.submit(3, 9), s.actor("childpsych")
	for i, cmd := range []consult.Command{consult.AnswerCommand{Text: "Näin.", Disposition: consult.Advice}, nil, consult.AskCommand{Text: "Miksi?"}} {
		_, err := s.service.Do(t.Context(), psych, ids[i], consult.ClaimCommand{}, consult.Change{})
		s.check(err)
		if cmd != nil {
			_, err = s.service.Do(t.Context(), psych, ids[i], cmd, consult.Change{})
			s.check(err)
		}
	}
	rows := s.as("nurse").open("/requests").Find("#group-for-me .case")
	if first, _ := rows.First().Attr("id"); rows.Length() != 2 || first != "case-"+ids[2] {
		t.Errorf("first of %d comes %s", rows.Length(), first)
	}
}

// What a pool was asked to answer besides another one stands apart from what colleagues have, with that other pool's name, until it has.
func TestJoinedInQueue(t *testing.T) {
	s := newSite(t, nil)
	sent(t, s.as("nurse"), url.Values{"concerns": {"eating"}}) // Child protection joins.
	protection, psych := s.as("protection"), s.as("childpsych")
	for _, step := range []func(){
		func() {},
		func() { psych.open("/queue").submit(psych, "form[action$='/claim']", nil) },
	} {
		step()
		p := protection.open("/queue")
		p.want("#group-joined .case", "S-2026-0001")
		p.want("#group-joined .case", "Lastenpsykiatria")
		if p.Find(".case").Length() != 1 {
			t.Errorf("it stands elsewhere as well: %s", p.text("#rows"))
		}
	}
	path, _ := protection.open("/queue").Find(".case-link").Attr("href")
	protection.open(path).submit(protection, "form[action$='/answer']", url.Values{"text": {"Meidän neuvomme."}, "disposition": {"advice"}})
	p := protection.open("/queue")
	p.want("#group-others .case", "S-2026-0001")
	if p.has("#group-joined") {
		t.Error("an answer that was given is asked for")
	}
	if psych.open("/queue").has("#group-joined, .case-sub:contains('Lastenpsykiatria')") {
		t.Error("the pool that answers is told that it joined")
	}
}

// In a long queue the way to each part says how little time is left there, for whoever looks at another one.
func TestQueuePresses(t *testing.T) {
	s := newSite(t, nil)
	ids := s.submit(12, 9)
	_, err := s.service.Do(t.Context(), s.actor("childpsych"), ids[11], consult.ClaimCommand{}, consult.Change{})
	s.check(err)
	psych := s.as("childpsych")
	if p := psych.open("/queue"); p.Find(".jump a").Length() != 2 || p.has(".jump .due") {
		t.Errorf("there is time: %s", p.text(".jump"))
	}
	s.later(8 * 24 * time.Hour)
	psych = s.as("childpsych")
	psych.open("/queue").want(".jump a[href='#group-unclaimed'] .due-late", "myöhässä")
	urgent, _, err := s.service.Submit(t.Context(), s.actor("nurse"), consult.Request{
		Client: consult.Client{Age: 15, Municipality: "Tampere"}, Concerns: []consult.Concern{"mood"}, Question: "Nyt?", Urgency: consult.Urgent,
	}, "")
	s.check(err)
	for range 12 {
		_, err := s.service.Do(t.Context(), s.actor("youthpsych"), s.submit(1, 15)[0], consult.ClaimCommand{}, consult.Change{})
		s.check(err)
	}
	psych = s.as("youthpsych")
	p := psych.open("/queue")
	p.want(".jump a[href='#group-unclaimed'] .due-far", "jäljellä")
	if p.has(".jump a[href='#group-mine'] .due") || !p.has("#group-unclaimed #case-"+urgent.ID) {
		t.Errorf("what can wait presses: %s", p.text(".jump"))
	}
}

func TestMetricsFrom(t *testing.T) {
	_, elsewhere, err := net.ParseCIDR("192.0.2.0/24")
	if err != nil {
		t.Fatal(err)
	}
	details := func(o *ui.Options) {
		o.Ready = func(context.Context) []ui.Check {
			return []ui.Check{{Name: "addresses", Status: ui.CheckWarning, Detail: "mail does not arrive at nurse"}}
		}
	}
	// told is whether somebody is told how the server does: by its numbers, and by the details of what is not as it should be.
	told := func(r *reader, want bool) {
		t.Helper()
		status := map[bool]int{true: 200, false: 404}[want]
		r.get("/metrics").wantStatus(status)
		ready := r.get("/readyz").wantStatus(200)
		if strings.Contains(ready.body, "nurse") != want || !strings.Contains(ready.body, `"addresses","status":"warning"`) {
			t.Errorf("told %t, want %t: %s", !want, want, ready.body)
		}
	}
	s := newSite(t, details)
	told(s.visitor(), true)
	s = newSite(t, func(o *ui.Options) { details(o); o.MetricsFrom = nil })
	told(s.visitor(), false)
	s = newSite(t, func(o *ui.Options) { details(o); o.MetricsFrom = []*net.IPNet{elsewhere} })
	r := s.visitor()
	r.header.Set("X-Forwarded-For", "192.0.2.7")
	told(r, false)
	s = newSite(t, func(o *ui.Options) {
		details(o)
		o.MetricsFrom, o.TrustedProxies = []*net.IPNet{elsewhere}, []*net.IPNet{loopback}
	})
	r = s.visitor()
	told(r, false)
	r.header.Set("X-Forwarded-For", "192.0.2.7")
	told(r, true)
	r.header.Set("X-Forwarded-For", "192.0.2.7, 198.51.100.1")
	told(r, false)
}
