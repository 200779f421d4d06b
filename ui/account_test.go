package ui_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/limit"
	"silta/ui/session"
)

const another = "viisi aivan toista sanaa"

// letters is a letterbox.
type letters struct {
	mu   sync.Mutex
	sent []consult.Letter
	to   []string
	rung chan struct{}
}

func newLetters() *letters { return &letters{rung: make(chan struct{}, 100)} }

func (l *letters) Letter(_ context.Context, id, person string, letter consult.Letter) (bool, error) {
	if !consult.ValidID(id) {
		panic("no id: " + id)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent, l.to = append(l.sent, letter), append(l.to, person)
	l.rung <- struct{}{}
	return true, nil
}

// next waits for a letter of a kind to a person.
func (l *letters) next(t *testing.T, kind, person string) consult.Letter {
	t.Helper()
	select {
	case <-l.rung:
	case <-t.Context().Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	got, to := l.sent[0], l.to[0]
	l.sent, l.to = l.sent[1:], l.to[1:]
	if got.Kind != kind || to != person {
		t.Fatalf("a letter %s to %s; want %s to %s", got.Kind, to, kind, person)
	}
	return got
}

func (s *site) addresses() {
	for _, id := range []string{"nurse", "midwife"} {
		s.update(id, func(p *consult.Person) { p.Email = id + "@silta.example" })
	}
}

func TestChangePassword(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { o.Letters = box })
	s.addresses()
	nurse, elsewhere := s.as("nurse"), s.as("nurse")
	stream := elsewhere.listen("/requests/stream")
	stream.want("queue", "")
	form := nurse.open("/account")
	form.want("h1", "Oma tunnus")
	change := func(old, chosen string) *page {
		return form.submit(nurse, "form[action='/account/password']", url.Values{"password": {old}, "new_password": {chosen}})
	}
	change("wrong", another).wantStatus(422).want("#account-password-password-error", "Salasana on väärä.")
	change(password, "lyhyt").wantStatus(422).want("#account-password-new-password-error", "vähintään 15 merkkiä")
	change(password, "Noora Nurmi nurse 1").wantStatus(422).want("#account-password-new-password-error", "helppo arvata")
	change(password, "princess!princess!").wantStatus(422).want("#account-password-new-password-error", "monen käyttämä")
	change(password, "").wantStatus(422).want("#account-password-new-password-error", "Täytä tämä kohta")
	if p := change(password, "lyhyt"); strings.Contains(p.body, password) || strings.Contains(p.body, "lyhyt\"") {
		t.Error("a password is on the page")
	}
	before := nurse.http.Jar.Cookies(mustURL(t, s.http.URL))
	change(password, another).follow(nurse).want(".flashes", "Salasana on vaihdettu")
	for _, c := range nurse.http.Jar.Cookies(mustURL(t, s.http.URL)) {
		for _, b := range before {
			if c.Name == "silta" && b.Name == c.Name && b.Value == c.Value {
				t.Error("the session goes on under the token from before")
			}
		}
	}
	stream.want("end", "")
	elsewhere.get("/requests").wantStatus(303)
	if l := box.next(t, "account-changed", "nurse"); l.Facts[0].Value.Word != "letter.change.password" {
		t.Errorf("%+v", l)
	}
	r := s.visitor()
	r.open("/sign-in").submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(422)
	r.open("/sign-in").submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {another}}).wantStatus(303)
}

// TestLetterBeforeTheEnd: who has changed what they sign in with is written to, also when the server is just shutting down.
func TestLetterBeforeTheEnd(t *testing.T) {
	box := newLetters()
	closing, end := context.WithCancel(t.Context())
	s := newSite(t, func(o *ui.Options) { o.Letters, o.Closing = box, closing })
	s.addresses()
	nurse := s.as("nurse")
	form := nurse.open("/account")
	end()
	form.submit(nurse, "form[action='/account/password']", url.Values{"password": {password}, "new_password": {another}}).wantStatus(303)
	if len(box.rung) != 1 {
		t.Fatalf("%d letters", len(box.rung))
	}
	box.next(t, "account-changed", "nurse")
}

func TestSessionsAreOnesOwn(t *testing.T) {
	s := newSite(t, nil)
	nurse, phone, midwife := s.as("nurse"), s.visitor(), s.as("midwife")
	phone.header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36")
	phone.open("/sign-in").submit(phone, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(303)
	p := nurse.open("/account")
	p.want(".plain-list", "Chrome, Android")
	p.want(".plain-list .tag", "tämä laite")
	form := "form[action^='/account/sessions/'][action$='/end']:not([action='/account/sessions/end'])"
	action, _ := p.values(form)
	midwife.post(action, nil).wantStatus(404)
	nurse.post("/account/sessions/none/end", nil).wantStatus(404)
	phone.open("/requests")
	p.submit(nurse, form, nil).follow(nurse).want(".flashes", "kirjattu ulos")
	phone.get("/requests").wantStatus(303)
	midwife.open("/requests")
	nurse.open("/requests")
}

func TestOneTimeCodes(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := "form[action='/account/codes/new']"
	nurse.open("/account").submit(nurse, form, url.Values{"password": {"wrong"}}).wantStatus(422)
	p := nurse.open("/account").submit(nurse, form, url.Values{"password": {password}}).wantStatus(200)
	if !p.has("svg.qr path") {
		t.Error("no QR code")
	}
	text := regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){7}`).FindString(p.text("main"))
	secret, err := session.ReadCodeText(strings.ReplaceAll(text, " ", ""))
	if err != nil || len(secret) != 20 {
		t.Fatalf("the secret %q: %v", text, err)
	}
	// Codes change while the test runs: the one of the next half minute is taken as well.
	code := func(later time.Duration) string { return session.CodeAt(secret, time.Now().Add(later)) }
	p.submit(nurse, "form[action='/account/codes']", url.Values{"code": {"000000"}}).wantStatus(422).want(".error", "Koodi ei ole oikein")
	p = p.submit(nurse, "form[action='/account/codes']", url.Values{"code": {code(-30 * time.Second)}}).wantStatus(200)
	p.sole()
	recovery := strings.Split(p.text("#secrets code"), " | ")
	if len(recovery) != 10 {
		t.Fatalf("recovery codes: %q", recovery)
	}
	nurse.open("/account").want("main", "Varakoodeja on jäljellä 10")
	if strings.Contains(nurse.open("/account").body, text[:4]) {
		t.Error("the secret is shown again")
	}

	enter := func(code string) (*reader, *page) {
		r := s.visitor()
		p := r.open("/sign-in?next=/requests/new").submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(200)
		r.get("/requests").wantStatus(303) // The password alone is not enough.
		return r, p.submit(r, "#sign-in", url.Values{"code": {code}})
	}
	right := code(0)
	r, p := enter(right)
	if p.wantStatus(303).header.Get("Location") != "/requests/new" {
		t.Errorf("leads to %s", p.header.Get("Location"))
	}
	r.open("/account").want(".plain-list", "Salasanalla ja koodilla")
	_, p = enter(right)
	p.wantStatus(422).want("#sign-in-problem", "jo käytetty")
	_, p = enter(strings.ToUpper(recovery[3]))
	p.wantStatus(303)
	// Whoever knew the password that has been changed since does not get in by a code.
	r = s.visitor()
	p = r.open("/sign-in").submit(r, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(200)
	hash, err := session.HashPassword(password)
	s.check(err)
	s.update("nurse", func(n *consult.Person) { n.PasswordHash = hash })
	p.submit(r, "#sign-in", url.Values{"code": {recovery[4]}}).wantStatus(422).want("#sign-in-problem", "alusta")
	r.get("/requests").wantStatus(303)
	nurse = s.visitor()
	p = nurse.open("/sign-in").submit(nurse, "#sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(200)
	p.submit(nurse, "#sign-in", url.Values{"code": {recovery[4]}}).wantStatus(303)

	r, p = enter(recovery[3])
	p.wantStatus(422)
	// Five wrong codes, and one begins anew.
	for range 4 {
		p = p.submit(r, "#sign-in", url.Values{"code": {"000000"}})
	}
	p.wantStatus(422).want("#sign-in-problem", "alusta")
	s.visitor().post("/sign-in/code", url.Values{"code": {recovery[4]}}).wantStatus(422)

	nurse.open("/account").submit(nurse, form, url.Values{"password": {password}}).wantStatus(200)
	nurse.post("/account/codes/end", url.Values{"password": {"wrong"}}).wantStatus(422)
	nurse.post("/account/codes/end", url.Values{"password": {password}}).wantStatus(303)
	nurse.post("/sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(303)
}

func TestTokensOnTheirOwnersPage(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := "form[action='/account/tokens']"
	fill := func(change url.Values) url.Values {
		v := url.Values{"note": {"Tilastot"}, "days": {"30"}, "scopes": {"read"}, "password": {password}}
		for k, x := range change {
			v[k] = x
		}
		return v
	}
	for _, bad := range []url.Values{
		{"note": {""}}, {"days": {"x"}}, {"days": {"0"}}, {"days": {"99999999999999999"}}, {"days": {"9999999999"}}, {"days": {"-5"}}, {"scopes": nil},
		{"scopes": {"all"}}, {"password": {"wrong"}},
	} {
		if p := nurse.open("/account").submit(nurse, form, fill(bad)).wantStatus(422); !p.has("details[open] .error") {
			t.Errorf("%v: no error is shown", bad)
		}
	}
	p := nurse.open("/account").submit(nurse, form, fill(nil)).wantStatus(200)
	p.sole()
	secret := p.text("#secrets code")
	who, err := s.service.ActorByToken(secret)
	if err != nil || who.ID != "nurse" || who.Allows(consult.ScopeWrite) {
		t.Fatalf("%q: %v", secret, err)
	}
	p = nurse.open("/account")
	p.want(".plain-list", "Tilastot")
	if strings.Contains(p.body, secret) {
		t.Error("the token is shown again")
	}
	action, _ := p.values("form[action$='/end'][action^='/account/tokens/']")
	s.as("midwife").post(action, nil).wantStatus(404)
	nurse.post(action, nil).follow(nurse).want(".flashes", "poistettu käytöstä")
	if _, err := s.service.ActorByToken(secret); err == nil {
		t.Error("a token that was ended lets in")
	}
}

func TestForgottenPassword(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { o.Letters = box })
	s.addresses()
	s.update("midwife", func(p *consult.Person) { p.Disabled = true })
	r := s.visitor()
	ask := func(name string) string {
		return r.open("/sign-in/forgot").submit(r, "#forgot", url.Values{"name": {name}}).wantStatus(200).body
	}
	// Whoever it is, the answer is the same, to the byte.
	same := ask("nobody")
	for _, name := range []string{"childpsych", "midwife", "Robert'); --", "", "nurse"} { // no address, disabled, no name, none, and one who has both
		if got := ask(name); got != same {
			t.Errorf("%q is answered otherwise", name)
		}
	}
	letter := box.next(t, "reset", "nurse")
	link := letter.Path

	// Looking changes nothing, however often; the password from before is good until another one is chosen.
	form := r.open(link)
	form.want("main", "nurse")
	r.open(link)
	s.as("nurse")
	old := s.as("nurse")
	form.submit(r, "#invitation", url.Values{"new_password": {"lyhyt"}}).wantStatus(422).want(".error", "liian lyhyt")
	if got := form.submit(r, "#invitation", url.Values{"new_password": {another}}).wantStatus(303); got.header.Get("Location") != "/" {
		t.Errorf("leads to %s", got.header.Get("Location"))
	}
	r.open("/requests").want(".who", "Noora Nurmi")
	old.get("/requests").wantStatus(303)
	// The link is good once; and one that is none looks the same.
	used := s.visitor().get(link).wantStatus(404)
	for _, other := range []string{"/invitation/nurse.x", "/invitation/nobody.x", "/invitation/x", "/invitation/nurse."} {
		if got := s.visitor().get(other).wantStatus(404); got.text("main") != used.text("main") {
			t.Errorf("%s: %s", other, got.text("main"))
		}
	}
	r.post(link, url.Values{"new_password": {another}}).wantStatus(404)

	ask("nurse")
	link = box.next(t, "reset", "nurse").Path
	s.mu.Lock()
	s.now = s.now.Add(time.Hour)
	s.mu.Unlock()
	s.visitor().get(link).wantStatus(404)
	if strings.Contains(s.logs.String(), link) || strings.Contains(s.logs.String(), link[len(link)-20:]) {
		t.Error("a link is in the log")
	}
}

// A new password by mail does not make up for one-time codes; an administrator's invitation does.
func TestInvitationAndCodes(t *testing.T) {
	s := newSite(t, nil)
	secret := session.NewCodeSecret()
	give := func() {
		if _, err := s.service.EditCredentials(t.Context(), s.actor("nurse"), func(c *consult.Credentials) error { c.TOTP = secret; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for fresh, want := range map[bool]int{false: 200, true: 303} {
		give()
		token, _, err := s.service.Invite(t.Context(), consult.System, "nurse", time.Hour, fresh)
		if err != nil {
			t.Fatal(err)
		}
		r := s.visitor()
		p := r.open("/invitation/"+token).submit(r, "#invitation", url.Values{"new_password": {another}}).wantStatus(want)
		if !fresh {
			r.get("/requests").wantStatus(303)
			p.submit(r, "#sign-in", url.Values{"code": {session.CodeAt(secret, time.Now())}}).wantStatus(303)
		}
		r.open("/requests")
	}
}

// TestGuessingIsSlow: whoever guesses waits, the same for names that exist and those that do not; the owner goes on signing in where
// they have signed in before.
func TestGuessingIsSlow(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	nurse.open("/requests").submit(nurse, "form[action='/sign-out']", nil)
	for _, name := range []string{"nurse", "nobody", "No Name!"} {
		thief := s.visitor()
		var got []int
		for range 7 {
			p := thief.post("/sign-in", url.Values{"name": {name}, "password": {"wrong"}})
			got = append(got, p.status)
			if p.status == http.StatusTooManyRequests {
				p.want("#sign-in-problem", "liian monta")
				if p.header.Get("Retry-After") == "" {
					t.Error("not said when to try again")
				}
			}
		}
		if got[4] != 422 || got[5] != 429 || got[6] != 429 {
			t.Errorf("%s: %v", name, got)
		}
	}
	s.visitor().post("/sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(429) // even the right one
	nurse.post("/sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(303)
}

func TestTooManyRequests(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.Limits = limit.New(limit.Options{Person: 1, Address: 1000, Streams: 2}) })
	nurse := s.as("nurse")
	for range 9 {
		nurse.open("/requests")
	}
	refused := false
	for range 20 {
		if p := nurse.get("/requests"); p.status == http.StatusTooManyRequests {
			refused = true
			p.want("h1", "Pyyntöjä tulee nyt liikaa.")
			if p.header.Get("Retry-After") != "1" {
				t.Errorf("Retry-After: %q", p.header.Get("Retry-After"))
			}
		}
	}
	if !refused {
		t.Error("nobody is refused")
	}
	midwife := s.as("midwife")
	midwife.listen("/requests/stream")
	midwife.listen("/requests/stream")
	midwife.get("/requests/stream").wantStatus(429)
	s.as("childpsych").listen("/queue/stream")
}
