package templates_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui/browsertest"
	"silta/ui/static"
)

// policy is the content security policy that the server sends with every page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"

// spoken is the language of the sample page that asks.
func spoken(r *http.Request) consult.Language {
	page, err := url.Parse(r.Referer())
	if err != nil {
		return consult.Finnish
	}
	lang, _, _ := strings.Cut(strings.TrimPrefix(page.Path, "/"), "/")
	return consult.Language(lang)
}

// serve serves every sample at /LANGUAGE/NAME, and what the pages ask for.
func serve(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	for _, lang := range consult.Languages {
		l := localizer(t, lang)
		for _, s := range samples {
			mux.HandleFunc("GET /"+string(lang)+"/"+s.name, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if err := s.draw(page(l, s.path)).Render(r.Context(), w); err != nil {
					t.Error(err)
				}
			})
		}
	}
	mux.HandleFunc("GET /frame", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="fi"><title>Viesti</title><main><h1>S-2026-0042</h1><p>Pyyntö odottaa vastausta.</p></main>`)
	})
	mux.HandleFunc("POST /requests/preview", func(w http.ResponseWriter, r *http.Request) {
		p := emptyRequest(page(localizer(t, spoken(r)), "/requests/new"))
		if err := p.Live().Render(r.Context(), w); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /rules/check", func(w http.ResponseWriter, r *http.Request) {
		p := rulesFound(page(localizer(t, spoken(r)), "/rules"))
		if err := p.Live().Render(r.Context(), w); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /sign-in/passkey/ask", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"challenge":"AAAAAAAAAAAAAAAAAAAAAA","rpId":"silta.test","userVerification":"required"}`)
	})
	mux.HandleFunc("POST /drafts/{id}", func(http.ResponseWriter, *http.Request) {})
	stream := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}
	for _, path := range []string{"/queue/stream", "/requests/stream", "/requests/r1/stream"} {
		mux.HandleFunc("GET "+path, stream)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(func() { go server.Close() })
	return server
}

// No page has a barrier, a console error, a refusal of the policy or a sideways scroll, in any language, scheme or size.
// With GALLERY naming a folder, a screenshot of each is written there.
func TestPages(t *testing.T) {
	server := serve(t)
	b := browsertest.Start(t)
	for _, lang := range consult.Languages {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			tab := b.Tab(t)
			for _, s := range samples {
				t.Run(s.name, func(t *testing.T) { look(t, tab, server.URL, lang, s.name) })
			}
		})
	}
}

// printed are the pages that somebody wants on paper.
var printed = []string{
	"record-print", "request", "request-unclaimed", "request-answered", "figures", "figures-short", "pool", "services", "rules-sentences", "access-extract",
	"queue", "help", "accessibility", "recovery",
}

// unmarked finds what has no outline of its own, after it, or on the next element when it has the focus. The editor
// of the rules marks itself a moment later.
const unmarked = `(() => {
	const outlined = (e, part) => e && getComputedStyle(e, part).outlineStyle !== "none" && parseFloat(getComputedStyle(e, part).outlineWidth) > 0;
	const bare = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']:not(.cm-content)")].filter((e) => {
		if (!e.checkVisibility({visibilityProperty: true}) || e.disabled || e.type === "hidden") return false;
		e.focus({focusVisible: true});
		return document.activeElement === e && !outlined(e) && !outlined(e, "::after") && !outlined(e.nextElementSibling);
	});
	document.activeElement?.blur();
	return bare.map((e) => e.outerHTML.slice(0, 80)).join("\n");
})()`

// unfold opens all that is folded up, and fold closes it again.
const (
	unfold = `[...document.querySelectorAll("details:not([open])")].forEach((e) => { e.open = true; e.dataset.unfolded = ""; }), true`
	fold   = `[...document.querySelectorAll("[data-unfolded]")].forEach((e) => { e.open = false; delete e.dataset.unfolded; }), true`
)

// unframed finds badges, chosen chips and marked tabs that have neither a frame nor a mark in forced colours, where backgrounds are all alike.
const unframed = `[...document.querySelectorAll(".badge, .chip span, .segment span, .btn, .note, input:not([type=hidden]), textarea, select")].filter((e) => {
	const s = getComputedStyle(e);
	return e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1 && s.appearance === "none" && s.borderTopStyle === "none" && s.outlineStyle === "none";
}).map((e) => e.outerHTML.slice(0, 100)).join("\n")`

// moving finds what moves, although the person wants less of that.
const moving = `[...document.querySelectorAll("body *")].filter((e) => {
	const s = getComputedStyle(e);
	return s.animationName !== "none" || s.transitionProperty !== "none" && s.transitionDuration.split(",").some((d) => parseFloat(d) > 0);
}).map((e) => e.outerHTML.slice(0, 80)).join("\n")`

// controls finds what is of use on a screen only.
const controls = `[...document.querySelectorAll("button, nav, summary, dialog, input, select, textarea, .btn")]
	.filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1).map((e) => e.outerHTML.slice(0, 80)).join("\n")`

func look(t *testing.T, tab *browsertest.Tab, url string, lang consult.Language, name string) {
	gallery := os.Getenv("GALLERY")
	tab.View(browsertest.Desktop, browsertest.Light)
	tab.Go(url + "/" + string(lang) + "/" + name)
	for _, v := range []struct {
		name   string
		size   browsertest.Size
		scheme browsertest.Scheme
	}{
		{"desktop-light", browsertest.Desktop, browsertest.Light}, {"desktop-dark", browsertest.Desktop, browsertest.Dark},
		{"phone-dark", browsertest.Phone, browsertest.Dark}, {"phone-light", browsertest.Phone, browsertest.Light},
	} {
		tab.View(v.size, v.scheme)
		// The last look is at what is folded up elsewhere.
		barriers, last := tab.Axe, v.name == "phone-light"
		if v.scheme == browsertest.Dark {
			barriers = tab.AxeColours
		}
		if last {
			browsertest.Value[bool](tab, unfold)
		}
		for _, fault := range barriers() {
			t.Errorf("%s %s %s: %s", lang, name, v.name, fault)
		}
		for _, fault := range tab.Clipped() {
			t.Errorf("%s %s %s: %s", lang, name, v.name, fault)
		}
		if last {
			browsertest.Value[bool](tab, fold)
		}
		if gallery != "" {
			tab.Screenshot(filepath.Join(gallery, fmt.Sprintf("%s-%s-%s.png", name, lang, v.name)))
		}
	}
	if got := browsertest.Value[string](tab, unmarked); got != "" {
		t.Errorf("%s %s does not show where the focus is: %s", lang, name, got)
	}
	// Where the person has colours of their own, the focus is seen, and what only a colour told apart; nothing moves for who wants calm.
	if lang == consult.Finnish {
		tab.Forced()
		if got := browsertest.Value[string](tab, unmarked); got != "" {
			t.Errorf("%s in forced colours does not show where the focus is: %s", name, got)
		}
		if got := browsertest.Value[string](tab, unframed); got != "" {
			t.Errorf("%s in forced colours tells apart by colour alone: %s", name, got)
		}
		if got := browsertest.Value[string](tab, moving); got != "" {
			t.Errorf("%s moves for who wants calm: %s", name, got)
		}
		if gallery != "" {
			tab.Screenshot(filepath.Join(gallery, fmt.Sprintf("%s-%s-forced.png", name, lang)))
		}
	}
	// 320 CSS pixels are also what a window of 1280 has at a zoom of 400 %.
	for _, size := range []browsertest.Size{browsertest.Zoomed, browsertest.Narrow} {
		tab.View(size, browsertest.Light)
		for _, fault := range tab.Clipped() {
			t.Errorf("%s %s at %d: %s", lang, name, size.Width, fault)
		}
	}
	tab.Paper()
	for _, fault := range tab.Clipped() {
		t.Errorf("%s %s on paper: %s", lang, name, fault)
	}
	if got := browsertest.Value[string](tab, controls); got != "" && slices.Contains(printed, name) {
		t.Errorf("%s %s has on paper what cannot be pressed there: %s", lang, name, got)
	}
	if gallery != "" {
		tab.Screenshot(filepath.Join(gallery, fmt.Sprintf("%s-%s-paper.png", name, lang)))
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s %s: %s", lang, name, fault)
	}
}
