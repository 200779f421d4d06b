package templates_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui/static"
	"silta/ui/templates"
)

func render(t *testing.T, lang consult.Language, s sample) string {
	t.Helper()
	var html strings.Builder
	if err := s.draw(page(localizer(t, lang), s.path)).Render(context.Background(), &html); err != nil {
		t.Fatal(err)
	}
	return html.String()
}

// No message is missing or lacks an argument on any page.
func TestWords(t *testing.T) {
	for _, lang := range consult.Languages {
		for _, s := range samples {
			html := render(t, lang, s)
			if i := strings.Index(html, "⟦"); i >= 0 {
				t.Errorf("%s %s: %s", lang, s.name, html[i:min(i+60, len(html))])
			}
		}
	}
}

// The help shows all that the catalogue has for it.
func TestHelpIsWhole(t *testing.T) {
	said := regexp.MustCompile(`(?m)^help\.([a-z-]+)\.[0-9]+:`)
	for _, lang := range consult.Languages {
		catalogue, err := os.ReadFile("../locale/" + string(lang) + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(samples, func(s sample) bool { return s.name == "help" })
		html := render(t, lang, samples[i])
		all := said.FindAllStringSubmatch(string(catalogue), -1)
		if shown := strings.Count(html, "<li>"); shown != len(all) || shown == 0 {
			t.Errorf("%s: %d paragraphs of %d", lang, shown, len(all))
		}
	}
}

var (
	served = regexp.MustCompile(`/static/[^"]+`)
	inline = regexp.MustCompile(`(?i)<style|<script(?:>| [^>]*>[^<])|\sstyle="|\son[a-z]+="|hx-on|javascript:|js:`)
)

// What a page needs to be complete, the editor of the rules apart, stays below 60 KB as it is sent, and every file that it names
// exists.
func TestWeight(t *testing.T) {
	const limit = 60_000
	for _, s := range samples {
		html := render(t, consult.Finnish, s)
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		if _, err := io.WriteString(z, html); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		weight := zipped.Len()
		for _, url := range slices.Compact(slices.Sorted(slices.Values(served.FindAllString(html, -1)))) {
			r := httptest.NewRequest(http.MethodGet, url, nil)
			r.Header.Set("Accept-Encoding", "gzip, br")
			w := httptest.NewRecorder()
			static.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %s gives %d", s.name, url, w.Code)
			}
			if !strings.Contains(url, "/editor.") {
				weight += w.Body.Len()
			}
		}
		if weight > limit {
			t.Errorf("%s weighs %d bytes, %d of them HTML", s.name, weight, zipped.Len())
		}
	}
}

// Nothing on a page needs an exception from the content security policy, and no id stands twice.
func TestMarkup(t *testing.T) {
	ids := regexp.MustCompile(`\sid="([^"]*)"`)
	templated := regexp.MustCompile(`(?s)<template>.*?</template>`)
	for _, s := range samples {
		html := render(t, consult.English, s)
		if found := inline.FindString(html); found != "" {
			t.Errorf("%s holds %q", s.name, found)
		}
		seen := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(templated.ReplaceAllString(html, ""), -1) {
			if seen[m[1]] {
				t.Errorf("%s: id %q stands twice", s.name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

// What a person typed comes back as text, wherever it stands.
func TestTypedTextIsNoMarkup(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	p := page(localizer(t, consult.English), "/requests/new?x="+evil)
	p.Flashes = []templates.Flash{{Kind: "ok", Text: evil}}
	r := fullRequest(p)
	r.Form.Age, r.Form.Background, r.Form.Name, r.Form.Command = evil, evil, evil, evil
	r.Form.Instruments = []templates.InstrumentForm{{Name: evil, Score: evil, Date: evil}}
	q := heldRequest(p)
	q.Request.Question, q.Request.Timeline[0].Text, q.Request.ID, q.Request.Sender.Name = evil, evil, evil, evil
	q.Input = templates.ActionForm{Action: consult.Answer, Text: evil, Plan: []templates.StepForm{{What: evil}}}
	for _, c := range []interface {
		Render(context.Context, io.Writer) error
	}{r.View(), q.View(), templates.SignIn{Page: p, Name: evil, Next: evil}.View()} {
		var html strings.Builder
		if err := c.Render(context.Background(), &html); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(html.String(), "<script>") {
			t.Error("typed text became markup")
		}
	}
}

// The icons that pages use are those that there are.
func TestIcons(t *testing.T) {
	used := map[string]bool{"check": true, "alert-triangle": true, "alert-octagon": true, "info-circle": true}
	call := regexp.MustCompile(`@(?:icon|nothing)\("([a-z-]+)"`)
	paths, err := filepath.Glob("*.templ")
	if err != nil || len(paths) == 0 {
		t.Fatal("no templates:", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllSubmatch(text, -1) {
			used[string(m[1])] = true
		}
	}
	for name := range used {
		if static.Icon(name) == "" {
			t.Errorf("there is no icon %s", name)
		}
	}
	for _, name := range static.Icons() {
		if !used[name] {
			t.Errorf("nothing uses the icon %s", name)
		}
	}
}

// The language links stay on the page, and lead nowhere else.
func TestLanguageLinks(t *testing.T) {
	for path, want := range map[string]string{
		"/queue?pool=a&after=b": `href="/queue?after=b&amp;lang=sv&amp;pool=a"`,
		"/queue?lang=en":        `href="/queue?lang=sv"`,
		"":                      `href="/?lang=sv"`,
		"//evil.example/":       `href="/?lang=sv"`,
		"https://evil.example/": `href="/?lang=sv"`,
		`/\evil.example/`:       `href="/?lang=sv"`,
		"/\t/evil.example/":     `href="/?lang=sv"`,
	} {
		html := render(t, consult.English, sample{path: path, draw: samples[len(samples)-2].draw})
		if !strings.Contains(html, want) {
			t.Errorf("%q: no %s", path, want)
		}
	}
}

// A page of a narrowed queue says what stands on it, and does not speak for the pages before and behind it.
func TestNarrowedPages(t *testing.T) {
	p := page(localizer(t, consult.English), "/queue")
	one := []templates.Group{{Kind: "unclaimed", Cases: cases(1, consult.Submitted)}}
	for _, c := range []struct {
		queue templates.Queue
		want  string
	}{
		{templates.Queue{}, "No such requests"},
		{templates.Queue{Groups: one}, "The filter finds one request."},
		{templates.Queue{Next: "b"}, "This page has 0 requests that the filter finds. The next may have more."},
		{templates.Queue{Next: "b", Groups: one}, "This page has one request that the filter finds. The next may have more."},
		{templates.Queue{After: "a", Groups: one}, "This page has one request that the filter finds. It is the last one."},
		{templates.Queue{After: "a"}, "This page has 0 requests that the filter finds. It is the last one."},
	} {
		c.queue.Page, c.queue.Municipality = p, "Akaa"
		var html strings.Builder
		if err := c.queue.Rows().Render(t.Context(), &html); err != nil {
			t.Fatal(err)
		}
		if none := strings.Contains(html.String(), "No such requests"); !strings.Contains(html.String(), c.want) || none != (c.want == "No such requests") {
			t.Errorf("with %q before, %q behind and %d here it does not say %q: %s", c.queue.After, c.queue.Next, len(c.queue.Groups), c.want, html.String())
		}
	}
}
