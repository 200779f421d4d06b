package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/session"
)

// lapse lets the time of a reader's session run out.
func (r *reader) lapse(sessions *session.Store) {
	r.t.Helper()
	at, err := url.Parse(r.site.http.URL)
	r.site.check(err)
	for _, cookie := range r.http.Jar.Cookies(at) {
		if cookie.Name == session.CookieName(false) {
			data, _, err := sessions.Find(cookie.Value)
			r.site.check(err)
			r.site.check(sessions.Commit(cookie.Value, data, time.Now().Add(-time.Minute)))
		}
	}
}

// Whose session has run out is told so where they sign in again, and comes back to where they were. Nobody else is told of it.
func TestLapsedSession(t *testing.T) {
	var sessions *session.Store
	s := newSite(t, func(o *ui.Options) { sessions = o.Sessions })
	const queue, told = "/queue?pool=child-psychiatry", "koska Siltaa ei ole käytetty vähään aikaan"
	for name, clean := range map[string]bool{"soon": false, "after the night": true} {
		t.Run(name, func(t *testing.T) {
			psych := s.as("childpsych")
			psych.open(queue)
			psych.lapse(sessions)
			if clean {
				_, err := sessions.Clean()
				s.check(err)
			}
			// The open queue asks for its rows.
			psych.header.Set("Hx-Request", "true")
			psych.header.Set("Hx-Current-Url", s.http.URL+queue)
			to := psych.get("/queue/rows").wantStatus(204).header.Get("Hx-Redirect")
			psych.header.Del("Hx-Request")
			psych.open(to+"&lang=sv").want("#sign-in-problem", "inte har använts på en stund")
			p := psych.open(to + "&lang=fi")
			p.want("#sign-in-problem.flashes .note-info", told)
			p = p.submit(psych, "#sign-in", url.Values{"name": {"childpsych"}, "password": {"wrong"}}).wantStatus(422)
			if text := p.text("#sign-in-problem"); strings.Contains(text, told) {
				t.Errorf("a wrong password is answered with %q", text)
			}
			p = p.submit(psych, "#sign-in", url.Values{"name": {"childpsych"}, "password": {password}}).wantStatus(303)
			if got := p.header.Get("Location"); got != queue {
				t.Errorf("led back to %s", got)
			}
		})
	}
	out, elsewhere := s.as("nurse"), s.as("nurse")
	out.open("/account").submit(out, "form[action='/account/sessions/end']", nil).wantStatus(303)
	out.open("/requests").submit(out, "form[action='/sign-out']", nil)
	for name, r := range map[string]*reader{"nobody yet": s.visitor(), "signed out": out, "ended elsewhere": elsewhere} {
		if r.get("/requests").follow(r).has("#sign-in-problem") {
			t.Errorf("%s: told that it ran out", name)
		}
	}
}

func TestSignIn(t *testing.T) {
	s := newSite(t, nil)
	r := s.visitor()
	asked := r.get("/requests?after=x").wantStatus(303)
	if got := asked.header.Get("Location"); got != "/sign-in?next=%2Frequests%3Fafter%3Dx" {
		t.Errorf("sent to %s", got)
	}
	form := r.open(asked.header.Get("Location"))
	if len(form.header.Values("Set-Cookie")) > 0 {
		t.Error("a visitor gets a cookie")
	}
	// Whatever is wrong, the answer is the same.
	var answers []string
	s.update("youthpsych", func(p *consult.Person) { p.Disabled = true })
	s.update("protection", func(p *consult.Person) { p.PasswordHash = "" })
	for _, who := range []url.Values{
		{"name": {"nurse"}, "password": {"wrong"}}, {"name": {"nobody"}, "password": {password}}, {"name": {"Robert'); --"}, "password": {password}},
		{"name": {"youthpsych"}, "password": {password}}, {"name": {"protection"}, "password": {""}}, {"name": {""}, "password": {""}},
		{"name": {"nurse"}, "password": {strings.Repeat("x", 5000)}},
	} {
		p := form.submit(r, "#sign-in", who).wantStatus(422)
		answers = append(answers, p.text("#sign-in-problem"))
		if _, kept := p.values("#sign-in"); kept.Get("name") != who.Get("name") || kept.Get("password") != "" || kept.Get("next") != "/requests?after=x" {
			t.Errorf("the form keeps %v", kept)
		}
	}
	for _, a := range answers {
		if a != "Käyttäjätunnus tai salasana on väärä. Tarkista ne ja yritä uudelleen." {
			t.Errorf("answers %q", answers)
		}
	}
	in := form.submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}})
	if got := in.header.Get("Location"); in.status != 303 || got != "/requests?after=x" {
		t.Errorf("after signing in: %d %s", in.status, got)
	}
	r.open("/requests").want(".who", "Noora Nurmi")
	if got := r.get("/sign-in"); got.status != 303 || got.header.Get("Location") != "/" {
		t.Errorf("the sign-in page of who is signed in: %d %s", got.status, got.header.Get("Location"))
	}
}

func TestNoOpenRedirect(t *testing.T) {
	s := newSite(t, nil)
	for _, next := range []string{
		"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "evil", "", "https:evil.example",
		"/sign-in", "\\\\evil.example", "http:///evil.example", "/%0d%0aSet-Cookie:x", "/%2fevil.example/ ",
	} {
		r := s.visitor()
		p := r.open("/sign-in?"+url.Values{"next": {next}}.Encode()).submit(r, "#sign-in", url.Values{
			"name": {"nurse"}, "password": {password}, "next": {next},
		})
		to, err := url.Parse(p.header.Get("Location"))
		if err != nil || p.status != 303 || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(to.Path, "//") {
			t.Errorf("%q leads to %q", next, p.header.Get("Location"))
		}
	}
}

func TestHome(t *testing.T) {
	s := newSite(t, nil)
	for id, want := range map[string]string{"nurse": "/requests", "childpsych": "/queue", "admin": "/people", "auditor": "/access"} {
		if got := s.as(id).get("/").header.Get("Location"); got != want {
			t.Errorf("%s is led to %q", id, got)
		}
	}
	s.as("nurse").get("/queue").wantStatus(403)
	s.as("childpsych").get("/requests").wantStatus(403)
	s.as("childpsych").get("/requests/new").wantStatus(403)
	s.as("admin").post("/requests", written(nil)).wantStatus(403)
	s.as("admin").post("/requests/preview", written(nil)).wantStatus(403)
}

func TestSessionEnds(t *testing.T) {
	s := newSite(t, nil)
	nurse, midwife := s.as("nurse"), s.as("midwife")
	s.restart()
	// The address is another one now; the cookie jar does not tell ports apart.
	nurse.open("/requests").want(".who", "Noora Nurmi")

	s.update("midwife", func(p *consult.Person) { p.Disabled = true })
	if got := midwife.get("/requests"); got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
		t.Errorf("a disabled person: %d", got.status)
	}
	s.update("midwife", func(p *consult.Person) { p.Disabled = false })
	midwife.get("/requests").wantStatus(303)

	cookies := nurse.http.Jar.Cookies(mustURL(t, s.http.URL))
	nurse.open("/requests").submit(nurse, "form[action='/sign-out']", nil).wantStatus(303)
	nurse.get("/requests").wantStatus(303)
	thief := s.visitor()
	thief.http.Jar.SetCookies(mustURL(t, s.http.URL), cookies)
	thief.get("/requests").wantStatus(303)
}

// What was typed before the session was found to be over is there again after signing in.
func TestTypedTextOutlivesSession(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := nurse.open("/requests/new")
	request := sent(t, nurse, nil)
	action := nurse.open(request)
	nurse.open("/requests").submit(nurse, "form[action='/sign-out']", nil)

	p := form.submit(nurse, "form.two", written(nil)).wantStatus(401)
	p.want("#sign-in-problem", "Istunto on päättynyt.")
	p = p.submit(nurse, "#sign-in", url.Values{"name": {"nurse"}, "password": {"wrong"}}).wantStatus(422)
	p = p.submit(nurse, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).follow(nurse)
	p.want("#r-question", "Mitä teemme seuraavaksi?")
	p.want(".where-pool", "Lastenpsykiatria")
	if strings.Contains(p.body, password) {
		t.Error("the password is on the page")
	}
	p.submit(nurse, "form.two", nil).follow(nurse).want(".prose", "Taustaa on paljon. Toinen rivi.")

	nurse.open("/requests").submit(nurse, "form[action='/sign-out']", nil)
	p = action.submit(nurse, "form[action$='/add']", url.Values{"text": {"Pitkä lisäys"}}).wantStatus(401)
	p = p.submit(nurse, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).follow(nurse)
	p.submit(nurse, "form[action$='/add']", nil).follow(nurse).want(".timeline", "Pitkä lisäys")

	// Somebody else who signs in sees of a request what they may see: nothing.
	nurse.open("/requests").submit(nurse, "form[action='/sign-out']", nil)
	p = action.submit(nurse, "form[action$='/add']", url.Values{"text": {"Toinen"}})
	p.submit(nurse, "#sign-in", url.Values{"name": {"midwife"}, "password": {password}}).wantStatus(404)
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLanguage(t *testing.T) {
	s := newSite(t, nil)
	r := s.visitor()
	lang := func(p *page) string { l, _ := p.Find("html").Attr("lang"); return l }
	for header, want := range map[string]string{"sv-FI,sv;q=0.9": "sv", "en": "en", "de": "fi", "": "fi", ";;q=x": "fi"} {
		r.header.Set("Accept-Language", header)
		if got := lang(r.open("/sign-in")); got != want {
			t.Errorf("%q is answered in %q", header, got)
		}
	}
	// One's own language comes with signing in, and another can be chosen on each page.
	midwife := s.as("midwife")
	p := midwife.open("/requests")
	if lang(p) != "sv" {
		t.Errorf("after signing in: %q", lang(p))
	}
	href, _ := p.Find(".lang a[hreflang=en]").Attr("href")
	if p = midwife.open(href); lang(p) != "en" || p.text("h1") != "My requests" {
		t.Errorf("after choosing English on %s: %q", href, lang(p))
	}
	if p = midwife.open("/requests/new"); lang(p) != "en" {
		t.Errorf("on the next page: %q", lang(p))
	}
	if href, _ := p.Find(".lang a[hreflang=fi]").Attr("href"); href != "/requests/new?lang=fi" {
		t.Errorf("stays on %q", href)
	}
	if p = midwife.open("/requests/new?lang=xx"); lang(p) != "en" {
		t.Errorf("a language that is none: %q", lang(p))
	}
}

func TestCrossOrigin(t *testing.T) {
	s := newSite(t, nil)
	for name, header := range map[string]http.Header{
		"another origin":                  {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}},
		"old browser":                     {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {}},
		"another site of the same domain": {"Origin": {"http://other.example"}, "Sec-Fetch-Site": {"same-site"}},
	} {
		nurse := s.as("nurse")
		nurse.header = header
		for _, path := range []string{"/requests", "/sign-out", "/sign-in", "/requests/preview", "/requests/x/claim"} {
			if p := nurse.post(path, written(nil)); p.status != 403 {
				t.Errorf("%s: POST %s is answered with %d", name, path, p.status)
			}
		}
	}
	s.as("nurse").open("/requests").want("#rows", "Et ole vielä lähettänyt")
}

func TestHost(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.Hosts = []string{"silta.example:8080"} })
	for host, want := range map[string]int{"evil.example": 421, "silta.example:8080": 200, "silta.example": 421, "": 200} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.http.URL+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("host %q: %d", host, res.StatusCode)
		}
		req.URL.Path = "/healthz"
		if res, err = http.DefaultClient.Do(req); err != nil || res.StatusCode != 200 {
			t.Errorf("health by host %q: %v", host, err)
		}
		_ = res.Body.Close()
	}
}
