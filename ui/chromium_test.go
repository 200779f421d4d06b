package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"silta/consult"
	"silta/ui/browsertest"
)

// typist is a person with a real browser and nothing but a keyboard.
type typist struct {
	*browsertest.Tab
	t    *testing.T
	url  string
	lang consult.Language
}

// signIn types name and password, and chooses the language.
func signIn(t *testing.T, b *browsertest.Browser, url, id string, lang consult.Language) *typist {
	w := &typist{b.Tab(t), t, url, lang}
	w.Go(url + "/sign-in")
	w.Until(`document.activeElement.id === "sign-in-name"`)
	w.write(id + "\t" + password + "\r")
	w.Until(`document.querySelector(".who")`)
	w.open("/")
	return w
}

func (w *typist) open(path string) { w.Go(w.url + path + "?lang=" + string(w.lang)) }

func (w *typist) write(text string) { w.Run(chromedp.KeyEvent(text)) }

// reach presses Tab until the focus is where it is wanted, visibly, and then the keys.
func (w *typist) reach(selector, keys string) {
	w.t.Helper()
	for range 150 {
		w.write("\t")
		if browsertest.Value[bool](w.Tab, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			if !browsertest.Value[bool](w.Tab, `document.activeElement.matches(":focus-visible")`) {
				w.t.Errorf("%s: the focus cannot be seen", selector)
			}
			w.write(keys)
			return
		}
	}
	w.t.Fatalf("no Tab leads to %s on %s", selector, browsertest.Value[string](w.Tab, "location.pathname"))
}

// listening is true once the page hears its stream, or has none.
const listening = `(!document.getElementById("stream") || document.getElementById("stream")._htmx?.sse?.status === 200)`

// leads waits for the page that comes after this one, and looks at it for barriers and complaints.
func (w *typist) leads(condition string) {
	w.t.Helper()
	w.Until(`document.readyState === "complete" && ` + listening + " && " + condition)
	for _, fault := range append(w.Axe(), w.Faults()...) {
		w.t.Errorf("%s: %s", condition, fault)
	}
}

// show writes a screenshot where GALLERY names a folder.
func (w *typist) show(name string) {
	if gallery := os.Getenv("GALLERY"); gallery != "" {
		w.Screenshot(filepath.Join(gallery, fmt.Sprintf("job-%s-%s.png", name, w.lang)))
	}
}

// The main job in two real browsers, by keyboard alone and in each language: what one does, the other sees without a reload.
func TestMainJobByKeyboard(t *testing.T) {
	b := browsertest.Start(t)
	for _, lang := range consult.Languages {
		t.Run(string(lang), func(t *testing.T) {
			s := newSite(t, nil)
			nurse, psych := signIn(t, b, s.http.URL, "nurse", lang), signIn(t, b, s.http.URL, "childpsych", lang)
			psych.open("/queue")
			psych.leads(`document.querySelector(".empty")`)

			nurse.open("/requests/new")
			nurse.reach("#r-client-age", "9")
			nurse.reach(`[name=concerns][value=mood]`, " ")
			nurse.reach("#r-question", "Mitä teemme seuraavaksi?")
			nurse.leads(`document.querySelector(".where-pool")`)
			nurse.show("1-new")
			nurse.reach("#send .btn-primary", "\r")
			nurse.leads(`document.querySelector(".state-submitted")`)
			path := browsertest.Value[string](nurse.Tab, "location.pathname")

			psych.leads(`document.querySelector(".case") && document.getElementById("live").textContent.includes("S-2026-0001")`)
			psych.show("2-queue")
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
			psych.show("3-answer")
			psych.reach("#panel-answer .btn-primary", "\r")
			psych.leads(`document.querySelector(".state-answered")`)

			nurse.leads(`document.querySelector(".state-answered") && document.querySelector("#timeline .event-answered")`)
			nurse.open(path)
			nurse.show("4-answered")
			for _, name := range []string{"outcome", "referral", "value_client", "value_me"} {
				nurse.reach("[name="+name+"]", " ")
			}
			nurse.reach("#panel-close .btn", "\r")
			nurse.leads(`document.querySelector(".state-closed")`)
			nurse.show("5-closed")
		})
	}
}
