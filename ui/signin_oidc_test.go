package ui_test

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/provider"
	"silta/ui/provider/providertest"
)

// realProviders is a site whose people sign in at two real providers: "county" tells of people at its userinfo endpoint, as the standard has
// it, and "hospital" in the ID token, as many do. The last one's ID tokens are out of date as soon as they are made.
func realProviders(t *testing.T, install *providertest.Server) *site {
	t.Helper()
	people := map[string]map[string]any{}
	for name, groups := range map[string][]string{
		"senni": {"silta-senders", "others"}, "liisa": {"silta-specialists", "silta-child"}, "erkki": {"silta-specialists", "silta-senders"}, "vieras": {"others"}, "ryhmätön": nil, "midwife": {"silta-senders"},
	} {
		people[name] = map[string]any{
			"preferred_username": strings.ToUpper(name), "name": "Nimi " + name, "email": name + "@county.example", "email_verified": true,
			"locale": "sv-FI", "groups": groups,
		}
	}
	ids := []string{"county", "hospital", "late"}
	return newSite(t, func(o *ui.Options) {
		asked := make([]providertest.Options, len(ids))
		for i, id := range ids {
			asked[i] = providertest.Options{
				Client: "silta-" + id, Secret: "secret of " + id, Redirect: o.PublicURL + "/sign-in/with/" + id + "/back", People: people,
				AllInToken: id != "county",
			}
		}
		asked[2].TokenLife = -600
		for i, issuer := range install.Start(t, asked...) {
			o.Providers = append(o.Providers, provider.New(provider.Options{
				ID: ids[i], Name: consult.Text{"fi": ids[i], "sv": ids[i], "en": ids[i]}, Issuer: issuer, ClientID: asked[i].Client,
				ClientSecret: asked[i].Secret, Scopes: []string{"profile", "email", "groups"}, Create: ids[i] != "hospital", PublicURL: o.PublicURL,
				Claims: provider.Claims{Person: "preferred_username", Name: "name", Email: "email"},
				Roles: []provider.RoleRule{
					{Claim: "groups", Value: "silta-specialists", Role: consult.Specialist}, {Claim: "groups", Value: "silta-auditors", Role: consult.Auditor},
				},
				Pools: []provider.PoolRule{{Claim: "groups", Value: "silta-child", Pool: "child-psychiatry"}},
			}))
		}
	})
}

// A real provider, from the button on the sign-in page to the session and out again.
func TestRealProviders(t *testing.T) {
	s := realProviders(t, providertest.Install(t))
	// begin leads to a provider, end back from it.
	begin := func(r *reader, id string, change func(url.Values)) string {
		t.Helper()
		to := mustURL(t, r.get("/sign-in/with/"+id+"?next=/queue").wantStatus(303).header.Get("Location"))
		q := to.Query()
		if change != nil {
			change(q)
		}
		to.RawQuery = q.Encode()
		return to.String()
	}
	end := func(r *reader, back string) *page { return r.get(mustURL(t, back).RequestURI()) }
	whole := func(r *reader, v *providertest.Visitor, id, name string) *page {
		t.Helper()
		return end(r, v.SignIn(begin(r, id, nil), name))
	}

	r, v := s.visitor(), providertest.NewVisitor(t)
	if got := whole(r, v, "county", "erkki").wantStatus(303).header.Get("Location"); got != "/queue" {
		t.Errorf("leads to %s", got)
	}
	erkki := s.actor("erkki")
	if !slices.Equal(erkki.Roles, []consult.Role{consult.Specialist}) || erkki.Name != "Nimi erkki" || erkki.Email != "erkki@county.example" ||
		erkki.Language != consult.Swedish || erkki.Logins[0] != (consult.Login{Provider: "county", Subject: "erkki"}) {
		t.Errorf("%+v", erkki.Person)
	}
	r.open("/account").want(".plain-list", "Med identifieringstjänst") // in the language that it tells
	// Whom the groups claim makes a member, has that at the provider of whom the configuration says so, and only there.
	if len(erkki.Memberships) != 0 {
		t.Errorf("erkki works for %v", erkki.Memberships)
	}
	id := s.submit(1, 9)[0]
	r.get("/requests/" + id).wantStatus(404)
	liisa := s.visitor()
	whole(liisa, providertest.NewVisitor(t), "county", "liisa").wantStatus(303)
	if m := s.actor("liisa").Memberships; !slices.Equal(m, []consult.Membership{{Pool: "child-psychiatry", Provider: "county"}}) {
		t.Errorf("liisa works for %v", m)
	}
	liisa.open("/queue").want(".cases", "S-2026-0001")
	liisa.open("/requests/"+id).submit(liisa, "form[action$='/claim']", nil).wantStatus(303)

	// Who is known there comes in without a question, but not after they have signed out here: it may be somebody else.
	whole(s.visitor(), v, "county", "erkki").wantStatus(303)
	if v.Asked != 1 {
		t.Errorf("asked %d times", v.Asked)
	}
	r.open("/account").submit(r, "form[action='/sign-out']", nil).wantStatus(303)
	r.get("/queue").wantStatus(303)
	whole(r, v, "county", "erkki").wantStatus(303)
	if v.Asked != 2 {
		t.Errorf("after signing out they were not asked again: %d", v.Asked)
	}

	for why, c := range map[string]struct {
		id, name string
		status   int
		says     string
	}{
		"no role":          {"county", "vieras", 403, "ei ole oikeutta"},
		"no groups at all": {"county", "ryhmätön", 403, "ei ole oikeutta"},
		"somebody of that name at another provider":   {"hospital", "erkki", 403, "jo muualta"},
		"an ID token that is out of date":             {"late", "erkki", 422, "ei kirjannut"},
		"not to be added, and known by no other name": {"hospital", "senni", 403, ""},
	} {
		p := whole(s.visitor(), providertest.NewVisitor(t), c.id, c.name).wantStatus(c.status)
		if !strings.Contains(p.text("#sign-in-problem"), c.says) {
			t.Errorf("%s: %s", why, p.text("#sign-in-problem"))
		}
	}

	// What does not belong together is refused.
	for why, change := range map[string]func(q url.Values){
		"another nonce":     func(q url.Values) { q.Set("nonce", "made-up") },
		"no nonce":          func(q url.Values) { q.Del("nonce") },
		"another state":     func(q url.Values) { q.Set("state", "made-up") },
		"another challenge": func(q url.Values) { q.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM") },
		"a plain challenge": func(q url.Values) { q.Set("code_challenge_method", "plain") },
		"no challenge":      func(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") },
	} {
		r := s.visitor()
		if p := end(r, providertest.NewVisitor(t).SignIn(begin(r, "county", change), "erkki")); p.status != 422 {
			t.Errorf("%s: %d", why, p.status)
		}
		r.get("/queue").wantStatus(303)
	}
	r, v = s.visitor(), providertest.NewVisitor(t)
	back := v.SignIn(begin(r, "county", nil), "erkki")
	end(s.visitor(), back).wantStatus(422) // Another browser.
	end(r, strings.Replace(back, "/county/", "/hospital/", 1)).wantStatus(422)
	end(r, back).wantStatus(422) // It was used by that.
	r = s.visitor()
	back = v.SignIn(begin(r, "county", nil), "erkki")
	end(r, strings.Replace(back, "iss=", "iss=x", 1)).wantStatus(422)
	r = s.visitor()
	back = v.SignIn(begin(r, "county", nil), "erkki")
	end(r, back).wantStatus(303)
	stale := s.visitor()
	again := mustURL(t, v.SignIn(begin(stale, "county", nil), "erkki")).Query()
	again.Set("code", mustURL(t, back).Query().Get("code")) // A code is good once.
	stale.get("/sign-in/with/county/back?" + again.Encode()).wantStatus(422)

	// Who is disabled is out at once, and stays out.
	r = s.visitor()
	whole(r, v, "county", "erkki").wantStatus(303)
	s.update("erkki", func(p *consult.Person) { p.Disabled = true })
	r.get("/queue").wantStatus(303)
	whole(s.visitor(), v, "county", "erkki").wantStatus(403).want("#sign-in-problem", "ylläpitäjältä")
	if logs := s.logs.String(); strings.Contains(logs, "county.example") || strings.Contains(logs, "secret of") {
		t.Error("what the provider says is in the log")
	}
}

// An attempt that takes too long is over; a provider that is gone keeps nobody else out.
func TestRealProviderEnds(t *testing.T) {
	install := providertest.Install(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	public := fmt.Sprintf("http://%s", listener.Addr())
	issuer := install.Start(t, providertest.Options{
		Client: "silta", Secret: "secret", Redirect: public + "/sign-in/with/county/back", People: map[string]map[string]any{"senni": {}},
	})[0]
	p := provider.New(provider.Options{ID: "county", Issuer: issuer, ClientID: "silta", ClientSecret: "secret", PublicURL: public})
	now := time.Now()
	for late, want := range map[time.Duration]bool{9 * time.Minute: true, 11 * time.Minute: false} {
		to, attempt, err := p.Start(t.Context(), "/", false, now)
		if err != nil {
			t.Fatal(err)
		}
		back := mustURL(t, providertest.NewVisitor(t).SignIn(to, "senni"))
		c, err := p.Finish(t.Context(), back.Query(), attempt, now.Add(late))
		if (err == nil) != want || want && c.Subject != "senni" {
			t.Errorf("after %v: %+v, %v", late, c, err)
		}
	}
}
