package templates_test

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"silta/consult"
	"silta/ui/templates"
)

// nonce is that of the editor's page in these tests.
const nonce = "sample"

var administrator = &templates.Person{Name: "Anna Aalto-Ylläpitäjä", About: "Ylläpitäjä", Rules: true}

const rulesText = `timezone: Europe/Helsinki
municipalities: [Tampere, Ylöjärvi, Mänttä-Vilppula]   # kunnat, joista pyyntöjä voi tulla
rules:
  - id: children
    when: {age: "<13", concern: {any: [eating, school-absence], none: [grief]}}
    to: child-psychiatry
otherwise: youth-psychiatri
`

func rulesSample(p templates.Page) templates.Rules {
	p.Person, p.Flashes = administrator, nil
	return templates.Rules{
		Page: p, Nonce: nonce, Base: 12, Document: rulesText,
		InForce: templates.RulesVersionLine{Number: 12, At: now.Add(-50 * time.Hour), By: "Anna Aalto-Ylläpitäjä", Comment: "Kesällä hitaammin"},
	}
}

func diffSample() *templates.RulesDiff {
	shift := templates.RulesShift{Later: 31, LaterBy: 52 * time.Hour, Earlier: 2, EarlierBy: 3 * time.Hour}
	return &templates.RulesDiff{
		Complete: true, OnlyNew: []string{"Mänttä-Vilppula"}, Since: now.AddDate(-1, 0, 0), Requests: 1204, Moved: 33, Shift: shift,
		Changes: []templates.RulesChange{
			{From: youth + ", kiireetön", To: unit + " + Lastensuojelu, pian", Moved: 33, Shift: shift,
				Example: "13 v, Syöminen, Koulupoissaolot, Kouluterveydenhoitaja, Mänttä-Vilppula, Kiireetön, Kirjallisesti"},
			{From: "lähetys estetään", To: unit + ", kiireellinen", Example: "5 v, Itsetuhoisuus, Opettaja, Tampere, Kiireellinen, Puhelimella"},
		},
	}
}

func rulesFound(p templates.Page) templates.Rules {
	r := rulesSample(p)
	r.KeptAt, r.Comment = now.Add(-time.Minute), "Nuorisopsykiatrian nimi korjattu"
	r.Problem = p.L.T("rules.refused-page")
	r.Results = templates.RulesResults{
		Checked: true, Findings: []templates.RulesFinding{
			{Line: 4, Column: 5, Text: `mikään sääntö ei ota kaikkia pyyntöjä, kuten {"age":13,"concern":["mood"]}`, Code: "gap"},
			{Line: 7, Column: 12, Error: true, Text: "tiimiä youth-psychiatri ei ole: lähin tunnettu nimi on youth-psychiatry", Code: "unknown-pool"},
		},
		Tests: &templates.RulesTests{
			Results: []templates.RulesTest{
				{Name: "syömishäiriö alle 13-vuotiaalla", Passed: true, Got: unit + ", pian"}, {Name: "raskaus ja päihteet", Got: "Päiväperho, pian"},
			},
			Failed: 1, Rules: 5, Untested: []string{"children", "substance-in-pregnancy"},
		},
		Diff: diffSample(),
	}
	return r
}

func versionsSample() []templates.RulesVersionLine {
	return []templates.RulesVersionLine{
		{Number: 12, At: now.Add(-50 * time.Hour), By: "Anna Aalto-Ylläpitäjä", Comment: "Kesällä hitaammin", InForce: true, SameAs: 10},
		{Number: 11, At: now.Add(-90 * time.Hour), Comment: strings.Repeat("Konsultaatiotiimin vastausajat ", 4)},
	}
}

// ruleSamples are the pages of the rules.
var ruleSamples = []sample{
	{"rules", "/rules", func(p templates.Page) templ.Component { return rulesSample(p).View() }},
	{"rules-found", "/rules", func(p templates.Page) templ.Component { return rulesFound(p).View() }},
	{"rules-sentences", "/rules/sentences", func(p templates.Page) templ.Component {
		in := rulesSample(p)
		return templates.RulesSentences{
			Page: in.Page, InForce: in.InForce, Otherwise: youth,
			Interlocks: []templates.RulesSentence{{ID: "acute-danger", When: []string{"vaaran merkkinä on psykoottinen tila"}, Then: []string{"Pyyntöä ei voi lähettää.", "Soita 112."}}},
			Rules: []templates.RulesSentence{
				{ID: "children", When: []string{"ikä on alle 13 ja huolena on syöminen tai koulupoissaolot"}, Then: []string{"Pyyntö ohjautuu tiimille " + unit + "."}},
				{ID: "hybrid", When: []string{"ikä on 13–17", "kiireellisyys on vähintään pian"}, Then: []string{"Pyyntö ohjautuu tiimille " + youth + ".", "Mukaan kutsutaan: Lastensuojelu."}},
				{ID: "rest", Then: []string{"Pyyntö ohjautuu tiimille " + unit + "."}},
			},
			Municipalities: []string{"Tampere", "Ylöjärvi", "Mänttä-Vilppula"}, Zone: "Europe/Helsinki",
			Pools: []templates.RulesPool{{
				ID: "child-psychiatry", Name: unit, About: "Neuvoo alle 13-vuotiaiden mielenterveydessä.",
				Hours:      []templates.Hours{{From: time.Monday, To: time.Friday, Spans: []templates.Span{{From: 8 * 60, To: 16 * 60}}}},
				Says:       []string{"Pyhäpäivinä kiinni.", "Pyyntö otetaan käsittelyyn tässä ajassa: kiireellinen 1 t, pian 4 t, kiireetön 1 päivä."},
				Unclaimed:  []string{"kun määräaika on täynnä: tieto menee päivystäjälle"},
				Unanswered: []string{"kun vastausajasta on kulunut puolet: tieto menee päivystäjälle ja koordinaattorille", "3 päivää määräajan jälkeen: siirtyy tiimille " + youth},
			}},
			Tests: []templates.RulesSentence{{
				ID: "syömishäiriö alle 13-vuotiaalla", When: []string{"11 v, Syöminen, Kouluterveydenhoitaja, Pirkkala"}, Then: []string{"Pyyntö ohjautuu tiimille " + unit + "."},
			}},
		}.View()
	}},
	{"rules-try", "/rules/try", func(p templates.Page) templ.Component { return trySample(p, false).View() }},
	{"rules-tried", "/rules/try", func(p templates.Page) templ.Component { return trySample(p, true).View() }},
	{"rules-versions", "/rules/versions", func(p templates.Page) templ.Component {
		return templates.RulesVersions{Page: rulesSample(p).Page, Versions: versionsSample()}.View()
	}},
	{"rules-version", "/rules/versions/11", func(p templates.Page) templ.Component {
		return templates.RulesVersion{Page: rulesSample(p).Page, Version: versionsSample()[1], Document: rulesText, InForce: 12}.View()
	}},
	{"rules-compare", "/rules/compare", func(p templates.Page) templ.Component {
		return templates.RulesCompare{
			Page: rulesSample(p).Page, Versions: versionsSample(), From: 11, To: 12, Diff: diffSample(),
			Lines: []templates.RulesLine{{Sign: " ", Text: "rules:"}, {Sign: "-", Text: "    when: {age: \"<13\"}"}, {Sign: "+", Text: "    when: {age: \"<14\"}"}, {Sign: "…"}},
		}.View()
	}},
}

func trySample(p templates.Page, tried bool) templates.RulesTry {
	in := rulesSample(p)
	t := templates.RulesTry{Page: in.Page, InForce: in.InForce, Municipalities: []string{"Tampere", "Mänttä-Vilppula"}}
	t.Form = templates.RulesTryForm{Urgency: "routine", Mode: "written", Language: "fi"}
	if !tried {
		t.Errors = templates.Errors{{Pointer: "/age", Code: "required"}, {Pointer: "/concern", Code: "required"}}
		t.Missing = t.Errors
		return t
	}
	t.Begun = true
	t.Form.Age, t.Form.Concerns, t.Form.Municipality, t.Form.Profession = "12", []string{"eating"}, "Mänttä-Vilppula", "school-nurse"
	t.Result = &templates.RulesTried{
		Pool: unit, With: []string{"Lastentaudit"}, Rule: "young-eating-disorder", Why: "Alle 13-vuotiaan syömishäiriössä tarvitaan myös lastenlääkäriä.",
		Urgency: consult.Soon, Interlocks: []templates.RulesInterlock{{ID: "eating", Text: "Soita ensin päivystävälle lääkärille."}},
		Notes: []consult.NoteCode{consult.ModeNotOffered}, OnCall: []string{"Leena Lastenpsykiatri"}, ClaimBy: now.Add(4 * time.Hour), AnswerBy: now.Add(72 * time.Hour),
		Unclaimed:   []templates.RulesEscalation{{At: now.Add(4 * time.Hour), Told: []string{"Leena Lastenpsykiatri"}}},
		Escalations: []templates.RulesEscalation{{At: now.Add(30 * time.Hour), Told: []string{"Leena Lastenpsykiatri"}}, {At: now.Add(80 * time.Hour)}},
		Trace: []templates.RulesTrace{
			{Rule: "substance-in-pregnancy", Failed: []string{"Ehto ”asiakas on raskaana” ei täyty. Pyynnössä: ei."}}, {Rule: "young-eating-disorder", Matched: true},
		},
		Segments: []templates.RulesSegment{
			{From: now, To: now.Add(3 * time.Hour), Counted: true}, {From: now.Add(3 * time.Hour), To: now.Add(70 * time.Hour), Why: "viikonloppu"},
		},
	}
	return t
}
