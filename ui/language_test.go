package ui_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"silta/consult"
)

// places are what the parts of addresses that differ are here, and said what the addresses of pages say behind a question mark.
var (
	places = strings.NewReplacer("/pools/:id", "/pools/child-psychiatry", "/people/:id", "/people/nurse", ":number", "1")
	said   = map[string]string{
		"/queue": "concern=mood&municipality=Tampere&pool=child-psychiatry&urgency=soon", "/sign-in": "next=%2Fqueue", "/figures": "period=year",
		"/access": "from=2026-11-01", "/rules/compare": "from=1&to=1", "/openings": "pool=child-psychiatry",
	}
)

// The language is switched on every page: what its address says stays, and so does a page that a refused form has come back on. Only a
// failure, which repeats nothing that was sent, may lead to the first page, and only what is shown once stays as it is. The choice holds on the
// next one.
func TestLanguageStays(t *testing.T) {
	s, names := wholeSite(t)
	c := s.inState(consult.Submitted)
	browsers := []*reader{s.as("nurse"), s.as("childpsych2"), s.as("admin"), s.as("auditor"), s.visitor()}
	shown, refused := 0, 0
	for _, name := range append(names, "GET /nothing") {
		method, path, _ := strings.Cut(name, " ")
		if strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, "/stream") || path == "/sign-out" {
			continue
		}
		path = strings.NewReplacer("/requests/:id", "/requests/"+c.ID).Replace(places.Replace(path))
		if more := said[path]; more != "" && method == http.MethodGet {
			path += "?" + more
		}
		for _, r := range browsers {
			var p *page
			if method == http.MethodGet {
				p = r.get(path)
			} else {
				p = r.post(path, url.Values{"text": {""}, "name": {"x"}})
			}
			if method == http.MethodPost && strings.HasPrefix(path, "/sign-in") && r != browsers[len(browsers)-1] {
				continue // They have signed in.
			}
			if !p.has("html[lang]") || p.status == http.StatusUnauthorized || p.status == http.StatusNotFound && path != "/nothing" {
				continue
			}
			if method == http.MethodGet {
				shown++
			} else {
				refused++
			}
			if p.has("#secrets") {
				p.sole()
				continue
			}
			for _, lang := range append(consult.Languages[1:], consult.Finnish) {
				stays(t, r, p, method, path, lang)
			}
		}
	}
	if shown < 50 || refused < 50 {
		t.Errorf("%d pages and %d refused forms were seen", shown, refused)
	}
}

// stays follows a page's link to a language.
func stays(t *testing.T, r *reader, p *page, method, path string, lang consult.Language) {
	t.Helper()
	link, _ := p.Find("#languages a[hreflang=" + string(lang) + "]").Attr("href")
	to, err := url.Parse(link)
	if err != nil || link == "" {
		t.Errorf("%s %s: %s leads to %q", method, path, lang, link)
		return
	}
	there, status, failed := r.get(link), http.StatusOK, p.text("main .muted.num") == strconv.Itoa(p.status)
	q := to.Query()
	q.Del("lang")
	switch was := strings.TrimSuffix(to.Path+"?"+q.Encode(), "?"); {
	case failed:
		if plain, _, _ := strings.Cut(path, "?"); was != "/" && was != plain {
			t.Errorf("%s %s: from its failure %s leads to %q", method, path, lang, link)
		}
		if there.status == http.StatusSeeOther {
			there = there.follow(r)
		}
		status = there.status
	case method == http.MethodGet && was != path:
		t.Errorf("%s %s: %s leads to %q", method, path, lang, link)
	}
	got, _ := there.Find("html").Attr("lang")
	at, _ := there.Find("#languages [aria-current]").Attr("hreflang")
	if got != string(lang) || at != string(lang) || there.status != status {
		t.Errorf("%s %s: %s leads to %q: %d in %q, where %q is marked", method, path, lang, link, there.status, got, at)
	}
	was, _ := p.Find("html").Attr("lang")
	if same := !failed && (method == http.MethodGet || p.status != http.StatusOK); same && was == string(lang) && there.text("h1") != p.text("h1") {
		t.Errorf("%s %s: the page %q leads to %q at %s", method, path, p.text("h1"), there.text("h1"), link)
	}
	if got, _ := r.get("/help").Find("html").Attr("lang"); got != string(lang) {
		t.Errorf("%s %s: after choosing %s the next page is in %q", method, path, lang, got)
	}
}
