package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"silta/consult"
)

// Every fault stands beside its field, in the reader's language, and everything that was typed is still there.
func TestFaultsOfNewRequest(t *testing.T) {
	s := newSite(t, nil)
	for _, tc := range []struct {
		name string
		fill url.Values
		// at is the selector of the field whose fault it is.
		at   string
		want map[string]string
	}{
		{"no age", url.Values{"client.age": {""}}, "#r-client-age-error", map[string]string{
			"fi": "Täytä tämä kohta.", "sv": "Fyll i den här punkten.", "en": "Please fill this in."}},
		{"age in words", url.Values{"client.age": {"yhdeksän"}}, "#r-client-age-error", map[string]string{
			"fi": "väärää muotoa", "sv": "fel form", "en": "wrong form"}},
		{"absurd age", url.Values{"client.age": {"999999999999999999999"}}, "#r-client-age-error", map[string]string{
			"fi": "väärää muotoa", "sv": "fel form", "en": "wrong form"}},
		{"age of a giant", url.Values{"client.age": {"121"}}, "#r-client-age-error", map[string]string{
			"fi": "0–120", "sv": "mellan 0 och 120", "en": "from 0 to 120"}},
		{"age below zero", url.Values{"client.age": {"-1"}}, "#r-client-age-error", map[string]string{"en": "from 0 to 120"}},
		{"no municipality", url.Values{"client.municipality": {""}}, "#r-client-municipality-error", map[string]string{
			"fi": "Täytä tämä kohta.", "sv": "Fyll i den här punkten.", "en": "Please fill this in."}},
		{"unknown municipality", url.Values{"client.municipality": {"Atlantis"}}, "#r-client-municipality-error", map[string]string{
			"en": "Choose one of the options.",
		}},
		{"no concerns", url.Values{"concerns": nil}, "#r-concerns-error", map[string]string{
			"fi": "Täytä tämä kohta.", "sv": "Fyll i den här punkten.", "en": "Please fill this in."}},
		{"unknown concern", url.Values{"concerns": {"mood", "worry"}}, "#r-concerns-error", map[string]string{
			"en": "Choose one of the options.",
		}},
		{"a concern twice", url.Values{"concerns": {"mood", "mood"}}, "#r-concerns-error", map[string]string{
			"en": "This is chosen already.",
		}},
		{"unknown sign of danger", url.Values{"red_flags": {"dragons"}}, "#r-red-flags-error", map[string]string{
			"en": "Choose one of the options.",
		}},
		{"unknown urgency", url.Values{"urgency": {"now"}}, "#r-urgency-error", map[string]string{"en": "Choose one of the options."}},
		{"unknown mode", url.Values{"mode": {"pigeon"}}, "#r-mode-error", map[string]string{"en": "Choose one of the options."}},
		{"no question", url.Values{"question": {" \r\n "}}, "#r-question-error", map[string]string{
			"fi": "Täytä tämä kohta.", "sv": "Fyll i den här punkten.", "en": "Please fill this in."}},
		{"endless text", url.Values{"background": {strings.Repeat("ä", 10_001)}}, "#r-background-error", map[string]string{
			"fi": "10 000", "sv": "10 000", "en": "Shorten it to 10,000 characters at most."}},
		{"not text", url.Values{"tried": {"\xff\xfe"}}, "#r-tried-error", map[string]string{"en": "cannot be read"}},
		{"instrument without a score", url.Values{"instruments.0.score": {""}}, "#r-instruments-0-score-error", map[string]string{
			"en": "Please fill this in.",
		}},
		{"score in words", url.Values{"instruments.0.score": {"many"}}, "#r-instruments-0-score-error", map[string]string{
			"en": "wrong form",
		}},
		{"day that is none", url.Values{"instruments.0.date": {"31.2.2026"}}, "#r-instruments-0-date-error", map[string]string{
			"fi": "21.11.2026", "sv": "21.11.2026", "en": "21.11.2026"}},
		{"day to come", url.Values{"instruments.0.date": {"2030-01-01"}}, "#r-instruments-0-date-error", map[string]string{
			"en": "in the future",
		}},
		{"second row", url.Values{"instruments.7.name": {"SDQ"}, "instruments.7.score": {"1"}}, "#r-instruments-1-date-error", map[string]string{
			"en": "Please fill this in.",
		}},
		{"identity without its ground", url.Values{
			"client.identified": {"true"}, "client.identity.hetu": {"131052-308T"}, "client.identity.name": {"Aino"}, "client.identity.basis": {""},
		}, "#r-client-identity-basis-error", map[string]string{"en": "Please fill this in."}},
		{"wrong identity code", url.Values{
			"client.identified": {"true"}, "client.identity.hetu": {"131052-308X"}, "client.identity.name": {"Aino"}, "client.identity.basis": {"consent"},
		}, "#r-client-identity-hetu-error", map[string]string{"en": "not right"}},
		{"identity code in an anonymous text", url.Values{"background": {"Hän on 131052-308T."}}, "#r-background-guard", map[string]string{
			"fi": "henkilötunnus", "sv": "personbeteckning", "en": "a personal identity code"}},
		{"what must be phoned about first", url.Values{"red_flags": {"intoxication"}}, "#send .emergency", map[string]string{
			"fi": "Soita ensin Myrkytystietokeskukseen.", "sv": "Ring först Giftinformationscentralen.", "en": "Call the Poison Information Centre first."}},
		{"emergency", url.Values{"red_flags": {"psychosis"}}, "#send .emergency", map[string]string{
			"fi": "Soita heti 112.", "sv": "Ring genast 112.", "en": "Call 112 now."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			nurse := s.as("nurse")
			for lang, want := range tc.want {
				form := nurse.open("/requests/new?lang=" + lang)
				typed := written(url.Values{"tried": {"<script>alert('kept')</script>"}, "involved": {"school-support"}})
				for k, v := range tc.fill {
					typed[k] = v
				}
				p := form.submit(nurse, "form.two", typed)
				p.wantStatus(422).want(tc.at, want)
				if !p.has("#r-errors a[href^='#r-']") {
					t.Error("the summary does not lead to the field")
				}
				p.Find("#r-errors a").Each(func(_ int, a *selection) {
					if href, _ := a.Attr("href"); !p.has(href) {
						t.Errorf("%s leads nowhere", href)
					}
				})
				_, kept := p.values("form.two")
				for name, values := range typed {
					if name == "tried" && tc.name == "not text" || strings.HasPrefix(name, "instruments.7") || !knownChoice(name, values) {
						continue
					}
					if got := strings.Join(kept[name], "|"); got != strings.TrimSpace(strings.Join(values, "|")) {
						t.Errorf("%s: typed %q, kept %q", name, values, got)
					}
				}
				if strings.Contains(p.body, "<script>alert") {
					t.Error("what was typed runs as a script")
				}
			}
		})
	}
	page, err := s.service.List(t.Context(), s.actor("nurse"), consult.ListFilter{Box: consult.BoxMine, Limit: 10})
	if err != nil || len(page.Items) > 0 {
		t.Errorf("%d requests were saved, %v", len(page.Items), err)
	}
}

// knownChoice reports whether a browser could show the values as chosen.
func knownChoice(name string, values []string) bool {
	for _, v := range values {
		switch v {
		case "Atlantis", "worry", "dragons", "now", "pigeon":
			return false
		}
	}
	return name != "concerns" || len(values) < 2 || values[0] != values[1]
}

// What keeps a request from being sent can be settled on the form itself.
func TestConfirmed(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	p := nurse.open("/requests/new").submit(nurse, "form.two", written(url.Values{
		"red_flags": {"intoxication"}, "question": {"Soitanko numeroon 040 123 4567?"},
	}))
	p.want("#r-question-guard q", "040 123 4567")
	p.submit(nurse, "form.two", url.Values{
		"interlock_confirmed": {"intoxication"}, "identity_confirmed": {"/question"},
	}).follow(nurse).want(".prose", "Soitanko numeroon 040 123 4567?")
}

// The faults of an action stand beside its fields too, and what was typed stays, whatever the reason.
func TestFaultsOfActions(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych, lead := s.as("nurse"), s.as("childpsych"), s.as("childpsych2")
	path := sent(t, nurse, nil)
	for _, lang := range []string{"fi", "sv", "en"} {
		want := map[string]string{"fi": "Täytä tämä kohta.", "sv": "Fyll i den här punkten.", "en": "Please fill this in."}[lang]
		p := nurse.open(path+"?lang="+lang).submit(nurse, "form[action$='/add']", url.Values{"text": {""}})
		p.wantStatus(422).want("#add-text-error", want)
		if _, open := p.Find("#panel-add").Attr("open"); !open {
			t.Error("the form with the fault is closed")
		}
	}
	guarded := nurse.open(path+"?lang=en").submit(nurse, "form[action$='/add']", url.Values{"text": {"Soita 040 123 4567"}})
	guarded.wantStatus(422).want("#add-text-guard", "a phone number")
	guarded.submit(nurse, "form[action$='/add']", url.Values{"identity_confirmed": {"/text"}}).
		follow(nurse).want(".timeline", "Soita 040 123 4567")

	back := sent(t, nurse, nil)
	guarded = nurse.open(back+"?lang=en").submit(nurse, "form[action$='/withdraw']", url.Values{"reason": {"Soitan 040 123 4567"}})
	guarded.wantStatus(422).want("#withdraw-reason-guard", "a phone number")
	guarded.submit(nurse, "form[action$='/withdraw']", url.Values{"identity_confirmed": {"/reason"}}).
		follow(nurse).want(".timeline", "Soitan 040 123 4567")

	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	p := psych.open(path+"?lang=en").submit(psych, "form[action$='/answer']", url.Values{
		"text": {"Neuvo"}, "disposition": nil, "plan.3.who": {"minä"}, "plan.3.due": {"huomenna"},
	})
	p.wantStatus(422).want("#answer-disposition", "Please fill this in.")
	p.want("#answer-plan-0-what-error", "Please fill this in.")
	p.want("#answer-plan-0-due-error", "21.11.2026")
	p.want("#answer-errors", ", row 1 – Please fill this in.")
	if _, kept := p.values("form[action$='/answer']"); kept.Get("text") != "Neuvo" || kept.Get("plan.0.who") != "minä" || kept.Get("plan.0.due") != "huomenna" {
		t.Errorf("kept %v", kept)
	}
	for fill, at := range map[*url.Values]string{
		{"pool": {""}, "reason": {"x"}}:                 "#hand-over-pool-error",
		{"pool": {"nowhere"}, "reason": {"x"}}:          "#hand-over-pool-error",
		{"pool": {"youth-psychiatry"}, "reason": {" "}}: "#hand-over-reason-error",
	} {
		if p := psych.open(path).submit(psych, "form[action$='/hand-over']", *fill); p.status != 422 || !p.has(at) {
			t.Errorf("%v: %d without %s", *fill, p.status, at)
		}
	}

	// While it is typed, somebody else changes the request.
	stale := psych.open(path)
	nurse.open(path).submit(nurse, "form[action$='/add']", url.Values{"text": {"Uutta tietoa"}})
	p = stale.submit(psych, "form[action$='/answer']", url.Values{
		"text": {"Pitkä vastaus"}, "disposition": {"advice"}, "plan.0.who": nil, "plan.0.due": nil,
	})
	p.wantStatus(412).want(".flashes", "Somebody else changed the request first.")
	p.want(".timeline", "Uutta tietoa")
	p.submit(psych, "form[action$='/answer']", nil).follow(psych).want(".timeline", "Pitkä vastaus")

	// What the sender adds is never too late, whatever has happened since they opened the page.
	old := nurse.open(sent(t, nurse, nil))
	psych.open(old.path).submit(psych, "form[action$='/claim']", nil).wantStatus(303)
	old.submit(nurse, "form[action$='/add']", url.Values{"text": {"Vielä tämä"}}).follow(nurse).want(".timeline", "Vielä tämä")

	// While it is typed, somebody else gets it. The text is still there to be copied.
	other := sent(t, nurse, nil)
	psych.open(other).submit(psych, "form[action$='/claim']", nil)
	typing := psych.open(other)
	lead.open(other).submit(lead, "form[action$='/assign']", url.Values{"person": {"childpsych2"}}).wantStatus(303)
	p = typing.submit(psych, "form[action$='/ask']", url.Values{"text": {"Pitkä kysymys"}})
	p.wantStatus(409).want(".flashes", "Liisa Lehto has this request already.")
	p.want("#ask-text", "Pitkä kysymys")
	p.want(".vitals", "Liisa Lehto")

	// The closing questions.
	lead.open(other).submit(lead, "form[action$='/answer']", url.Values{"text": {"Neuvo"}, "disposition": {"advice"}}).wantStatus(303)
	p = nurse.open(other).submit(nurse, "form[action$='/close']", url.Values{"text": {"Kiitos paljon"}, "value_me": {"6"}})
	for _, at := range []string{"#close-outcome", "#close-referral", "#close-value-client", "#close-value-me"} {
		if p.wantStatus(422).text(at+" .error") == "" {
			t.Errorf("no fault at %s", at)
		}
	}
	p.want("#close-text", "Kiitos paljon")
}

func TestTooLarge(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	for _, size := range []int{600 << 10, 5 << 20} {
		nurse.post("/requests", url.Values{"background": {strings.Repeat("x", size)}}).wantStatus(413).want("h1", "liian suuri")
	}
	// Only a document of rules may be larger, to a bound of its own: it is read, and refused for what it says.
	admin := s.as("admin")
	for size, want := range map[int]int{600 << 10: 422, 5 << 20: 413} {
		if p := admin.post("/rules/check", url.Values{"document": {strings.Repeat("#", size)}}); p.status != want {
			t.Errorf("a document of %d bytes: %d, want %d", size, p.status, want)
		}
	}
}
