package ui_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"silta/consult"
	"silta/ui/browsertest"
)

// bare fails if the page shows what only a script makes true.
func (w *screen) bare() {
	w.t.Helper()
	const shown = `[...document.querySelectorAll(".script-only")].filter((e) => e.checkVisibility()).map((e) => e.textContent.trim()).join(", ")`
	if got := browsertest.Value[string](w.Tab, shown); got != "" {
		w.t.Errorf("without script %s shows: %s", browsertest.Value[string](w.Tab, "location.pathname"), got)
	}
}

// The main job in two real browsers that run no script: each page is asked for by its people, and everything is there.
func TestMainJobWithoutScriptInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	nurse, psych := s.screen(t, b, "nurse", consult.Finnish), s.screen(t, b, "childpsych", consult.Finnish)
	nurse.Scripts(false)
	psych.Scripts(false)
	write := func(w *screen, selector, text string) {
		t.Helper()
		w.ready(selector)
		w.Run(chromedp.SendKeys(chromedp.CSS(selector), text))
	}

	nurse.open("/requests/new")
	write(nurse, "#r-client-age", "9")
	nurse.click("[name=concerns][value=mood]")
	write(nurse, "#r-question", "Mitä teemme seuraavaksi?")
	nurse.click("[name=check]")
	nurse.shows(".where-pool", "Lastenpsykiatria")
	if got := browsertest.Value[string](nurse.Tab, `document.getElementById("r-question").value`); got != "Mitä teemme seuraavaksi?" {
		t.Errorf("after looking where it would go the question is %q", got)
	}
	nurse.click("#send .btn-primary")
	nurse.shows(".flashes", "S-2026-0001 on lähetetty")
	path := browsertest.Value[string](nurse.Tab, "location.pathname")

	psych.open("/queue")
	psych.shows(".case", "S-2026-0001")
	psych.bare()
	psych.click(".case-link")
	psych.ready(`form[action$="/claim"] button`)
	psych.click(`form[action$="/claim"] button`)
	psych.ready(".state-claimed")
	psych.bare()
	psych.click("#panel-ask > summary")
	write(psych, "#ask-text", "Miten hän nukkuu?")
	psych.click("#panel-ask .btn-primary")
	psych.ready(".state-waiting")

	nurse.open(path)
	write(nurse, "#reply-text", "Huonosti.")
	nurse.click("#panel-reply .btn-primary")
	nurse.ready(".state-claimed")

	psych.open(path)
	psych.shows("#timeline", "Huonosti.")
	write(psych, "#answer-text", "Aloittakaa univajeen hoidosta.")
	psych.click("#panel-answer [name=disposition][value=advice]")
	write(psych, `[name="plan.0.what"]`, "Unipäiväkirja")
	psych.click("#panel-answer form > .btn-primary")
	psych.ready(".state-answered")

	nurse.open(path)
	nurse.shows("#timeline", "Unipäiväkirja")
	for _, name := range []string{"outcome", "referral", "value_client", "value_me"} {
		nurse.click("#panel-close [name=" + name + "]")
	}
	nurse.click("#panel-close .btn-primary")
	nurse.shows(".flashes", "on päätetty")
	nurse.ready(".state-closed")
	nurse.sound()
	psych.sound()
}
