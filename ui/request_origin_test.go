package ui_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"silta/consult"
	"silta/routing"
	"silta/ui"
)

// amnesia are rules whose old versions are gone.
type amnesia struct{ book }

type book = ui.Rules

func (amnesia) Retrace(consult.Decision, consult.Facts) ([]routing.Trace, error) {
	return nil, consult.Fail(consult.NotFound, "not-found.rules")
}

// Whoever sees a request sees why it came to its pool, by the rules of its day, whatever was published and moved since; where those
// rules are gone, the page says so.
func TestOriginOfRequest(t *testing.T) {
	s := newSite(t, nil)
	id := s.submit(1, 9)[0]
	first := s.book.Current()
	later := strings.Replace(strings.Replace(inForce(t, s), `age: "<13", concern`, `age: "<3", concern`, 1), "id: children", "id: small-ones", 1)
	if _, err := s.publisher.Publish(t.Context(), s.actor("admin"), routing.Draft{Data: []byte(later)}); err != nil {
		t.Fatal(err)
	}
	psych := s.as("childpsych")
	psych.header.Set("Accept-Language", "fi")
	p := psych.open("/requests/" + id + "?lang=fi")
	if _, open := p.Find("details.origin").Attr("open"); open || p.Find("details.origin").Length() != 1 {
		t.Error("why it came here is not folded")
	}
	told := p.Find("details.origin").Text()
	for _, part := range []string{
		"täytti säännön children ehdot", "ohjautui tänne: Lastenpsykiatria", "versio 1", first.Hash,
		"Ehto ”huolena on syöminen” ei täyty. Pyynnössä: mieliala.", "täyttyy",
	} {
		if !strings.Contains(told, part) {
			t.Errorf("%q is not told in %s", part, told)
		}
	}
	if strings.Contains(told, "small-ones") || strings.Contains(told, "siirsi") {
		t.Errorf("more than happened is told: %s", told)
	}

	over := p.submit(psych, "form[action$='/hand-over']", url.Values{"pool": {"youth-psychiatry"}, "reason": {"Ikä."}})
	if over.status >= 400 {
		t.Fatalf("hand over: %d", over.status)
	}
	youth := s.as("youthpsych")
	told = youth.open("/requests/" + id + "?lang=fi").Find("details.origin").Text()
	for _, part := range []string{"Lastenpsykiatria → Nuorisopsykiatria", "siirsi", "määräajat on laskettu sääntöjen versiosta 2", "versio 1", "children"} {
		if !strings.Contains(told, part) {
			t.Errorf("after a hand-over %q is not told in %s", part, told)
		}
	}
	if s.as("admin").get("/requests/"+id).status != 404 {
		t.Error("an administrator sees it")
	}

	other := s.submit(1, 15)[0]
	if told = s.as("nurse").open("/requests/" + other + "?lang=sv").Find("details.origin").Text(); !strings.Contains(told, "passade ingen regel") {
		t.Errorf("of a request that no rule took: %s", told)
	}

	s.change = func(o *ui.Options) { o.Rules = amnesia{s.book} }
	s.restart()
	told = s.as("nurse").open("/requests/" + id + "?lang=en").Find("details.origin").Text()
	if !strings.Contains(told, "Version 1 of the rules is no longer kept") || !strings.Contains(told, "the rule children") {
		t.Errorf("without the rules: %s", told)
	}
}

// What nobody could look through is cut to what came nearest.
func TestOriginAmongManyRules(t *testing.T) {
	s := newSite(t, nil)
	var rules strings.Builder
	for i := range 70 {
		fmt.Fprintf(&rules, "  - {id: far-%d, when: {age: %d, pregnant: true}, to: child-protection}\n", i, 20+i)
	}
	document := strings.Replace(inForce(t, s), "rules:\n", "rules:\n"+rules.String(), 1)
	if _, err := s.publisher.Publish(t.Context(), s.actor("admin"), routing.Draft{Data: []byte(document)}); err != nil {
		t.Fatal(err)
	}
	id := s.submit(1, 9)[0]
	origin := s.as("nurse").open("/requests/" + id + "?lang=en").Find("details.origin")
	lines := origin.Find(".trace > li")
	if lines.Length() != 51 || !strings.Contains(lines.Last().Text(), "children") || !strings.Contains(origin.Text(), "eating") ||
		!strings.Contains(origin.Text(), "21 more rules") {
		t.Errorf("%d lines, the last %q: %s", lines.Length(), lines.Last().Text(), origin.Text())
	}
}
