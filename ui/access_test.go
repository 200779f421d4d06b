package ui_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
)

// prover proves at once.
type prover struct {
	mu      sync.Mutex
	running bool
	last    *consult.ProofResult
}

func (p *prover) Start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = true
}

func (p *prover) Result() (bool, *consult.ProofResult) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running, p.last
}

func (p *prover) end(r consult.ProofResult) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.last = false, &r
}

func (s *site) submitted(who string) *consult.Consultation {
	s.t.Helper()
	c, _, err := s.service.Submit(s.t.Context(), s.actor(who), consult.Request{
		Client: consult.Client{Age: 9, Municipality: "Ylöjärvi"}, Concerns: []consult.Concern{"mood"}, Question: "Miten jatkamme tästä?",
	}, "")
	s.check(err)
	return c
}

func TestAccessLog(t *testing.T) {
	proof := new(prover)
	s := newSite(t, func(o *ui.Options) { o.Prover = proof })
	c, other := s.submitted("nurse"), s.submitted("nurse")
	nurse, psych, auditor := s.as("nurse"), s.as("childpsych"), s.as("auditor")
	nurse.get("/requests/" + c.ID).wantStatus(200)
	psych.get("/requests/" + c.ID).wantStatus(200)
	psych.get("/requests/" + c.ID + "/live").wantStatus(200) // Of the page that is open: no look of its own.
	psych.get("/requests/" + other.ID).wantStatus(200)
	psych.get("/queue").wantStatus(200)
	psych.get("/requests/no-such").wantStatus(404)

	for _, path := range []string{"/access", "/access/export?format=csv", "/access/extract?ref=" + c.Ref} {
		for _, who := range []*reader{nurse, psych, s.as("admin")} {
			if p := who.get(path); p.status != 403 || strings.Contains(p.body, c.Ref) {
				t.Errorf("%s: %d", path, p.status)
			}
		}
	}
	if got := auditor.get("/").wantStatus(303).header.Get("Location"); got != "/access" {
		t.Errorf("the auditor's home is %s", got)
	}
	p := auditor.get("/access").wantStatus(200)
	if n := p.Find("tbody tr").Length(); n != 3 {
		t.Errorf("%d looks", n)
	}
	if strings.Contains(p.body, "Miten jatkamme") || strings.Contains(p.body, c.ID) {
		t.Error("the log shows more than it should")
	}
	search := func(ref, person string) *page {
		return p.submit(auditor, "#access-search", url.Values{"ref": {ref}, "person": {person}, "from": {""}, "to": {""}})
	}
	found := auditor.get(search(strings.ToLower(c.Ref), "").wantStatus(303).header.Get("Location"))
	if n := found.Find("tbody tr").Length(); n != 2 {
		t.Errorf("%d looks at one request", n)
	}
	if n := auditor.get(search(c.Ref, "childpsych").header.Get("Location")).Find("tbody tr").Length(); n != 1 {
		t.Errorf("%d looks of one person", n)
	}
	for _, wrong := range []*page{search("S-2026-9999", ""), search("salainen teksti", ""), search("", "nobody"), search("010594Y9032", "")} {
		if href, _ := wrong.Find("#languages a").Attr("href"); href != "/access?lang=fi" {
			t.Errorf("what was typed is in an address: %s", href)
		}
		if wrong.wantStatus(422); wrong.Find("tbody tr").Length() > 0 || wrong.Find(".error").Length() == 0 {
			t.Error("a search that makes no sense finds something, or is not told of")
		}
		if strings.Contains(wrong.text("#looks ~ *"), "Nobody has") {
			t.Errorf("a search that was not made says that nobody looked: %s", wrong.text("#looks ~ *"))
		}
	}
	search("S-2026-9999", "").want(".error", "No request has this reference")
	auditor.get("/access?from=x&ref=S-1").wantStatus(200)

	extract := auditor.get("/access/extract?ref=" + c.Ref).wantStatus(200)
	for _, want := range []string{c.Ref, "Noora Nurmi", "Lauri Laine"} {
		if !strings.Contains(extract.text("article"), want) {
			t.Errorf("the extract lacks %s", want)
		}
	}
	if strings.Contains(extract.text("article"), "only a part") {
		t.Error("the whole extract says that it is a part")
	}
	// What is only a part says so, above all where it has nothing.
	part := auditor.get("/access/extract?from=2026-10-01&to=2026-10-31&person=nurse&ref=" + c.Ref).wantStatus(200)
	part.want("article", "only a part of the looks: Noora Nurmi, from 1 Oct 2026, until 31 Oct 2026")
	if text := part.text("article"); strings.Contains(text, "each time") || strings.Contains(text, "Nobody has") {
		t.Errorf("a part speaks for the whole: %s", text)
	}
	auditor.get("/access/extract").wantStatus(404)
	// A spreadsheet has words in the language of who asks, and behind them the codes.
	rows := auditor.spreadsheet("/access/export?format=csv")
	if len(rows) != 4 {
		t.Errorf("%d rows", len(rows))
	}
	auditor.get("/access?lang=fi")
	for i, want := range map[int][]string{
		0: {"Milloin", "Kuka", "Pyyntö", "Mitä", "Peruste", "Tiimi", "at", "person", "request", "ref", "look", "standing", "pool", "reason"},
		2: {
			"2026-11-02 12:00:00", "Lauri Laine", c.Ref, "Katsoi", "Vastaavan tiimin jäsen", "Lastenpsykiatria",
			"2026-11-02T12:00:00+02:00", "childpsych", c.ID, c.Ref, "view", "member", "child-psychiatry", "",
		},
	} {
		if got := auditor.spreadsheet("/access/export?format=csv&ref=" + c.Ref)[i]; !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	// Who is called as a formula begins is no formula.
	odd, err := s.store.View.Person("childpsych")
	s.check(err)
	odd.Name = "=1+1"
	s.check(s.service.SetPerson(t.Context(), consult.System, odd))
	if row := auditor.spreadsheet("/access/export?format=csv&ref=" + c.Ref)[2]; row[1] != "'=1+1" {
		t.Errorf("%q", row)
	}
	auditor.get("/access?lang=en")
	nd := auditor.get("/access/export?format=ndjson&ref=" + c.Ref).wantStatus(200)
	if lines := strings.Split(strings.TrimSpace(nd.body), "\n"); len(lines) != 2 || !strings.Contains(nd.body, `"by":"childpsych"`) {
		t.Errorf("%s", nd.body)
	}

	p.submit(auditor, "#proof form", nil).wantStatus(303)
	if p := auditor.get("/access"); p.Find("#proof form").Length() > 0 {
		t.Error("a proof is offered while one is under way")
	}
	head := consult.Head{Position: 17, Hash: strings.Repeat("ab", 32)}
	proof.end(consult.ProofResult{At: s.clock(), Proof: consult.Proof{Head: head}})
	if p := auditor.get("/access"); !strings.Contains(p.text("#proof"), head.String()) {
		t.Error("the head is not shown")
	}
	for fault, want := range map[consult.ProofFault][]string{
		consult.FaultEntry:    {"merkintä 9 ei ole sellainen", "Ilmoita heti", "72 tunnin", "the checksum"},
		consult.FaultOrder:    {"merkintä 9 puuttuu", "Ilmoita heti", "72 tunnin"},
		consult.FaultFile:     {"tiedosto on vioittunut", "Ilmoita heti", "72 tunnin"},
		consult.FaultView:     {"merkinnät olivat eheät", "silta restore", "Mitään ei ole kadonnut"},
		consult.FaultUnproved: {"ei saatu todistettua", "Yritä hetken päästä"},
	} {
		proof.end(consult.ProofResult{At: s.clock(), Fault: fault, Damaged: 9, Reason: "the checksum does not match"})
		text := auditor.get("/access?lang=fi").text("#proof .note")
		for _, want := range want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q lacks %q", fault, text, want)
			}
		}
		if strings.Contains(text, "Loki oli eheä") {
			t.Errorf("%s is called whole: %s", fault, text)
		}
	}
	nurse.do("POST", "/access/proof", url.Values{}).wantStatus(403)
}

func TestOpenWithReason(t *testing.T) {
	s := newSite(t, nil)
	c := s.submitted("nurse")
	lead, outside := s.as("childpsych2"), s.as("youthpsych")
	outside.get("/requests/" + c.ID).wantStatus(404)
	form := outside.get("/find").wantStatus(200)
	form.submit(outside, "#find", url.Values{"ref": {"42"}}).wantStatus(422)
	ask := form.submit(outside, "#find", url.Values{"ref": {" " + strings.ToLower(c.Ref)}}).wantStatus(200)
	none := form.submit(outside, "#find", url.Values{"ref": {"S-2026-8888"}}).wantStatus(200)
	if strings.ReplaceAll(none.body, "S-2026-8888", "REF") != strings.ReplaceAll(ask.body, c.Ref, "REF") {
		t.Error("that the request exists can be told before a reason is stated")
	}
	none.submit(outside, "#find", url.Values{"reason": {"cover"}, "text": {"Syy"}}).wantStatus(404)
	again := ask.submit(outside, "#find", url.Values{"text": {"Huoltaja soitti"}}).wantStatus(422)
	if again.text("textarea") != "Huoltaja soitti" {
		t.Error("what was typed is lost")
	}
	to := again.submit(outside, "#find", url.Values{"reason": {"contact"}, "text": {"Huoltaja soitti"}}).wantStatus(303).header.Get("Location")
	if to != "/requests/"+c.ID {
		t.Fatalf("leads to %s", to)
	}
	p := outside.get(to).wantStatus(200)
	if !strings.Contains(p.body, "Miten jatkamme tästä?") || p.Find("form[action^='/requests/']").Length() > 0 {
		t.Error("the request is not shown, or can be acted on")
	}
	if l := lead.get("/openings").wantStatus(200); !strings.Contains(l.body, "Huoltaja soitti") || !strings.Contains(l.body, "Niilo Niemi") {
		t.Error("the lead does not see it")
	}
	if own := outside.get("/openings").wantStatus(200); strings.Contains(own.body, "Huoltaja") {
		t.Error("the lead of another team sees it")
	}
	for _, who := range []*reader{s.as("childpsych"), s.as("nurse"), s.as("admin"), s.as("auditor")} {
		who.get("/openings").wantStatus(404)
	}
	for _, who := range []*reader{s.as("nurse"), s.as("admin"), s.as("auditor")} {
		who.get("/find").wantStatus(404)
		who.do("POST", "/find", url.Values{"ref": {c.Ref}}).wantStatus(404)
		who.do("POST", "/find/open", url.Values{"ref": {c.Ref}, "reason": {"cover"}, "text": {"x"}}).wantStatus(404)
	}
	if got := lead.get("/find").submit(lead, "#find", url.Values{"ref": {c.Ref}}).wantStatus(303).header.Get("Location"); got != to {
		t.Errorf("one's own team's request: %s", got)
	}
	s.mu.Lock()
	s.now = s.now.Add(13 * time.Hour)
	s.mu.Unlock()
	if got := s.as("youthpsych").get(to); got.status != 404 {
		t.Errorf("after its time: %d", got.status)
	}
}
