package mail_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui/browsertest"
)

// TestLook opens a mail of every kind in a browser, as a phone and a wide screen show them, light and dark: nothing is cut off, everything
// can be read, nothing is fetched from anywhere, and the plain part says the same, with the same links. With GALLERY set the screenshots are
// kept in that directory.
func TestLook(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		change, ok := samples()[r.URL.Query().Get("mail")]
		if !ok {
			if r.URL.Path == "/favicon.ico" { // which browsers ask for by themselves
				w.WriteHeader(http.StatusNoContent)
				return
			}
			t.Errorf("it asks for %s", r.URL.Path)
			http.NotFound(w, r)
			return
		}
		n := notification()
		n.Language = consult.Language(r.URL.Query().Get("language"))
		change(&n)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, compose(t, n).HTML)
	}))
	defer server.Close()
	tab := browsertest.Start(t).Tab(t)
	gallery := os.Getenv("GALLERY")
	phone := browsertest.Size{Width: 360, Height: 740}
	for name, change := range samples() {
		for _, l := range consult.Languages {
			for _, v := range []struct {
				name     string
				size     browsertest.Size
				scheme   browsertest.Scheme
				barriers func(*browsertest.Tab) []string
			}{
				{"phone", phone, browsertest.Light, (*browsertest.Tab).Axe}, {"phone-dark", phone, browsertest.Dark, (*browsertest.Tab).AxeColours},
				{"narrow", browsertest.Narrow, browsertest.Light, nil}, {"desktop", browsertest.Desktop, browsertest.Light, nil},
				{"desktop-dark", browsertest.Desktop, browsertest.Dark, nil},
			} {
				tab.View(v.size, v.scheme)
				tab.Go(server.URL + "/?mail=" + name + "&language=" + string(l))
				barriers := tab.Clipped()
				if v.barriers != nil && (v.scheme == browsertest.Light || l == consult.Finnish) {
					barriers = append(barriers, v.barriers(tab)...)
				}
				for _, barrier := range barriers {
					t.Errorf("%s, %s, %s: %s", name, l, v.name, barrier)
				}
				dark := browsertest.Value[bool](tab, `getComputedStyle(document.body).backgroundColor === "rgb(20, 24, 27)"`)
				if dark != (v.scheme == browsertest.Dark) {
					t.Errorf("%s, %s, %s: dark is %t", name, l, v.name, dark)
				}
				if v.name == "phone" {
					n := notification()
					n.Language = l
					change(&n)
					sameAsPlain(t, tab, name, compose(t, n).Text)
				}
				if gallery != "" {
					tab.Screenshot(filepath.Join(gallery, fmt.Sprintf("mail-%s-%s-%s.png", name, l, v.name)))
				}
			}
		}
	}
}

// sameAsPlain compares what a browser shows with the plain part, but for spaces and the marks that stand for lines and lists.
func sameAsPlain(t *testing.T, tab *browsertest.Tab, name, plain string) {
	t.Helper()
	var want, links []string
	for line := range strings.Lines(plain) {
		line = strings.TrimRight(line, "\n")
		if link, ok := strings.CutPrefix(line, "  http"); ok { // of a row: a browser shows its text alone
			links = append(links, "http"+link)
			continue
		}
		if strings.HasPrefix(line, "http") {
			links = append(links, line)
		}
		want = append(want, line)
	}
	bare := strings.NewReplacer(" ", "", "\u00a0", "", "\n", "", "\t", "", ":", "", "-", "")
	shown := browsertest.Value[string](tab, `document.body.innerText`)
	if got, text := bare.Replace(shown), "Silta"+bare.Replace(strings.Join(want, "\n")); got != text {
		t.Errorf("%s: the browser shows\n%s\nand the plain part says\n%s", name, shown, plain)
	}
	if got := browsertest.Value[[]string](tab, `[...document.querySelectorAll("a")].map(a => a.getAttribute("href"))`); !slices.Equal(got, links) {
		t.Errorf("%s: links %v, in the plain part %v", name, got, links)
	}
	if fetched := browsertest.Value[[]string](tab, `performance.getEntriesByType("resource").map(e => e.name).filter(name => !name.endsWith("/favicon.ico"))`); len(fetched) > 0 {
		t.Errorf("%s fetches %v", name, fetched)
	}
	if outside := browsertest.Value[int](tab, `document.querySelectorAll("[src], [srcset], link, script, iframe, object, embed, form, [background]").length`); outside > 0 {
		t.Errorf("%s has %d parts that mail programs block", name, outside)
	}
}
