package ui_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"reflect"
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

// spreadsheet reads a file as the spreadsheets of Finland do: UTF-8 that says so, cells parted by semicolons.
func (r *reader) spreadsheet(path string) [][]string {
	r.t.Helper()
	text, ok := strings.CutPrefix(r.open(path).body, "\ufeff")
	if !ok {
		r.t.Errorf("%s does not say that it is UTF-8", path)
	}
	file := csv.NewReader(strings.NewReader(text))
	file.Comma = ';'
	rows, err := file.ReadAll()
	r.site.check(err)
	return rows
}

// figures reads the file of figures: the lines by their names, a line's numbers by their columns. What is not told is absent.
func (r *reader) figures(query string) map[string][]int {
	r.t.Helper()
	rows := r.spreadsheet("/figures.csv" + query)
	found := map[string][]int{}
	for _, row := range rows[1:] {
		numbers := make([]int, 0, 3)
		for _, column := range []int{2, 5, 6} {
			if n, err := strconv.Atoi(row[column]); err == nil {
				numbers = append(numbers, n)
			}
		}
		found[row[1]] = numbers
	}
	return found
}

// near reports whether a line tells a count that is about n.
func near(line []int, n int) bool {
	return len(line) > 0 && line[0]%consult.FewAnswers == 0 && line[0] > n-consult.FewAnswers && line[0] < n+consult.FewAnswers
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
	if strings.Contains(preview(), "Tavallinen vastausaika") {
		t.Error("four answers tell how long it takes")
	}
	p := lead.open("/figures?lang=fi")
	if strings.Contains(p.text(".vitals"), "2 t") {
		t.Errorf("four answers have figures: %s", p.text(".vitals"))
	}
	// A chart of nothing is none; its table is there all the same.
	if p.has("#by-month ~ figure svg") || !p.has("#by-month ~ figure details[open] table") {
		t.Errorf("with too few answers: %s", p.text("main"))
	}
	s.answered(11, 2, url.Values{"municipality": {"Tampere"}, "concern": {"sleep"}})
	s.answered(16, 2, url.Values{"municipality": {"Ylöjärvi"}, "concern": {"mood"}})
	if !strings.Contains(preview(), "Tavallinen vastausaika") {
		t.Errorf("the preview does not tell how long it takes: %s", preview())
	}
	p = lead.open("/figures")
	p.want(".vitals", "2 t")
	p.want(".vitals", "100 %")
	for name, n := range map[string]int{"": 31, "Ylöjärvi": 16, "Tampere": 15, "Uni": 11, "Mieliala": 20} {
		if line := lead.figures("")[name]; !near(line, n) {
			t.Errorf("%q: %v instead of about %d", name, line, n)
		}
	}
	if n := p.Find("#by-municipality").Parent().Find("tbody tr").Length(); n != 2 {
		t.Errorf("%d municipalities", n)
	}

	// Everybody sees the same figures; who is at risk now is for those who watch over the team, and an administrator is led to no request.
	for _, id := range []string{"nurse", "childpsych", "auditor", "protection"} {
		other := s.as(id)
		other.open("/figures?lang=fi").want(".vitals", "2 t")
		if got := other.figures(""); !reflect.DeepEqual(got, lead.figures("")) {
			t.Errorf("%s: %v", id, got)
		}
	}
	s.as("protection").open("/figures?pool=child-protection").want(".vitals", "alle 5")
	old := sent(t, nurse, nil)
	s.mu.Lock()
	s.now = s.now.Add(22 * 24 * time.Hour)
	s.mu.Unlock()
	lead.open("/figures").want("main", "1 pyyntö on odottanut vastausta yli 21 päivää")
	if !lead.open("/figures").has("a[href='" + old + "']") {
		t.Error("the lead is not led to the request at risk")
	}
	admin := s.as("admin").open("/figures")
	if admin.has("a[href='" + old + "']") {
		t.Error("the administrator is led to a request")
	}
	admin.want("main", "Fewer than 5 requests have waited")
	for _, id := range []string{"nurse", "childpsych", "protection", "auditor"} {
		if got := s.as(id).open("/figures?lang=fi&pool=child-psychiatry"); got.has("#guarantee-title") || strings.Contains(got.body, "21 päivää") {
			t.Errorf("%s is told how many are at risk", id)
		}
	}
}

// Time is cut where the days of the site begin, whatever it is by Greenwich; what is not of whole months tells less apart.
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
	s.answered(10, 0, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	at("2026-12-01T00:30:00+02:00")
	s.answered(20, 0, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
	lead := s.as("childpsych2")
	lead.open("/figures?lang=fi")
	// Multiples of five come out exactly.
	for query, want := range map[string]string{
		"":                           "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
		"?period=this-year":          "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
		"?period=quarter":            "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
		"?period=last-quarter":       "",
		"?period=days":               "",
		"?from=2026-11&to=2026-11":   "marraskuu 2026 10, Tampere 10, Mieliala 10",
		"?from=2026-12&to=2026-11":   "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
		"?from=2026-12&to=2026-12":   "joulukuu 2026 20, Tampere 20, Mieliala 20",
		"?from=2026-13&to=x":         "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
		"?period=never&pool=nowhere": "marraskuu 2026 10, joulukuu 2026 20, Tampere 30, Mieliala 30",
	} {
		rows := lead.spreadsheet("/figures.csv" + query)
		var got []string
		for _, row := range rows[2:] {
			if row[0] != "Tiimeittäin" {
				got = append(got, row[1]+" "+row[2])
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %s, want %s", query, strings.Join(got, ", "), want)
		}
	}
	lead.open("/figures?period=days").want(".vitals", "Vastattuja 30")
	p := lead.open("/figures?period=days")
	p.want("#figures-short", "kokonaisilta kuukausilta")
	if p.has("#by-municipality") {
		t.Error("thirty days tell municipalities apart")
	}
	at("2026-12-31T12:00:00+02:00")
	lead = s.as("childpsych2")
	lead.open("/figures?lang=fi")
	lead.open("/figures?period=days").want(".vitals", "Vastattuja alle 5")
	p = lead.open("/figures?from=2026-11&to=2026-12")
	p.want("h1 + p", "1.11.2026–31.12.2026")
	if v, _ := p.Find("#figures-from option[selected]").Attr("value"); v != "2026-11" {
		t.Errorf("the form shows %q", v)
	}
}

// Whatever is taken off anything else leaves nothing small: months, times, pools and the parts of a total are made of the same rounded counts.
func TestFiguresTakenOffOneAnother(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.actor("nurse")
	month := func(m time.Month) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now = time.Date(2026, m, 10, 9, 0, 0, 0, time.UTC)
	}
	for i, n := range []int{7, 1, 2, 8, 3} {
		month(time.Month(7 + i))
		s.answered(n, 1, url.Values{"municipality": {"Tampere"}, "concern": {"mood"}})
		s.answered(n/2, 1, url.Values{"municipality": {"Kangasala"}, "concern": {"sleep"}})
		for range i {
			r := consult.Request{Client: consult.Client{Age: 15, Municipality: "Tampere"}, Concerns: []consult.Concern{"mood"}, Question: "Mitä teemme?"}
			c, _, err := s.service.Submit(t.Context(), nurse, r, "")
			s.check(err)
			for _, cmd := range []consult.Command{consult.ClaimCommand{}, consult.AnswerCommand{Text: "Neuvo", Disposition: consult.Advice}} {
				_, err = s.service.Do(t.Context(), s.actor("youthpsych"), c.ID, cmd, consult.Change{})
				s.check(err)
			}
		}
	}
	admin := s.as("admin")
	admin.open("/figures?lang=fi")
	count := func(found map[string][]int, name string) int {
		if len(found[name]) == 0 {
			return 0
		}
		return found[name][0]
	}
	pools := []string{"child-psychiatry", "youth-psychiatry"}
	names := []string{"", "Tampere", "Kangasala", "Mieliala", "Uni"}
	for first := 7; first <= 11; first++ {
		for last := first; last <= 11; last++ {
			span := func(from, to int, pool string) map[string][]int {
				return admin.figures(fmt.Sprintf("?from=2026-%02d&to=2026-%02d&pool=%s", from, to, pool))
			}
			whole := span(first, last, "")
			for name, numbers := range whole {
				for _, n := range numbers {
					if n%consult.FewAnswers != 0 {
						t.Fatalf("%d to %d tells %q exactly: %v", first, last, name, numbers)
					}
				}
			}
			for _, name := range names {
				if sum := count(span(first, last, pools[0]), name) + count(span(first, last, pools[1]), name); sum != count(whole, name) {
					t.Errorf("%d to %d: the pools' sum of %q is %d, the whole %d", first, last, name, sum, count(whole, name))
				}
				if last > first {
					if sum := count(span(first, last-1, ""), name) + count(span(last, last, ""), name); sum != count(whole, name) {
						t.Errorf("%d to %d: the times' sum of %q is %d, the whole %d", first, last, name, sum, count(whole, name))
					}
				}
			}
			months := 0
			for name, line := range whole {
				if strings.HasSuffix(name, "2026") && len(line) > 0 {
					months += line[0]
				}
			}
			if months != count(whole, "") {
				t.Errorf("%d to %d: the months' sum is %d, the whole %d", first, last, months, count(whole, ""))
			}
		}
	}
	if line := admin.figures("")[""]; len(line) == 0 || line[0] < 40-8 || line[0] > 40+8 {
		t.Errorf("of 40 answers by two pools %v are told", line)
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
