package ui_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// TestForeignThings: what is somebody else's of what is not a request and what does not exist are answered alike: sessions, tokens,
// drafts and calendars, and the request of a reference. Requests themselves are tried by TestAccess.
func TestForeignThings(t *testing.T) {
	s, _ := wholeSite(t)
	nurse, midwife := s.as("nurse"), s.as("midwife")
	s.as("midwife") // On another browser.
	secret, err := s.service.CreateToken(t.Context(), s.actor("midwife"), consult.TokenOrder{
		Person: "midwife", Note: "hers", Scopes: []consult.TokenScope{consult.ScopeRead}, Life: 24 * time.Hour,
	})
	s.check(err)
	c := s.submitted("midwife")
	midwife.open("/requests/" + c.ID)
	session, _ := midwife.open("/account").Find("form[action^='/account/sessions/']").Attr("action")
	draft := "reply-" + c.ID
	for _, tc := range []struct{ path, there, none string }{
		{"/account/tokens/ID/end", consult.TokenID(secret), consult.TokenID("none")},
		{"/drafts/ID", draft, "reply-" + consulttest.NewID()},
		{"/drafts/ID/discard", draft, "reply-" + consulttest.NewID()},
	} {
		ask := func(id string) (string, []string) {
			s.reads.take()
			p := nurse.post(strings.Replace(tc.path, "ID", id, 1), url.Values{"text": {"x"}, "command": {"C"}})
			return strings.ReplaceAll(p.body+p.header.Get("Location"), id, "ID"), s.reads.take()
		}
		there, readThere := ask(tc.there)
		none, readNone := ask(tc.none)
		if there != none || !slices.Equal(readThere, readNone) || slices.Contains(readThere, "unseal") {
			t.Errorf("%s: %s (reads %v) and %s (reads %v)", tc.path, there, readThere, none, readNone)
		}
	}
	if session == "" {
		t.Fatal("no session is listed")
	}
	nurse.post(session, url.Values{"password": {password}}).wantStatus(404)
	midwife.open("/account")

	// The request of another pool, by its reference.
	outside := s.as("youthpsych")
	s.reads.take()
	outside.post("/find", url.Values{"ref": {c.Ref}}).wantStatus(200)
	there := s.reads.take()
	outside.post("/find", url.Values{"ref": {"S-2026-8888"}}).wantStatus(200)
	if none := s.reads.take(); !slices.Equal(there, none) || slices.Contains(there, "unseal") {
		t.Errorf("a reference that is taken reads %v, one that is not %v", there, none)
	}
}
