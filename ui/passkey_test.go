package ui_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"silta/consult"
	"silta/ui"
	"silta/ui/session"
)

// named has a site called by a name, as browsers want it for passkeys.
func named(o *ui.Options) {
	o.PublicURL = strings.Replace(o.PublicURL, "127.0.0.1", "localhost", 1)
	o.Hosts = []string{"*"}
}

// device is an authenticator with one passkey.
type device struct {
	site   virtualwebauthn.RelyingParty
	holder virtualwebauthn.Authenticator
	key    virtualwebauthn.Credential
}

func (s *site) device() *device {
	return &device{
		site:   virtualwebauthn.RelyingParty{Name: "Silta", ID: "localhost", Origin: strings.Replace(s.http.URL, "127.0.0.1", "localhost", 1)},
		holder: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{BackupEligible: true}),
		key:    newKey(),
	}
}

// newKey returns a new key. The library writes a coordinate that begins with a zero without it, which no device does, and which is
// refused: one such key in 128 is passed over.
func newKey() virtualwebauthn.Credential {
	const whole = 77 // The bytes of a public key in COSE.
	for {
		if k := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(k.Key.AttestationData()) == whole {
			return k
		}
	}
}

// made is what a browser sends for the page that asks for a passkey.
func (d *device) made(p *page) url.Values {
	options, _ := p.Find("#passkey").Attr("data-options")
	asked, err := virtualwebauthn.ParseAttestationOptions(options)
	if err != nil {
		p.t.Fatalf("%s: asks for %q: %v", p.path, options, err)
	}
	d.holder.Options.UserHandle = []byte(asked.UserID)
	return url.Values{"passkey": {virtualwebauthn.CreateAttestationResponse(d.site, d.holder, d.key, *asked)}}
}

// add has somebody add a passkey.
func (d *device) add(r *reader, name string) *page {
	p := r.open("/account").submit(r, "form[action='/account/passkeys/new']", url.Values{"password": {password}}).wantStatus(200)
	fill := d.made(p)
	if name != "" {
		fill.Set("passkey_name", name)
	}
	return p.submit(r, "#passkey", fill)
}

// shown is what a browser sends from the sign-in page.
func (d *device) shown(r *reader) url.Values {
	asked, err := virtualwebauthn.ParseAssertionOptions(r.post("/sign-in/passkey/ask", url.Values{}).wantStatus(200).body)
	r.site.check(err)
	if len(asked.AllowCredentials) > 0 {
		r.t.Error("whoever is not known yet is told of passkeys")
	}
	return url.Values{"passkey": {virtualwebauthn.CreateAssertionResponse(d.site, d.holder, d.key, *asked)}, "next": {"/requests/new"}}
}

func (d *device) enter(r *reader) *page { return r.post("/sign-in/passkey", d.shown(r)) }

func TestPasskey(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { named(o); o.Letters = box })
	s.addresses()
	nurse, elsewhere := s.as("nurse"), s.as("nurse")
	phone := s.device()

	// With one-time codes as well: a passkey stands for both.
	if _, err := s.service.EditCredentials(t.Context(), s.actor("nurse"), func(c *consult.Credentials) error {
		c.TOTP = session.NewCodeSecret()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ask := "form[action='/account/passkeys/new']"
	nurse.open("/account").submit(nurse, ask, url.Values{"password": {"wrong"}}).wantStatus(422).want("#account-passkeys-password-error", "Salasana on väärä.")
	phone.add(nurse, "Oma puhelin").follow(nurse).want(".flashes", "Pääsyavain on lisätty")
	if l := box.next(t, "account-changed", "nurse"); l.Facts[0].Value.Word != "letter.change.passkey-added" {
		t.Errorf("%+v", l)
	}
	elsewhere.open("/requests") // Nothing has become less safe there.
	p := nurse.open("/account")
	p.want(".plain-list", "Oma puhelin synkronoituu lisätty 2.11.2026 · ei ole käytetty")
	if p.has("[data-options]") {
		t.Error("the question is on the page")
	}

	r := s.visitor()
	if got := phone.enter(r).wantStatus(303).header.Get("Location"); got != "/requests/new" {
		t.Errorf("leads to %s", got)
	}
	r.open("/account").want(".plain-list", "Pääsyavaimella")
	r.open("/account").want(".plain-list", "käytetty viimeksi 2.11.2026")
	if strings.Contains(s.logs.String(), "Oma puhelin") {
		t.Error("the name of a passkey is in the log")
	}

	// Who removes it gives the password, and whoever was signed in by it is out.
	remove := "form[action^='/account/passkeys/'][action$='/end']"
	action, _ := p.values(remove)
	s.as("midwife").post(action, url.Values{"password": {password}}).wantStatus(404)
	p.submit(nurse, remove, url.Values{"password": {"wrong"}}).wantStatus(422).want("details[open] .error", "Salasana on väärä.")
	p.submit(nurse, remove, url.Values{"password": {password}}).follow(nurse).want(".flashes", "Pääsyavain on poistettu")
	if l := box.next(t, "account-changed", "nurse"); l.Facts[0].Value.Word != "letter.change.passkey-removed" {
		t.Errorf("%+v", l)
	}
	r.get("/requests").wantStatus(303)
	phone.enter(s.visitor()).wantStatus(422).want("#sign-in-problem", "ei voitu kirjautua")
}

// Nobody is signed in by anything but an answer to a question of this browser's, of this site, not answered before, signed by a known key
// whose owner has shown themselves to it and may sign in; and the answer to all else is the same.
func TestPasskeysAreRefused(t *testing.T) {
	s := newSite(t, named)
	good := s.device()
	good.key.Counter = 7
	good.add(s.as("nurse"), "").wantStatus(303)
	good.key.Counter = 8
	r := s.visitor()
	sent := good.shown(r)
	r.post("/sign-in/passkey", sent).wantStatus(303)

	refused := ""
	refuse := func(why string, r *reader, sent url.Values, want string) {
		t.Helper()
		s.later(2 * time.Hour) // Guesses are forgotten.
		p := r.post("/sign-in/passkey", sent).wantStatus(422)
		p.want("#sign-in-problem", want)
		r.get("/requests").wantStatus(303)
		if want == "ei voitu" {
			body := strings.Replace(p.body, p.text(".printed"), "", 1) // the time
			if refused == "" {
				refused = body
			} else if body != refused {
				t.Errorf("%.50s is answered otherwise", why)
			}
		}
	}
	r.post("/sign-out", url.Values{}).wantStatus(303)
	refuse("replayed", r, sent, "vanhentua")
	refuse("replayed on another browser", s.visitor(), sent, "vanhentua")
	stolen := s.visitor()
	answered := good.shown(stolen)
	refuse("stolen", s.visitor(), answered, "vanhentua")

	for why, change := range map[string]func(d *device){
		"of another site":         func(d *device) { d.site.Origin = "https://silta.evil.example" },
		"of another name":         func(d *device) { d.site.ID = "evil.example" },
		"unverified":              func(d *device) { d.holder.Options.UserNotVerified = true },
		"nobody there":            func(d *device) { d.holder.Options.UserNotPresent = true },
		"a copy that is behind":   func(d *device) { d.key.Counter = 8 },
		"before it was made":      func(d *device) { d.key.Counter = 3 },
		"not to be copied":        func(d *device) { d.holder.Options.BackupEligible = false },
		"another key":             func(d *device) { d.key.Key = newKey().Key },
		"a key that nobody knows": func(d *device) { d.key = newKey() },
		"somebody else's handle":  func(d *device) { d.holder.Options.UserHandle = []byte("midwife") },
		"no handle":               func(d *device) { d.holder.Options.UserHandle = nil },
	} {
		d := *good
		d.key.Counter = 100
		change(&d)
		r := s.visitor()
		refuse(why, r, d.shown(r), "ei voitu")
	}
	for _, made := range []string{"", "x", "{}", `{"rawId":"AA","response":{"clientDataJSON":"e30"}}`, strings.Repeat("[", 10000)} {
		refuse(made, s.visitor(), url.Values{"passkey": {made}, "next": {"/requests/new"}}, "ei voitu")
	}
	s.update("nurse", func(p *consult.Person) { p.Disabled = true })
	d := *good
	d.key.Counter = 101
	r = s.visitor()
	refuse("disabled", r, d.shown(r), "ei voitu")
}

// A question is good for some minutes.
func TestPasskeyQuestionsEnd(t *testing.T) {
	s := newSite(t, named)
	d := s.device()
	d.add(s.as("nurse"), "").wantStatus(303)
	r := s.visitor()
	first := d.shown(r)
	for range 5 {
		d.shown(r)
	}
	r.post("/sign-in/passkey", first).wantStatus(422).want("#sign-in-problem", "vanhentua")
}

func TestAddingPasskeys(t *testing.T) {
	s := newSite(t, named)
	nurse := s.as("nurse")
	begin := func() *page {
		return nurse.open("/account").submit(nurse, "form[action='/account/passkeys/new']", url.Values{"password": {password}}).wantStatus(200)
	}
	count := func(want int) {
		t.Helper()
		if got := len(s.actor("nurse").Passkeys); got != want {
			t.Errorf("%d passkeys instead of %d", got, want)
		}
	}
	again := func(why string, p *page) {
		t.Helper()
		p.follow(nurse).want(".flashes", "ei voitu lisätä")
		count(0)
	}
	for why, change := range map[string]func(d *device){
		"of another site": func(d *device) { d.site.Origin = "https://silta.evil.example" },
		"of another name": func(d *device) { d.site.ID = "evil.example" },
		"unverified":      func(d *device) { d.holder.Options.UserNotVerified = true },
	} {
		d := s.device()
		change(d)
		p := begin()
		again(why, p.submit(nurse, "#passkey", d.made(p)))
	}
	d := s.device()
	p := begin()
	again("nothing", p.submit(nurse, "#passkey", nil))
	// Nobody comes around the password by a question that anybody may put.
	asked, err := virtualwebauthn.ParseAssertionOptions(nurse.post("/sign-in/passkey/ask", url.Values{}).body)
	s.check(err)
	again("another question", nurse.post("/account/passkeys", url.Values{"passkey_name": {"x"}, "passkey": {virtualwebauthn.CreateAttestationResponse(
		d.site, d.holder, d.key, virtualwebauthn.AttestationOptions{Challenge: asked.Challenge})}}))

	p = begin()
	if name, _ := p.Find("[name=passkey_name]").Attr("value"); name == "" {
		t.Error("no name is proposed")
	}
	fill := d.made(p)
	fill.Set("passkey_name", " ")
	p.submit(nurse, "#passkey", fill).wantStatus(422).want("#passkey-passkey-name-error", "Täytä tämä kohta")
	fill.Set("passkey_name", "x")
	again("a question that was answered", nurse.post("/account/passkeys", fill))
	d.add(nurse, "Puhelin").wantStatus(303)
	count(1)
	d.add(nurse, "Sama puhelin").wantStatus(409)
	count(1)
	options, _ := begin().Find("#passkey").Attr("data-options")
	if parsed, err := virtualwebauthn.ParseAttestationOptions(options); err != nil || !d.key.IsExcludedForAttestation(*parsed) {
		t.Errorf("a device that has one already is asked for another: %v", err)
	}
	for i := range consult.MaxPasskeys {
		s.device().add(nurse, fmt.Sprint(i))
	}
	count(consult.MaxPasskeys)
}

// An invitation from an administrator is a new beginning; a new password that one has asked for is none.
func TestInvitationAndPasskeys(t *testing.T) {
	s := newSite(t, named)
	d := s.device()
	d.add(s.as("nurse"), "").wantStatus(303)
	for _, fresh := range []bool{false, true} {
		token, _, err := s.service.Invite(t.Context(), consult.System, "nurse", time.Hour, fresh)
		s.check(err)
		r := s.visitor()
		r.open("/invitation/"+token).submit(r, "#invitation", url.Values{"new_password": {another + rand.Text()}}).wantStatus(303)
		want := http.StatusSeeOther
		if fresh {
			want = http.StatusUnprocessableEntity
		}
		d.enter(s.visitor()).wantStatus(want)
	}
}

// Guesses at somebody's password keep nobody from their passkey; answers that are wrong again and again have to wait.
func TestPasskeysAndGuesses(t *testing.T) {
	s := newSite(t, named)
	d := s.device()
	d.add(s.as("nurse"), "").wantStatus(303)
	for range 6 {
		s.visitor().post("/sign-in", url.Values{"name": {"nurse"}, "password": {"wrong"}})
	}
	s.visitor().post("/sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(429)
	d.enter(s.visitor()).wantStatus(303)
	odd := *d
	odd.site.Origin = "https://silta.evil.example"
	for range 5 {
		odd.enter(s.visitor()).wantStatus(422)
	}
	if p := odd.enter(s.visitor()).wantStatus(429); p.header.Get("Retry-After") == "" {
		t.Error("not said when to try again")
	}
}

// At a number, or without https, browsers know no passkeys: nothing speaks of them.
func TestNoPasskeys(t *testing.T) {
	for _, public := range []string{"", "http://silta.example"} {
		s := newSite(t, func(o *ui.Options) {
			if o.Hosts = []string{"*"}; public != "" {
				o.PublicURL = public
			}
		})
		if p := s.visitor().open("/sign-in"); p.has("[data-passkey-use]") || strings.Contains(p.body, "webauthn") {
			t.Error("the sign-in page speaks of passkeys")
		}
		if s.as("nurse").open("/account").has("#account-passkeys") {
			t.Error("the account speaks of passkeys")
		}
		s.visitor().post("/sign-in/passkey/ask", url.Values{}).wantStatus(404)
		s.as("nurse").post("/account/passkeys/new", url.Values{"password": {password}}).wantStatus(403)
	}
}
