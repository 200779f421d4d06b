package ui_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui"
)

// written is a request that can be sent.
func written(more url.Values) url.Values {
	v := url.Values{
		"client.age": {"9"}, "concerns": {"mood", "school-absence"}, "urgency": {"soon"}, "mode": {"phone"},
		"background": {"Taustaa on paljon.\r\nToinen rivi."}, "tried": {"Keskusteltu kotona."}, "question": {"Mitä teemme seuraavaksi?"},
		"instruments.0.name": {"SDQ"}, "instruments.0.score": {"17"}, "instruments.0.date": {"1.11.2026"},
	}
	for k, vs := range more {
		v[k] = vs
	}
	return v
}

// sent sends a request of the nurse's and returns its page's path.
func sent(t testing.TB, nurse *reader, more url.Values) string {
	t.Helper()
	p := nurse.open("/requests/new").submit(nurse, "form.two", written(more))
	if p.status != 303 {
		t.Fatalf("not sent: %d %s", p.status, p.text(".error, .note"))
	}
	return p.header.Get("Location")
}

// The whole job, through forms alone.
func TestMainJob(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych, lead := s.as("nurse"), s.as("childpsych"), s.as("childpsych2")

	// The nurse writes, looks where it goes, and sends.
	form := nurse.open("/requests/new")
	_, values := form.values("form.two")
	if values.Get("client.municipality") != "Ylöjärvi" || values.Get("command") == "" {
		t.Errorf("the form starts with %v", values)
	}
	for k, v := range written(nil) {
		values[k] = v
	}
	values.Set("check", "true")
	preview := nurse.post("/requests/preview", values).wantStatus(200)
	preview.want("#preview .where-pool", "Lastenpsykiatria")
	preview.want("#preview", "Alle 13-vuotiaat.")
	preview.want("#preview", "Päivystysvuorossa nyt: Liisa Lehto")
	preview.want("#preview", "ke 4.11. klo 12")
	preview.want("textarea[name=background]", "Taustaa on paljon. Toinen rivi.")
	preview.want("textarea[name=question]", "Mitä teemme seuraavaksi?")
	request := preview.submit(nurse, "form.two", nil).follow(nurse)
	path := request.path
	request.want(".flashes", "Pyyntö S-2026-0001 on lähetetty.")
	request.want(".prose", "Mitä teemme seuraavaksi?")
	request.want(".prose", "Taustaa on paljon. Toinen rivi.")
	request.want("table.plain", "SDQ 17 1.11.2026")
	if nurse.open(path).has(".flashes .note-ok") {
		t.Error("the message is shown twice")
	}
	if request.has("form[action$='/claim']") || request.has("form[action$='/answer']") {
		t.Error("the sender is offered what the pool does")
	}
	nurse.open("/requests").want("#group-open", "S-2026-0001")

	// The specialist finds it in the queue and claims it; a colleague comes too late.
	psych.open("/queue").want("#group-unclaimed", "Mieliala, koulupoissaolot")
	tooLate := lead.open(path)
	psych.open(path).submit(psych, "form[action$='/claim']", nil).follow(psych).want(".vitals", "Lauri Laine")
	psych.open("/queue").want("#group-mine", "S-2026-0001")
	refused := tooLate.submit(lead, "form[action$='/claim']", nil).wantStatus(409)
	refused.want(".flashes", "Lauri Laine has this request already.")

	// Question, reply, answer.
	psych.open(path).submit(psych, "form[action$='/ask']", url.Values{"text": {"Kuinka kauan?"}}).
		follow(psych).want(".state", "Odottaa")
	psych.open("/queue").want("#group-waiting", "S-2026-0001")
	nurse.open("/requests").want("#group-for-me", "S-2026-0001")
	asked := nurse.open(path)
	asked.want(".timeline", "Kuinka kauan?")
	asked.want(".vitals", "odottaa vastaustasi")
	if asked.Find(".happened").Is(":has(#plan)") {
		t.Error("a plan with nothing in it stands between the question and its reply")
	}
	asked.submit(nurse, "form[action$='/reply']", url.Values{"text": {"Kaksi kuukautta."}}).
		follow(nurse).want(".timeline", "Kaksi kuukautta.")
	answer := psych.open(path)
	answer.submit(psych, "form[action$='/answer']", url.Values{
		"text": {"Jatkakaa näin."}, "disposition": {"advice"}, "minutes": {"5-10"},
		"plan.0.what": {"Soitto kotiin"}, "plan.0.who": {"terveydenhoitaja"}, "plan.0.due": {"30.11.2026"},
	}).follow(psych).want(".timeline", "Soitto kotiin terveydenhoitaja 30.11.2026")

	// A follow-up question and its answer; then the nurse closes. She finds the answer first.
	if !nurse.open(path).Find(".happened > :first-child").Is(":has(#timeline)") {
		t.Error("the answer does not come first")
	}
	nurse.open(path).submit(nurse, "form[action$='/follow-up']", url.Values{"text": {"Entä jos ei auta?"}}).
		follow(nurse).want(".timeline", "Entä jos ei auta?")
	psych.open(path).submit(psych, "form[action$='/answer']", url.Values{"text": {"Soittakaa."}, "disposition": {"meeting"}}).
		follow(psych)
	closed := nurse.open(path).submit(nurse, "form[action$='/close']", url.Values{
		"outcome": {"new-advice"}, "referral": {"avoided"}, "value_client": {"5"}, "value_me": {"4"}, "text": {"Kiitos."},
	}).follow(nurse)
	closed.want(".flashes", "on päätetty")
	closed.want(".state", "Päätetty")
	nurse.open("/requests").want("#group-ended", "S-2026-0001")
	if psych.open("/queue").has(".case") {
		t.Error("a closed request is in the queue")
	}
}

// Handing over, joining, assigning, releasing, adding, withdrawing.
func TestOtherActions(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych, lead, youth, protection := s.as("nurse"), s.as("childpsych"), s.as("childpsych2"), s.as("youthpsych"), s.as("protection")
	path := sent(t, nurse, nil)

	// The lead gives it away, the holder gives it back.
	p := lead.open(path)
	if psych.open(path).has("form[action$='/assign']") {
		t.Error("who does not lead can assign")
	}
	p.submit(lead, "form[action$='/assign']", url.Values{"person": {"childpsych"}}).
		follow(lead).want(".flashes", "has been assigned: Lauri Laine.")
	lead.open(path).Find("[data-unsaved]").Each(func(_ int, form *selection) { // What says that it is kept can be kept.
		at, _ := form.Find(".draft").Attr("hx-post")
		lead.post(at, url.Values{"reason": {"Ikä."}}).wantStatus(303)
	})
	lead.open(path).want(".timeline", "→ Lauri Laine")
	psych.open(path).submit(psych, "form[action$='/release']", nil).follow(psych).want(".vitals", "ei vielä")

	// The sender adds.
	nurse.open(path).submit(nurse, "form[action$='/add']", url.Values{"text": {"Lisään vielä."}}).
		follow(nurse).want(".timeline", "Lisään vielä.")

	// Another pool joins: it sees the request, and contributes an answer that does not end it.
	if protection.get(path).status != 404 {
		t.Error("a pool that has nothing to do with it sees it")
	}
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	psych.open(path).submit(psych, "form[action$='/join']", url.Values{"pool": {"child-protection"}, "reason": {"Työparina."}}).
		follow(psych).want(".flashes", "Mukaan on kutsuttu: Lastensuojelu.")
	psych.open(path).want(".timeline", "→ Lastensuojelu")
	joined := protection.open(path)
	for _, action := range []string{"claim", "ask", "hand-over", "join", "release", "assign"} {
		if joined.has("form[action$='/" + action + "']") {
			t.Errorf("a joined pool is offered to %s", action)
		}
	}
	joined.submit(protection, "form[action$='/answer']", url.Values{"text": {"Meidän neuvomme."}, "disposition": {"advice"}}).
		follow(protection).want(".state", "Käsittelyssä")

	// The pool hands it over, and cannot see it any more. What is missing is named in the order of the form.
	empty := psych.open(path).submit(psych, "form[action$='/hand-over']", nil).wantStatus(422)
	if first, _ := empty.Find("#hand-over-errors a").First().Attr("href"); first != "#hand-over-pool" {
		t.Errorf("the first thing that is missing: %s", first)
	}
	over := psych.open(path).submit(psych, "form[action$='/hand-over']", url.Values{"pool": {"youth-psychiatry"}, "reason": {"Ikä."}})
	if over.header.Get("Location") != "/queue" {
		t.Errorf("after a hand-over: %s", over.header.Get("Location"))
	}
	over.follow(psych).want(".flashes", "on siirretty: Nuorisopsykiatria.")
	psych.get(path).wantStatus(404)
	youth.open(path).want(".timeline", "Ikä.")

	// The sender takes it back.
	nurse.open(path).submit(nurse, "form[action$='/withdraw']", url.Values{"reason": {"Ei enää tarvetta."}}).
		follow(nurse).want(".state", "Peruttu")
	if p := youth.open(path); p.has(".actions") {
		t.Error("something is offered for a request that has ended")
	}
}

// What somebody writes to a request that has gone to others meanwhile comes back to them, and tells nothing of the request: it does so
// for one that never was.
func TestWrittenToWhatIsGone(t *testing.T) {
	s := newSite(t, nil)
	id := s.submit(1, 9)[0]
	psych := s.as("childpsych")
	_, err := s.service.Do(t.Context(), s.actor("childpsych"), id, consult.ClaimCommand{}, consult.Change{})
	s.check(err)
	p := psych.open("/requests/" + id)
	psych.post("/drafts/answer-"+id, url.Values{"text": {"Alku."}}).wantStatus(303)
	_, err = s.service.Do(t.Context(), s.actor("childpsych2"), id, consult.HandOverCommand{Pool: "youth-psychiatry", Reason: "Ikä"}, consult.Change{})
	s.check(err)
	typed := url.Values{"text": {"Nukkukoon."}, "disposition": {"advice"}, "plan.0.what": {"Unipäiväkirja"}}
	if got := psych.get("/requests/" + id).wantStatus(404).Find("#written").Text(); got != "Alku." {
		t.Errorf("what was begun comes back as %q", got)
	}
	if s.as("childpsych2").get("/requests/" + id).wantStatus(404).has("#written") {
		t.Error("it comes back to somebody else")
	}
	gone := p.submit(psych, "#panel-answer form", typed).wantStatus(404)
	if got := gone.Find("#written").Text(); got != "Nukkukoon.\n\nUnipäiväkirja" {
		t.Errorf("what was written comes back as %q", got)
	}
	if gone.has("#languages") {
		t.Error("another language is offered, in which it would be missing")
	}
	never := psych.post("/requests/01a20362-b4ac-73bd-a89d-c6eced184de3/answer", typed).wantStatus(404)
	if never.text("main") != gone.text("main") {
		t.Errorf("%q and %q", never.text("main"), gone.text("main"))
	}
	if p := psych.post("/requests/"+id+"/claim", url.Values{}).wantStatus(404); p.has("#written") {
		t.Error("nothing was written")
	}
	for _, text := range []string{"Nukkukoon", "Unipäiväkirja"} {
		if strings.Contains(s.logs.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
}

// A form that is sent twice does what it says once.
func TestSentTwice(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	form := nurse.open("/requests/new")
	first := form.submit(nurse, "form.two", written(nil)).header.Get("Location")
	if again := form.submit(nurse, "form.two", written(nil)).header.Get("Location"); again != first || first == "" {
		t.Errorf("sent twice: %q and %q", first, again)
	}
	// Changed after going back: it is another request, and says so before it is sent.
	other := form.submit(nurse, "form.two", written(url.Values{"question": {"Toinen kysymys?"}})).wantStatus(409)
	other.want("textarea[name=question]", "Toinen kysymys?")
	if next := other.submit(nurse, "form.two", nil).header.Get("Location"); next == first || next == "" {
		t.Errorf("the changed one went to %q", next)
	}
	p := nurse.open(first)
	for range 2 {
		p.submit(nurse, "form[action$='/add']", url.Values{"text": {"Kerran vain"}}).follow(nurse)
	}
	if n := strings.Count(nurse.open(first).text(".timeline"), "Kerran vain"); n != 1 {
		t.Errorf("added %d times", n)
	}
	// So does something else that is said after going back.
	again := p.submit(nurse, "form[action$='/add']", url.Values{"text": {"Jotain muuta"}}).wantStatus(409)
	again.want("#add-text", "Jotain muuta")
	again.submit(nurse, "form[action$='/add']", nil).follow(nurse)
	if shown := nurse.open(first).text(".timeline"); !strings.Contains(shown, "Kerran vain") || !strings.Contains(shown, "Jotain muuta") {
		t.Errorf("the timeline is %s", shown)
	}
}

// doubtful is a service that does what it is asked once, and says that it could not.
type doubtful struct {
	ui.Service
	done *bool
}

func (d doubtful) Submit(ctx context.Context, a consult.Actor, r consult.Request, key string) (*consult.Consultation, bool, error) {
	c, repeated, err := d.Service.Submit(ctx, a, r, key)
	return c, repeated, d.doubt(err)
}

func (d doubtful) Do(ctx context.Context, a consult.Actor, id string, cmd consult.Command, ch consult.Change) (*consult.Consultation, error) {
	c, err := d.Service.Do(ctx, a, id, cmd, ch)
	return c, d.doubt(err)
}

func (d doubtful) doubt(err error) error {
	if *d.done = !*d.done; *d.done {
		return errors.New("no word from the disk")
	}
	return err
}

// After an error nobody knows whether it was done. Trying again on the page that says so does it once.
func TestTriedAgain(t *testing.T) {
	var done bool
	s := newSite(t, func(o *ui.Options) { o.Service = doubtful{o.Service, &done} })
	nurse := s.as("nurse")
	p := nurse.open("/requests/new").submit(nurse, "form.two", written(nil)).wantStatus(500)
	p.want("textarea[name=question]", "Mitä teemme seuraavaksi?")
	path := p.submit(nurse, "form.two", nil).wantStatus(303).header.Get("Location")
	if !strings.HasSuffix(nurse.open(path).text(".ref"), "-0001") || strings.Count(nurse.open("/requests").text("#rows"), "S-2026-") != 1 {
		t.Errorf("sent twice: %s", nurse.open("/requests").text("#rows"))
	}
	p = nurse.open(path).submit(nurse, "form[action$='/add']", url.Values{"text": {"Kerran vain"}}).wantStatus(500)
	p.submit(nurse, "form[action$='/add']", nil).follow(nurse)
	if n := strings.Count(nurse.open(path).text(".timeline"), "Kerran vain"); n != 1 {
		t.Errorf("added %d times", n)
	}
}
