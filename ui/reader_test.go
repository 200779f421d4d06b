package ui_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// reader is a person with a browser that runs no script.
type reader struct {
	t    testing.TB
	site *site
	http *http.Client
	// header is sent with every request.
	header http.Header
	// answered are the headers of the last answer to ask, without those that are of it alone.
	answered http.Header
}

// page is what came back.
type page struct {
	*goquery.Document
	t      testing.TB
	path   string
	status int
	header http.Header
	body   string
}

func (s *site) visitor() *reader {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.check(err)
	return &reader{t: s.t, site: s, header: http.Header{"Accept-Language": {"fi"}}, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as is a person who has signed in.
func (s *site) as(id string) *reader {
	s.t.Helper()
	r := s.visitor()
	p := r.get("/sign-in").submit(r, "#sign-in", url.Values{"name": {id}, "password": {password}})
	if p.status != 303 {
		s.t.Fatalf("%s cannot sign in: %d %s", id, p.status, p.text(".note"))
	}
	return r
}

func (r *reader) do(method, path string, form url.Values) *page {
	r.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.site.http.URL+path, body)
	r.site.check(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", r.site.http.URL)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	maps.Copy(req.Header, r.header)
	res, err := r.http.Do(req)
	r.site.check(err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	r.site.check(err)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(data)))
	r.site.check(err)
	return &page{Document: doc, t: r.t, path: path, status: res.StatusCode, header: res.Header, body: string(data)}
}

func (r *reader) get(path string) *page {
	r.t.Helper()
	return r.do("GET", path, nil)
}

func (r *reader) post(path string, form url.Values) *page {
	r.t.Helper()
	return r.do("POST", path, form)
}

// open gets a page that must be there.
func (r *reader) open(path string) *page {
	r.t.Helper()
	p := r.get(path)
	if p.status != 200 {
		r.t.Fatalf("GET %s: %d %s", path, p.status, p.text("h1"))
	}
	return p
}

// values are what a form of the page would send as it stands.
func (p *page) values(form string) (action string, values url.Values) {
	p.t.Helper()
	f := p.Find(form)
	if f.Length() != 1 {
		p.t.Fatalf("%s: %d forms %q (status %d, %q)", p.path, f.Length(), form, p.status, p.text("h1"))
	}
	action, _ = f.Attr("action")
	values = url.Values{}
	f.Find("input, textarea, select").Each(func(_ int, in *goquery.Selection) {
		if in.Closest("template").Length() > 0 {
			return
		}
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		switch {
		case name == "", (kind == "checkbox" || kind == "radio") && !checked:
			return
		case goquery.NodeName(in) == "textarea":
			value = strings.ReplaceAll(in.Text(), "\n", "\r\n")
		case goquery.NodeName(in) == "select":
			chosen := in.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = in.Find("option").First()
			}
			value, _ = chosen.Attr("value")
		}
		values.Add(name, value)
	})
	return action, values
}

// submit sends a form of the page with some fields filled in as given; a nil list of values clears a field.
func (p *page) submit(r *reader, form string, fill url.Values) *page {
	p.t.Helper()
	action, values := p.values(form)
	for name, vs := range fill {
		delete(values, name)
		if vs != nil {
			values[name] = slices.Clone(vs)
		}
	}
	return r.post(action, values)
}

// follow opens the page that a redirect leads to.
func (p *page) follow(r *reader) *page {
	p.t.Helper()
	if p.status != 303 {
		p.t.Fatalf("%s: %d instead of a redirect: %s %s", p.path, p.status, p.text(".note"), p.text(".error"))
	}
	return r.open(p.header.Get("Location"))
}

// text is what stands at the places that a selector finds, without needless blanks.
func (p *page) text(selector string) string {
	var texts []string
	p.Find(selector).Each(func(_ int, s *goquery.Selection) {
		var words []string
		for _, n := range s.Nodes {
			for child := range n.Descendants() {
				if child.Type == html.TextNode {
					words = append(words, strings.Fields(child.Data)...)
				}
			}
		}
		texts = append(texts, strings.Join(words, " "))
	})
	return strings.Join(texts, " | ")
}

func (p *page) has(selector string) bool { return p.Find(selector).Length() > 0 }

// want fails unless what stands at a selector holds a text.
func (p *page) want(selector, text string) {
	p.t.Helper()
	if got := p.text(selector); !strings.Contains(got, text) {
		p.t.Errorf("%s (%d): %q is %q, without %q", p.path, p.status, selector, got, text)
	}
}

// wantStatus fails unless the status is this one.
func (p *page) wantStatus(status int) *page {
	p.t.Helper()
	if p.status != status {
		p.t.Errorf("%s: status %d instead of %d: %s", p.path, p.status, status, p.text("h1, .note, .error"))
	}
	return p
}

type selection = goquery.Selection
