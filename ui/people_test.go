package ui_test

import (
	"net/url"
	"strings"
	"testing"

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
	p = admin.open("/people?q=tampere+maija")
	p.want("main", "Maija Mäki")
	if p.Find(".plain-list li").Length() != 1 {
		t.Errorf("found %s", p.text(".plain-list"))
	}
	admin.open("/people?q=nobody+at+all").want("main", "Nobody was found")

	form := admin.open("/people/new")
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
	invited := person.submit(admin, "form[action$='/invite']", nil).follow(admin)
	invited.want(".flashes", "on its way")
	link := box.next(t, "invitation", "nurse3").Path
	if body := invited.body; len(link) < 30 || strings.Contains(body, link[len(link)-20:]) {
		t.Error("the administrator sees the link")
	}
	fresh := s.visitor()
	fresh.open(link).submit(fresh, "#invitation", url.Values{"new_password": {another}}).wantStatus(303)
	fresh.open("/requests")

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
