package ui_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// do runs a script in the page.
func (w *screen) do(script string) {
	w.t.Helper()
	w.Run(chromedp.Evaluate[chromedp.Void](script + ", undefined"))
}

// cutOff has nothing reach the server that a script sends, until reached.
func (w *screen) cutOff() {
	w.do(`window.line = fetch, window.fetch = () => Promise.reject(new TypeError("cut"))`)
}
func (w *screen) reached() { w.do(`window.fetch = line, dispatchEvent(new Event("online"))`) }

// What was typed while nothing reached the server stays, is not sent into the void, and is kept as soon as something does.
func TestCutOffInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	nurse := s.screen(t, b, "nurse", consult.Finnish)
	nurse.open("/requests/new")
	nurse.reach("#r-client-age", "9")
	nurse.reach("[name=concerns][value=mood]", " ")
	nurse.shows(".draft", "Luonnos tallessa")
	nurse.cutOff()
	nurse.reach("#r-question", "Mitä teemme?")
	nurse.shows("#cut", "jatka vain: teksti säilyy sivulla")
	nurse.reach("#send .btn-primary", kb.Enter)
	nurse.shows("#cut", "eikä mitään lähetetty")
	nurse.Until(`document.getElementById("r-question").value === "Mitä teemme?"`)
	nurse.reached()
	nurse.shows(".draft", "Luonnos tallessa")
	nurse.Faults() // The browser was right to complain of what did not arrive.
	// The button sends once, however often it is pressed.
	nurse.do(`[1, 2, 3].forEach(() => document.querySelector("#send .btn-primary").click())`)
	nurse.focus(".flashes", "S-2026-0001 on lähetetty")
	if n := s.as("nurse").open("/requests").Find("#group-open .case").Length(); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
	// What was sent is not in the form that the way back leads to, where it would be sent again.
	nurse.do(`history.back()`)
	nurse.Until(`document.readyState === "complete" && location.pathname !== "/requests/new" || document.getElementById("r-question")?.value === ""`)
	nurse.sound()
}

// Who is writing when the request is handed over to others is told, and keeps what they have written.
func TestHandedOverInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	id := s.submit(1, 9)[0]
	do := func(who string, cmd consult.Command) {
		t.Helper()
		_, err := s.service.Do(t.Context(), s.actor(who), id, cmd, consult.Change{})
		s.check(err)
	}
	do("childpsych", consult.ClaimCommand{})
	writer, other := s.screen(t, b, "childpsych", consult.Finnish), s.screen(t, b, "childpsych2", consult.Finnish)
	for _, w := range []*screen{writer, other} {
		w.open("/requests/" + id)
		w.Until(listening)
	}
	writer.reach("#answer-text", "Aloittakaa univajeen hoidosta.")
	writer.shows(".draft", "Luonnos tallessa")
	do("childpsych2", consult.HandOverCommand{Pool: "youth-psychiatry", Reason: "Ikä"})
	other.shows("main", "siirtää toiselle tiimille") // They had written nothing.
	writer.shows("#cut", "siirtää toiselle tiimille")
	writer.reach("[name=disposition]", " ")
	writer.reach("#panel-answer .btn-primary", kb.Enter)
	writer.Until(`document.getElementById("written")?.value === "Aloittakaa univajeen hoidosta."`)
	for _, w := range []*screen{writer, other} {
		w.Faults() // The browser was right to complain of what was refused.
	}
}

// patience has the page wait for seconds only when it is told that they have passed.
const patience = `{
	const later = setTimeout, never = clearTimeout, waits = window.waits = new Map();
	let last = 0;
	window.setTimeout = (act, ms, ...more) => ms >= 3000 && ms <= 40000 ? (waits.set(--last, act), last) : later(act, ms, ...more);
	window.clearTimeout = (id) => waits.delete(id) || never(id);
	window.passes = () => { const due = [...waits.values()]; waits.clear(); for (const act of due) act(); };
}`

// A connection that has fallen silent is noticed: the page begins it anew, and says so where that takes long.
func TestSilenceInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	beats := make(chan struct{})
	s := newSite(t, beating(beats))
	psych := s.screen(t, b, "childpsych", consult.Finnish)
	psych.Before(patience)
	psych.open("/queue")
	psych.Until(listening + ` && waits.size === 1`)
	// A sign of life is one: what was waited for is waited for anew.
	psych.do(`window.before = [...waits.values()][0]`)
	beats <- struct{}{}
	psych.Until(`waits.size === 1 && [...waits.values()][0] !== before`)

	psych.do(`document.addEventListener("htmx:sse:after:connection", () => window.anew = true), passes()`)
	psych.Until(`window.anew`)
	psych.Until(`!document.querySelector("#cut .note")`)

	psych.do(`window.line = fetch, window.fetch = (url, options) => new Promise((_, failed) => {
		window.tried = true;
		options.signal.addEventListener("abort", () => failed(new TypeError("cut")));
	}), passes()`)
	psych.Until(`window.tried`)
	psych.do(`window.fetch = line, passes()`)
	psych.shows("#cut", "Yhteys palvelimeen on poikki")
	psych.Until(`!document.querySelector("#cut .note")`)
	psych.Until(listening)
	sent(t, s.as("nurse"), nil)
	psych.shows("#rows", "S-2026-0001")
	psych.Faults() // The browser was right to complain of what was cut off.
}

// Whoever is signed out while they write is told, and finds each text again after signing in: with the link, and by sending.
func TestSessionEndsInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	nurse, psych := s.screen(t, b, "nurse", consult.Finnish), s.screen(t, b, "childpsych", consult.Finnish)
	asked := sent(t, s.as("nurse"), nil)
	pool := s.as("childpsych")
	pool.open(asked).submit(pool, "form[action$='/claim']", nil)
	pool.open(asked).submit(pool, "form[action$='/ask']", url.Values{"text": {"Kuinka kauan?"}})
	held := sent(t, s.as("nurse"), nil)
	pool.open(held).submit(pool, "form[action$='/claim']", nil)

	for _, c := range []struct {
		who                     *screen
		path, open, field, send string
	}{
		{nurse, "/requests/new", "", "r-question", "#send .btn-primary"},
		{nurse, asked, "", "reply-text", "#panel-reply .btn-primary"},
		{psych, held, "", "answer-text", "#panel-answer .btn-primary"},
		{psych, held, "#panel-ask > summary", "ask-text", "#panel-ask .btn-primary"},
	} {
		for _, way := range []string{"#cut a", c.send} {
			w, text := c.who, fmt.Sprintf("Lause %s, %s.", c.field, way)
			w.open(c.path)
			w.Until(listening)
			if c.open != "" {
				w.do(fmt.Sprintf(`document.querySelector(%q).parentElement.open = true`, c.open))
			}
			w.do(fmt.Sprintf(`document.getElementById(%q).value = ""`, c.field))
			// Begun before the session ends: a page on which nothing is typed leads to the sign-in at once.
			w.do(fmt.Sprintf(`document.getElementById(%q).dispatchEvent(new Event("input", {bubbles: true}));
				fetch("/sign-out", {method: "POST"}).then(() => window.out = true)`, c.field))
			w.Until("window.out")
			w.Run(chromedp.SendKeys(chromedp.CSS("#"+c.field), text))
			w.shows("#cut", "Istuntosi on päättynyt")
			w.click(way)
			w.focus("#sign-in-name", "")
			w.shows("#sign-in-problem", "kirjoittamasi on tallessa")
			w.keys(map[*screen]string{nurse: "nurse", psych: "childpsych"}[w], kb.Tab, password, kb.Enter)
			w.focus(".flashes", "Kirjoittamasi on tallella")
			w.Until(fmt.Sprintf(`document.getElementById(%q).value === %q && document.getElementById(%[1]q).checkVisibility()`, c.field, text))
			w.Faults() // The browser was right to complain of what was refused.
		}
	}
}

// A page that comes back whole out of the browser's memory is asked for again. Chromium, in these tests, keeps none that says "no-store";
// Safari does over http, and empties the form. So the browser is made to say that it has.
func TestWayBackInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	nurse := s.screen(t, b, "nurse", consult.Finnish)
	nurse.open("/requests/new")
	nurse.reach("#r-question", "Mitä teemme?")
	nurse.shows(".draft", "Luonnos tallessa")
	nurse.Until(`location.search.startsWith("?draft=") && document.getElementById("r-question").form.dataset.unsaved === ""`)
	nurse.do(`window.old = document.getElementById("r-question").form, old.reset(), old.dataset.unsaved = "typed"`)
	nurse.do(`dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}))`)
	nurse.Until(`!window.old && document.readyState === "complete" && document.getElementById("r-question")?.value === "Mitä teemme?"`)
	nurse.sound()
}
