package ui_test

import (
	"net/url"
	"strings"
	"testing"
)

// What the chosen team usually has to ask for is named, and goes as it is given.
func TestCoach(t *testing.T) {
	nurse := newSite(t, nil).as("nurse")
	ask := func(more url.Values) string {
		t.Helper()
		values := written(more)
		values.Set("client.municipality", "Tampere")
		return nurse.post("/requests/preview", values).wantStatus(200).text("#preview .coach li")
	}
	none := url.Values{"instruments.0.name": nil, "instruments.0.score": nil, "instruments.0.date": nil}
	if got := ask(none); got != "SDQ-pisteet | Miten hän nukkuu?" {
		t.Errorf("asks %q", got)
	}
	if got := ask(nil); got != "Miten hän nukkuu?" {
		t.Errorf("asks %q of who has given the score", got)
	}
	if got := ask(url.Values{"background": {"Uni on katkonaista."}}); got != "" {
		t.Errorf("asks %q of who has given both", got)
	}
	// Another team asks for nothing.
	if got := ask(url.Values{"client.age": {"15"}}); strings.Contains(got, "SDQ") {
		t.Errorf("asks %q", got)
	}
}
