package ui_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
)

func TestPeople(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { o.Letters = box })
	admin := s.as("admin")
	admin.header.Set("Accept-Language", "en")
	p := admin.get("/").follow(admin)
	p.want("main", "Noora Nurmi")
	p = admin.open("/people").submit(admin, "form[role=search]", url.Values{"q": {"tampere maija"}}).follow(admin)
	p.want("main", "Maija Mäki")
	if p.Find(".plain-list li").Length() != 1 {
		t.Errorf("found %s", p.text(".plain-list"))
	}
	p.submit(admin, "form[role=search]", url.Values{"q": {"nobody at all"}}).follow(admin).want("main", "Nobody was found")

	form := admin.open("/people/-/new")
	fill := url.Values{
		"id": {"nurse3"}, "name": {"Uusi Hoitaja"}, "email": {"uusi@silta.example"}, "roles": {"requester"}, "profession": {"school-nurse"},
		"municipality": {"Tampere"}, "language": {"sv"},
	}
	with := func(name, value string) url.Values {
		v := url.Values{}
		for k, x := range fill {
			v[k] = x
		}
		v[name] = []string{value}
		return v
	}
	form.submit(admin, "#person", with("id", "Nurse 3")).wantStatus(422).want(".error", "characters")
	form.submit(admin, "#person", with("id", "nurse")).wantStatus(409).want(".error", "already")
	form.submit(admin, "#person", with("email", "a b")).wantStatus(422)
	form.submit(admin, "#person", with("roles", "boss")).wantStatus(422)
	person := form.submit(admin, "#person", fill).follow(admin)
	person.want(".flashes", "is added")
	if got, err := s.store.View.Person("nurse3"); err != nil || got.Name != "Uusi Hoitaja" || got.Language != consult.Swedish || got.PasswordHash != "" {
		t.Fatalf("%+v, %v", got, err)
	}

	// The invitation goes to the person alone.
	person.want("section[aria-labelledby=person-access] .note", "cannot sign in yet")
	invited := person.submit(admin, "form[action$='/invite']", nil).follow(admin)
	invited.want(".flashes", "on its way")
	invited.want("section[aria-labelledby=person-access]", "good until 9 Nov 2026")
	link := box.next(t, "invitation", "nurse3").Path
	if body := invited.body; len(link) < 30 || strings.Contains(body, link[len(link)-20:]) {
		t.Error("the administrator sees the link")
	}
	fresh := s.visitor()
	fresh.open(link).submit(fresh, "#invitation", url.Values{"new_password": {another}}).wantStatus(303)
	fresh.open("/requests")
	if p := admin.open("/people/nurse3"); strings.Contains(p.text("section[aria-labelledby=person-access]"), "have not used it") {
		t.Error("the invitation is still open")
	}

	// Two who edit at the same time: the later one is told.
	first, second := admin.open("/people/nurse3"), admin.open("/people/nurse3")
	first.submit(admin, "#person", url.Values{"name": {"Uusi Nimi"}}).wantStatus(303)
	second.submit(admin, "#person", url.Values{"name": {"Toinen Nimi"}}).wantStatus(412)
	admin.open("/people/nurse3").submit(admin, "#person", url.Values{"name": {""}}).wantStatus(422)
	if got := s.actor("nurse3"); got.Name != "Uusi Nimi" || got.PasswordHash == "" {
		t.Errorf("%+v", got)
	}

	if _, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{Person: "nurse3", Note: "Skripti"}); err != nil {
		t.Fatal(err)
	}
	admin.open("/people/nurse3").submit(admin, "form[action*='/tokens/']", nil).follow(admin).want(".flashes", "revoked")
	admin.open("/people/nurse3").submit(admin, "form[action$='/disable']", nil).follow(admin).want(".tag", "disabled")
	fresh.get("/requests").wantStatus(303)
	admin.post("/people/nurse3/invite", nil).wantStatus(303).follow(admin).want(".flashes", "No mail can be sent")
	admin.open("/people/nurse3").submit(admin, "form[action$='/enable']", nil).wantStatus(303)
	if own := admin.open("/people/admin"); own.has("form[action$='/disable']") {
		t.Error("an administrator is offered to disable themselves")
	}
	admin.post("/people/admin/disable", nil).wantStatus(409)
	admin.get("/people/nobody").wantStatus(404)
	admin.post("/people/nobody/invite", nil).wantStatus(404)
}

// An administrator is told why mail to somebody does not arrive and takes the flag off, and sees which rules still name whom
// they have disabled.
func TestPersonInTrouble(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	_, err := s.service.EditPerson(t.Context(), consult.System, "childpsych", func(p *consult.Person) error {
		p.Email = "lauri@example.org"
		return nil
	})
	s.check(err)
	_, err = s.service.FlagAddress(t.Context(), "childpsych", func(string) bool { return true }, "5.2.2", s.clock())
	s.check(err)
	p := admin.open("/people/childpsych?lang=fi")
	p.want(".note-warn", "postilaatikko on täynnä")
	p = p.submit(admin, "form[action$='/mail-works']", nil).follow(admin)
	if p.want(".flashes", "merkintä on poistettu"); p.has("main form[action$='/mail-works']") {
		t.Error("the flag stays")
	}
	s.as("nurse").post("/people/childpsych/mail-works", url.Values{}).wantStatus(404)
	admin.post("/people/nobody/mail-works", url.Values{}).wantStatus(404)
	p = admin.open("/people/childpsych").submit(admin, "form[action$='/disable']", nil).follow(admin)
	p.want("main", "Säännöissä hän on yhä tiimissä: Lastenpsykiatria")
}

// Of some hundred people each is found: page by page in the order of the language, by a search that stays on the way back and in another
// language and whose words come into no address, and those with whom something is the matter.
func TestManyPeople(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	first := admin.open("/people?lang=fi").Find(".plain-list li").Length()
	for i := range 120 {
		s.check(s.service.SetPerson(t.Context(), consult.System, consult.Person{
			ID: fmt.Sprintf("p%03d", i), Name: fmt.Sprintf("%s Väki %03d", []string{"Örn", "Äijä", "Åke", "eero", "Zoe"}[i%5], i), Roles: []consult.Role{consult.Requester},
			Profession: "school-nurse", Municipality: "Nokia", Language: consult.Finnish,
		}))
	}
	var names []string
	seen := map[string]bool{}
	p := admin.open("/people")
	for pages := 0; pages < 9; pages++ {
		for _, name := range p.Find(".plain-list strong").EachIter() {
			names = append(names, name.Text())
		}
		for _, id := range p.Find(".plain-list code").EachIter() {
			seen[id.Text()] = true
		}
		next, ok := p.Find("nav.pager a[href*=after]").Attr("href")
		if !ok {
			break
		}
		p.want("main", "–"+strconv.Itoa(len(names))+" / "+strconv.Itoa(first+120))
		p = admin.open(next)
	}
	if len(names) != first+120 || len(seen) != len(names) {
		t.Errorf("the pages have %d people, %d different ones", len(names), len(seen))
	}
	if last := names[len(names)-49:]; !strings.HasPrefix(last[0], "Åke") || !strings.HasPrefix(last[1], "Äijä") || !strings.HasPrefix(last[25], "Örn") {
		t.Errorf("the last ones are %q", last)
	}

	p = admin.open("/people").submit(admin, "form[role=search]", url.Values{"q": {"eero nokia"}})
	if to := p.header.Get("Location"); strings.Contains(to, "eero") {
		t.Errorf("the search leads to %s", to)
	}
	p = p.follow(admin)
	p.want("main", "Haulla löytyi 24 henkilöä")
	swedish, _ := p.Find("#languages a[hreflang=sv]").Attr("href")
	for _, again := range []string{swedish, p.path} {
		p = admin.open(again)
		if p.Find(".plain-list li").Length() != 24 || p.Find("#people-q").AttrOr("value", "") != "eero nokia" {
			t.Errorf("%s has %d people", again, p.Find(".plain-list li").Length())
		}
	}
	if admin.open("/people?lang=fi").Find(".plain-list li").Length() != 50 {
		t.Error("the search stays where nobody asks for it")
	}

	// Those who have no password yet, are disabled, or whom mail does not reach.
	_, err := s.service.EditPerson(t.Context(), consult.System, "p001", func(p *consult.Person) error { p.Disabled = true; return nil })
	s.check(err)
	p = admin.open("/people")
	p.want(".people-tabs", "Ei vielä käytössä (119)")
	p.want(".people-tabs", "Poissa käytöstä (1)")
	if p = admin.open(p.Find(".people-tabs a[href*=disabled]").AttrOr("href", "")); p.Find(".plain-list li").Length() != 1 {
		t.Errorf("disabled: %s", p.text(".plain-list"))
	}
	p.want(".plain-list", "Äijä Väki 001")
}

// Before somebody is disabled an administrator is told what it means, in numbers; it is done from there only, and taken back with a click.
func TestDisablingSaysWhatItMeans(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	s.as("childpsych2") // They are signed in somewhere.
	c := s.submit(1, 9)[0]
	if _, err := s.service.Do(t.Context(), s.actor("childpsych2"), c, consult.ClaimCommand{}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{Person: "childpsych2", Note: "Skripti"}); err != nil {
		t.Fatal(err)
	}
	said := func(id string, wanted ...string) {
		t.Helper()
		p := admin.open("/people/" + id + "?lang=fi")
		for _, want := range wanted {
			p.want("details #person-ties", want)
		}
		if p.Find("form[action$='/disable']").Closest("details:not([open])").Length() != 1 || strings.Contains(p.text("#person-ties"), "⟦") {
			t.Errorf("%s: %s", id, p.text("#person-access ~ details"))
		}
	}
	said("childpsych2", "Se, mitä hän on tehnyt, säilyy", "heti ulos selaimesta", "Hänen rajapinnan tunnisteensa", "Hänellä on kesken yksi pyyntö: Lastenpsykiatria",
		"Hän on tiimin koordinaattori: Lastenpsykiatria", "Vuorot eivät siirry itsestään", "voi ottaa takaisin")
	said("nurse", "Yksi hänen lähettämänsä pyyntö on kesken")
	onCall := s.book.OnCall("child-psychiatry", s.clock())
	said(onCall[0], "Hän päivystää juuri nyt: Lastenpsykiatria")
	if p := admin.open("/people/childpsych2"); strings.Contains(p.text("#person-ties"), "ei jää ketään") {
		t.Errorf("alone with a colleague: %s", p.text("#person-ties"))
	}
	p := admin.open("/people/childpsych").submit(admin, "form[action$='/disable']", nil).follow(admin)
	if !p.has("section:has(form[action$='/enable']) ~ #person") || p.Find("form[action$='/enable']").Length() != 1 {
		t.Error("the way back is not the first thing on the page")
	}
	said("childpsych2", "Tiimiin ei jää ketään, joka voisi vastata: Lastenpsykiatria")
	p.submit(admin, "form[action$='/enable']", nil).wantStatus(303)
	if admin.open("/people/admin").has("#person-ties") {
		t.Error("an administrator is told of disabling themselves")
	}
}

// Whoever can change somebody's mail address can have a link to a new password sent to themselves: the one who read at the address before
// is told, links that were sent there are void, and who did it stays to be seen.
func TestAddressChanges(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { o.Letters = box })
	s.addresses()
	admin, nurse := s.as("admin"), s.as("nurse")
	r := s.visitor()
	r.open("/sign-in/forgot").submit(r, "#forgot", url.Values{"name": {"nurse"}}).wantStatus(200)
	reset := box.next(t, "reset", "nurse").Path
	admin.open("/people/nurse").submit(admin, "form[action$='/invite']", nil).wantStatus(303)
	invitation := box.next(t, "invitation", "nurse").Path
	s.visitor().get(reset).wantStatus(404) // There is one at a time.
	s.visitor().open(invitation)

	change := func(email string) *page {
		return admin.open("/people/nurse").submit(admin, "#person", url.Values{"email": {email}}).follow(admin)
	}
	change("thief@evil.example").want(".moves", "Until 2 Nov 2026 at 12:00 the address was nurse@silta.example. Anna Aalto changed it.")
	letter := box.next(t, "address-changed", "nurse")
	p, err := s.store.View.Person("nurse")
	if err != nil || p.EmailBefore(letter.Before) != "nurse@silta.example" {
		t.Errorf("the letter goes to %q, %v", p.EmailBefore(letter.Before), err)
	}
	s.visitor().get(invitation).wantStatus(404)
	nurse.open("/account").want(".moves", "Anna Aalto")

	// Back, or on to nowhere: each address hears of its own end, and nothing else makes a letter.
	change("nurse@silta.example").want(".moves", "thief@evil.example")
	again := box.next(t, "address-changed", "nurse")
	if p, err = s.store.View.Person("nurse"); err != nil || p.EmailBefore(again.Before) != "thief@evil.example" || p.EmailBefore(letter.Before) != "nurse@silta.example" {
		t.Errorf("%+v, %v", p.Former, err)
	}
	change("")
	if l := box.next(t, "address-changed", "nurse"); l.Before == again.Before {
		t.Error("nobody hears that mail goes nowhere")
	}
	change("new@silta.example")
	admin.open("/people/nurse").submit(admin, "#person", url.Values{"phone": {"040 1"}}).wantStatus(303)
	// After some months the addresses are gone.
	s.later(91 * 24 * time.Hour)
	s.as("admin").open("/people/nurse")
	s.update("nurse", func(p *consult.Person) { p.Phone = "" })
	if p, err = s.store.View.Person("nurse"); err != nil || len(p.Former) > 0 {
		t.Errorf("%+v, %v", p.Former, err)
	}
	select {
	case <-box.rung:
		t.Errorf("one letter too many: %+v", box.sent)
	default:
	}
}
