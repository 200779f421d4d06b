package ui_test

import (
	"net/url"
	"strings"
	"testing"
)

// The shared plan: steps are marked by whoever works on the request, and two people have their parts in it.
func TestPlan(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	path := sent(t, nurse, url.Values{"red_flags": {"severe-violence"}, "involved": {"police", "ngo"}})
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	psych.open(path).submit(psych, "form[action$='/answer']", url.Values{
		"text": {"Näin."}, "disposition": {"meeting"}, "plan.0.what": {"Soitto kotiin"}, "plan.0.due": {"30.11.2026"}, "plan.1.what": {"Tapaaminen"},
	}).follow(psych)
	p := nurse.open(path)
	p.want("#plan", "Omatyöntekijä ei nimetty")
	p = nurse.post(path+"/worker", url.Values{"role": {"responsible-worker"}, "name": {"Tiina Tuki"}}).follow(nurse)
	p.want("#plan", "Tiina Tuki")
	p.want("#timeline", "Omatyöntekijä")
	p = psych.post(path+"/step", url.Values{"step": {"1"}, "done": {"true"}}).follow(psych)
	p.want("#plan .plan-done", "Tapaaminen")
	p.want("#plan .plan-done", "Lauri Laine")
	p.want("#timeline .event-step-set", "Askel tehty")
	psych.post(path+"/step", url.Values{"step": {"1"}}).follow(psych)
	if psych.open(path).has(".plan-done") {
		t.Error("the step is still done")
	}
	for _, step := range []string{"2", "-1", "x", ""} {
		psych.post(path+"/step", url.Values{"step": {step}, "done": {"true"}}).wantStatus(422)
	}
	psych.post(path+"/worker", url.Values{"role": {"boss"}, "name": {"X"}}).wantStatus(422)
	psych.post(path+"/worker", url.Values{"role": {"network-coordinator"}, "name": {strings.Repeat("x", 201)}}).wantStatus(422).
		want("#plan-network-coordinator-name-error", "200")
	for _, id := range []string{"midwife", "youthpsych", "admin"} {
		s.as(id).post(path+"/step", url.Values{"step": {"0"}, "done": {"true"}}).wantStatus(404)
		s.as(id).get(path + "/record").wantStatus(404)
	}
	if strings.Contains(s.logs.String(), "Tiina") {
		t.Error("a name is in the log")
	}

	// All of it as text, for the record.
	record := nurse.open(path + "/record")
	for _, text := range []string{
		"Konsultaatio S-2026-0001", "Mitä teemme seuraavaksi?", "Omatyöntekijä: Tiina Tuki", "- Soitto kotiin, 30.11.2026", "- SDQ 17 (1.11.2026)", "Näin.",
		"Vakava väkivalta", "Muut mukana olevat: Poliisi, järjestö", "Vastaustapa: Puhelimella", "Lähetetty → Lastenpsykiatria, Noora Nurmi",
	} {
		if !strings.Contains(record.Find("#record-text").Text(), text) {
			t.Errorf("the record lacks %q:\n%s", text, record.Find("#record-text").Text())
		}
	}
	if strings.Contains(nurse.open(path+"/record?lang=sv").Find("#record-text").Text(), "Omatyöntekijä") {
		t.Error("the record is in one language only")
	}
}

// A colleague's claim shows on a page that is open, in the place of the button.
func TestClaimIsSeen(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych, lead := s.as("nurse"), s.as("childpsych"), s.as("childpsych2")
	path := sent(t, nurse, nil)
	seen := lead.open("/queue?urgency=soon")
	seen.want(".case-claim", "Claim")
	open := lead.open(path)
	if !open.has("#claim button") {
		t.Fatal("it cannot be claimed")
	}
	psych.open("/queue").submit(psych, ".case-claim", nil).follow(psych).want("#group-mine", "S-2026-0001")
	// One who was slower stays in the queue, too, and is told who has it.
	lost := seen.submit(lead, ".case-claim", nil).follow(lead)
	lost.want(".flashes", "Lauri Laine has this request already.")
	lost.want("#group-others", "S-2026-0001")
	live := lead.get(path + "/live?version=1").wantStatus(200)
	live.want("#claim", "Lauri Laine has claimed the request.")
	if live.has("#claim button") || lead.open("/queue").has(".case-claim") {
		t.Error("it can still be claimed")
	}
	// Who is told next, what the rules make of it, and what was like it.
	p := psych.open(path)
	p.want("#panel-hand-over", "Lastenpsykiatria. Alle 13-vuotiaat.")
	psych.open(path).submit(psych, "form[action$='/answer']", url.Values{"text": {"Näin."}, "disposition": {"advice"}}).follow(psych)
	other := sent(t, nurse, nil)
	psych.open(other).want(".similar", "S-2026-0001")
	if nurse.open(other).has(".similar") {
		t.Error("the sender sees what others have asked")
	}
}
