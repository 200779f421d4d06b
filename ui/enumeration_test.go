package ui_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"silta/consult"
	"silta/ui"
)

// Nobody finds out who has an account: whoever is asked for, the answer is the same to the byte, and costs the same. What it costs is
// counted, for on a busy machine a clock says little: the hash of a password is some hundredths of a second, all else next to nothing.
func TestNobodyIsFoundOut(t *testing.T) {
	metrics, box := prometheus.NewRegistry(), newLetters()
	s := newSite(t, func(o *ui.Options) { o.Metrics, o.Letters = metrics, box })
	hashed := func() (n float64) {
		t.Helper()
		families, err := metrics.Gather()
		s.check(err)
		for _, f := range families {
			if f.GetName() == "silta_password_hashes_total" {
				n = f.GetMetric()[0].GetCounter().GetValue()
			}
		}
		return n
	}
	s.addresses()
	s.update("midwife", func(p *consult.Person) { p.Disabled = true })
	for _, id := range []string{"childpsych2", "youthpsych"} {
		_, err := s.service.EditPerson(t.Context(), consult.System, id, func(p *consult.Person) error {
			if p.PasswordHash = ""; id == "youthpsych" { // The one signs in at a provider, the other was only just added.
				p.Logins = []consult.Login{{Provider: "county", Subject: "x"}}
			}
			return nil
		})
		s.check(err)
	}
	invited, _, err := s.service.Invite(t.Context(), consult.System, "nurse", time.Hour, true)
	s.check(err)
	names := map[string]string{
		"nobody": "nobody", "no name at all": "", "no name that can be": "Robert'); --", "far too long": strings.Repeat("x", 100_000), "the program": "system",
		"somebody": "nurse", "somebody disabled": "midwife", "somebody without a password": "childpsych2", "somebody of a provider": "youthpsych",
	}
	// like asks for each of them, and fails unless all are answered alike, at a cost of so many hashes.
	like := func(what string, cost float64, ask func(name string) *page) {
		t.Helper()
		first := ""
		for who, name := range names {
			before := hashed()
			p := ask(name)
			if got := hashed() - before; got != cost {
				t.Errorf("%s: %s costs %v hashes instead of %v", what, who, got, cost)
			}
			body := strings.ReplaceAll(p.body, `value="`+template(name[:min(len(name), 65)])+`" id="sign-in-name"`, `id="sign-in-name"`)
			body = strings.ReplaceAll(body, `value="`+template(name)+`" id="sign-in-name"`, `id="sign-in-name"`)
			answer := head(p) + strings.ReplaceAll(body, p.header.Get("X-Request-Id"), "")
			if first == "" {
				first = answer
			} else if answer != first {
				t.Errorf("%s: %s is answered otherwise", what, who)
			}
		}
	}
	like("sign in", 1, func(name string) *page {
		return s.visitor().post("/sign-in", url.Values{"name": {name}, "password": {"wrong"}}).wantStatus(422)
	})
	// With the right password, too, where it is no use.
	for _, name := range []string{"midwife", "childpsych2"} {
		before := hashed()
		s.visitor().post("/sign-in", url.Values{"name": {name}, "password": {password}}).wantStatus(422)
		if hashed()-before != 1 {
			t.Errorf("%s is told by the time that it takes", name)
		}
	}
	s.later(2 * time.Hour)
	for _, name := range names {
		for range 6 {
			s.visitor().post("/sign-in", url.Values{"name": {name}, "password": {"wrong"}})
		}
	}
	like("sign in when it has to wait", 0, func(name string) *page {
		return s.visitor().post("/sign-in", url.Values{"name": {name}, "password": {"wrong"}}).wantStatus(429)
	})
	like("a new password", 0, func(name string) *page {
		return s.visitor().post("/sign-in/forgot", url.Values{"name": {name}}).wantStatus(200)
	})
	box.next(t, "reset", "nurse")
	_, secret, _ := strings.Cut(invited, ".")
	like("the link of another invitation", 0, func(name string) *page {
		return s.visitor().get("/invitation/" + url.PathEscape(name[:min(len(name), 65)]+"."+secret)).wantStatus(404)
	})
	like("to use it", 0, func(name string) *page {
		return s.visitor().post("/invitation/"+url.PathEscape(name[:min(len(name), 65)]+"."+secret), url.Values{"new_password": {another}}).wantStatus(404)
	})
}

// head is what an answer's head says.
func head(p *page) string {
	return strings.Join(append(p.header.Values("Set-Cookie"), p.header.Get("Cache-Control"), p.header.Get("Retry-After"), p.header.Get("Content-Type")), " ")
}

// template is a text as a page writes it.
func template(s string) string {
	return strings.NewReplacer("'", "&#39;", `"`, "&#34;", "<", "&lt;", ">", "&gt;").Replace(s)
}
