package ui_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/session"
)

// strict is a site that wants a second factor of its specialists and administrators.
func strict(o *ui.Options) {
	named(o)
	o.SecondFactor = []consult.Role{consult.Specialist, consult.Admin}
}

// withPassword signs somebody in by password, and returns what the site answers.
func (r *reader) withPassword(name string) *page {
	r.t.Helper()
	return r.get("/sign-in").submit(r, "#sign-in", url.Values{"name": {name}, "password": {password}})
}

// TestSecondFactor: who has one of the roles gets no further with a password alone than to where a second factor is set up.
func TestSecondFactor(t *testing.T) {
	s, _ := wholeSite(t)
	whole := s.change
	s.change = func(o *ui.Options) { whole(o); strict(o) }
	s.restart()
	id := s.submit(1, 9)[0]
	s.as("nurse").get("/requests").wantStatus(200) // Of a sender nothing more is wanted.

	psych := s.visitor()
	psych.withPassword("childpsych").wantStatus(303)
	for _, path := range []string{"/", "/queue", "/queue/rows", "/requests/" + id, "/settings", "/services", "/people"} {
		if p := psych.get(path).wantStatus(303); p.header.Get("Location") != "/account" {
			t.Errorf("%s leads to %s", path, p.header.Get("Location"))
		}
	}
	for path, status := range map[string]int{"/queue/stream": 401, "/api/v1/consultations?box=queue": 401, "/requests/" + id + "/stream": 401} {
		psych.get(path).wantStatus(status)
	}
	for _, path := range []string{"/requests/" + id + "/claim", "/account/tokens", "/account/password", "/account/codes/end", "/settings"} {
		psych.post(path, url.Values{"password": {password}, "new_password": {another}}).wantStatus(401)
	}
	p := psych.open("/account")
	p.want("#account-enrols", "kertakäyttöinen koodi tai pääsyavain")
	if p.has("form[action='/account/tokens']") || p.has("nav a[href='/queue']") {
		t.Error("the page offers what cannot be done")
	}

	// With one-time codes they go on, in the same session and in the next one.
	form := psych.open("/account").submit(psych, "form[action='/account/codes/new']", url.Values{"password": {password}}).wantStatus(200)
	text := regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){7}`).FindString(form.text("main"))
	secret, err := session.ReadCodeText(strings.ReplaceAll(text, " ", ""))
	s.check(err)
	form.submit(psych, "form[action='/account/codes']", url.Values{"code": {session.CodeAt(secret, time.Now())}}).wantStatus(200)
	psych.get("/queue").wantStatus(200)
	psych.get("/requests/" + id).wantStatus(200)
	again := s.visitor()
	again.withPassword("childpsych").wantStatus(200).submit(again, "#sign-in", url.Values{"code": {session.CodeAt(secret, time.Now().Add(30*time.Second))}}).wantStatus(303)
	again.get("/queue").wantStatus(200)
	// Who switches them off has to set up another one first.
	again.open("/account").submit(again, "form[action='/account/codes/new']", url.Values{"password": {password}}).wantStatus(200)
	again.post("/account/codes/end", url.Values{"password": {password}}).wantStatus(303)
	again.get("/queue").wantStatus(303)
	again.open("/account").want("#account-enrols", "pääsyavain")

	// With a passkey likewise; the password alone is then not enough to give oneself anything else.
	admin, key := s.visitor(), s.device()
	admin.withPassword("admin").wantStatus(303)
	admin.get("/people").wantStatus(303)
	key.add(admin, "Kortti").wantStatus(303)
	admin.get("/people").wantStatus(200)
	thief := s.visitor()
	thief.withPassword("admin").wantStatus(403).want("#sign-in-problem", "tarvitaan myös pääsyavain")
	thief.get("/account").wantStatus(303)
	thief.get("/people").wantStatus(303)
	token, _, err := s.service.Invite(t.Context(), consult.System, "admin", time.Hour, false)
	s.check(err)
	thief.open("/invitation/"+token).submit(thief, "#invitation", url.Values{"new_password": {another}}).wantStatus(403).want("#sign-in-problem", "tarvitaan myös pääsyavain")
	thief.get("/people").wantStatus(303)
	r := s.visitor()
	key.enter(r).wantStatus(303)
	r.get("/people").wantStatus(200)
	// Who has lost it begins anew by an administrator's word.
	token, _, err = s.service.Invite(t.Context(), consult.System, "admin", time.Hour, true)
	s.check(err)
	fresh := s.visitor()
	fresh.open("/invitation/"+token).submit(fresh, "#invitation", url.Values{"new_password": {another + " toinen"}}).wantStatus(303)
	fresh.get("/people").wantStatus(303)
	fresh.open("/account").want("#account-enrols", "passkey")
	if log := s.logs.String(); !strings.Contains(log, "sign-in lacks the second factor") {
		t.Error("the log does not tell")
	}
}

// TestSecondFactorIsWantedLater: sessions that were begun before it was wanted are held to it as well.
func TestSecondFactorIsWantedLater(t *testing.T) {
	s := newSite(t, named)
	psych, lead, nurse, key := s.as("childpsych"), s.as("childpsych2"), s.as("nurse"), s.device()
	key.add(lead, "Kortti").wantStatus(303)
	for _, r := range []*reader{psych, lead, nurse} {
		r.get("/account").wantStatus(200)
	}
	s.change = strict
	s.restart()
	psych.get("/queue").wantStatus(303)
	psych.open("/account").want("#account-enrols", "pääsyavain")
	// Who could have shown one, and did not, signs in again.
	if to := lead.get("/account").wantStatus(http.StatusSeeOther).header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("led to %s", to)
	}
	nurse.get("/requests").wantStatus(200)
}

// TestCodesAreNotGuessed: who knows a password, and sits where its owner signs in, tries only some one-time codes before they have to wait.
func TestCodesAreNotGuessed(t *testing.T) {
	s := newSite(t, nil)
	secret := session.NewCodeSecret()
	s.update("nurse", func(p *consult.Person) { p.TOTP = secret })
	known := s.visitor()
	known.withPassword("nurse").wantStatus(200).submit(known, "#sign-in", url.Values{"code": {session.CodeAt(secret, time.Now())}}).wantStatus(303)
	known.post("/sign-out", url.Values{}).wantStatus(303)
	for where, r := range map[string]*reader{"where nobody was": s.visitor(), "where the owner was": known} {
		tried := 0
		for range 12 {
			s.later(2 * time.Second)
			for p := r.withPassword("nurse"); p.has("form[action='/sign-in/code']"); {
				if p = p.submit(r, "#sign-in", url.Values{"code": {"000000"}}); p.status == http.StatusTooManyRequests {
					break
				}
				tried++
			}
		}
		if tried < 5 || tried > 12 {
			t.Errorf("%s: %d codes in half a minute", where, tried)
		}
	}
}
