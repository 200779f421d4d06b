package ui_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"silta/consult"
	"silta/ui"
	"silta/ui/problem"
)

// demo is what only the demo has.
func demo(o *ui.Options) {
	o.Demo = &ui.Demo{People: []string{"nurse", "childpsych", "gone"}, Password: password, Mails: func() []ui.Mail {
		return []ui.Mail{{
			ID: "m1", To: "childpsych@silta.example", Subject: "Uusi pyyntö S-2026-0001", At: time.Unix(1_793_600_000, 0),
			Text: "Linkki", HTML: "<p style=\"color:red\">Linkki</p><script>alert(1)</script>",
		}}
	}}
	o.API = func(readers ui.SessionReader, _ *problem.Presenter) ui.API {
		return fakeAPI{readers.SessionActor}
	}
}

// Every page, whatever it is, tells the browser what it may do.
func TestHeaders(t *testing.T) {
	s := newSite(t, demo)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	path := sent(t, nurse, nil)
	check := func(r *reader, path string, status int) {
		t.Helper()
		p := r.get(path)
		if p.status != status {
			t.Errorf("%s: %d", path, p.status)
		}
		h := p.header
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy %q", path, csp)
			}
		}
		if strings.Contains(csp, "unsafe") && !strings.Contains(path, "/body") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if h.Get("Permissions-Policy") == "" || h.Get("X-Request-Id") == "" || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %v", path, h)
		}
		if strings.Contains(p.body, " style=") && !strings.Contains(path, "/body") || strings.Contains(p.body, "<style") {
			t.Errorf("%s: styles that the policy forbids", path)
		}
		if strings.Contains(p.body, "⟦") {
			t.Errorf("%s: a text is missing: %s", path, p.body[max(0, strings.Index(p.body, "⟦")-40):][:80])
		}
	}
	for _, lang := range []string{"fi", "sv", "en"} {
		q := "?lang=" + lang
		for _, p := range []string{"/requests", "/requests/rows", "/requests/new", path, path + "/live", "/demo/mail", "/demo/mail/m1", "/demo/mail/m1/body"} {
			check(nurse, p+q, 200)
		}
		for _, p := range []string{"/queue", "/queue/rows", path} {
			check(psych, p+q, 200)
		}
		check(s.visitor(), "/sign-in"+q, 200)
		for p, status := range map[string]int{"/nowhere": 404, "/requests/none": 404, "/queue": 403, "/demo/mail/none": 404, "/requests/none/live": 404} {
			check(nurse, p+q, status)
		}
	}
	check(s.visitor(), "/healthz", 200)
	check(s.visitor(), "/readyz", 200)
	check(s.visitor(), "/", 303)
	nurse.get("/static/nothing.css").wantStatus(404)
	css, _ := nurse.open("/requests").Find("link[rel=stylesheet]").Attr("href")
	if got := nurse.open(css).header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("the style sheet is kept %q", got)
	}
}

func TestHTTPSOnly(t *testing.T) {
	s := newSite(t, func(o *ui.Options) {
		o.PublicURL, o.Hosts = "https://silta.example.fi", []string{"*"}
	})
	r := s.visitor()
	p := r.open("/sign-in")
	if p.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	in := p.submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(303)
	cookies := strings.Join(in.header.Values("Set-Cookie"), "\n")
	for _, part := range []string{"__Host-silta=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookies, part) {
			t.Errorf("%s is not in %s", part, cookies)
		}
	}
}

func TestReadiness(t *testing.T) {
	checks := []ui.Check{{Name: "journal", Status: ui.CheckOK}}
	s := newSite(t, func(o *ui.Options) { o.Ready = func(context.Context) []ui.Check { return checks } })
	for _, tc := range []struct {
		add    ui.CheckStatus
		status int
		want   ui.CheckStatus
	}{{ui.CheckOK, 200, ui.CheckOK}, {ui.CheckWarning, 200, ui.CheckWarning}, {ui.CheckFailed, 503, ui.CheckFailed}, {ui.CheckWarning, 503, ui.CheckFailed}} {
		checks = append(checks, ui.Check{Name: "nats", Status: tc.add, Detail: "why"})
		p := s.visitor().get("/readyz").wantStatus(tc.status)
		var got struct {
			Status ui.CheckStatus
			Checks []ui.Check
		}
		if err := json.Unmarshal([]byte(p.body), &got); err != nil || got.Status != tc.want || len(got.Checks) != len(checks) {
			t.Errorf("%s: %v", p.body, err)
		}
	}
}

func TestMetricsAndLog(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	path := sent(t, nurse, nil)
	nurse.open(path)
	nurse.do("BREW", "/requests", nil)
	nurse.get("/SALAISUUS").wantStatus(404)
	nurse.get("/static/SALAISUUS.css").wantStatus(404)
	p := s.visitor().open("/metrics")
	for _, want := range []string{
		`silta_http_request_duration_seconds_count{method="GET",route="/requests/:id",status="200"} 1`,
		`silta_http_request_duration_seconds_count{method="POST",route="/requests",status="303"} 1`,
		`{method="other"`, `{method="GET",route="unknown",status="404"`, "silta_live_pages 0",
	} {
		if !strings.Contains(p.body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(p.body, "SALAISUUS") || strings.Contains(s.logs.String(), "SALAISUUS") {
		t.Error("an address that somebody typed is in the metrics or in the log")
	}
	var found bool
	for line := range strings.Lines(s.logs.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry["route"] == "/requests/:id" {
			found = entry["method"] == "GET" && entry["status"] == 200.0 && entry["person"] == "nurse" && entry["request"] != ""
		}
	}
	if !found {
		t.Errorf("the log is\n%s", s.logs)
	}
}

// What a program does stands in the log with whom it acts for and with which token, refusals included.
func TestProgramsInTheLog(t *testing.T) {
	s, _ := wholeSite(t)
	secret, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{Person: "nurse", Scopes: []consult.TokenScope{consult.ScopeRead}})
	s.check(err)
	tokens, err := s.service.Tokens(consult.System, "nurse")
	s.check(err)
	program := s.visitor()
	program.header.Set("Authorization", "Bearer "+secret)
	program.get("/api/v1/pools").wantStatus(200)
	program.do("POST", "/api/v1/consultations", nil).wantStatus(403)
	found := 0
	for line := range strings.Lines(s.logs.String()) {
		if strings.Contains(line, `"route":"/api/v1/`) && strings.Contains(line, `"person":"nurse","token":"`+tokens[0].Short()+`"`) {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 requests say who sent them:\n%s", found, s.logs)
	}
	if strings.Contains(s.logs.String(), secret) {
		t.Error("the log holds a token")
	}
}

// A marker typed into every field of every form is found on pages and nowhere else.
func TestNothingTypedLeaks(t *testing.T) {
	s := newSite(t, nil)
	const marker = "Salaisuus7"
	nurse, psych := s.as("nurse"), s.as("childpsych")
	var out strings.Builder
	seen := func(p *page) *page {
		out.WriteString(strings.Join([]string{p.path, p.header.Get("Location"), strings.Join(p.header.Values("Set-Cookie"), " ")}, "\n"))
		return p
	}
	fill := func(p *page, form string) url.Values {
		_, values := p.values(form)
		for name := range values {
			if name != "command" && name != "version" {
				values[name] = []string{marker}
			}
		}
		return values
	}
	// Wrong in every field, then right.
	form := nurse.open("/requests/new")
	seen(form.submit(nurse, "form.two", fill(form, "form.two"))).wantStatus(422)
	typed := written(url.Values{"background": {marker}, "tried": {marker}, "assessment": {marker}, "question": {marker}})
	seen(nurse.post("/requests/preview", typed)).wantStatus(200)
	path := seen(form.submit(nurse, "form.two", typed)).header.Get("Location")
	seen(psych.open(path).submit(psych, "form[action$='/claim']", nil))
	for _, action := range []string{"ask", "answer", "hand-over", "join"} {
		p := psych.open(path)
		seen(p.submit(psych, "form[action$='/"+action+"']", fill(p, "form[action$='/"+action+"']")))
	}
	for _, action := range []string{"reply", "add", "withdraw"} {
		p := nurse.open(path)
		seen(p.submit(nurse, "form[action$='/"+action+"']", url.Values{"text": {marker}, "reason": {marker}}))
	}
	visitor := s.visitor()
	seen(visitor.open("/sign-in").submit(visitor, "#sign-in", url.Values{"name": {marker}, "password": {marker}}))
	seen(nurse.get("/" + marker))
	seen(nurse.get("/requests?after=" + marker + "&x=" + marker))
	out.WriteString(s.logs.String())
	out.WriteString(s.visitor().get("/metrics").body)
	leaks := strings.ReplaceAll(out.String(), "/"+marker, "") // The address that was asked for itself.
	leaks = strings.ReplaceAll(leaks, "after="+marker+"&x="+marker, "")
	if at := strings.Index(leaks, marker); at >= 0 {
		t.Errorf("leaked: …%s", leaks[max(0, at-200):at+20])
	}
	if !strings.Contains(nurse.open(path).body, marker) {
		t.Error("the test types nothing")
	}
}

// What a person must not know does not exist, whatever is asked of it.
func TestForeignRequest(t *testing.T) {
	s := newSite(t, nil)
	path := sent(t, s.as("nurse"), nil)
	for _, id := range []string{"midwife", "youthpsych", "admin", "auditor"} {
		r := s.as(id)
		for _, p := range []string{"", "/live", "/stream"} {
			if got := r.get(path + p); got.status != 404 || strings.Contains(got.body, "S-2026-0001") {
				t.Errorf("%s, GET %s: %d", id, p, got.status)
			}
		}
		for _, action := range consult.Actions[1:13] {
			if got := r.post(path+"/"+string(action), url.Values{"text": {"x"}, "reason": {"x"}, "pool": {"child-protection"}}); got.status != 404 {
				t.Errorf("%s, %s: %d", id, action, got.status)
			}
		}
	}
	for _, id := range []string{"../x", "%2e%2e", "x%00", "X", strings.Repeat("a", 65)} {
		s.as("nurse").get("/requests/" + id).wantStatus(404)
	}
}

func TestMountedAPI(t *testing.T) {
	s := newSite(t, demo)
	if p := s.as("nurse").get("/api/v1/me"); p.body != "nurse" {
		t.Errorf("the API sees %q", p.body)
	}
	if p := s.visitor().get("/api/v1/me"); p.status != 401 {
		t.Errorf("the API sees %q", p.body)
	}
	if p := s.visitor().get("/api/v1/nothing"); p.status != 499 {
		t.Errorf("below /api: %d", p.status)
	}
}

func TestDemo(t *testing.T) {
	s := newSite(t, demo)
	r := s.visitor()
	people := r.open("/sign-in")
	people.want(".people", "Lauri Laine")
	people.want(".people", "Lastenpsykiatria")
	r.open("/demo/mail").want(".case-link", "Uusi pyyntö S-2026-0001")
	p := r.open("/demo/mail/m1")
	frame, _ := p.Find("iframe[sandbox]").Attr("src")
	body := r.open(frame)
	if csp := body.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script") {
		t.Errorf("policy of a mail: %s", csp)
	}
	sending := newSite(t, func(o *ui.Options) { demo(o); o.Demo.Mails = nil })
	sending.visitor().open("/sign-in").want(".people", "Lauri Laine")
	without := newSite(t, nil)
	for _, path := range []string{"/demo/mail", "/demo/mail/m1", "/demo/mail/m1/body"} {
		sending.visitor().get(path).wantStatus(404)
		without.visitor().get(path).wantStatus(404)
	}
	if p := without.visitor().open("/sign-in"); p.has(".people") {
		t.Error("people are shown outside the demo")
	}
}

// broken is a service that fails, or panics, where it lists.
type broken struct {
	ui.Service
	fail func() error
}

func (b broken) List(context.Context, consult.Actor, consult.ListFilter) (consult.Page, error) {
	return consult.Page{}, b.fail()
}

func TestFaultsOfOurOwn(t *testing.T) {
	for name, tc := range map[string]struct {
		fail   func() error
		status int
	}{
		"unknown":     {func() error { return errors.New("the disk is on fire") }, 500},
		"panic":       {func() error { panic("Salaisuus7") }, 500},
		"runtime":     {func() error { return []error{}[len(t.Name())] }, 500},
		"unavailable": {func() error { return consult.Fail(consult.Unavailable, "unavailable") }, 503},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(o *ui.Options) { o.Service = broken{o.Service, tc.fail} })
			p := s.as("nurse").get("/requests").wantStatus(tc.status)
			log := s.logs.String()
			if id := p.text("code"); tc.status == 500 && (id == "" || !strings.Contains(log, id)) {
				t.Errorf("the id %q is not in the log", id)
			}
			if strings.Contains(p.body, "disk is on fire") || strings.Contains(log, "Salaisuus7") {
				t.Error("more is told than should be")
			}
			p.want("h1", " ")
		})
	}
}

func TestOptions(t *testing.T) {
	if _, err := ui.New(ui.Options{}); err == nil {
		t.Error("a server of nothing")
	}
	s := newSite(t, nil)
	for _, public := range []string{"", "silta.example", "ftp://silta.example", "https://silta.example/path", "://"} {
		func() {
			var err error
			s.change = func(o *ui.Options) {
				o.PublicURL = public
				_, err = ui.New(*o)
				o.PublicURL = "http://" + s.http.Listener.Addr().String()
			}
			s.restart()
			if err == nil {
				t.Errorf("%q is a public address", public)
			}
		}()
	}
}

func TestMethods(t *testing.T) {
	figures := prometheus.NewRegistry()
	figures.MustRegister(collectors.NewGoCollector())
	s := newSite(t, func(o *ui.Options) { o.Metrics = figures })
	nurse := s.as("nurse")
	nurse.do(http.MethodHead, "/requests", nil).wantStatus(200)
	nurse.do(http.MethodDelete, "/requests", nil).wantStatus(405)
	nurse.do(http.MethodTrace, "/requests", nil).wantStatus(405)
	nurse.post("/queue", url.Values{}).wantStatus(405)
	// Pages are compressed for who takes that.
	nurse.header.Set("Accept-Encoding", "gzip")
	if p := nurse.do("GET", "/requests/new", nil); p.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(p.body, "\x1f\x8b") {
		t.Errorf("compressed by %q", p.header.Get("Content-Encoding"))
	}
	// So are the figures, once.
	plain, err := gzip.NewReader(strings.NewReader(nurse.do("GET", "/metrics", nil).body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(plain); err != nil || !strings.Contains(string(text), "\nsilta_http_request_duration_seconds_bucket{") {
		t.Errorf("figures: %.200q, %v", text, err)
	}
	nurse.header.Del("Accept-Encoding")
	// What is no form is none.
	p := nurse.do("POST", "/requests", nil)
	p.wantStatus(422)
}
