package ui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui"
	"silta/ui/browsertest"
	"silta/ui/session"
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
				w.Faults() // The page that is left may have asked for its stream once more, and been refused.
			}
			out()
			w.shoot("passkey-4-sign-in")
			w.Go("about:blank") // Or the page that waits would be answered, and go on, while the next is opened.
			phone.Touch(true)
			w.open("/sign-in")
			w.ready(".who")
			w.sound()
			out()
			w.Before("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
			press := func(leads string) {
				phone.Touch(false) // Or the page before would still be answered.
				w.open("/sign-in")
				w.ready("[data-passkey-use]:not([hidden])")
				phone.Touch(true)
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

// Somebody's first day on their phone: from the link in the invitation to a password, one-time codes and a passkey; and the next day they
// sign in by it alone.
func TestFirstDayInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	for _, lang := range consult.Languages {
		t.Run(string(lang), func(t *testing.T) {
			box := newLetters()
			s := newSite(t, func(o *ui.Options) { named(o); o.Letters = box })
			s.addresses()
			s.update("nurse", func(p *consult.Person) { p.PasswordHash, p.Language = "", lang })
			s.as("admin").post("/people/nurse/invite", nil).wantStatus(303)
			link := box.next(t, "invitation", "nurse").Path
			s.http.URL = strings.Replace(s.http.URL, "127.0.0.1", "localhost", 1)

			w := &screen{b.Tab(t), t, s, lang}
			w.View(browsertest.Phone, browsertest.Light)
			phone := w.Authenticator()
			w.open(link)
			w.ready("#invitation-new-password:focus")
			w.shoot("first-1-invitation")
			w.keys("princess!princess!", kb.Enter)
			w.ready(".error")
			w.Faults() // The browser notes answers of 422.
			w.shoot("first-2-common")
			w.reach("#invitation-new-password", another, kb.Enter)
			w.ready(".who")

			w.open("/account")
			w.reach("#account-codes-password", another, kb.Enter)
			w.ready("svg.qr")
			w.shoot("first-3-codes")
			secret, err := session.ReadCodeText(strings.ReplaceAll(browsertest.Value[string](w.Tab, `document.querySelector("main p code").textContent`), " ", ""))
			s.check(err)
			w.keys(session.CodeAt(secret, time.Now()), kb.Enter)
			w.ready("#secrets")
			w.shoot("first-4-recovery")
			w.open("/account")
			w.reach("#account-passkeys-password", another, kb.Enter)
			w.ready("[data-passkey-make]")
			w.click("[data-passkey-make]")
			w.ready("[action^='/account/passkeys/'][action$='/end']")
			w.shoot("first-5-account")
			phone.Touch(false)
			w.click("form[action='/sign-out'] button")
			w.ready("[data-passkey-use]:not([hidden])")
			w.Go("about:blank") // Or the page that waits would be answered, and go on, while the next is opened.
			phone.Touch(true)
			w.open("/sign-in")
			w.ready(".who")
			w.open("/account")
			w.shoot("first-6-passkey")
			w.sound()
			if list := s.actor("nurse"); len(list.Passkeys) != 1 || len(list.TOTP) == 0 || list.Invitation != nil {
				t.Errorf("%+v", list.Credentials)
			}
		})
	}
}
