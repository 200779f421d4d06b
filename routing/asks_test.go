package routing

import (
	"testing"

	"silta/consult"
)

func TestAskOpen(t *testing.T) {
	scored := &consult.Request{Concerns: []consult.Concern{"mood"}, Instruments: []consult.Instrument{{Name: "SDQ"}}}
	told := &consult.Request{Concerns: []consult.Concern{"eating"}, Background: "Paino 38 KG", Tried: "Ruokapäiväkirja"}
	for name, tc := range map[string]struct {
		ask  Ask
		r    *consult.Request
		open bool
	}{
		"nothing is given":        {Ask{GivenBy: []string{"background"}}, scored, true},
		"the part is there":       {Ask{GivenBy: []string{"background"}}, told, false},
		"tried":                   {Ask{GivenBy: []string{"tried"}}, told, false},
		"any part will do":        {Ask{GivenBy: []string{"involved", "tried"}}, told, false},
		"involved":                {Ask{GivenBy: []string{"involved"}}, &consult.Request{Involved: []consult.Party{"police"}}, false},
		"any instrument":          {Ask{GivenBy: []string{"instruments"}}, scored, false},
		"the instrument":          {Ask{GivenBy: []string{"SDQ"}}, scored, false},
		"another instrument":      {Ask{GivenBy: []string{"GAD-7"}}, scored, true},
		"a word, in any case":     {Ask{Words: []string{"38 kg"}}, told, false},
		"no such word":            {Ask{Words: []string{"pituus"}}, told, true},
		"of another concern":      {Ask{Concerns: []consult.Concern{"eating"}, GivenBy: []string{"SDQ"}}, scored, false},
		"of one of its concerns":  {Ask{Concerns: []consult.Concern{"eating", "sleep"}, GivenBy: []string{"SDQ"}}, told, true},
		"the word does, not part": {Ask{GivenBy: []string{"instruments"}, Words: []string{"paino"}}, told, false},
	} {
		if got := tc.ask.Open(tc.r); got != tc.open {
			t.Errorf("%s: open = %t", name, got)
		}
	}
}

func TestAsksAreRead(t *testing.T) {
	const rules = `
municipalities: [Nokia]
otherwise: a
pools:
  a:
    members: [anna]
    asks: [{text: {fi: Pisteet, sv: Poäng}, concern: mood, given-by: SDQ, words: [Paino, "38 KG"]}]
`
	doc, _ := Examine("routing.yaml", []byte(rules), World{Now: now})
	if doc == nil || len(doc.Pools) != 1 || len(doc.Pools[0].Asks) != 1 {
		t.Fatalf("read: %+v", doc)
	}
	a := doc.Pools[0].Asks[0]
	if a.Text[consult.Swedish] != "Poäng" || a.Concerns[0] != "mood" || a.GivenBy[0] != "SDQ" || a.Words[1] != "38 kg" {
		t.Errorf("read: %+v", a)
	}
}
