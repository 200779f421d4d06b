package ui_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
)

// TestPoolsFromClaims: whom a provider's claims make a member sees the queue, takes and answers, and is shown as one, until they sign in
// without the claim: then what is open on another device ends showing it at once.
func TestPoolsFromClaims(t *testing.T) {
	m, s := county(t, true)
	whole := s.change
	s.change = func(o *ui.Options) {
		whole(o)
		// Nothing here is waited for but what happens.
		o.Beat = context.WithCancel
	}
	s.restart()
	at := func(groups ...string) *reader {
		t.Helper()
		r := s.visitor()
		r.with(m, user("sub-1", "guest", append(groups, "silta-specialists")...)).wantStatus(303)
		return r
	}
	ids := s.submit(2, 9)
	one := "/requests/" + ids[0]

	guest := at("others")
	guest.get(one).wantStatus(404)
	guest.get("/pools/child-psychiatry").wantStatus(404)
	queue := guest.listen("/queue/stream")
	queue.want("queue", "")
	// Signing in again with the claim, elsewhere: the page that is open asks for its list.
	second := at("silta-child", "silta-children")
	queue.want("alive", "")
	queue.want("queue", "")
	guest.open("/queue/rows").want("#case-"+ids[0], "S-2026-0001")
	s.submit(1, 9)
	queue.want("announce", "Uusi pyyntö: S-2026-0003")
	queue.want("queue", "")

	second.open(one).submit(second, "form[action$='/claim']", nil).wantStatus(303)
	second.open(one).submit(second, "form[action$='/answer']", url.Values{"text": {"Näin."}, "disposition": {"advice"}}).wantStatus(303)
	queue.want("queue", "")
	queue.want("queue", "")
	lead, admin := s.as("childpsych2"), s.as("admin")
	for _, r := range []*reader{lead, admin, second} {
		r.open("/pools/child-psychiatry").want("table.load", "guest")
	}
	lead.open("/pools/child-psychiatry").want("table.load", "by County")
	admin.open("/people/guest").want("main .muted", "Child psychiatry (by County)")

	// A request's own page is a stream, too; both hear of the end.
	page := second.listen("/requests/" + ids[1] + "/stream")
	page.want("queue", "")
	at("silta-youth")
	for _, e := range []*ear{queue, page} {
		e.want("alive", "")
		e.want("queue", "")
	}
	if guest.open("/queue/rows").has(".case") {
		t.Error("the queue still shows what is not theirs")
	}
	for _, r := range []*reader{guest, second} {
		r.get(one).wantStatus(404)
		r.get("/requests/" + ids[1]).wantStatus(404)
		r.get("/pools/child-psychiatry").wantStatus(404)
		r.get("/pools/youth-psychiatry").wantStatus(200)
	}
	// Not even a reference is heard of what happens there now.
	s.submit(1, 9)
	s.submit(1, 15)
	queue.want("announce", "Uusi pyyntö: S-2026-0005")
	queue.want("queue", "")

	// Without any role they are out, as if disabled, and come in again as soon as the provider gives one.
	s.visitor().with(m, user("sub-1", "guest", "silta-child")).wantStatus(403).want("#sign-in-problem", "ei ole oikeutta")
	queue.want("end", "")
	guest.get("/queue").wantStatus(303)
	if _, err := s.service.Actor("guest"); consult.KindOf(err) != consult.Unauthenticated {
		t.Errorf("still acts: %v", err)
	}
	admin.open("/people/guest").wantStatus(200)
	at("silta-child").get("/queue").wantStatus(200)
	if strings.Contains(s.logs.String(), "silta-child") {
		t.Error("what the provider says is in the log")
	}
}

// TestRulesTakePools: other rules in force end what an open page shows just as well.
func TestRulesTakePools(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.Beat = context.WithCancel })
	ids := s.submit(1, 9)
	psych := s.as("childpsych")
	queue := psych.listen("/queue/stream")
	queue.want("queue", "")
	section, err := s.store.View.Rules(1)
	s.check(err)
	without := strings.ReplaceAll(section.Document, "[childpsych, childpsych2]", "[childpsych2]")
	if without == section.Document {
		t.Fatal("the rules have another team")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.service.PublishRules(ctx, consult.System, without, "", 1); err != nil {
		t.Fatal(err)
	}
	s.check(s.book.Publish(2, []byte(without)))
	s.service.Republished()
	for name := ""; name != "queue"; {
		if name, _ = queue.next(); name == "end" {
			t.Fatal("the stream has ended")
		}
	}
	psych.get("/requests/" + ids[0]).wantStatus(404)
}
