package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// Everybody who is signed in finds what each team answers; only its own people and administrators come to its page.
func TestServices(t *testing.T) {
	s := newSite(t, nil)
	p := s.as("nurse").open("/services")
	if n := p.Find(".service").Length(); n != 3 {
		t.Fatalf("%d teams", n)
	}
	p.want(".service:nth-child(1) h2", "Lastenpsykiatria")
	p.want(".service:nth-child(1) .facts", "ma–pe")
	p.want(".service:nth-child(1) .facts", "8.00–16.00")
	p.want(".service:nth-child(1) .facts", "Kirjallisesti, puhelimella")
	p.want(".service:nth-child(2) .facts", "aina")
	if p.has(".service-foot") {
		t.Error("a sender is led to a team's own page")
	}
	if got := s.as("childpsych").open("/services").Find(".service-foot a").Length(); got != 1 {
		t.Errorf("a specialist is led to %d teams", got)
	}
	s.as("youthpsych").open("/services").want(".service:nth-child(1) h2", "Nuorisopsykiatria") // One's own comes first.
	for who, want := range map[string]int{"nurse": 404, "youthpsych": 404, "childpsych": 200, "childpsych2": 200, "admin": 200} {
		if got := s.as(who).get("/pools/child-psychiatry").status; got != want {
			t.Errorf("%s at the team's page: %d, want %d", who, got, want)
		}
	}
	if got := s.as("admin").get("/pools/nothing").status; got != http.StatusNotFound {
		t.Errorf("a team that is none: %d", got)
	}
}

// A swap is asked and accepted on the team's page, an override set and taken away, and what is wrong is said beside the field.
func TestPoolPage(t *testing.T) {
	s := newSite(t, nil)
	const team = "/pools/child-psychiatry"
	asker := s.book.OnCall("child-psychiatry", s.clock())[0]
	colleague := map[string]string{"childpsych": "childpsych2", "childpsych2": "childpsych"}[asker]
	first, second := s.inFinnish(asker), s.inFinnish(colleague)

	p := first.open(team)
	p.want(".on-call-now", s.personName(asker))
	p.want("section[aria-labelledby=now-title]", "ei ole aukkoja")
	p.want("section[aria-labelledby=now-title]", "Mikään pyyntö ei ole myöhässä")
	p.want(".rota-mine", "sinä")
	shift, _ := p.Find("#ask-swap-shift option:nth-child(2)").Attr("value")
	ask := "#panel-ask-swap form"
	p.submit(first, ask, url.Values{"shift": {shift}}).wantStatus(422).want("#ask-swap-person-error", "Täytä tämä kohta")
	p.submit(first, ask, url.Values{"shift": {"x"}, "person": {colleague}}).wantStatus(422).want("#ask-swap-shift-error", "mennyt")
	p.submit(first, ask, url.Values{"shift": {shift}, "person": {colleague}}).follow(first).want(".flashes", "Kollegalta on kysytty")
	if first.open(team).has("form[action$='/answer']") {
		t.Error("one can accept what one has asked oneself")
	}

	seen := second.open(team)
	seen.want("#swaps-title + .rota", s.personName(asker)+" pyytää sinua")
	seen.submit(second, "form[action$='/answer']", url.Values{"accept": {"true"}}).follow(second).want(".on-call-now", s.personName(colleague))
	seen.submit(second, "form[action$='/answer']", url.Values{"accept": {"false"}, "command": {"again"}}).wantStatus(412).want(".note-warn", "Joku muu")

	lead := s.inFinnish("childpsych2")
	p = lead.open(team)
	set := "#panel-set-override form"
	at := func(hours time.Duration) []string {
		helsinki, err := time.LoadLocation("Europe/Helsinki")
		s.check(err)
		return []string{s.clock().Add(hours * time.Hour).In(helsinki).Format("2006-01-02T15:04")}
	}
	wrong := p.submit(lead, set, url.Values{"person": {"childpsych"}, "from": at(48), "to": at(-48)}).wantStatus(422)
	wrong.want("#set-override-to-error", "mennyt")
	if got, _ := wrong.Find("#set-override-from").Attr("value"); got != at(48)[0] {
		t.Errorf("what was typed came back as %q", got)
	}
	p = wrong.submit(lead, set, url.Values{"to": at(72)}).follow(lead)
	p.want(".flashes", "Päivystys on muutettu")
	p = p.submit(lead, set, url.Values{"person": {"childpsych2"}, "from": at(50), "to": at(52)}).follow(lead)
	p.want(".flashes", "uusi korvaa sen")
	p.want("#overrides-title + .rota", "voimassa myöhempi muutos")
	// Nothing is taken away with one click.
	p = p.submit(lead, "li:last-child > .sure:not([open]) form[action$='/remove']", nil).follow(lead)
	if strings.Contains(p.text("#overrides-title + .rota"), "voimassa myöhempi muutos") {
		t.Error("a change that is gone still counts")
	}
	removal := p.Find("form[action$='/remove']").Length()
	if removal != 2 {
		t.Fatalf("%d changes can be removed", removal)
	}
	p.submit(lead, "li:last-child > .sure:not([open]) form[action$='/remove']", nil).follow(lead).want(".flashes", "Muutos on poistettu")

	// A member who does not lead sees no such form, and is refused all the same.
	member := s.as("childpsych")
	if member.open(team).has(set) {
		t.Error("a member is offered to put others on call")
	}
	member.post(team+"/overrides", url.Values{"person": {"childpsych"}, "from": at(48), "to": at(72)}).wantStatus(403)
	s.as("nurse").post(team+"/overrides", url.Values{"person": {"childpsych"}, "from": at(48), "to": at(72)}).wantStatus(404)
}

// What is late or nearly so is listed with its reference, and the work of each is counted.
func TestPoolWork(t *testing.T) {
	s := newSite(t, nil)
	ids := s.submit(2, 9)
	_, err := s.service.Do(t.Context(), s.actor("childpsych"), ids[0], consult.ClaimCommand{}, consult.Change{})
	s.check(err)
	s.mu.Lock()
	s.now = s.now.AddDate(0, 0, 10)
	s.mu.Unlock()
	s.update("childpsych2", func(p *consult.Person) { p.MailFault = consult.MailFault{At: s.clock(), Status: "5.1.1"} })
	p := s.inFinnish("childpsych2").open("/pools/child-psychiatry")
	for _, id := range ids {
		p.want("#risk-title + .cases", s.ref(id))
	}
	if own := s.inFinnish("childpsych").open("/pools/child-psychiatry"); own.has("#ask-swap-person option[value=childpsych]") || !own.has("#ask-swap-person option[value=childpsych2]") {
		t.Error("one is offered to ask oneself")
	}
	// Whoever is on the plan and cannot be on call is told of.
	s.update("childpsych", func(p *consult.Person) { p.Disabled = true })
	away := s.inFinnish("childpsych2").open("/pools/child-psychiatry")
	away.want(".note-warn", "ei voi päivystää")
	away.want(".note-warn", s.personName("childpsych"))
	if strings.Contains(away.text("section[aria-labelledby=now-title]"), "ei ole aukkoja") {
		t.Error("a plan with somebody who is away is said to have no gaps")
	}
	if strings.Contains(p.text("section[aria-labelledby=now-title]"), "Mikään pyyntö") {
		t.Error("nothing is said to be at risk above what is")
	}
	p.want(".load tbody tr:nth-child(1)", s.personName("childpsych")+" 1 1")
	p.want(".note-warn", "Sähköposti ei tavoita: "+s.personName("childpsych2"))
	if s.as("admin").open("/pools/child-psychiatry").has(".case") {
		t.Error("an administrator is shown requests")
	}
}

// Where more are at risk than a page of them holds, it says so and leads to the queue.
func TestManyAtRisk(t *testing.T) {
	s := newSite(t, nil)
	s.submit(21, 9)
	s.mu.Lock()
	s.now = s.now.AddDate(0, 0, 10)
	s.mu.Unlock()
	p := s.as("childpsych").open("/pools/child-psychiatry")
	if n := p.Find("#risk-title + .cases .case").Length(); n != 20 {
		t.Errorf("%d are listed", n)
	}
	p.want("#risk-title .count", "20+")
	if !p.has("section[aria-labelledby='risk-title'] a[href='/queue?pool=child-psychiatry']") {
		t.Error("nothing leads to the others")
	}
}

// inFinnish is a person who has signed in and reads Finnish, whatever their record says.
func (s *site) inFinnish(id string) *reader {
	s.t.Helper()
	r := s.as(id)
	r.open("/services?lang=fi")
	return r
}

func (s *site) personName(id string) string {
	s.t.Helper()
	p, err := s.store.View.Person(id)
	s.check(err)
	return p.Name
}

// A colleague is asked by keyboard alone, and says yes by keyboard alone; no barrier stands on either page, on a phone or a wide screen.
func TestSwapInBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	asker := s.book.OnCall("child-psychiatry", s.clock())[0]
	colleague := map[string]string{"childpsych": "childpsych2", "childpsych2": "childpsych"}[asker]

	w := s.screen(t, b, asker, consult.Finnish)
	w.open("/services")
	w.ready(".service")
	w.shoot("services")
	w.reach(".service-foot a", kb.Enter)
	w.ready(".on-call-now")
	w.reach("#panel-ask-swap summary", kb.Enter)
	w.reach("#ask-swap-shift", kb.ArrowDown)
	w.reach("#ask-swap-person", s.personName(colleague))
	w.reach("#panel-ask-swap button", kb.Enter)
	w.shows(".flashes", "Kollegalta on kysytty")
	w.shoot("swap-asked")
	w.sound()

	x := s.screen(t, b, colleague, consult.Finnish)
	x.open("/pools/child-psychiatry")
	x.ready(".on-call-now")
	x.reach("button[value=true]", kb.Enter)
	x.shows(".on-call-now", s.personName(colleague))
	x.shoot("swap-accepted")
	x.sound()
}
