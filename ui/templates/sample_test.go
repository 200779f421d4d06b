package templates_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"silta/consult"
	"silta/consult/locale"
	uilocale "silta/ui/locale"
	"silta/ui/templates"
)

var now = time.Date(2026, 11, 20, 11, 5, 0, 0, time.UTC)

func localizer(t testing.TB, lang consult.Language) *locale.Localizer {
	t.Helper()
	c, err := uilocale.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return c.For(lang, zone)
}

// sample is one state of one page, filled with what a full working day brings.
type sample struct {
	name string
	path string
	draw func(p templates.Page) templ.Component
}

var (
	nurse      = &templates.Person{Name: "Terhi Terveydenhoitaja", About: "Kouluterveydenhoitaja, Ylöjärvi", Sends: true}
	specialist = &templates.Person{Name: "Leena Lastenpsykiatri", About: "Lastenpsykiatrian konsultaatioyksikkö", Answers: true}
)

const (
	unit  = "Lastenpsykiatrian konsultaatioyksikkö"
	youth = "Nuorisopsykiatrian jalkautuva konsultaatiotiimi"
)

var samples = append(ruleSamples, []sample{
	{"sign-in", "/sign-in", func(p templates.Page) templ.Component {
		p.Person = nil
		return templates.SignIn{Page: p, Next: "/queue", Passkeys: true}.View()
	}},
	{"sign-in-demo", "/sign-in", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = nil, nil
		return templates.SignIn{Page: p, Name: "nurse", Problem: p.L.T("unauthenticated"), Password: "demo", People: []templates.DemoPerson{
			{ID: "nurse", Name: "Terhi Terveydenhoitaja", About: "Kouluterveydenhoitaja, Ylöjärvi"},
			{ID: "midwife", Name: "Kaisa Kätilö", About: "Kätilö, Tampere"},
			{ID: "childpsych", Name: "Leena Lastenpsykiatri", About: unit},
			{ID: "youthpsych", Name: "Nuutti Nuorisopsykiatri", About: youth},
			{ID: "paivaperho", Name: "Päivi Perho", About: "Päiväperho"},
		}}.View()
	}},
	{"sign-in-code", "/sign-in", func(p templates.Page) templ.Component {
		p.Person = nil
		return templates.SignInCode{Page: p, Next: "/queue", Problem: p.L.T("sign-in.code-wrong")}.View()
	}},
	{"forgot", "/sign-in/forgot", func(p templates.Page) templ.Component { p.Person = nil; return templates.Forgot{Page: p}.View() }},
	{"forgot-sent", "/sign-in/forgot", func(p templates.Page) templ.Component {
		p.Person = nil
		return templates.Forgot{Page: p, Sent: true}.View()
	}},
	{"invitation", "/invitation/terhi.x", func(p templates.Page) templ.Component { return invitation(p).View() }},
	{"account", "/account", func(p templates.Page) templ.Component { return account(p).View() }},
	{"account-enrols", "/account", func(p templates.Page) templ.Component { return accountEnrols(p).View() }},
	{"account-refused", "/account", func(p templates.Page) templ.Component { return accountRefused(p).View() }},
	{"codes", "/account", func(p templates.Page) templ.Component { return newCodes(p).View() }},
	{"passkey", "/account", func(p templates.Page) templ.Component {
		return templates.NewPasskey{Page: p, Options: "{}", Name: "Samsung Internet, Android", Errors: templates.Errors{{Pointer: "/passkey_name", Code: "required"}}}.View()
	}},
	{"recovery", "/account", func(p templates.Page) templ.Component {
		p.Once = true
		return templates.ShownOnce{Page: p, Kind: "recovery", Secrets: []string{"abcd-efgh-ijkl-mnop", "qrst-uvwx-yz23-4567"}}.View()
	}},
	{"token", "/account", func(p templates.Page) templ.Component {
		p.Once = true
		return templates.ShownOnce{Page: p, Kind: "token", Secrets: []string{"silta_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}.View()
	}},
	{"people", "/people", func(p templates.Page) templ.Component { return people(p).View() }},
	{"people-none", "/people", func(p templates.Page) templ.Component {
		return templates.People{Page: p, Search: "xyz", Searching: true, All: 3}.View()
	}},
	{"person", "/people/terhi", func(p templates.Page) templ.Component { return person(p).View() }},
	{"person-flagged", "/people/leena", func(p templates.Page) templ.Component {
		f := person(p)
		f.MailFault, f.Person.MailFault = "postilaatikko on täynnä", consult.MailFault{At: now.Add(-50 * time.Hour), Status: "5.2.2"}
		f.Ties = &templates.PersonTies{
			Sessions: 2, Sent: 3, Alone: []string{unit}, Leads: []string{unit}, Held: []templates.HeldIn{{Pool: unit, N: 4}, {Pool: youth, N: 1}},
			Shifts: []templates.ShiftsIn{{Pool: unit, N: 4, Now: true, First: now}, {Pool: youth, N: 2, First: now.Add(90 * time.Hour)}},
		}
		return f.View()
	}},
	{"person-disabled", "/people/leena", func(p templates.Page) templ.Component {
		f := person(p)
		f.Person.Disabled, f.Tokens = true, nil
		return f.View()
	}},
	{"person-new", "/people/-/new", func(p templates.Page) templ.Component {
		return templates.PersonPage{Page: p, New: true, Municipalities: []string{"Tampere"}, Errors: templates.Errors{
			{Pointer: "/id", Code: "taken"}, {Pointer: "/name", Code: "required"}, {Pointer: "/roles", Code: "required"},
		}}.View()
	}},
	{"new-empty", "/requests/new", func(p templates.Page) templ.Component {
		r := emptyRequest(p)
		r.Begun = begun[:1]
		return r.View()
	}},
	{"new-full", "/requests/new", func(p templates.Page) templ.Component { return fullRequest(p).View() }},
	{"new-errors", "/requests/new", func(p templates.Page) templ.Component { return faultyRequest(p).View() }},
	{"mine", "/requests", func(p templates.Page) templ.Component {
		return templates.MyRequests{Page: p, Groups: numbered([]templates.Group{
			{Kind: "for-me", Cases: cases(2, consult.Waiting, consult.Answered)}, {Kind: "open", Cases: cases(3, consult.Claimed, consult.Submitted)},
			{Kind: "ended", Cases: cases(4, consult.Closed, consult.Withdrawn, consult.Expired)},
		}), Drafts: begun, Next: "abc"}.View()
	}},
	{"mine-empty", "/requests", func(p templates.Page) templ.Component { return templates.MyRequests{Page: p}.View() }},
	{"queue", "/queue", func(p templates.Page) templ.Component { return fullQueue(p).View() }},
	{"queue-empty", "/queue", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = specialist, nil
		return templates.Queue{Page: p}.View()
	}},
	{"settings", "/settings", func(p templates.Page) templ.Component {
		p.Person = specialist
		s := templates.Settings{Page: p, Language: consult.Finnish, Morning: true, HasPools: true}
		for _, topic := range []consult.Topic{consult.TopicNew, consult.TopicJoined, consult.TopicReplies, consult.TopicAnswers, consult.TopicCourse} {
			s.Topics = append(s.Topics, templates.TopicChoice{Topic: topic, Chosen: topic.Ways()[1]})
		}
		return s.View()
	}},
	{"settings-errors", "/settings", func(p templates.Page) templ.Component {
		return templates.Settings{Page: p, Topics: []templates.TopicChoice{{Topic: consult.TopicAnswers, Chosen: consult.AtOnce}}, Errors: templates.Errors{
			{Pointer: "/language", Code: "unknown-value"}, {Pointer: "/topics/answers", Code: "unknown-value"},
		}}.View()
	}},
	{"operations", "/operations", func(p templates.Page) templ.Component { return fullOperations(p).View() }},
	{"operations-quiet", "/operations", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = operatorOf, nil
		return templates.Operations{Page: p}.View()
	}},
	{"retention", "/retention", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = operatorOf, nil
		return templates.Retention{Page: p, RetentionState: templates.RetentionState{
			Last: now.Add(-10 * time.Hour), Next: now.Add(14 * time.Hour), Requests: []string{"S-2024-0007", "S-2024-0011", "S-2024-0012"},
			Rows: []templates.RetentionRow{
				{Kind: "consultation", Keep: 730 * 24 * time.Hour, Kept: 4211, Next: 5, Soon: 61, Erased: 1805}, {Kind: "delivery", Keep: 365 * 24 * time.Hour, Kept: 20114, Next: 31, Soon: 900, Erased: 14077},
				{Kind: "looks", Keep: 4383 * 24 * time.Hour, Kept: 980}, {Kind: "grant", Keep: 4383 * 24 * time.Hour, Kept: 12},
			},
			Counted: now.Add(-4 * time.Minute),
			Runs: []templates.RetentionRun{
				{At: now.Add(-10 * time.Hour), Requests: 3, Deliveries: 28, Openings: 1}, {At: now.Add(-34 * time.Hour), Failed: true}, {At: now.Add(-58 * time.Hour), Deliveries: 17, Looks: 2},
			},
			Others: []templates.RetentionRow{
				{Kind: "draft", Keep: 14 * 24 * time.Hour, Kept: 23, Counted: true}, {Kind: "session", Keep: 12 * time.Hour, Kept: 61, Counted: true}, {Kind: "person"}, {Kind: "trace"},
			},
		}}.View()
	}},
	{"figures", "/figures", func(p templates.Page) templ.Component { return figures(p).View() }},
	{"figures-short", "/figures?from=2026-10&to=2026-11", func(p templates.Page) templ.Component {
		f := figures(p)
		f.Period, f.Short, f.Groups, f.AtRisk, f.Cases = "own", true, f.Groups[:1], 0, nil
		return f.View()
	}},
	{"help", "/help", func(p templates.Page) templ.Component {
		p.Flashes = nil
		return templates.Help{Page: p, Parts: []string{"sender", "specialist", "lead", "admin", "auditor", "sign-in"}}.View()
	}},
	{"accessibility", "/accessibility", func(p templates.Page) templ.Component {
		p.Flashes, p.Site.Feedback = nil, "saavutettavuus@example.fi"
		return templates.Accessibility{Page: p}.View()
	}},
	{"record", "/requests/r1/record", func(p templates.Page) templ.Component {
		return templates.Record{Page: p, Request: answeredRequest(p).Request}.View()
	}},
	{"record-print", "/requests/r1/print", func(p templates.Page) templ.Component {
		return templates.Record{Page: p, Request: answeredRequest(p).Request}.Paper()
	}},
	{"request", "/requests/r1", func(p templates.Page) templ.Component { return begunAnswer(p).View() }},
	{"request-unclaimed", "/requests/r1", func(p templates.Page) templ.Component {
		r := heldRequest(p)
		r.Request.State, r.Request.Holder, r.Request.Identity = consult.Submitted, "", nil
		r.Request.Timeline = r.Request.Timeline[:1]
		r.Request.AnswerBy = now.Add(-3 * time.Hour)
		r.Leftover = []templates.ActionDraft{{
			Draft: templates.Draft{ID: "answer-r1", SavedAt: now}, Form: templates.ActionForm{Action: consult.Answer, Text: "Aloittakaa aamurytmistä."},
		}}
		r.Actions = templates.Actions{Command: "c1", Claim: true, HandOver: true, Join: true, Pools: r.Actions.Pools}
		return r.View()
	}},
	{"request-refused", "/requests/r1", func(p templates.Page) templ.Component {
		r := heldRequest(p)
		r.Input = templates.ActionForm{
			Action: consult.Answer, Text: "Soita Maijalle 040 123 4567", Minutes: "10-15", Plan: []templates.StepForm{{Who: "Kouluterveydenhoitaja"}},
		}
		r.Errors = templates.Errors{
			{Pointer: "/text", Code: "identity", Args: map[string]any{"kind": "phone", "start": 15, "end": 27}},
			{Pointer: "/disposition", Code: "required"}, {Pointer: "/plan/0/what", Code: "required"},
		}
		r.Problem, r.Changed = p.L.T("stale"), true
		return r.View()
	}},
	{"request-answered", "/requests/r1", func(p templates.Page) templ.Component { return answeredRequest(p).View() }},
	{"access", "/access?person=leena", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = &templates.Person{Name: "Aune Auditoija", About: "Tietosuojavastaava", Audits: true}, nil
		return templates.AccessLog{
			Page: p, Search: templates.AccessSearch{Ref: "S-2026-0042"}, Query: "ref=S-2026-0042", Looks: lookRows(), Next: "abc",
			People: []templates.Choice{{ID: "leena", Name: "Leena Lastenpsykiatri"}, {ID: "terhi", Name: "Terhi Terveydenhoitaja"}},
			Proof: &templates.ProofState{Last: &consult.ProofResult{At: now, Proof: consult.Proof{Head: consult.Head{
				Position: 48213, Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			}, Erased: 12}}},
		}.View()
	}},
	{"access-damaged", "/access", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = &templates.Person{Name: "Aune Auditoija", Audits: true}, nil
		return templates.AccessLog{
			Page: p, Search: templates.AccessSearch{Ref: "S-2026-9999"},
			Errors: templates.Errors{{Pointer: "/ref", Code: "unknown-value"}, {Pointer: "/from", Code: "bad-date"}},
			Proof:  &templates.ProofState{Running: true, Last: &consult.ProofResult{At: now, Fault: consult.FaultEntry, Damaged: 4711, Reason: "the checksum does not match"}},
		}.View()
	}},
	{"access-extract", "/access/extract", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = &templates.Person{Name: "Aune Auditoija", Audits: true}, nil
		return templates.AccessExtract{Page: p, Ref: "S-2026-0042", Looks: lookRows()}.View()
	}},
	{"find", "/find", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = specialist, nil
		return templates.Find{Page: p, Ref: "42", Errors: templates.Errors{{Pointer: "/ref", Code: "bad-ref"}}}.View()
	}},
	{"find-reason", "/find", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = specialist, nil
		return templates.Find{Page: p, Ref: "S-2026-0042", Reason: true, Errors: templates.Errors{
			{Pointer: "/reason", Code: "required"}, {Pointer: "/text", Code: "required"},
		}}.View()
	}},
	{"openings", "/openings", func(p templates.Page) templ.Component {
		p.Person, p.Flashes = &templates.Person{Name: "Leena Lastenpsykiatri", About: unit, Answers: true, Finds: true, Leads: true}, nil
		return templates.Openings{Page: p, Groups: []templates.OpeningGroup{
			{Pool: unit, Next: "/openings?after=x", Items: []templates.Opening{{
				At: now.Add(-time.Hour), Until: now.Add(11 * time.Hour), Who: "Nuutti Nuorisopsykiatri", Ref: "S-2026-0042", Request: "r1",
				Reason: consult.ReasonContact, Text: "Huoltaja soitti meille ja kysyi, miten asia etenee.",
			}}}, {Pool: youth},
		}}.View()
	}},
	{"failure", "/queue", func(p templates.Page) templ.Component {
		return templates.Failure{Page: p, Status: 500, Text: p.L.T("internal"), ID: "7KQ2M4XA"}.View()
	}},
	{"failure-unsent", "/", func(p templates.Page) templ.Component {
		p.Person, p.Once = specialist, true
		return templates.Failure{Page: p, Status: 404, Text: p.L.T("not-found"), Request: true, Written: "Aloittakaa univajeen hoidosta."}.View()
	}},
	{"demo-mails", "/demo/mail", func(p templates.Page) templ.Component {
		mail := templates.DemoMail{ID: "m1", To: "leena@example.org", Subject: "S-2026-0042: vastattava ma 23.11. klo 12 mennessä", At: now}
		return templates.DemoMails{Page: p, Mails: []templates.DemoMail{mail, mail, mail}}.View()
	}},
	{"demo-mails-empty", "/demo/mail", func(p templates.Page) templ.Component { return templates.DemoMails{Page: p}.View() }},
	{"demo-mail", "/demo/mail/m1", func(p templates.Page) templ.Component {
		return templates.DemoMailPage{Page: p, Frame: "/frame", Mail: templates.DemoMail{
			ID: "m1", To: "leena@example.org", Subject: "S-2026-0042: vastattava ma 23.11. klo 12 mennessä", At: now,
			Text: "Hei!\n\nPyyntö S-2026-0042 odottaa vastausta.\n\nhttps://silta.example.org/requests/01JD2M9QK7W3T8V5X6Y4Z0ABCD",
		}}.View()
	}},
}...)

// begun are drafts.
var begun = []templates.DraftRow{
	{
		ID: "new-1", Path: "/requests/new?draft=new-1", SavedAt: now.Add(-time.Hour), Concerns: []consult.Concern{"school-absence", "anxiety"},
		Question: "Poissaolot ovat lisääntyneet syksyn aikana. Miten tuemme paluuta kouluun, kun kotona kaikki sujuu hyvin?",
	},
	{ID: "reply-r1", Path: "/requests/r1", SavedAt: now.Add(-30 * time.Hour), Action: consult.Reply, Ref: "S-2026-0041"},
	{ID: "reply-r2", Path: "/requests/r2", SavedAt: now.Add(-31 * time.Hour), Action: consult.Reply, Ref: "S-2026-0040"},
}

func page(l *locale.Localizer, path string) templates.Page {
	return templates.Page{
		L: l, Now: now, Path: path, Person: nurse, Demo: true,
		Flashes: []templates.Flash{{Kind: "ok", Text: l.T("event.submitted") + ": S-2026-0042"}},
	}
}

func emptyRequest(p templates.Page) templates.NewRequest {
	p.Flashes = nil
	return templates.NewRequest{
		Page: p, Draft: templates.Draft{ID: "new-1"}, Form: templates.RequestForm{Command: "c1", Municipality: "Ylöjärvi", Language: "fi"},
		Municipalities: []string{"Tampere", "Ylöjärvi", "Kangasala", "Mänttä-Vilppula"}, Bases: []consult.Basis{consult.Consent},
		Preview: templates.Preview{Missing: []string{"/client/age", "/concerns"}},
	}
}

func fullRequest(p templates.Page) templates.NewRequest {
	r := emptyRequest(p)
	r.Form = templates.RequestForm{
		Command: "c1", Age: "12", Municipality: "Mänttä-Vilppula", Language: "sv", Concerns: []string{"eating", "school-absence", "attention-hyperactivity"},
		RedFlags: []string{"severe-eating-disorder"}, Urgency: "soon", Mode: "meeting", Involved: []string{"school-support", "child-protection"},
		Background: "Tyttö on laihtunut syksyn aikana kuusi kiloa ja jättää lounaan väliin. Äiti on huolissaan.\n\nKoulupoissaoloja on kertynyt 40 tuntia.",
		Tried:      "Ruokapäiväkirja, kaksi tapaamista vanhempien kanssa.",
		Assessment: "Epäilen alkavaa syömishäiriötä. Tihentäisin käynnit viikoittaisiksi.", Question: "Milloin tarvitaan erikoissairaanhoitoa, ja mitä voin tehdä ennen sitä?",
		Instruments: []templates.InstrumentForm{{Name: "SCOFF", Score: "4", Date: "2026-11-16"}, {Name: "R-BDI-13", Score: "11", Date: "2026-11-02"}},
		Identified:  true, Name: "Maija Meikäläinen-Virtanen", Basis: "consent",
	}
	r.Draft = templates.Draft{ID: "new-1", SavedAt: now}
	r.Preview = templates.Preview{
		Asks: []string{"SDQ-pisteet", "Paino, pituus ja miten ne ovat muuttuneet"},
		Pool: unit, With: []string{"Lastentautien poliklinikka"}, Why: "Alle 13-vuotiaan syömishäiriössä tarvitaan myös lastenlääkäriä.",
		Urgency: consult.Soon, Raised: true, OnCall: []string{"Leena Lastenpsykiatri"}, AnswerBy: now.Add(72*time.Hour + 55*time.Minute),
		Notes: []consult.NoteCode{consult.ModeNotOffered}, About: "Vastaa alle 13-vuotiaita koskeviin kysymyksiin arkisin klo 8–16.",
		Interlocks: []templates.InterlockView{{
			ID: "eating", Phone: "09 2525 0111", Text: "Vaikeassa syömishäiriössä soita ensin päivystävälle lääkärille ja sovi, miten nuoren vointi turvataan.",
		}},
		ChildProtection: true,
	}
	return r
}

func figures(p templates.Page) templates.Figures {
	p.Person, p.Flashes = specialist, nil
	row := func(key consult.FigureKey, n, hours int) templates.FigureLine {
		return templates.FigureLine{Name: string(key), FigureRow: consult.FigureRow{
			Key: key, Answered: n, Helped: n / 2, Avoided: n / 10 * 5, Told: n > consult.FewAnswers, InTime: 90, Median: time.Duration(hours) * time.Hour,
		}}
	}
	october, november := p.L.T("month.10")+" 2026", p.L.T("month.11")+" 2026"
	return templates.Figures{
		Page: p, From: now.AddDate(-1, 0, 0), To: now, FirstMonth: "2026-10", LastMonth: "2026-11",
		Months: []templates.Choice{{ID: "2026-11", Name: november}, {ID: "2026-10", Name: october}}, Total: row("", 410, 21).FigureRow, AtRisk: 2, Cases: cases(2, consult.Submitted),
		Pools: []templates.Choice{{ID: "child-psychiatry", Name: unit}, {ID: "youth-psychiatry", Name: youth}},
		Groups: []templates.FigureGroup{
			{Kind: "month", Rows: []templates.FigureLine{row(consult.FigureKey(october), 90, 30), row(consult.FigureKey(november), 100, 18)}},
			{Kind: "pool", Rows: []templates.FigureLine{row(consult.FigureKey(unit), 310, 19), row(consult.FigureKey(youth), 100, 44)}},
			{Kind: "municipality", Rows: []templates.FigureLine{row("Kihniö", 5, 0), row("Mänttä-Vilppula", 20, 50), row("Tampere", 210, 17)}},
			{Kind: "concern"},
		},
	}
}

func begunAnswer(p templates.Page) templates.RequestPage {
	r := heldRequest(p)
	r.Similar = cases(2, consult.Answered, consult.Closed)
	r.Similar[0].Disposition = consult.JointMeeting
	r.Request.NextTellAt, r.Request.NextTold = now.Add(5*time.Hour), []string{"päivystäjä", "koordinaattori"}
	r.Snippets = []templates.Snippet{
		{Title: "Unirytmi", Texts: []templates.SnippetText{{Language: consult.Finnish, Text: "Aloittaisin unesta: nukkumaan ja ylös samaan aikaan."}}},
		{Title: "Asteittainen paluu kouluun", Texts: []templates.SnippetText{
			{Language: consult.Finnish, Text: "Ehdotan asteittaista paluuta.\n\nEnsimmäinen askel, joka varmasti onnistuu."},
			{Language: consult.Swedish, Text: "Jag föreslår en stegvis återgång.\n\nEtt första steg som säkert lyckas."},
		}},
	}
	r.Actions.Plan, r.Actions.SuggestedPool, r.Actions.SuggestedWhy = true, unit, "Alle 13-vuotiaat."
	r.Drafts = map[consult.Action]templates.ActionDraft{consult.Answer: {
		Draft: templates.Draft{SavedAt: now.Add(-time.Minute)}, Form: templates.ActionForm{Text: "Painon lasku ja väsymys puhuvat sen puolesta, että"},
	}}
	return r
}

func faultyRequest(p templates.Page) templates.NewRequest {
	r := fullRequest(p)
	r.Form.Age, r.Form.Identified, r.Form.Concerns = "200", true, nil
	r.Form.Background = "Maija Meikäläinen, 131052-308T, on kertonut koulussa ahdistuksesta."
	r.Form.IdentityConfirmed = []string{"/tried"}
	r.Errors = templates.Errors{
		{Pointer: "/client/age", Code: "out-of-range", Args: map[string]any{"min": 0, "max": 120}},
		{Pointer: "/concerns", Code: "required"}, {Pointer: "/question", Code: "too-long", Args: map[string]any{"max": 10000}},
		{Pointer: "/background", Code: "identity", Args: map[string]any{"kind": "hetu", "start": 19, "end": 30}},
		{Pointer: "/instruments/1/score", Code: "wrong-type"}, {Pointer: "/client/identity/hetu", Code: "bad-hetu"},
		{Pointer: "/interlock_confirmed", Code: "interlock"},
	}
	r.Preview.Interlocks = append(r.Preview.Interlocks, templates.InterlockView{
		ID: "acute", Block: true, Phone: "112", Text: "Soita heti hätänumeroon. Älä jätä nuorta yksin.",
	})
	return r
}

// cases are n rows that differ in everything that can differ.
func cases(n int, states ...consult.State) []templates.Case {
	var list []templates.Case
	for i := range n {
		c := templates.Case{
			ID: fmt.Sprintf("%s-%d", states[i%len(states)], i), Ref: fmt.Sprintf("S-2026-%04d", 37+i), State: states[i%len(states)],
			Urgency: consult.Urgencies[(i+2)%3], Age: 5 + i*3%17, Pregnant: i%5 == 4, Municipality: []string{"Tampere", "Mänttä-Vilppula", "Ylöjärvi"}[i%3],
			Concerns: slices.Clone(consult.Concerns[i%20 : i%20+1+i%4]), Pool: []string{unit, youth}[i%2],
			SubmittedAt: now.Add(-time.Duration(20+i) * time.Hour), AnswerBy: now.Add(time.Duration(i*7-4)*time.Hour + 55*time.Minute),
		}
		if c.State != consult.Submitted {
			c.Holder = []string{"Leena Lastenpsykiatri", "Maximilian von Konsultationskoordinator"}[i%2]
		}
		if !c.State.Open() {
			c.EndedAt = now.Add(-time.Duration(i*9) * time.Hour)
		}
		list = append(list, c)
	}
	return list
}

// numbered gives each request of a page a reference of its own.
func numbered(groups []templates.Group) []templates.Group {
	n := 37
	for _, g := range groups {
		for i := range g.Cases {
			g.Cases[i].Ref = fmt.Sprintf("S-2026-%04d", n)
			n++
		}
	}
	return groups
}

func fullQueue(p templates.Page) templates.Queue {
	p.Person, p.Flashes = specialist, nil
	mine := cases(6, consult.Claimed)
	for i := range mine {
		mine[i].Mine, mine[i].ID = true, mine[i].ID+"-mine"
		if i%3 == 1 {
			mine[i].Begun = []consult.Action{consult.Answer, consult.Ask}[i/3]
		}
	}
	free := cases(20, consult.Submitted)
	for i := range free {
		free[i].Claimable = true
	}
	return templates.Queue{
		Page: p, Pools: []templates.Choice{{ID: "child-psychiatry", Name: unit}, {ID: "youth-psychiatry", Name: youth}}, Pool: "child-psychiatry",
		Groups: numbered([]templates.Group{
			{Kind: "mine", Cases: mine}, {Kind: "unclaimed", Cases: free}, {Kind: "others", Cases: cases(8, consult.Claimed)},
			{Kind: "waiting", Cases: cases(6, consult.Waiting)},
		}),
		Next: "2026-11-24T08:00:00Z.r40", After: "x",
	}
}

func heldRequest(p templates.Page) templates.RequestPage {
	p.Person, p.Flashes = specialist, nil
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	return templates.RequestPage{
		Page: p,
		Request: templates.RequestView{
			ID: "r1", Ref: "S-2026-0042", Version: 7, State: consult.Claimed, Urgency: consult.Soon, Pool: unit, Joined: []string{"Lastensuojelu"},
			Why: "Alle 13-vuotiaat ohjautuvat lastenpsykiatriaan.", Notes: []consult.NoteCode{consult.ModeNotOffered},
			Sender: templates.Contact{Name: "Terhi Terveydenhoitaja", Profession: "school-nurse", Phone: "050 555 0142"},
			Holder: "Leena Lastenpsykiatri", OnCall: []string{"Lasse Lastenpsykiatri"}, NextOnCall: []string{"Leena Lastenpsykiatri"}, Escalation: 1,
			SubmittedAt: at(-44), AnswerBy: at(5), Age: 12, Municipality: "Ylöjärvi", Language: consult.Finnish,
			Identity: &consult.Identity{Hetu: "010516B903X", Name: "Maija Meikäläinen-Virtanen", Basis: consult.Consent},
			Concerns: []consult.Concern{"eating", "school-absence", "attention-hyperactivity"}, RedFlags: []consult.RedFlag{"severe-eating-disorder"},
			Mode: consult.Meeting, Involved: []consult.Party{"school-support", "child-protection"},
			Background: "Tyttö on laihtunut syksyn aikana kuusi kiloa ja jättää lounaan väliin. Äiti on huolissaan.\n\nKoulupoissaoloja on 40 tuntia.",
			Tried:      "Ruokapäiväkirja, kaksi tapaamista vanhempien kanssa.",
			Assessment: "Epäilen alkavaa syömishäiriötä. Tihentäisin käynnit viikoittaisiksi.", Question: "Milloin tarvitaan erikoissairaanhoitoa, ja mitä voin tehdä ennen sitä?",
			Instruments: []consult.Instrument{{Name: "SCOFF", Score: 4, Date: "2026-11-16"}, {Name: "R-BDI-13", Score: 11, Date: "2026-11-02"}},
			Timeline: []templates.TimelineEntry{
				{At: at(-44), By: "Terhi Terveydenhoitaja", Type: consult.TypeSubmitted, Pool: unit},
				{At: at(-20), Type: consult.TypeEscalated, Told: []string{"Lasse Lastenpsykiatri", "Leena Lastenpsykiatri"}, Unreached: []string{"Päivystäjä"},
					Early: "Aiottua aikaisemmin, koska viesti ei tavoittanut henkilöä Maija Meikäläinen: postilaatikko on täynnä."},
				{At: at(-19), By: "Leena Lastenpsykiatri", Type: consult.TypeClaimed},
				{At: at(-18), By: "Leena Lastenpsykiatri", Type: consult.TypeAsked, Text: "Onko kuukautiset jääneet pois? Mikä on paino ja pituus nyt?"},
				{At: at(-3), By: "Terhi Terveydenhoitaja", Type: consult.TypeReplied, Text: "Ovat, kaksi kuukautta. 38 kg, 155 cm."},
				{At: at(-2), By: "Leena Lastenpsykiatri", Type: consult.TypeJoined, Pool: "Lastensuojelu", Text: "Perheen tilanne tarvitsee yhteistä arviota."},
				{At: at(-1), By: "Lasse Lastenpsykiatri", Type: consult.TypeAssigned, Person: "Leena Lastenpsykiatri"},
			},
		},
		Origin: templates.Origin{
			At: at(-44), Pool: youth, With: []string{"Lastensuojelu"}, Rule: "children", Version: 3, Hash: strings.Repeat("9f86d081", 8),
			Moves: []templates.OriginMove{
				{At: at(-30), By: "Leena Lastenpsykiatri", From: youth, To: unit, Version: 4},
				{At: at(-20), From: youth, To: unit, Escalation: true, Version: 4}, {At: at(-19), From: youth, To: unit, Rerouted: true, Version: 5},
			},
			Trace: []templates.RulesTrace{
				{Rule: "substance-in-pregnancy", Failed: []string{"Ehto ”asiakas on raskaana” ei täyty. Pyynnössä: ei."}},
				{Rule: "children", Matched: true},
			},
			Farther: 2,
		},
		Actions: templates.Actions{
			Command: "c1", Release: true, Ask: true, Answer: true, HandOver: true, Join: true,
			Assign: []templates.Choice{{ID: "childpsych2", Name: "Lasse Lastenpsykiatri"}},
			Pools:  []templates.Choice{{ID: "youth-psychiatry", Name: youth}, {ID: "paivaperho", Name: "Päiväperho"}},
		},
	}
}

func answeredRequest(p templates.Page) templates.RequestPage {
	r := heldRequest(p)
	r.Person = nurse
	r.Request.State, r.Request.EndedAt = consult.Answered, now.Add(-time.Hour)
	r.Origin = templates.Origin{At: r.Request.SubmittedAt, Pool: unit, Rule: "otherwise", Otherwise: true, Version: 1, Hash: "9f86", Unknown: true}
	r.Request.Workers = map[consult.PlanRole]string{consult.ResponsibleWorker: "Terhi Terveydenhoitaja"}
	r.Request.Plan = []templates.StepView{
		{PlanStep: consult.PlanStep{What: "Varaa aika lastenlääkärille", Who: "Kouluterveydenhoitaja", Due: "2026-11-24"}, Done: true, By: "Terhi Terveydenhoitaja", At: now},
		{PlanStep: consult.PlanStep{What: "Yhteinen tapaaminen vanhempien kanssa", Who: "Leena Lastenpsykiatri", Due: "2026-12-01"}},
	}
	r.Request.Timeline = append(r.Request.Timeline,
		templates.TimelineEntry{
			At: now.Add(-time.Hour), By: "Leena Lastenpsykiatri", Type: consult.TypeAnswered, Disposition: consult.JointMeeting, Minutes: "10-15",
			Text: "Kiitos hyvästä kysymyksestä. Painon lasku ja kuukautisten poisjäänti puhuvat sen puolesta, että lastenlääkäri arvioi tilanteen tällä viikolla.",
			Plan: []consult.PlanStep{
				{What: "Varaa aika lastenlääkärille", Who: "Kouluterveydenhoitaja", Due: "2026-11-24"},
				{What: "Yhteinen tapaaminen vanhempien kanssa", Who: "Leena Lastenpsykiatri", Due: "2026-12-01"},
			},
		},
		templates.TimelineEntry{
			At: now.Add(-time.Minute), By: "Terhi Terveydenhoitaja", Type: consult.TypeClosed,
			CloseOut: &consult.CloseOut{Outcome: "new-advice", Referral: "still-needed", ValueClient: 5, ValueMe: 4}, Text: "Kiitos!",
		})
	r.Actions = templates.Actions{Command: "c2", FollowUp: true, Close: true, Withdraw: true, Add: true, Reply: true, Plan: true}
	return r
}

var operatorOf = &templates.Person{Name: "Aapo Admin", About: "Ylläpitäjä", Operates: true}

func fullOperations(p templates.Page) templates.Operations {
	p.Person, p.Flashes = operatorOf, nil
	job := func(name, schedule string, last, next time.Duration) templates.JobRow {
		return templates.JobRow{Name: name, Schedule: schedule, Last: now.Add(-last), Next: now.Add(next), Took: 12 * time.Millisecond}
	}
	o := templates.Operations{Page: p, OperationsState: templates.OperationsState{
		Jobs: []templates.JobRow{
			job("escalation", "@every 30s", 12*time.Second, 18*time.Second), job("watchdog", "@every 5m", time.Minute, 4*time.Minute),
			{Name: "unheard-of", Schedule: "0 7 * * mon-fri", Next: now.Add(20 * time.Hour)},
		},
		Waiting: templates.MaxWaiting, Oldest: now.Add(-26 * time.Hour),
		Failed:  []templates.FailedMail{{Receiver: templates.NamedPerson{ID: "max", Name: "Maximilian von Konsultationskoordinator"}, Code: 550}, {}},
		Flagged: []templates.NamedPerson{{ID: "max", Name: "Maximilian von Konsultationskoordinator"}, {ID: "leena", Name: "Leena Lastenpsykiatri"}}, Position: 1_204_311, Lag: 17,
	}, Checks: []templates.CheckRow{
		{Name: "journal", Status: "ok"}, {Name: "nats", Status: "warning"}, {Name: "escalation", Status: "failed"}, {Name: "jobs", Status: "warning"},
		{Name: "unheard-of", Status: "warning"},
	}}
	o.Jobs[0].Failed, o.Jobs[1].Late = true, true
	return o
}

func lookRows() []templates.LookRow {
	look := func(kind consult.LookKind, by consult.Standing, reason consult.ReasonCode) consult.Look {
		return consult.Look{Request: "r1", Ref: "S-2026-0042", Kind: kind, Standing: by, Reason: reason}
	}
	return []templates.LookRow{
		{At: now, Who: "Leena Lastenpsykiatri", Ref: "S-2026-0042", Pool: unit, Look: look(consult.LookView, consult.StandsAsHolder, "")},
		{At: now, Who: "Nuutti Nuorisopsykiatri", Ref: "S-2026-0042", Pool: unit, Look: look(consult.LookAPI, consult.StandsByReason, consult.ReasonCover)},
		{At: now, Who: "Terhi Terveydenhoitaja", Ref: "S-2026-0042", Look: look(consult.LookPrint, consult.StandsAsSender, "")},
	}
}
