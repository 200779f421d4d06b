package ui_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"silta/consult"
	"silta/ui"
	"silta/ui/provider"
)

// county is a provider of identities and a site that people sign in to by it.
func county(t *testing.T, create bool) (*mockoidc.MockOIDC, *site) {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	s := newSite(t, func(o *ui.Options) {
		o.Providers = []*provider.Provider{provider.New(provider.Options{
			ID: "county", Name: consult.Text{"fi": "Maakunta", "sv": "Landskapet", "en": "County"}, Issuer: m.Issuer(), ClientID: m.ClientID,
			ClientSecret: m.ClientSecret, Scopes: []string{"profile", "email", "groups"}, Create: create, PublicURL: o.PublicURL,
			Claims: provider.Claims{Person: "preferred_username", Email: "email", Profession: "phone_number"},
			Roles: []provider.RoleRule{
				{Claim: "groups", Value: "silta-senders", Role: consult.Requester}, {Claim: "groups", Value: "silta-specialists", Role: consult.Specialist},
			},
			Pools: []provider.PoolRule{
				{Claim: "groups", Value: "silta-child", Pool: "child-psychiatry"}, {Claim: "groups", Value: "silta-children", Pool: "child-psychiatry"},
				{Claim: "groups", Value: "silta-youth", Pool: "youth-psychiatry"}, {Claim: "groups", Value: "silta-child", Pool: "gone"},
			},
		})}
	})
	return m, s
}

// with signs somebody in at the provider, and returns what the site answers when they come back.
func (r *reader) with(m *mockoidc.MockOIDC, u mockoidc.User) *page {
	r.t.Helper()
	m.QueueUser(u)
	p := r.open("/sign-in?next=/requests/new")
	href, _ := p.Find("#providers a").Attr("href")
	start := r.get(href).wantStatus(303)
	return r.get(r.back(start.header.Get("Location")))
}

// back goes to the provider and returns the path on this site that it leads back to.
func (r *reader) back(to string) string {
	r.t.Helper()
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := plain.Get(to)
	r.site.check(err)
	_ = res.Body.Close()
	u, err := url.Parse(res.Header.Get("Location"))
	r.site.check(err)
	return u.RequestURI()
}

func user(subject, name string, groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{
		Subject: subject, PreferredUsername: name, Email: name + "@county.example", EmailVerified: true, Phone: "school-nurse", Groups: groups,
	}
}

func TestSignInWithProvider(t *testing.T) {
	m, s := county(t, true)
	r := s.visitor()
	if got := r.with(m, user("sub-1", "newnurse", "silta-senders", "others")); got.status != 303 || got.header.Get("Location") != "/requests/new" {
		t.Fatalf("%d %s %s", got.status, got.header.Get("Location"), got.text("#sign-in-problem"))
	}
	r.open("/account").want(".plain-list", "Tunnistuspalvelulla")
	if p := s.actor("newnurse"); !p.Is(consult.Requester) || p.Is(consult.Specialist) || p.Email != "newnurse@county.example" || p.Profession != "school-nurse" {
		t.Errorf("%+v", p.Person)
	}
	// Known by the subject: another name there is the same person here, and other groups are other roles.
	s.visitor().with(m, user("sub-1", "married", "silta-specialists")).wantStatus(303)
	if p := s.actor("newnurse"); p.Is(consult.Requester) || !p.Is(consult.Specialist) || p.Revision != 2 {
		t.Errorf("%+v", p.Person)
	}
	s.visitor().with(m, user("sub-1", "newnurse", "silta-specialists")).wantStatus(303)
	// Somebody else of that name is not let in, nor is who has no role, or was disabled.
	s.visitor().with(m, user("sub-2", "newnurse", "silta-senders")).wantStatus(403).want("#sign-in-problem", "jo muualta")
	s.visitor().with(m, user("sub-1", "newnurse", "others")).wantStatus(403).want("#sign-in-problem", "ei ole oikeutta")
	s.update("newnurse", func(p *consult.Person) { p.Disabled = true })
	s.visitor().with(m, user("sub-1", "newnurse", "silta-senders")).wantStatus(403).want("#sign-in-problem", "ylläpitäjältä")
	// Who was added before without any login is the person of that name.
	s.visitor().with(m, user("sub-3", "midwife", "silta-senders")).wantStatus(303)
	if p := s.actor("midwife"); len(p.Logins) != 1 || p.Logins[0].Subject != "sub-3" {
		t.Errorf("%+v", p.Person)
	}
	// What its userinfo endpoint tells, without saying of whom, is not taken in the place of a name that is not there.
	s.visitor().with(m, user("sub-", "", "silta-senders")).wantStatus(422)
	for _, odd := range []string{"Robert'); --", "system", strings.Repeat("x", 100)} {
		s.visitor().with(m, user("sub-"+odd, odd, "silta-senders")).wantStatus(403)
	}
	if strings.Contains(s.logs.String(), "sub-1") || strings.Contains(s.logs.String(), "county.example") || strings.Contains(s.logs.String(), "Robert") {
		t.Error("what the provider says is in the log")
	}
}

// A provider that changes somebody's mail address is no reason not to tell of it at the one before.
func TestProviderMovesAddress(t *testing.T) {
	m, s := county(t, true)
	whole, box := s.change, newLetters()
	s.change = func(o *ui.Options) { whole(o); o.Letters = box }
	s.restart()
	s.visitor().with(m, user("sub-1", "newnurse", "silta-senders")).wantStatus(303)
	s.visitor().with(m, user("sub-1", "newnurse", "silta-senders")).wantStatus(303)
	s.visitor().with(m, user("sub-1", "married", "silta-senders")).wantStatus(303)
	l := box.next(t, "address-changed", "newnurse")
	if p := s.actor("newnurse"); p.EmailBefore(l.Before) != "newnurse@county.example" || p.Email != "married@county.example" || l.Facts[1].Value.Word != "letter.change.by-program" {
		t.Errorf("%+v: the letter goes to %q: %+v", p.Email, p.EmailBefore(l.Before), l)
	}
	s.as("admin").open("/people/newnurse").want(".moves", "newnurse@county.example")
	select {
	case <-box.rung:
		t.Errorf("one letter too many: %+v", box.sent)
	default:
	}
}

func TestUnknownAtProvider(t *testing.T) {
	m, s := county(t, false)
	s.visitor().with(m, user("sub-1", "newnurse", "silta-senders")).wantStatus(403).want("#sign-in-problem", "ei ole vielä lisätty")
	if _, err := s.store.View.Person("newnurse"); consult.KindOf(err) != consult.NotFound {
		t.Errorf("was added: %v", err)
	}
}

// Nobody is signed in by what they have not asked for: another browser's answer, one that comes twice, or one made up.
func TestAttemptsAreOnesOwn(t *testing.T) {
	m, s := county(t, true)
	r, thief := s.visitor(), s.visitor()
	m.QueueUser(user("sub-1", "newnurse", "silta-senders"))
	to := r.get("/sign-in/with/county?next=//evil.example").wantStatus(303).header.Get("Location")
	q, err := url.Parse(to)
	s.check(err)
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Query().Get(name)) < 20 {
			t.Errorf("%s: %q", name, q.Query().Get(name))
		}
	}
	if q.Query().Get("code_challenge_method") != "S256" || q.Query().Get("redirect_uri") != s.http.URL+"/sign-in/with/county/back" {
		t.Errorf("asks for %v", q.Query())
	}
	back := r.back(to)
	thief.get(back).wantStatus(422)
	thief.get("/sign-in/with/county")
	thief.get(back).wantStatus(422)
	if got := r.get(back).wantStatus(303).header.Get("Location"); got != "/" {
		t.Errorf("leads to %q", got)
	}
	r.get(back).wantStatus(422)
	fresh := s.visitor()
	fresh.get("/sign-in/with/county")
	for _, made := range []string{"", "?error=access_denied", "?code=x", "?state=x&code=x"} {
		fresh.get("/sign-in/with/county/back" + made).wantStatus(422)
	}
	s.visitor().get("/sign-in/with/other").wantStatus(404)
}

// sure is somebody of whom the provider says how it has made sure.
type sure struct {
	*mockoidc.MockUser
	claims map[string]any
}

// Claims implements mockoidc.User.
func (u sure) Claims(scope []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	claims, err := u.MockUser.Claims(scope, base)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	all := jwt.MapClaims{}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, u.claims)
	return all, nil
}

// TestHowSure: where the configuration wants it, the provider is asked for it, and only who was made sure of so is let in.
func TestHowSure(t *testing.T) {
	m, s := county(t, true)
	whole := s.change
	s.change = func(o *ui.Options) {
		whole(o)
		with := o.Providers[0].Options
		with.ACR, with.AMR = []string{"urn:example:high", "urn:example:card"}, []string{"hwk", "mfa"}
		o.Providers[0] = provider.New(with)
	}
	s.restart()
	to := mustURL(t, s.visitor().get("/sign-in/with/county").wantStatus(303).header.Get("Location"))
	if asked := to.Query().Get("acr_values"); asked != "urn:example:high urn:example:card" {
		t.Errorf("asks for %q", asked)
	}
	for why, c := range map[string]struct {
		claims map[string]any
		status int
	}{
		"nothing is said":    {nil, 403},
		"a low class":        {map[string]any{"acr": "urn:example:low", "amr": []string{"mfa"}}, 403},
		"one way alone":      {map[string]any{"acr": "urn:example:high", "amr": []string{"pwd"}}, 403},
		"no ways are told":   {map[string]any{"acr": "urn:example:high"}, 403},
		"a number":           {map[string]any{"acr": 2, "amr": []string{"mfa"}}, 403},
		"the second of both": {map[string]any{"acr": "urn:example:card", "amr": []string{"pwd", "otp", "mfa"}}, 303},
	} {
		r := s.visitor()
		if p := r.with(m, sure{user("sub-1", "newnurse", "silta-senders"), c.claims}); p.status != c.status ||
			c.status == 403 && !strings.Contains(p.text("#sign-in-problem"), "niin vahvasti kuin täällä tarvitaan") {
			t.Errorf("%s: %d %s", why, p.status, p.text("#sign-in-problem"))
		}
		if in := r.get("/account").status == 200; in != (c.status == 303) {
			t.Errorf("%s: signed in: %t", why, in)
		}
	}
}

func TestProviderIsDown(t *testing.T) {
	m, s := county(t, true)
	s.check(m.Shutdown())
	s.visitor().get("/sign-in/with/county").wantStatus(503).want("#sign-in-problem", "ei vastaa")
	s.as("nurse")
}
