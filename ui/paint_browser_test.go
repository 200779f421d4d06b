package ui_test

import (
	"net/http"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui/browsertest"
)

// shownPage is a page of the whole site with somebody to whom it is shown.
type shownPage struct{ who, path string }

// shownPages are all pages that are shown to somebody, each once.
func (s *site) shownPages(names []string, request string) (list []shownPage) {
	s.t.Helper()
	who := []string{"", "nurse", "childpsych2", "admin", "auditor"}
	readers := []*reader{s.visitor()}
	for _, id := range who[1:] {
		readers = append(readers, s.as(id))
	}
	for _, name := range names {
		method, path, _ := strings.Cut(name, " ")
		if method != http.MethodGet || strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, "/stream") {
			continue
		}
		path = strings.Replace(places.Replace(path), "/requests/:id", "/requests/"+request, 1)
		for i, r := range readers {
			// A part of a page has no head.
			if p := r.get(path); p.status == http.StatusOK && p.has("head > title") && p.has("html[lang]") {
				list = append(list, shownPage{who[i], path})
				break
			}
		}
	}
	return list
}

// painted is what a page needed.
type painted struct {
	// Blocking are the files without which nothing is painted, and Hidden the typefaces that text waits for.
	Blocking, Hidden []string
	// Weight is how many bytes came as the bodies of the page and its files, but for the editor of the rules.
	Weight int
}

const paint = `document.fonts.ready.then(() => {
	const files = performance.getEntriesByType("resource");
	const faces = [...document.styleSheets].flatMap((s) => [...s.cssRules]).filter((r) => r instanceof CSSFontFaceRule);
	return {
		Blocking: files.filter((f) => f.renderBlockingStatus === "blocking").map((f) => new URL(f.name).pathname),
		Hidden: faces.filter((f) => !["swap", "fallback", "optional"].includes(f.style.fontDisplay)).map((f) => f.cssText),
		Weight: [performance.getEntriesByType("navigation")[0], ...files].filter((f) => !f.name.includes("/editor.")).reduce((n, f) => n + f.encodedBodySize, 0),
	};
})`

// In a real browser each page of a full site paints with its own bytes and one style sheet, its text waits for no typeface, and all that
// comes with it, the first time, stays below 60 KB.
func TestFirstPaintInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s, names := wholeSite(t)
	s.submit(100, 9)
	pages := s.shownPages(names, s.inState(consult.Answered).ID)
	if len(pages) < 25 {
		t.Errorf("only %d pages are shown", len(pages))
	}
	tabs := map[string]*browsertest.Tab{"": b.Tab(t)}
	for _, p := range pages {
		if tabs[p.who] == nil {
			tabs[p.who] = s.screen(t, b, p.who, consult.Finnish).Tab
		}
		tab := tabs[p.who]
		tab.Go(s.http.URL + p.path)
		tab.Until(`document.readyState === "complete"`)
		got := browsertest.Value[painted](tab, paint)
		if len(got.Blocking) != 1 || !strings.HasSuffix(got.Blocking[0], ".css") || len(got.Hidden) > 0 {
			t.Errorf("%s: the first paint waits for %v, and text for %v", p.path, got.Blocking, got.Hidden)
		}
		if got.Weight < 10_000 || got.Weight > 60_000 {
			t.Errorf("%s weighs %d bytes", p.path, got.Weight)
		}
	}
}
