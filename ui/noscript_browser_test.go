package ui_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"silta/consult"
	"silta/ui/browsertest"
)

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

	date := func(w *screen, selector, day string) {
		t.Helper()
		w.Run(chromedp.SetValue(chromedp.CSS(selector), day))
	}
	open := func(w *screen, details string) {
		t.Helper()
		w.click(details + " > summary")
		w.ready(details + "[open]")
	}
	// What needs a script is not there.
	bare := func(w *screen, name string) {
		t.Helper()
		const useless = `[...document.querySelectorAll(".script-only, [type=button]")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML).join("\n")`
		if got := browsertest.Value[string](w.Tab, useless); got != "" {
			t.Errorf("%s offers what does not work: %s", name, got)
		}
		w.picture(name)
	}

	// Concerns are chips without a filter, and instruments have rows enough, more of them with each look at where it would go.
	nurse.open("/requests/new")
	write(nurse, "#r-client-age", "9")
	nurse.click("[name=concerns][value=mood]")
	nurse.click("[name=concerns][value=eating]")
	open(nurse, "details:has(#r-instruments)")
	for i, row := range [][3]string{{"SDQ", "17", "2026-11-01"}, {"PHQ-A", "12", "2026-10-30"}, {"SCOFF", "3", "2026-11-02"}} {
		write(nurse, fmt.Sprintf(`[name="instruments.%d.name"]`, i), row[0])
		write(nurse, fmt.Sprintf(`[name="instruments.%d.score"]`, i), row[1])
		date(nurse, fmt.Sprintf(`[name="instruments.%d.date"]`, i), row[2])
	}
	write(nurse, "#r-question", "Mitä teemme seuraavaksi?")
	bare(nurse, "noscript-1-write")
	nurse.click("[name=check]")
	nurse.shows(".where-pool", "Lastenpsykiatria")
	nurse.shows("#preview", "Lastensuojelu")
	if got := browsertest.Value[string](nurse.Tab, `document.getElementById("r-question").value`); got != "Mitä teemme seuraavaksi?" {
		t.Errorf("after looking where it would go the question is %q", got)
	}
	const rows = `[...document.querySelectorAll("#r-instruments [data-row]")].filter((r) => r.checkVisibility()).length`
	if got := browsertest.Value[int](nurse.Tab, rows); got != 5 {
		t.Errorf("with three instruments there are %d rows", got)
	}
	nurse.click("#send .btn-primary")
	nurse.shows(".flashes", "S-2026-0001 on lähetetty")
	nurse.shows("table.plain td", "30.10.2026")
	nurse.shows("table.plain td", "SCOFF")
	path := browsertest.Value[string](nurse.Tab, "location.pathname")

	psych.open("/queue")
	psych.shows(".case", "S-2026-0001")
	open(psych, ".filters")
	psych.Run(chromedp.SetValue(chromedp.CSS(".filters [name=concern]"), "eating"))
	psych.click(".filters .btn")
	psych.shows(".found", "yksi pyyntö")
	bare(psych, "noscript-3-queue")
	psych.click(".case-link")
	psych.ready(`form[action$="/claim"] button`)
	psych.click(`form[action$="/claim"] button`)
	psych.ready(".state-claimed")
	psych.click("#panel-ask > summary")
	write(psych, "#ask-text", "Miten hän nukkuu?")
	psych.click("#panel-ask .btn-primary")
	psych.ready(".state-waiting")

	nurse.open(path)
	write(nurse, "#reply-text", "Huonosti.")
	nurse.click("#panel-reply .btn-primary")
	nurse.ready(".state-claimed")

	// The pool's own texts are there to be read and copied, and the plan has more than one step.
	psych.open(path)
	psych.shows("#timeline", "Huonosti.")
	open(psych, ".snippets")
	psych.Until(`document.querySelector(".snippet .prose").checkVisibility() && ![...document.querySelectorAll(".snippet button")].some((b) => b.checkVisibility())`)
	copied := browsertest.Value[string](psych.Tab, `document.querySelector(".snippet .prose").innerText`)
	write(psych, "#answer-text", copied+" Aloittakaa univajeen hoidosta.")
	psych.click("#panel-answer [name=disposition][value=advice]")
	for i, row := range [][3]string{{"Unipäiväkirja", "koti", "2026-11-30"}, {"Soitto kotiin", "terveydenhoitaja", "2026-12-01"}} {
		write(psych, fmt.Sprintf(`[name="plan.%d.what"]`, i), row[0])
		write(psych, fmt.Sprintf(`[name="plan.%d.who"]`, i), row[1])
		date(psych, fmt.Sprintf(`[name="plan.%d.due"]`, i), row[2])
	}
	bare(psych, "noscript-2-answer")
	psych.click("#panel-answer form > .btn-primary")
	psych.ready(".state-answered")

	nurse.open(path)
	nurse.shows("#timeline", "Nukkumaan ajoissa. Aloittakaa univajeen hoidosta.")
	nurse.shows(".plan-steps li:nth-child(1)", "30.11.2026")
	nurse.shows(".plan-steps li:nth-child(2)", "terveydenhoitaja")
	nurse.click(".plan-steps li:nth-child(2) .btn")
	nurse.shows(".plan-done", "Soitto kotiin")
	open(nurse, ".plan-who")
	write(nurse, ".plan-who form:nth-of-type(1) input[type=text]", "Tiina Tuki")
	nurse.click(".plan-who form:nth-of-type(1) .btn")
	nurse.shows("#plan", "Tiina Tuki")
	psych.open(path)
	psych.shows(".plan-done", "Noora Nurmi")

	nurse.open(path)
	for _, name := range []string{"outcome", "referral", "value_client", "value_me"} {
		nurse.click("#panel-close [name=" + name + "]")
	}
	nurse.click("#panel-close .btn-primary")
	nurse.shows(".flashes", "on päätetty")
	nurse.ready(".state-closed")
	nurse.open(path + "/record")
	bare(nurse, "noscript-4-record")
	for _, line := range []string{"- SDQ 17 (1.11.2026)", "- SCOFF 3 (2.11.2026)", "Soitto kotiin", "Tiina Tuki"} {
		nurse.shows("#record-text", line)
	}
}
