package ui_test

import (
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"silta/consult"
)

// answered sends requests and answers them some hours later.
func (s *site) answered(n, hours int, more url.Values) {
	s.t.Helper()
	nurse, psych := s.actor("nurse"), s.actor("childpsych")
	for range n {
		r := consult.Request{
			Client:   consult.Client{Age: 9, Municipality: more.Get("municipality")},
			Concerns: []consult.Concern{consult.Concern(more.Get("concern"))}, Question: "Mitä teemme?",
		}
		c, _, err := s.service.Submit(s.t.Context(), nurse, r, "")
		s.check(err)
		s.mu.Lock()
		s.now = s.now.Add(time.Duration(hours) * time.Hour)
		s.mu.Unlock()
		do := func(a consult.Actor, cmd consult.Command) {
			s.t.Helper()
			_, err := s.service.Do(s.t.Context(), a, c.ID, cmd, consult.Change{})
			s.check(err)
		}
		do(psych, consult.ClaimCommand{})
		do(psych, consult.AnswerCommand{Text: "Neuvo", Disposition: consult.Advice})
		do(nurse, consult.CloseCommand{CloseOut: consult.CloseOut{Outcome: "new-advice", Referral: "avoided", ValueClient: 5, ValueMe: 5}})
	}
}

func TestFigures(t *testing.T) {
	s := newSite(t, nil)
	lead, nurse := s.as("childpsych2"), s.as("nurse")
	preview := func() string {
		v := written(nil)
		v.Set("client.municipality", "Tampere")
		return nurse.post("/requests/preview", v).text("#preview")
	}
	s.answered(4, 2, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	if strings.Contains(preview(), "yleensä ajassa") {
		t.Error("four answers tell how long it takes")
	}
	p := lead.open("/figures?lang=fi")
	if strings.Contains(p.text(".vitals"), "2 t") {
		t.Errorf("four answers have figures: %s", p.text(".vitals"))
	}
	s.answered(3, 2, url.Values{"municipality": {"Tampere"}, "concern": {"sleep"}})
	s.answered(6, 2, url.Values{"municipality": {"Ylöjärvi"}, "concern": {"mood"}})
	if !strings.Contains(preview(), "yleensä ajassa") {
		t.Errorf("the preview does not tell how long it takes: %s", preview())
	}
	p = lead.open("/figures")
	p.want(".vitals", "Vastattuja 13")
	p.want(".vitals", "Vältettyjä lähetteitä 13")
	rows, err := csv.NewReader(strings.NewReader(lead.open("/figures.csv").body)).ReadAll()
	s.check(err)
	found := map[string]string{}
	for _, row := range rows {
		found[row[1]] = row[2]
	}
	if found["Ylöjärvi"] != "6" || found["Tampere"] != "7" {
		t.Errorf("figures %v", found)
	}
	// Three were about sleep: too few, and the only hidden line would tell what the total leaves over.
	if found["Uni"] != "ei näytetä" || found["Mieliala"] != "ei näytetä" {
		t.Errorf("figures %v", found)
	}
	if n := p.Find("#by-municipality").Parent().Find("tbody tr").Length(); n != 2 {
		t.Errorf("%d municipalities", n)
	}

	// Who leads nothing sees none; an administrator sees all, and no request.
	for _, id := range []string{"nurse", "childpsych", "auditor"} {
		s.as(id).get("/figures").wantStatus(403)
		s.as(id).get("/figures.csv").wantStatus(403)
	}
	s.as("protection").open("/figures").want(".vitals", "ei näytetä")
	s.answered(0, 0, nil)
	old := sent(t, nurse, nil)
	s.mu.Lock()
	s.now = s.now.Add(22 * 24 * time.Hour)
	s.mu.Unlock()
	lead.open("/figures").want("main", "1 pyyntö on odottanut vastausta yli 21 päivää")
	if !lead.open("/figures").has("a[href='" + old + "']") {
		t.Error("the lead is not led to the request at risk")
	}
	admin := s.as("admin").open("/figures")
	admin.want(".vitals", "13")
	if admin.has("a[href='" + old + "']") {
		t.Error("the administrator is led to a request")
	}
	admin.want("main", "1 request has waited")
}

// Time is cut where the days of the site begin, whatever it is by Greenwich; a short time tells less apart.
func TestFigurePeriods(t *testing.T) {
	s := newSite(t, nil)
	at := func(moment string) {
		t.Helper()
		now, err := time.Parse(time.RFC3339, moment)
		s.check(err)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now = now
	}
	at("2026-11-30T23:30:00+02:00")
	s.answered(6, 0, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	at("2026-12-01T00:30:00+02:00")
	s.answered(7, 0, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	lead := s.as("childpsych2")
	lead.open("/figures?lang=fi")
	for query, want := range map[string]string{
		"":                           "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
		"?period=this-year":          "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
		"?period=quarter":            "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
		"?period=last-quarter":       "",
		"?period=days":               "",
		"?from=2026-11&to=2026-11":   "marraskuu 2026 6",
		"?from=2026-12&to=2026-11":   "marraskuu 2026 6, joulukuu 2026 7",
		"?from=2026-12&to=2026-12":   "joulukuu 2026 7",
		"?from=2026-10&to=2026-12":   "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
		"?from=2026-13&to=x":         "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
		"?period=never&pool=nowhere": "marraskuu 2026 6, joulukuu 2026 7, Tampere 13, Mieliala 13",
	} {
		rows, err := csv.NewReader(strings.NewReader(lead.open("/figures.csv" + query).body)).ReadAll()
		s.check(err)
		var got []string
		for _, row := range rows[2:] {
			got = append(got, row[1]+" "+row[2])
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %s, want %s", query, strings.Join(got, ", "), want)
		}
	}
	lead.open("/figures?period=days").want(".vitals", "Vastattuja 13")
	p := lead.open("/figures?period=days")
	p.want("#figures-short", "kolmelta")
	if p.has("#by-municipality") {
		t.Error("thirty days tell municipalities apart")
	}
	at("2026-12-31T12:00:00+02:00")
	lead = s.as("childpsych2")
	lead.open("/figures?lang=fi")
	lead.open("/figures?period=days").want(".vitals", "Vastattuja ei näytetä")
	p = lead.open("/figures?from=2026-11&to=2026-12")
	p.want("h1 + p", "1.11.2026–31.12.2026")
	if v, _ := p.Find("#figures-from option[selected]").Attr("value"); v != "2026-11" {
		t.Errorf("the form shows %q", v)
	}
}

// What a pool's figures would tell of another pool's few is hidden, although there are enough of its own.
func TestFiguresOfAnother(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.actor("nurse")
	s.answered(6, 1, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	s.answered(8, 1, url.Values{"municipality": {"Ylöjärvi"}, "concern": {"sleep"}})
	s.answered(9, 1, url.Values{"municipality": {"Kangasala"}, "concern": {"grief"}})
	for range 2 {
		r := consult.Request{Client: consult.Client{Age: 15, Municipality: "Tampere"}, Concerns: []consult.Concern{"mood"}, Question: "Mitä teemme?"}
		c, _, err := s.service.Submit(t.Context(), nurse, r, "")
		s.check(err)
		for _, cmd := range []consult.Command{consult.ClaimCommand{}, consult.AnswerCommand{Text: "Neuvo", Disposition: consult.Advice}} {
			_, err = s.service.Do(t.Context(), s.actor("youthpsych"), c.ID, cmd, consult.Change{})
			s.check(err)
		}
	}
	lead, admin := s.as("childpsych2"), s.as("admin")
	for query, want := range map[string]string{"": "Tampere,8", "?pool=child-psychiatry": "Tampere,not shown", "?pool=youth-psychiatry": "Tampere,not shown"} {
		if body := admin.open("/figures.csv" + query).body; !strings.Contains(body, want) {
			t.Errorf("%q lacks %s: %s", query, want, body)
		}
	}
	// Who sees one pool has nothing to take it off.
	if body := lead.open("/figures.csv").body; !strings.Contains(body, "Tampere,6") {
		t.Errorf("the lead's own: %s", body)
	}
}

func TestHiddenLines(t *testing.T) {
	s := newSite(t, nil)
	s.answered(2, 1, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	s.answered(5, 1, url.Values{"municipality": {"Ylöjärvi"}, "concern": {"mood"}})
	s.answered(6, 1, url.Values{"municipality": {"Kangasala"}, "concern": {"mood"}})
	body := s.as("childpsych2").open("/figures.csv?lang=fi").body
	for _, name := range []string{"Tampere", "Ylöjärvi"} {
		if !strings.Contains(body, name+",ei näytetä,") {
			t.Errorf("%s is told: %s", name, body)
		}
	}
	if !strings.Contains(body, "Kangasala,"+strconv.Itoa(6)) {
		t.Errorf("Kangasala is not told: %s", body)
	}
}

func TestQueueIsNarrowed(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	sent(t, nurse, url.Values{"concerns": {"sleep"}, "urgency": {"routine"}, "client.municipality": {"Tampere"}})
	mood := sent(t, nurse, url.Values{"concerns": {"mood", "grief"}, "urgency": {"urgent"}, "client.municipality": {"Kangasala"}})
	for query, want := range map[string]int{
		"": 2, "?urgency=urgent": 1, "?urgency=soon": 0, "?municipality=Tampere": 1, "?concern=grief": 1, "?concern=grief&municipality=Tampere": 0,
		"?concern=nothing&urgency=now&municipality=Oulu": 2, "?pool=child-psychiatry&concern=sleep": 1,
	} {
		p := psych.open("/queue" + query)
		if n := p.Find(".case").Length(); n != want {
			t.Errorf("%q finds %d instead of %d", query, n, want)
		}
		if n := psych.open("/queue/rows" + query).Find(".case").Length(); n != want {
			t.Errorf("the rows of %q are %d instead of %d", query, n, want)
		}
	}
	psych.open(mood).submit(psych, "form[action$='/claim']", nil)
	if n := psych.open("/queue?concern=sleep").Find("#group-mine .case").Length(); n != 0 {
		t.Error("what the reader has claimed is not narrowed")
	}
	p := psych.open("/queue?concern=grief")
	p.want("#rows", "suru")
	if get, _ := p.Find("#rows").Attr("hx-get"); get != "/queue/rows?concern=grief" {
		t.Errorf("the rows are refreshed by %q", get)
	}
	p = psych.open("/queue?concern=eating&urgency=soon")
	p.want(".empty", "Rajaukseen ei osu")
	if v, _ := p.Find("#filter-concern option[selected]").Attr("value"); v != "eating" {
		t.Errorf("the form shows %q", v)
	}
}
