package ui_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui"
)

// ear listens to a stream.
type ear struct {
	t     testing.TB
	lines *bufio.Scanner
	id    string // the last one that was told
	close func()
}

func (r *reader) listen(path string) *ear { return r.listenAfter(path, "") }

// listenAfter listens as a page that comes back and has heard all up to an event.
func (r *reader) listenAfter(path, id string) *ear {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", r.site.http.URL+path, nil)
	r.site.check(err)
	req.Header = r.header.Clone()
	req.Header.Set("Accept", "text/html, text/event-stream")
	req.Header.Set("Accept-Encoding", "gzip")
	if id != "" {
		req.Header.Set("Last-Event-ID", id)
	}
	res, err := r.http.Do(req)
	r.site.check(err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Content-Encoding") != "" {
		r.t.Fatalf("%s: %d %v", path, res.StatusCode, res.Header)
	}
	e := &ear{t: r.t, lines: bufio.NewScanner(res.Body), close: func() { cancel(); _ = res.Body.Close() }}
	r.t.Cleanup(e.close)
	return e
}

// next returns the next event's name and data; "end" at the end of the stream, and "alive" for a sign of life.
func (e *ear) next() (name, data string) {
	for e.lines.Scan() {
		line := e.lines.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if value != "" {
				name = value
			}
			if line == "" {
				return name, data
			}
		}
	}
	return "end", ""
}

func (e *ear) want(name, data string) {
	e.t.Helper()
	if gotName, gotData := e.next(); gotName != name || gotData != data {
		e.t.Fatalf("heard %q %q instead of %q %q", gotName, gotData, name, data)
	}
}

// A page whose stream broke off is told what came meanwhile, once; one that was away for long has its list alone.
func TestLiveQueueComesBack(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych := s.as("nurse"), s.as("childpsych")
	queue := psych.listen("/queue/stream")
	queue.want("queue", "")
	sent(t, nurse, nil)
	queue.want("announce", "Uusi pyyntö: S-2026-0001")
	queue.close()

	sent(t, nurse, nil)
	back := psych.listenAfter("/queue/stream", queue.id)
	back.want("queue", "")
	back.want("announce", "Uusi pyyntö: S-2026-0002")
	back.want("queue", "")
	back.close()
	again := psych.listenAfter("/queue/stream", back.id)
	again.want("queue", "")
	sent(t, nurse, nil)
	again.want("announce", "Uusi pyyntö: S-2026-0003")
	again.close()

	last := s.store.Journal.Head()
	sent(t, nurse, nil)
	for i := 0; s.store.Journal.Head() <= last+500; i++ {
		s.check(s.service.SetPerson(t.Context(), consult.System, consult.Person{
			ID: fmt.Sprintf("other%d", i), Name: "Olli Opettaja", Roles: []consult.Role{consult.Requester}, Profession: "teacher", Language: consult.Finnish,
		}))
	}
	for i, id := range []string{strconv.FormatUint(last, 10), strconv.FormatUint(last+9999, 10), "0", "-1", "x"} {
		late := psych.listenAfter("/queue/stream", id)
		late.want("queue", "")
		sent(t, nurse, nil)
		late.want("announce", fmt.Sprintf("Uusi pyyntö: S-2026-%04d", 5+i))
		late.close()
	}
}

func TestLiveQueue(t *testing.T) {
	s := newSite(t, nil)
	nurse, psych, lead, youth := s.as("nurse"), s.as("childpsych"), s.as("childpsych2"), s.as("youthpsych")
	queue := psych.listen("/queue/stream")
	queue.want("queue", "")
	foreign := youth.listen("/queue/stream")
	foreign.want("queue", "")
	mine := nurse.listen("/requests/stream")
	mine.want("queue", "")

	// A request arrives: the queue is told, and can fetch its rows.
	path := sent(t, nurse, nil)
	queue.want("announce", "Uusi pyyntö: S-2026-0001")
	queue.want("queue", "")
	psych.open("/queue/rows").want("#case-"+strings.TrimPrefix(path, "/requests/"), "S-2026-0001")
	if psych.open("/queue/rows").has("html > body > header") {
		t.Error("the rows are a whole page")
	}
	mine.want("queue", "") // What one does oneself is not announced.

	// The request's own page hears of it alone.
	one := nurse.listen(path + "/stream")
	one.want("queue", "")
	sent(t, nurse, url.Values{"client.age": {"15"}}) // For the youth pool.
	foreign.want("announce", "Uusi pyyntö: S-2026-0002")
	lead.open(path).submit(lead, "form[action$='/claim']", nil)
	one.want("announce", "Pyyntö on muuttunut: otettu käsittelyyn.")
	one.want("queue", "")
	queue.want("queue", "")

	p := nurse.open(path + "/live?version=1")
	p.want("#request-head", "Liisa Lehto")
	p.want("#request-head .note", "muuttunut")
	if p.has("#request-head [role=status]") {
		t.Error("what the stream has read out is read out again")
	}
	p.want("#timeline", "Otettu käsittelyyn")
	if p = nurse.open(path + "/live?version=2"); p.has("#request-head .note") {
		t.Error("a page of the present version is told that it is old")
	}
}

// An open page is told who has taken the request since, and not that its reader has it, whatever else has come.
func TestTakenMeanwhile(t *testing.T) {
	s := newSite(t, nil)
	path := sent(t, s.as("nurse"), url.Values{"concerns": {"eating"}}) // Child protection joins.
	psych, lead, protection := s.as("childpsych"), s.as("childpsych2"), s.as("protection")
	psych.open(path).submit(psych, "form[action$='/claim']", nil)
	lead.open(path+"/live?version=1").want("#claim", "Lauri Laine")
	protection.open(path).submit(protection, "form[action$='/answer']", url.Values{"text": {"Meidän neuvomme."}, "disposition": {"advice"}})
	for who, seen := range map[*reader]string{psych: "1", lead: "2", protection: "2"} {
		p := who.open(path + "/live?version=" + seen)
		p.want("#request-head .note", "")
		if text := strings.TrimSpace(p.text("#claim")); text != "" {
			t.Errorf("since version %s: %q", seen, text)
		}
	}
}

// What arrives in a queue is announced to those in whose queue it arrives, and what comes to somebody to them alone.
func TestAnnouncements(t *testing.T) {
	s := newSite(t, nil)
	nurse, lead := s.actor("nurse"), s.actor("childpsych2")
	id := s.submit(1, 9)[0]
	psych, youth := s.as("childpsych").listen("/queue/stream"), s.as("youthpsych").listen("/queue/stream")
	protection := s.as("protection").listen("/queue/stream")
	for _, e := range []*ear{psych, youth, protection} {
		e.want("queue", "")
	}
	do := func(a consult.Actor, cmd consult.Command) {
		t.Helper()
		_, err := s.service.Do(t.Context(), a, id, cmd, consult.Change{})
		s.check(err)
	}
	do(lead, consult.JoinCommand{Pool: "child-protection", Reason: "Pari"})
	psych.want("queue", "")
	protection.want("announce", "Uusi pyyntö: S-2026-0001")
	protection.want("queue", "")
	do(lead, consult.AssignCommand{Person: "childpsych"})
	psych.want("announce", "Pyyntö S-2026-0001 annettiin sinulle.")
	psych.want("queue", "")
	protection.want("queue", "")
	do(s.actor("childpsych"), consult.AskCommand{Text: "Miksi?"})
	psych.want("queue", "")
	protection.want("queue", "")
	do(nurse, consult.ReplyCommand{Said: consult.Said{Text: "Siksi."}})
	psych.want("announce", "Pyyntöön S-2026-0001 tuli lisätietoa.")
	psych.want("queue", "")
	protection.want("queue", "")
	do(s.actor("childpsych"), consult.AnswerCommand{Text: "Näin.", Disposition: consult.Advice})
	psych.want("queue", "")
	do(nurse, consult.FollowUpCommand{Said: consult.Said{Text: "Entä jos?"}})
	psych.want("announce", "Jatkokysymys pyyntöön S-2026-0001")
	psych.want("queue", "")
	do(lead, consult.HandOverCommand{Pool: "youth-psychiatry", Reason: "Ikä"})
	psych.want("queue", "")
	youth.want("announce", "Uusi pyyntö: S-2026-0001")
}

// TestOwnActsAreNotAnnounced: who sends a request to their own team is not told of it, and their colleagues are.
func TestOwnActsAreNotAnnounced(t *testing.T) {
	s := newSite(t, nil)
	s.update("childpsych", func(p *consult.Person) {
		p.Roles, p.Profession = append(p.Roles, consult.Requester), s.actor("nurse").Profession
	})
	own, lead := s.as("childpsych").listen("/queue/stream"), s.as("childpsych2").listen("/queue/stream")
	own.want("queue", "")
	lead.want("queue", "")
	s.submitted("childpsych")
	lead.want("announce", "A new request: S-2026-0001")
	own.want("queue", "")
}

// beating has the beats of live pages come when they are sent.
func beating(beats <-chan struct{}) func(*ui.Options) {
	return func(o *ui.Options) {
		o.Beat = func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			go func() {
				select {
				case <-beats:
					cancel()
				case <-ctx.Done():
				}
			}()
			return ctx, cancel
		}
	}
}

func TestLiveEnds(t *testing.T) {
	beats := make(chan struct{})
	s := newSite(t, beating(beats))
	// Silence is broken now and then.
	psych := s.as("childpsych")
	stream := psych.listen("/queue/stream")
	stream.want("queue", "")
	beats <- struct{}{}
	stream.want("alive", "")
	// Who has signed out hears nothing more.
	psych.open("/queue").submit(psych, "form[action='/sign-out']", nil)
	stream.want("end", "")

	// Neither does who was disabled: not even one event.
	psych = s.as("childpsych")
	stream = psych.listen("/queue/stream")
	stream.want("queue", "")
	s.update("childpsych", func(p *consult.Person) { p.Disabled = true })
	sent(t, s.as("nurse"), nil)
	stream.want("end", "")

	// A page that is open does not keep the server from ending.
	stream = s.as("youthpsych").listen("/queue/stream")
	stream.want("queue", "")
	s.stop()
	stream.want("end", "")
}

// A page whose session is over is led away from what it shows.
// TestPagesLeftOpen: what a page asks for by itself does not keep its reader signed in; what the reader opens does.
func TestPagesLeftOpen(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	path := sent(t, nurse, nil)
	for address, used := range map[string]bool{"/requests": true, path: true, "/requests/rows": false, path + "/live": false} {
		p := nurse.open(address)
		if got := strings.Contains(strings.Join(p.header.Values("Set-Cookie"), ";"), "silta="); got != used {
			t.Errorf("%s: the session is used: %t, want %t", address, got, used)
		}
	}
}

func TestFragmentsWithoutSession(t *testing.T) {
	s := newSite(t, nil)
	r := s.visitor()
	r.header.Set("Hx-Request", "true")
	if p := r.get("/queue/rows").wantStatus(204); p.header.Get("Hx-Redirect") != "/sign-in" {
		t.Errorf("led to %q", p.header.Get("Hx-Redirect"))
	}
	r.get("/queue/stream").wantStatus(401)
	if p := r.post("/requests/preview", written(nil)).wantStatus(401); p.header.Get("Hx-Reswap") != "none" {
		t.Error("a whole page is put into the preview")
	}
	nurse := s.as("nurse")
	nurse.header.Set("Hx-Request", "true")
	if p := nurse.get("/requests/gone/live").wantStatus(404); p.header.Get("Hx-Refresh") != "true" || p.header.Get("Hx-Reswap") != "none" {
		t.Errorf("a request that has gone: %v", p.header)
	}
}

// The preview of a form that is being filled in.
func TestLivePreview(t *testing.T) {
	s := newSite(t, nil)
	nurse := s.as("nurse")
	nurse.header.Set("Hx-Request", "true")
	p := nurse.post("/requests/preview", url.Values{"client.municipality": {"Tampere"}}).wantStatus(200)
	p.want(".tags", "Ikä")
	if p.Find(".tags li").Length() != 2 {
		t.Errorf("missing are %s", p.text(".tags"))
	}
	if p.has("header") {
		t.Error("the preview is a whole page")
	}
	nurse.post("/requests/preview", written(url.Values{"urgency": {"now"}, "mode": {"pigeon"}, "concerns": {"?"}, "client.age": {"x"}})).wantStatus(200)
	// An emergency is one as soon as it is known.
	p = nurse.post("/requests/preview", url.Values{"red_flags": {"psychosis"}})
	p.want("#send .emergency", "Soita heti 112.")
	if p.has("#send button") {
		t.Error("an emergency can be sent")
	}
	p = nurse.post("/requests/preview", written(url.Values{
		"client.municipality": {"Tampere"}, "concerns": {"eating", "violence-at-home"}, "urgency": {"routine"}, "mode": {"visit"},
		"question": {"  Soitanko 040 123 4567?"},
	}))
	p.want(".where-pool", "Lastenpsykiatria")
	p.want("body", "Lastensuojelu")
	p.want("body", "Syömisen pulmat kuuluvat kahdelle tiimille.")
	p.want("body", "Kiireellisyydeksi nousee: pian.")
	p.want(".note-warn", "ei tarjoa")
	p.want("#send .note-warn", "lastensuojeluilmoitus")
	p.want("#r-question-guard q", "040 123 4567")
	if p.has("#r-question-error") {
		t.Error("a preview complains of what is not yet written")
	}
}
