package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// screen is a person with a real browser.
type screen struct {
	*browsertest.Tab
	t    *testing.T
	site *site
	lang consult.Language
}

func (s *site) screen(t *testing.T, b *browsertest.Browser, id string, lang consult.Language) *screen {
	t.Helper()
	w := &screen{b.Tab(t), t, s, lang}
	w.Go(s.http.URL + "/sign-in")
	w.ready("#sign-in-name:focus")
	w.keys(id, kb.Tab, password, kb.Enter)
	w.ready(".who")
	return w
}

// open opens a page in the person's language.
func (w *screen) open(path string) { w.Go(w.site.http.URL + path + "?lang=" + string(w.lang)) }

// ready waits until a page that has such an element is there as a whole, its script included.
func (w *screen) ready(selector string) {
	w.t.Helper()
	w.Until(fmt.Sprintf("document.readyState === 'complete' && document.querySelector(%q)", selector))
}

// keys presses keys wherever the focus is.
func (w *screen) keys(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.Run(chromedp.KeyEvent(k))
	}
}

// reach presses Tab until the focus is where it is wanted, visibly, and then the keys.
func (w *screen) reach(selector string, keys ...string) {
	w.t.Helper()
	for range 150 {
		w.keys(kb.Tab)
		if browsertest.Value[bool](w.Tab, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			if !browsertest.Value[bool](w.Tab, `document.activeElement.matches(":focus-visible")`) {
				w.t.Errorf("%s: the focus cannot be seen", selector)
			}
			w.keys(keys...)
			return
		}
	}
	w.t.Fatalf("no Tab leads to %s on %s", selector, browsertest.Value[string](w.Tab, "location.pathname"))
}

// shows waits until what stands at a selector holds a text.
func (w *screen) shows(selector, text string) {
	w.t.Helper()
	const condition = `document.readyState === "complete" &&
		[...document.querySelectorAll(%q)].some((e) => e.textContent.replace(/\s+/g, " ").includes(%q))`
	w.Until(fmt.Sprintf(condition, selector, text))
}

// fill types into a field of an action's form, which is opened first where it is closed.
func (w *screen) fill(action, field, text string) {
	w.t.Helper()
	w.Run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('#panel-%s').open = true, undefined", action)))
	w.Run(chromedp.SendKeys(chromedp.CSS("#"+field), text))
}

func (w *screen) click(selector string) {
	w.t.Helper()
	w.Run(chromedp.Click(chromedp.CSS(selector)))
}

// shoot looks for barriers, and takes a picture.
func (w *screen) shoot(name string) {
	w.t.Helper()
	for _, fault := range w.Axe() {
		w.t.Errorf("%s: %s", name, fault)
	}
	w.picture(name)
}

// picture writes a screenshot into the folder that GALLERY names, if it does.
func (w *screen) picture(name string) {
	w.t.Helper()
	if dir := os.Getenv("GALLERY"); dir != "" {
		w.Screenshot(filepath.Join(dir, fmt.Sprintf("job-%s-%s.png", name, w.lang)))
	}
}

// sound fails if the browser complained of anything.
func (w *screen) sound() {
	w.t.Helper()
	for _, f := range w.Faults() {
		w.t.Error(f)
	}
}

// The main job in real browsers. The nurse has no mouse; the specialist's queue is open all the time and never loaded again.
func TestMainJobInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	psych, nurse := s.screen(t, b, "childpsych", consult.Finnish), s.screen(t, b, "nurse", consult.Finnish)
	psych.shows("h1", "Jono")
	psych.Run(chromedp.Evaluate[chromedp.Void]("window.stayed = true, undefined"))

	nurse.reach("a[href='/requests/new']")
	nurse.keys(kb.Enter)
	nurse.ready("#r-client-age")
	nurse.reach("#r-client-age")
	nurse.keys("9")
	nurse.reach("#concern-filter")
	nurse.keys("mieliala", kb.Enter)
	nurse.shows("#preview .where-pool", "Lastenpsykiatria")
	nurse.reach("#r-background")
	nurse.keys("Hänen numeronsa on 040 123 4567.")
	nurse.shows("#r-background-guard", "puhelinnumero")
	nurse.reach("#r-background-guard input")
	nurse.keys(" ")
	nurse.reach("#r-question")
	nurse.keys("Mitä teemme?")
	nurse.reach("[name=urgency]")
	nurse.keys(kb.ArrowRight)
	nurse.shows("#preview", "ke 4.11. klo 12")
	nurse.shoot("1-write")
	nurse.reach("#send button.btn-primary")
	nurse.keys(kb.Enter)
	nurse.shows(".flashes", "S-2026-0001 on lähetetty")
	nurse.sound()

	psych.shows("#group-unclaimed", "S-2026-0001")
	psych.shows("#live", "Uusi pyyntö: S-2026-0001")
	if !browsertest.Value[bool](psych.Tab, "window.stayed === true") {
		t.Error("the queue was loaded again")
	}
	psych.sound()
	psych.shoot("2-queue")
	psych.click(".case-link")
	psych.ready("form[action$='/claim']")
	psych.click("form[action$='/claim'] button")
	psych.shows(".vitals", "Lauri Laine")
	nurse.shows(".vitals", "Lauri Laine") // Her page is still open, and keeps itself fresh.
	nurse.shows("#request-head", "muuttunut")
	psych.shoot("3-claimed")
	nurse.shoot("4-changed")

	psych.fill("ask", "ask-text", "Kuinka kauan?")
	psych.click("#panel-ask form button.btn-primary")
	psych.shows(".flashes", "Kysymys on lähetetty")
	nurse.shows("#timeline", "Kuinka kauan?")
	nurse.Go(browsertest.Value[string](nurse.Tab, "location.href"))
	nurse.reach("#reply-text")
	nurse.keys("Kaksi kuukautta.")
	nurse.reach("#panel-reply form button.btn-primary")
	nurse.keys(kb.Enter)
	nurse.shows(".flashes", "Lisätiedot on lähetetty")

	psych.shows("#timeline", "Kaksi kuukautta.")
	psych.Go(browsertest.Value[string](psych.Tab, "location.href"))
	psych.fill("answer", "answer-text", "Jatkakaa näin.")
	psych.click("#panel-answer [name=disposition][value=advice]")
	psych.click("#panel-answer [data-add-row]")
	psych.Run(chromedp.SendKeys(chromedp.CSS("#answer-plan-1-what"), "Soitto kotiin"))
	psych.click("#panel-answer form > button.btn-primary")
	psych.shows("#timeline", "Soitto kotiin")
	psych.sound()

	nurse.shows("#timeline", "Jatkakaa näin.")
	nurse.Go(browsertest.Value[string](nurse.Tab, "location.href"))
	for _, choice := range []string{"[name=outcome]", "[name=referral]", "[name=value_client]", "[name=value_me]"} {
		nurse.reach("#panel-close " + choice)
		nurse.keys(" ")
	}
	nurse.reach("#panel-close form button.btn-primary")
	nurse.keys(kb.Enter)
	nurse.shows(".flashes", "on päätetty")
	nurse.sound()
	nurse.shoot("5-closed")
	if text := browsertest.Value[string](nurse.Tab, "document.body.innerText"); strings.Contains(text, "⟦") {
		t.Error("a text is missing")
	}
}

// listening is true once the page hears its stream, or has none.
const listening = `(!document.getElementById("stream") || document.getElementById("stream")._htmx?.sse?.status === 200)`

// leads waits for the page that comes after this one, and looks at it for barriers and complaints.
func (w *screen) leads(condition string) {
	w.t.Helper()
	w.Until(`document.readyState === "complete" && ` + listening + " && " + condition)
	for _, fault := range append(w.Axe(), w.Faults()...) {
		w.t.Errorf("%s: %s", condition, fault)
	}
}

// The main job in two real browsers, by keyboard alone and in each language: what one does, the other sees without a reload.
func TestMainJobByKeyboard(t *testing.T) {
	b := browsertest.Start(t)
	for _, lang := range consult.Languages {
		t.Run(string(lang), func(t *testing.T) {
			s := newSite(t, nil)
			nurse, psych := s.screen(t, b, "nurse", lang), s.screen(t, b, "childpsych", lang)
			psych.open("/queue")
			psych.leads(`document.querySelector(".empty")`)

			nurse.open("/requests/new")
			nurse.reach("#r-client-age", "9")
			nurse.reach(`[name=concerns][value=mood]`, " ")
			nurse.reach("#r-question", "Mitä teemme seuraavaksi?")
			nurse.leads(`document.querySelector(".where-pool")`)
			nurse.shoot("1-new")
			nurse.reach("#send .btn-primary", "\r")
			nurse.leads(`document.querySelector(".state-submitted")`)
			path := browsertest.Value[string](nurse.Tab, "location.pathname")

			psych.leads(`document.querySelector(".case") && document.getElementById("live").textContent.includes("S-2026-0001")`)
			psych.shoot("2-queue")
			psych.reach(".case-link", "\r")
			psych.leads(`document.querySelector(".state-submitted")`)
			psych.reach(`form[action$="/claim"] button`, "\r")
			psych.leads(`document.querySelector(".state-claimed")`)
			psych.reach("#panel-ask > summary", "\r")
			psych.reach("#ask-text", "Miten hän nukkuu?")
			psych.reach("#panel-ask .btn", "\r")
			psych.leads(`document.querySelector(".state-waiting")`)

			nurse.leads(`document.querySelector(".state-waiting") && document.querySelector("#timeline .event-asked")`)
			nurse.open(path)
			nurse.reach("#reply-text", "Huonosti.")
			nurse.reach("#panel-reply .btn", "\r")
			nurse.leads(`document.querySelector(".state-claimed")`)

			psych.leads(`document.querySelector(".state-claimed") && document.querySelector("#timeline .event-replied")`)
			psych.open(path)
			psych.reach("#answer-text", "Aloittakaa univajeen hoidosta.")
			psych.reach("[name=disposition]", " ")
			psych.reach(`[name="plan.0.what"]`, "Unipäiväkirja")
			psych.shoot("3-answer")
			psych.reach("#panel-answer .btn-primary", "\r")
			psych.leads(`document.querySelector(".state-answered")`)

			nurse.leads(`document.querySelector(".state-answered") && document.querySelector("#timeline .event-answered")`)
			nurse.open(path)
			nurse.shoot("4-answered")
			for _, name := range []string{"outcome", "referral", "value_client", "value_me"} {
				nurse.reach("[name="+name+"]", " ")
			}
			nurse.reach("#panel-close .btn", "\r")
			nurse.leads(`document.querySelector(".state-closed")`)
			nurse.shoot("5-closed")
		})
	}
}
