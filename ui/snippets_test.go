package ui_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// Who writes an answer has the texts of their own pool at hand, also in the language of who will read it, and without any script.
func TestSnippets(t *testing.T) {
	s := newSite(t, nil)
	nurse, midwife, psych, lead := s.as("nurse"), s.as("midwife"), s.as("childpsych"), s.as("childpsych2")
	claimed := func(path string, r *reader) *page {
		t.Helper()
		r.open(path).submit(r, "form[action$='/claim']", nil)
		return r.open(path)
	}
	path := sent(t, nurse, nil)
	p := claimed(path, psych)
	if got := p.text(".snippet"); got != "Uni Lisää vastaukseen Uni Nukkumaan ajoissa. | Paluu Lisää vastaukseen Paluu Askel kerrallaan. Askel viikossa." {
		t.Errorf("offered: %q", got)
	}
	if nurse.open(path).has(".snippets") {
		t.Error("the sender is offered the pool's texts")
	}

	// In the reader's language, and in the sender's; what is written in one alone is shown in that.
	swedish := sent(t, midwife, url.Values{"client.municipality": {"Tampere"}})
	p = claimed(swedish, lead)
	p.want(".snippet:nth-child(1) [lang=en]", "To bed in time.")
	p.want(".snippet:nth-child(2) [lang=sv]", "I säng i tid.")
	p.want("li:nth-child(2) > .snippet:only-child [lang=fi]", "Askel kerrallaan.")

	// A pool that joined answers with its own.
	joined := sent(t, nurse, url.Values{"concerns": {"eating"}})
	if s.as("protection").open(joined).has(".snippets") {
		t.Error("a pool is offered another one's texts")
	}
}

// A text goes in where the cursor is, by keyboard and by mouse, can be taken back as if it had been typed, and is kept like the rest.
func TestSnippetsInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	path := sent(t, s.as("nurse"), nil)
	psych := s.as("childpsych")
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	w := s.screen(t, b, "childpsych", consult.Finnish)
	w.open(path)
	w.ready("#panel-answer[open]")
	w.reach("#answer-text", "Hei! Terveisin Lauri")
	w.keys(kb.Home)
	for range len("Hei!") {
		w.keys(kb.ArrowRight)
	}
	w.reach(".snippets summary", kb.Enter)
	w.reach(".snippet button", kb.Enter)
	const first = "Hei! Nukkumaan ajoissa."
	w.Until(`document.activeElement.id === "answer-text" && document.activeElement.value === "` + first + ` Terveisin Lauri" &&
		document.activeElement.selectionStart === ` + strconv.Itoa(len(first)))
	w.Run(chromedp.Evaluate[chromedp.Void](`document.execCommand("undo"), undefined`))
	w.Until(`document.activeElement.value === "Hei! Terveisin Lauri"`)
	w.shoot("snippets")

	// Opened again elsewhere, with nobody having been in the field, it is added at the end.
	w.Until(`document.querySelector("#panel-answer .draft").textContent.includes("Luonnos tallessa") && document.querySelector("#panel-answer form").dataset.unsaved === ""`)
	w.open(path)
	w.ready("#panel-answer[open]")
	w.click(".snippets summary")
	w.click("li:nth-child(2) > .snippet button")
	w.Until(`document.getElementById("answer-text").value === "Hei! Terveisin Lauri\n\nAskel kerrallaan.\n\nAskel viikossa."`)
	w.Until(`document.querySelector("#panel-answer form").dataset.unsaved === ""`)
	if got := s.as("childpsych").open(path).Find("#answer-text").Text(); got != "Hei! Terveisin Lauri\n\nAskel kerrallaan.\n\nAskel viikossa." {
		t.Errorf("kept: %q", got)
	}
	w.sound()
}
