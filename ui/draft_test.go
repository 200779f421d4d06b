package ui_test

import (
	"bytes"
	"net/url"
	"os"
	"strings"
	"testing"
)

// typing sends a form of a page as its script does while somebody types.
func (p *page) typing(r *reader, form string, fill url.Values) *page {
	p.t.Helper()
	path, _ := p.Find(form + " .draft").Attr("hx-post")
	_, values := p.values(form)
	for name, vs := range fill {
		values[name] = vs
	}
	r.header.Set("Hx-Request", "true")
	defer r.header.Del("Hx-Request")
	return r.post(path, values)
}

// What is typed is there again after a restart, for another session, and until it is sent.
func TestDraftOfRequest(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := nurse.open("/requests/new")
	if nurse.open("/requests").has("#group-drafts") {
		t.Error("a form that was only opened is a draft")
	}
	if p := form.typing(nurse, "form.two", nil); p.status != 200 || p.has(".muted") {
		t.Errorf("an empty form: %d %q", p.status, p.body)
	}
	saved := form.typing(nurse, "form.two", url.Values{"client.age": {"9"}, "concerns": {"sleep", "mood"}, "question": {"Miten nukutamme"}})
	saved.wantStatus(200).want("span", "Luonnos tallessa, tänään klo")
	if href, _ := saved.Find("#languages [hreflang=sv]").Attr("href"); !strings.Contains(href, "draft=new-") || !strings.Contains(href, "lang=sv") {
		t.Errorf("the language link leads to %q", href)
	}
	s.restart()
	data, err := os.ReadFile(s.drafts)
	s.check(err)
	if bytes.Contains(data, []byte("nukutamme")) || strings.Contains(s.logs.String(), "nukutamme") {
		t.Error("what was typed can be read")
	}

	phone := s.as("nurse")
	phone.open("/requests/new").want(".flashes", "Sinulla on jo luonnos")
	list := phone.open("/requests")
	list.want("#group-drafts", "Uni, mieliala")
	list.want("#group-drafts", "Miten nukutamme")
	href, _ := list.Find("#group-drafts a").Attr("href")
	again := phone.open(href)
	again.want("textarea[name=question]", "Miten nukutamme")
	again.want("#preview .where-pool", "Lastenpsykiatria")
	if !again.has("[name=concerns][value=sleep][checked]") || again.text("#languages") == "" {
		t.Error("the choices are not there")
	}
	if lang, _ := again.Find("#languages [hreflang=en]").Attr("href"); !strings.Contains(lang, "draft=new-") {
		t.Errorf("another language leads to %q", lang)
	}
	again.typing(phone, "form.two", url.Values{"question": {"Miten nukutamme häntä?"}}).wantStatus(200)

	// Nobody else sees it, whoever they are.
	for _, id := range []string{"midwife", "childpsych", "admin"} {
		if p := s.as(id).get(href); strings.Contains(p.body, "nukutamme") || p.status == 200 {
			t.Errorf("%s sees the draft: %d", id, p.status)
		}
	}

	sent := phone.open(href).submit(phone, "form.two", nil).follow(phone)
	sent.want(".prose", "Miten nukutamme häntä?")
	// The other screen, which knows nothing of it, types on and sends the same: there is one request, and no draft.
	form.typing(nurse, "form.two", url.Values{"question": {"Miten nukutamme häntä? Ja"}}).wantStatus(200).want("[data-gone]", "Lähetit tai hylkäsit tämän jo")
	if p := nurse.open("/requests"); p.has("#group-drafts") || p.Find("#group-open .case").Length() != 1 {
		t.Errorf("after sending: %s", p.text("#rows"))
	}
	nurse.get(href).wantStatus(303)
}

// Without script a button keeps the draft, and another one forgets it.
func TestDraftWithoutScript(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := nurse.open("/requests/new")
	action, ok := form.Find("form.two .drafting > button").Attr("formaction")
	if !ok {
		t.Fatal("no button saves the draft")
	}
	_, values := form.values("form.two")
	values.Set("background", "Pitkä tausta")
	kept := nurse.post(action, values).follow(nurse)
	kept.want(".flashes", "Luonnos on tallessa.")
	kept.want("textarea[name=background]", "Pitkä tausta")
	discard, _ := kept.Find("form.two .draft details button").Attr("formaction") // One press is not enough.
	_, values = kept.values("form.two")
	nurse.post(discard, values).follow(nurse).want(".flashes", "Luonnos on hylätty.")
	if nurse.open("/requests").has("#group-drafts") {
		t.Error("it is still listed")
	}
	for path, status := range map[string]int{
		"/drafts/nothing": 404, "/drafts/new-%2e%2e": 404, "/drafts/answer-none": 404, "/drafts/answer-none/discard": 404, "/drafts/claim-x": 404,
	} {
		nurse.post(path, values).wantStatus(status)
	}
	s.as("childpsych").post("/drafts/new-x", values).wantStatus(403)
}

// Of two pages with one draft the one that was not gone on with writes nothing over what the other wrote, and says so.
func TestDraftOnTwoPages(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	path := sent(t, nurse, nil)
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	for _, c := range []struct {
		r                 *reader
		open, form, saved string
	}{
		{nurse, "/requests/new", "form.two", "question"}, {psych, path, "form[action$='/answer']", "text"},
	} {
		type words = url.Values
		first := c.r.open(c.open)
		first.typing(c.r, c.form, words{c.saved: {"Alku"}}).want(".muted", "Luonnos tallessa")
		if c.r == nurse {
			c.open, _ = nurse.open("/requests").Find("#group-drafts .case-link").Attr("href")
		}
		c.r.open(c.open) // Nobody goes on on this one.
		first.typing(c.r, c.form, words{c.saved: {"Alku ja jatko"}}).want(".muted", "Luonnos tallessa")
		second := c.r.open(c.open)
		second.typing(c.r, c.form, words{c.saved: {"Alku ja loppu"}}).want(".muted", "Luonnos tallessa")
		for _, late := range []string{"Alku ja muuta", ""} {
			first.typing(c.r, c.form, words{c.saved: {late}}).want("[data-gone]", "Olet jatkanut tätä luonnosta toisella sivulla")
		}
		second.typing(c.r, c.form, words{c.saved: {"Alku ja loppu."}}).want(".muted", "Luonnos tallessa")
		c.r.open(c.open).want("[name="+c.saved+"]", "Alku ja loppu.")
	}
}

// An answer that was begun is there on another machine; what cannot be sent any more is shown until it is discarded.
func TestDraftOfAnswer(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	path := sent(t, nurse, nil)
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	page := psych.open(path)
	page.typing(psych, "form[action$='/answer']", url.Values{"text": {"Aloittakaa unesta"}, "plan.0.what": {"Soitto"}}).wantStatus(200)
	page.typing(psych, "form[action$='/ask']", url.Values{"text": {"Kuinka kauan?"}}).wantStatus(200)
	desk := s.as("childpsych").open(path)
	desk.want("#answer-text", "Aloittakaa unesta")
	if v, _ := desk.Find("[name='plan.0.what']").Attr("value"); v != "Soitto" {
		t.Errorf("the step is %q", v)
	}
	if !desk.has("#panel-ask[open]") {
		t.Error("the question that was begun is hidden")
	}
	if s.as("childpsych2").open(path).text("#answer-text") != "" {
		t.Error("a colleague sees the draft")
	}
	psych.open("/queue").want("#group-mine .begun", "Vastaus kesken")
	if s.as("childpsych2").open("/queue").has(".begun") {
		t.Error("a colleague is told of the draft")
	}
	// The nurse's own, on her list.
	nurse.open(path).typing(nurse, "form[action$='/add']", url.Values{"text": {"Lisään vielä"}}).wantStatus(200)
	nurse.open("/requests").want("#group-drafts", "Täydennä pyyntöä")

	desk.submit(psych, "form[action$='/answer']", url.Values{"disposition": {"advice"}}).follow(psych)
	after := psych.open(path)
	after.want(".actions", "Kuinka kauan?")
	if strings.Contains(after.text(".actions"), "Aloittakaa") {
		t.Error("what was sent is still a draft")
	}
	after.submit(psych, "form[action*='/drafts/ask-']", nil).follow(psych)
	if psych.open(path).has("form[action*='/drafts/']") {
		t.Error("what was discarded is still there")
	}
	// A second answer to the same request begins anew.
	nurse.open(path).submit(nurse, "form[action$='/follow-up']", url.Values{"text": {"Entä nyt?"}}).follow(nurse)
	psych.open(path).typing(psych, "form[action$='/answer']", url.Values{"text": {"Toinen vastaus"}}).wantStatus(200)
	psych.open(path).want("#answer-text", "Toinen vastaus")
}

// What was typed into a form that came back with a fault, or to be looked at, is still there in another language, without script too.
func TestShownFormStaysInAnotherLanguage(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	path := sent(t, nurse, nil)
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	psych.open(path).submit(psych, "form[action$='/ask']", url.Values{"text": {"Kuinka kauan?"}})
	for _, c := range []struct {
		r                     *reader
		open, form, to, field string
		typed                 url.Values
		status                int
	}{
		{nurse, "/requests/new", "form.two", "/requests", "question", url.Values{"question": {"Miten nukutamme?"}}, 422},
		{nurse, "/requests/new", "form.two", "/requests/preview", "tried", url.Values{"tried": {"Unipäiväkirjaa"}, "check": {"true"}}, 200},
		{nurse, path, "form[action$='/reply']", path + "/reply", "text", url.Values{"text": {"Äiti soittaa 040 123 4567"}}, 422},
		{psych, path, "form[action$='/hand-over']", path + "/hand-over", "reason", url.Values{"reason": {"Nuori on 13"}}, 422},
	} {
		_, values := c.r.open(c.open).values(c.form)
		for name, vs := range c.typed {
			values[name] = vs
		}
		// The second time something else was written meanwhile, on a page of which this one knows nothing.
		for range 2 {
			shown := c.r.post(c.to, values).wantStatus(c.status)
			link, _ := shown.Find("#languages [hreflang=sv]").Attr("href")
			there := c.r.open(link)
			there.want(c.form+" [name="+c.field+"]", c.typed.Get(c.field))
			if lang, _ := there.Find("html").Attr("lang"); lang != "sv" {
				t.Errorf("%s: %q leads to %q", c.to, link, lang)
			}
			there.typing(c.r, c.form, url.Values{c.field: {"Muuta"}}).want(".muted", "Utkast sparat")
		}
		c.r.open("/help?lang=fi")
	}
	// It is one draft, and gone when it is sent.
	if n := nurse.open("/requests").Find("#group-drafts .case").Length(); n != 3 {
		t.Errorf("%d drafts", n)
	}
	refused := nurse.open(path).submit(nurse, "form[action$='/reply']", url.Values{"text": {""}, "identity_confirmed": {"/text"}}).wantStatus(422)
	refused.submit(nurse, "form[action$='/reply']", url.Values{"text": {"Kuukauden."}}).follow(nurse)
	if p := nurse.open("/requests"); p.Find("#group-drafts .case").Length() != 2 {
		t.Errorf("after sending: %s", p.text("#group-drafts"))
	}
}
