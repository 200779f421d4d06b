package ui_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// A passkey in a real browser, in each language: made on the account's page, by keyboard alone, and used by what the browser offers and by
// the button; and what the page says where it does not work.
func TestPasskeyInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	for _, lang := range consult.Languages {
		t.Run(string(lang), func(t *testing.T) {
			s := newSite(t, named)
			number := s.http.URL
			s.http.URL = strings.Replace(number, "127.0.0.1", "localhost", 1)
			w := s.screen(t, b, "nurse", lang)
			w.View(browsertest.Phone, browsertest.Light)
			phone := w.Authenticator()
			make := func() {
				w.open("/account")
				w.reach("#account-passkeys-password")
				w.keys(password, kb.Enter)
				w.ready("[data-passkey-make]:focus")
			}
			make()
			w.shoot("passkey-1-new")
			phone.Know(false)
			w.keys(kb.Enter)
			w.ready("[data-passkey-said]:not([hidden])")
			w.shoot("passkey-2-refused")
			phone.Know(true)
			w.click("[data-passkey-make]")
			w.ready("[action^='/account/passkeys/'][action$='/end']")
			w.shoot("passkey-3-account")
			kept := phone.Passkeys()
			if len(kept) != 1 || !kept[0].IsResidentCredential || kept[0].RpID != "localhost" || kept[0].UserName != "nurse" {
				t.Fatalf("the device keeps %+v", kept)
			}
			make()
			w.click("[data-passkey-make]")
			w.ready("[data-passkey-said]:not([hidden])") // It has one already.
			w.sound()

			// What the browser offers is taken here at once.
			out := func() {
				phone.Touch(false)
				w.open("/")
				w.Run(chromedp.Evaluate[chromedp.Void]("document.querySelector(\"form[action='/sign-out']\").requestSubmit(), undefined"))
				w.ready("[data-passkey-use]:not([hidden])")
			}
			out()
			w.shoot("passkey-4-sign-in")
			phone.Touch(true)
			w.open("/sign-in")
			w.ready(".who")
			w.sound()
			out()
			w.Before("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
			press := func(leads string) {
				phone.Touch(true)
				w.open("/sign-in")
				w.ready("[data-passkey-use]:not([hidden])")
				w.click("[data-passkey-use]")
				w.ready(leads)
			}
			press(".who")
			w.sound()
			if p, err := s.store.View.Person("nurse"); err != nil || len(p.Passkeys) != 1 || !p.Passkeys[0].Synced {
				t.Errorf("%+v, %v", p.Passkeys, err)
			}

			// Once its owner is disabled, or it is removed, it signs nobody in.
			out()
			s.update("nurse", func(p *consult.Person) { p.Disabled = true })
			press("#sign-in-problem")
			w.shoot("passkey-5-nobody")
			s.update("nurse", func(p *consult.Person) { p.Disabled, p.Passkeys = false, nil })
			press("#sign-in-problem")
			w.Faults() // The browser notes answers of 422.

			// By another name the browser does not give it away.
			w.Go(number + "/sign-in?lang=" + string(lang))
			w.ready("[data-passkey-use]:not([hidden])")
			w.click("[data-passkey-use]")
			w.ready("[data-passkey-said]:not([hidden])")
			w.shoot("passkey-6-another-name")
		})
	}
}
