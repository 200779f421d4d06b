package ui_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"silta/consult"
)

// rulesForm is what the editor's form sends.
func rulesForm(version, document string) url.Values {
	return url.Values{"version": {version}, "document": {strings.ReplaceAll(document, "\n", "\r\n")}, "comment": {"Kesällä hitaammin"}}
}

func inForce(t *testing.T, s *site) string {
	t.Helper()
	p, err := s.store.View.Rules(s.book.Current().Number)
	if err != nil {
		t.Fatal(err)
	}
	return p.Document
}

// An administrator sees what an edit is worth and what it changes, publishes it, and goes back, without any script.
func TestRulesAreEdited(t *testing.T) {
	s := newSite(t, nil)
	s.submit(3, 14)
	admin := s.as("admin")
	admin.header.Set("Accept-Language", "fi")
	first := inForce(t, s)
	p := admin.open("/rules?lang=fi")
	if got := strings.TrimPrefix(p.Find("#rules-document").Text(), "\n"); got != first {
		t.Fatalf("the form holds %.80q", got)
	}
	nonce, _ := p.Find("#rules-document").Attr("data-nonce")
	if policy := p.header.Get("Content-Security-Policy"); nonce == "" || !strings.Contains(policy, "style-src 'self' 'nonce-"+nonce+"'") {
		t.Errorf("the policy %q lacks the nonce %q", policy, nonce)
	}
	if other := admin.open("/rules/versions"); strings.Contains(other.header.Get("Content-Security-Policy"), "nonce") || strings.Contains(other.body, "editor.") {
		t.Error("the editor is loaded where it is not needed")
	}

	// A mistake is told in its place, by the page and by the part that the editor asks for.
	wrong := strings.Replace(first, "otherwise: ", "otherwise: no-", 1)
	for _, script := range []bool{false, true} {
		if script {
			admin.header.Set("HX-Request", "true")
		}
		p = admin.post("/rules/check", rulesForm("1", wrong))
		if p.status != 200 || p.Find("#findings [data-severity=error]").Length() != 1 || !strings.Contains(p.text("#findings"), "tiimiä no-") {
			t.Errorf("checked: %d %s", p.status, p.text("#results"))
		}
		if script == p.has("#rules-document") {
			t.Error("the answer is of the wrong size")
		}
	}
	admin.header.Del("HX-Request")
	if p = admin.post("/rules", rulesForm("1", wrong)); p.status != 422 || !p.has("#findings [data-severity=error]") ||
		!strings.Contains(p.Find("#rules-document").Text(), "otherwise: no-") || p.Find("#rules-comment").AttrOr("value", "") != "Kesällä hitaammin" {
		t.Errorf("refused: %d %s", p.status, p.text(".note"))
	}

	// What the edit would change, for every possible request and for those that were sent.
	second := strings.ReplaceAll(first, `age: "<13"`, `age: "<15"`)
	if second == first {
		t.Fatal("the rules have no such line")
	}
	p = admin.post("/rules/diff", rulesForm("1", second))
	if p.status != 200 || p.Find(".change").Length() == 0 || !strings.Contains(p.text("#results"), "Niistä 3 olisi ohjautunut toisin") {
		t.Errorf("the difference: %d %s", p.status, p.text("#results"))
	}
	if p = admin.post("/rules/tests", rulesForm("1", second)); p.status != 200 || !strings.Contains(p.text("#results"), "test") {
		t.Errorf("the tests: %d %s", p.status, p.text("#results"))
	}
	if p = admin.post("/rules", rulesForm("1", second)); p.status != 303 || s.book.Current().Number != 2 || inForce(t, s) != second {
		t.Fatalf("published: %d, version %d", p.status, s.book.Current().Number)
	}
	if p = admin.open("/rules"); !strings.Contains(p.text(".note-ok"), "Versio 2") || !strings.Contains(p.text(".head"), "Kesällä hitaammin") {
		t.Errorf("after it: %s / %s", p.text(".note-ok"), p.text(".head"))
	}

	// Who started from the version before is told, and can go on knowing it.
	p = admin.post("/rules", rulesForm("1", first))
	if p.status != 412 || s.book.Current().Number != 2 || !p.has(`a[href="/rules/compare?from=1&to=2"]`) {
		t.Errorf("too late: %d %s", p.status, p.text(".note"))
	}
	if !p.has("[role=alert][autofocus] .note") {
		t.Error("the reader is not led to why nothing was published")
	}
	if _, values := p.values("#rules"); values.Get("version") != "2" {
		t.Errorf("the next try is on top of %s", values.Get("version"))
	}

	// The history, the comparison, and the way back.
	if p = admin.open("/rules/versions"); p.Find(".case").Length() != 2 || !strings.Contains(p.text(".case:first-child"), "Anna Aalto") {
		t.Errorf("versions: %s", p.text("main"))
	}
	p = admin.open("/rules/compare")
	if p.Find(".lines ins").Length() != 2 || p.Find(".lines del").Length() != 2 || !p.has(".change") {
		t.Errorf("compared: %s", p.text("main"))
	}
	p = admin.open("/rules/versions/1").submit(admin, "form[action$=restore]", url.Values{"comment": {"Takaisin"}})
	if p.status != 303 || s.book.Current().Number != 3 || inForce(t, s) != first {
		t.Errorf("restored: %d, version %d", p.status, s.book.Current().Number)
	}
	if p = admin.open("/rules/versions"); !strings.Contains(p.text(".case:first-child"), "sama kuin versio 1") {
		t.Errorf("versions: %s", p.text(".case:first-child"))
	}
	if logged := s.logs.String(); strings.Contains(logged, "Kesällä") || strings.Contains(logged, "otherwise") {
		t.Error("what was typed is logged")
	}
}

// What an administrator has begun waits for them, says that it is not in force, and what it would replace; it outlives the session.
func TestRulesDraft(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	first := inForce(t, s)
	admin.open("/rules?lang=fi").want(".rules-state", "ilman muutoksia")
	edited := first + "# kesken\n"
	typed := func(p *page, document string) url.Values {
		_, values := p.values("#rules")
		values.Set("document", strings.ReplaceAll(document, "\n", "\r\n"))
		return values
	}
	document := func(p *page) string { return strings.TrimPrefix(p.Find("#rules-document").Text(), "\n") }
	admin.header.Set("HX-Request", "true")
	admin.post("/rules/check", typed(admin.open("/rules"), edited)).want(".rules-state", "ovat tallessa")
	admin.header.Del("HX-Request")
	p := s.as("admin").open("/rules?lang=fi")
	if p.want(".rules-state", "ovat tallessa"); document(p) != edited || p.has("main .note") {
		t.Errorf("the draft is %.80q, %s", document(p), p.text("main .note"))
	}

	// What somebody else publishes meanwhile is not replaced unknowingly, however often the page is opened.
	if status := s.as("admin").post("/rules", rulesForm("1", first+"# toinen\n")).status; status != 303 {
		t.Fatalf("published: %d", status)
	}
	s.check(s.keepAgain(admin, edited))
	for range 2 {
		p = admin.open("/rules")
		p.want("main .note-warn", "version 1 pohjalta")
		admin.post("/rules/check", typed(p, edited))
	}
	if !p.has(`a[href="/rules/compare?from=1&to=2"]`) || document(p) != edited {
		t.Errorf("the older draft: %s", p.text("main"))
	}

	// The session ends while it is published: signing in leads back to it, and nothing was published.
	values := typed(p, edited+"# lisää\n")
	visitor := s.visitor()
	p = visitor.post("/rules", values)
	p.wantStatus(401).want("#sign-in-problem", "tallessa tällä sivulla")
	p = p.submit(visitor, "#sign-in", url.Values{"name": {"admin"}, "password": {password}}).follow(visitor)
	if document(p) != edited+"# lisää\n" || s.book.Current().Number != 2 {
		t.Errorf("after signing in: %s %.80q", p.path, document(p))
	}
	// Who is no administrator cannot have it, and what is not kept is not said to be.
	p = s.visitor().post("/rules", values).submit(s.visitor(), "#sign-in", url.Values{"name": {"nurse"}, "password": {password}})
	p.wantStatus(404)
	s.visitor().post("/people", url.Values{"name": {"x"}}).wantStatus(401).want("#sign-in-problem", "eikä mitään tallennettu")

	// It goes when it is discarded, or published.
	p = admin.open("/rules").submit(admin, "#rules-discard", nil).follow(admin)
	if p.want(".rules-state", "ilman muutoksia"); document(p) != inForce(t, s) || p.has("main .note-warn") {
		t.Errorf("discarded: %.80q", document(p))
	}
	values = typed(p, edited)
	admin.post("/rules/tests", values)
	if p = admin.post("/rules", values).follow(admin); p.text(".rules-state") == "" || inForce(t, s) != edited {
		t.Errorf("published: %s", p.text("main"))
	}
	p.want(".rules-state", "ilman muutoksia")
	if !p.has(`.head a[href="/rules/versions/2"]`) {
		t.Error("there is no way back")
	}
	admin.post("/rules/check", values)
	admin.open("/rules").want(".rules-state", "ilman muutoksia")
}

// keepAgain keeps a draft that was begun on version 1.
func (s *site) keepAgain(r *reader, document string) error {
	form := rulesForm("1", document)
	form.Set("from", "1")
	form.Set("command", "again")
	if p := r.post("/rules/check", form); p.status != 200 {
		return fmt.Errorf("kept: %d", p.status)
	}
	return nil
}

// Nobody but an administrator comes to the rules.
func TestRulesAreForAdministrators(t *testing.T) {
	s := newSite(t, nil)
	for who, home := range map[string]string{"nurse": "/requests", "childpsych": "/queue", "auditor": "/access"} {
		r := s.as(who)
		for _, path := range []string{"/rules", "/rules/sentences", "/rules/try", "/rules/versions", "/rules/versions/1", "/rules/compare"} {
			r.get(path).wantStatus(404)
		}
		for _, path := range []string{"/rules", "/rules/check", "/rules/diff", "/rules/tests", "/rules/try", "/rules/versions/1/restore"} {
			r.post(path, rulesForm("1", "")).wantStatus(404)
		}
		if r.open(home).has(".nav a[href^='/rules']") {
			t.Errorf("%s is led to the rules", who)
		}
	}
	s.as("admin").get("/rules/versions/17").wantStatus(404)
	s.as("admin").get("/rules/compare?from=x").wantStatus(404)
	if s.book.Current() != (consult.RulesVersion{Number: 1, Hash: s.book.Current().Hash}) {
		t.Error("something was published")
	}
}

// A request is tried: where it would go, by which rule, and what stood in the way of the others.
func TestRulesAreTried(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	p := admin.open("/rules/try?lang=fi")
	if p = p.submit(admin, "#try", url.Values{"age": {"x"}}); p.status != 422 || !p.has("#try-errors a[href='#try-age']") {
		t.Errorf("no request: %d %s", p.status, p.text("#try-errors"))
	}
	eating := url.Values{
		"age": {"15"}, "municipality": {"Tampere"}, "profession": {"teacher"}, "concern": {"eating"},
		"urgency": {"routine"}, "mode": {"written"}, "language": {"fi"},
	}
	p = p.submit(admin, "#try", eating).follow(admin)
	if !p.has(".where-pool") || p.Find(".trace > li").Length() == 0 {
		t.Fatalf("tried: %d %s", p.status, p.text("#tried"))
	}
	if !strings.Contains(p.text(".trace"), "ikä on alle 13") || !strings.Contains(p.text(".trace"), "täyttyy") {
		t.Errorf("the trace: %s", p.text(".trace"))
	}

	// It stays in another language, on the way back from another page, and beyond the session; nobody else sees it.
	swedish, _ := p.Find("#languages a[hreflang=sv]").Attr("href")
	for _, r := range []*reader{admin, s.as("admin")} {
		p = r.open(swedish)
		if _, values := p.values("#try"); values.Get("age") != "15" || values.Get("municipality") != "Tampere" || values.Get("concern") != "eating" {
			t.Errorf("in Swedish: %v", values)
		}
		p.want(".trace", "åldern är under 13")
	}
	if strings.Contains(swedish, "15") || strings.Contains(s.logs.String(), "Tampere") {
		t.Errorf("what was picked is in an address or in the log: %s", swedish)
	}
	s.update("midwife", func(p *consult.Person) { p.Roles = append(p.Roles, consult.Admin) })
	if p = s.as("midwife").open("/rules/try"); p.has(".where-pool") || p.has("#try [name=concern][checked]") {
		t.Error("another administrator sees it")
	}
	s.as("midwife").post("/rules/try", eating).wantStatus(303)
	if s.as("midwife").open("/requests").has("main .case-draft") {
		t.Error("it is in the list of what was begun")
	}

	// Whose session has ended goes on with it.
	visitor := s.visitor()
	p = visitor.post("/rules/try", eating)
	p = p.wantStatus(401).submit(visitor, "#sign-in", url.Values{"name": {"admin"}, "password": {password}}).follow(visitor)
	if _, values := p.values("#try"); values.Get("age") != "15" {
		t.Errorf("after signing in: %s %v", p.path, values)
	}

	// With script it is kept, and answered, with every change; what is missing is told without alarm.
	admin.header.Set("HX-Request", "true")
	eating.Set("age", "9")
	if p = admin.post("/rules/try", eating); p.status != 200 || p.has("#try") {
		t.Errorf("with script: %d %s", p.status, p.body)
	}
	p.want(".where-pool", "Barnpsykiatri")
	eating.Del("municipality")
	p = admin.post("/rules/try", eating)
	p.wantStatus(200).want("#tried", "Kommun")
	admin.header.Del("HX-Request")
	p = admin.open("/rules/try")
	if _, values := p.values("#try"); values.Get("age") != "9" || values.Get("municipality") != "" || p.has("#try-errors") {
		t.Errorf("begun: %v %s", values, p.text("#try-errors"))
	}
	if p = admin.post("/rules/try", url.Values{"clear": {"true"}, "age": {"9"}}).follow(admin); p.has("#try [name=concern][checked]") || p.has("#try-age[value='9']") {
		t.Errorf("cleared: %s", p.text("#try"))
	}
}

// All that the rules hold can be said in every language: rules, teams with their times and people, and tests.
func TestRulesInPlainWords(t *testing.T) {
	s := newSite(t, nil)
	admin := s.as("admin")
	tests := "tests:\n  - {name: a child, request: {age: 9, concern: [mood], profession: teacher, municipality: Tampere}, expect: {pool: child-psychiatry, urgency: routine}}\n"
	admin.post("/rules", rulesForm("1", inForce(t, s)+tests)).wantStatus(303)
	for lang, wanted := range map[string][]string{
		"fi": {"Jos ikä on alle 13", "Pyyntöön vastataan tässä ajassa: kiireellinen 4 t", "kun ottajaa on odotettu kaksi kertaa niin kauan kuin pitäisi: tieto menee päivystäjälle ja koordinaattorille", "Jäsenet: Lauri Laine", "a child 9 v, Mieliala, Opettaja, Tampere"},
		"sv": {"Om åldern är under 13", "En begäran besvaras inom den här tiden: brådskande 4 h", "jouren får veta", "Medlemmar: Lauri Laine", "Brådska: inte brådskande."},
		"en": {"If the age is below 13", "A request is answered within this time: urgent 4 h", "when it is due: told: ", "Members: Lauri Laine", "Urgency: routine."},
	} {
		p := admin.open("/rules/sentences?lang=" + lang)
		for _, want := range wanted {
			p.want("main", want)
		}
		if strings.Contains(p.body, "⟦") {
			t.Errorf("%s: %s", lang, p.text("main"))
		}
	}
}
