package ui_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// focus waits until a page is there whose focus is at a selector, and fails where what is there says something else.
func (w *screen) focus(selector, text string) {
	w.t.Helper()
	w.Until(fmt.Sprintf(`document.readyState === "complete" && document.activeElement.matches(%q) &&
		document.activeElement.textContent.replace(/\s+/g, " ").includes(%q)`, selector, text))
}

// hears waits until a sentence is read out that the focus does not tell.
func (w *screen) hears(text string) {
	w.t.Helper()
	w.Until(fmt.Sprintf(`document.getElementById("live")?.textContent.includes(%q)`, text))
}

// After every action the focus is at what came of it, for those who do not see the page and for those who have no mouse.
func TestFocusByKeyboard(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	nurse, psych := s.screen(t, b, "nurse", consult.Finnish), s.screen(t, b, "childpsych", consult.Finnish)
	const message, faults = ".flashes", ".summary"
	nurse.Excuse(browsertest.Refused)
	psych.Excuse(browsertest.Refused)

	nurse.open("/requests/new")
	nurse.reach("#r-client-age", "9")
	nurse.reach("#send .btn-primary", kb.Enter)
	nurse.focus(faults, "Tarkista vielä")
	nurse.reach("[name=concerns][value=mood]", " ")
	nurse.reach("#r-question", "Mitä teemme?")
	nurse.reach("#send .btn-primary", kb.Enter)
	nurse.focus(message, "on lähetetty")
	path := browsertest.Value[string](nurse.Tab, "location.pathname")
	sent(t, s.as("nurse"), nil)

	// In the queue a request that was claimed stays in sight, selected, and the queue as narrow as it was.
	psych.open("/queue")
	psych.reach(".filters > summary", kb.Enter)
	psych.reach(".filters [name=concern]", "Mieliala")
	psych.reach(".filters .btn", kb.Enter)
	psych.focus(".found", "2 pyyntöä")
	psych.keys("j", "j", "c")
	psych.focus("#group-mine .case-link", "Mieliala")
	psych.hears("S-2026-0001 on nyt sinulla")
	psych.Until(`location.search.includes("concern=mood") && document.querySelectorAll(".case").length === 2`)
	psych.Until(listening)
	psych.focus("#group-mine .case-link", "Mieliala") // Drawing the list anew takes nothing away.
	psych.keys("j", "k", kb.Enter)
	psych.ready(".state-claimed")
	psych.Until(fmt.Sprintf("location.pathname === %q", path))

	psych.keys("a")
	psych.focus("#answer-text", "")
	psych.keys("jkc?a")
	psych.Until(`document.getElementById("answer-text").value.endsWith("jkc?a") && !document.getElementById("keys").open`)
	psych.reach("#panel-answer .btn-primary", kb.Enter)
	psych.focus(faults, "Jatkotoimi")
	psych.reach("#panel-ask > summary", kb.Enter)
	psych.reach("#ask-text", "Miten hän nukkuu?")
	psych.reach("#panel-ask .btn-primary", kb.Enter)
	psych.focus(message, "Kysymys on lähetetty")
	nurse.open(path)
	nurse.reach("#reply-text", "Huonosti.")
	nurse.reach("#panel-reply .btn-primary", kb.Enter)
	nurse.focus(message, "Lisätiedot on lähetetty")
	psych.open(path)
	psych.reach("[name=disposition]", " ")
	psych.reach(`[name="plan.0.what"]`, "Unipäiväkirja")
	psych.reach("#panel-answer .btn-primary", kb.Enter)
	psych.focus(message, "Vastaus on lähetetty")
	nurse.open(path)
	nurse.reach(".plan-steps .btn", kb.Enter)
	nurse.focus(".plan-steps .btn", "Unipäiväkirja")
	nurse.hears("Suunnitelma")
	nurse.open("/settings")
	nurse.reach("main form .btn-primary", kb.Enter)
	nurse.focus(message, "tallennettu")

	// The keys' explanation keeps the focus inside, and gives it back.
	psych.open("/queue")
	psych.reach("[data-keys]", kb.Enter)
	for range 4 {
		psych.Until(`document.getElementById("keys").open && (document.activeElement === document.body || document.activeElement.closest("#keys"))`)
		psych.keys(kb.Tab)
	}
	psych.keys(kb.Escape)
	psych.focus("[data-keys]", "")
	psych.keys("j", "?")
	psych.Until(`document.activeElement.closest("#keys")`)
	psych.keys(kb.Escape)
	psych.focus(".case-link", "")

	// What nobody has claimed yet is claimed before it is answered.
	psych.keys("a")
	psych.ready(".state-submitted")
	psych.focus("#claim button", "")
}

// On the way back the filter says what the list shows.
func TestFilterOnTheWayBack(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	s.submit(1, 9)
	psych := s.screen(t, b, "childpsych", consult.Finnish)
	psych.Go(s.http.URL + "/queue?urgency=routine")
	psych.ready(".case")
	psych.do(`document.getElementById("filter-concern").value = "sleep", document.querySelector(".filters .btn").click()`)
	psych.ready(".empty")
	psych.do(`history.back()`)
	psych.ready(".case")
	psych.Until(`document.getElementById("filter-urgency").value === "routine" && document.getElementById("filter-concern").value === ""`)
}

// Who is slower with a request stays in the queue and is told who has it; what is seen of it by then is fresh.
func TestClaimedByAnotherInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	path := sent(t, s.as("nurse"), nil)
	psych, lead := s.screen(t, b, "childpsych", consult.Finnish), s.as("childpsych2")
	psych.open("/queue")
	psych.Until(listening)
	psych.Run(chromedp.Evaluate[chromedp.Void](`window.fetch = () => Promise.reject(new TypeError("cut")), undefined`)) // It hears nothing of it.
	lead.open(path).submit(lead, "form[action$='/claim']", nil)
	psych.Run(chromedp.Evaluate[chromedp.Void](`document.querySelector(".case-claim button")?.click(), undefined`))
	psych.focus(".flashes", "Pyyntö on jo toisen käsittelyssä: Liisa Lehto.")
	psych.ready("#group-others .case")
}
