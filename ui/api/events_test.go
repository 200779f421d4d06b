package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"silta/consult"
)

// listener reads one stream of events.
type listener struct {
	t     testing.TB
	lines *bufio.Scanner
	stop  context.CancelFunc
}

// block is what stands between two empty lines.
type block struct {
	id, event, data string
	comment         bool
}

// listen opens a stream. The query begins with "?" or is "".
func (s *server) listen(who, query string, headers ...string) *listener {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	s.t.Cleanup(cancel)
	resp, err := http.DefaultClient.Do(s.request(ctx, who, "GET", "/api/v1/events"+query, nil, headers...))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != "text/event-stream" {
		s.t.Fatalf("got %d, %s", resp.StatusCode, got)
	}
	if resp.Header.Get("X-Accel-Buffering") != "no" || !strings.Contains(resp.Header.Get("Cache-Control"), "no-transform") {
		s.t.Errorf("headers: %v", resp.Header)
	}
	l := &listener{s.t, bufio.NewScanner(resp.Body), cancel}
	if b, ok := l.next(); !ok || !b.comment || b.id == "" {
		s.t.Fatalf("the first word is %+v", b)
	}
	return l
}

// next returns the next block, and false at the end of the stream.
func (l *listener) next() (block, bool) {
	l.t.Helper()
	var b block
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "":
			if l.lines.Text() == "" {
				return b, true
			}
			b.comment = true
		case "id":
			b.id = value
		case "event":
			b.event = value
		case "data":
			b.data = value
		}
	}
	return b, false
}

// event returns the next event.
func (l *listener) event() (block, object) {
	l.t.Helper()
	for {
		b, ok := l.next()
		if !ok {
			l.t.Fatalf("the stream ended: %v", l.lines.Err())
		}
		if b.comment {
			continue
		}
		var data object
		if err := json.Unmarshal([]byte(b.data), &data); err != nil {
			l.t.Fatal(err)
		}
		return b, data
	}
}

func TestEvents(t *testing.T) {
	s := start(t)
	s.submit("nurse", nil) // Before anybody listens.
	pool, sender, other := s.listen("child1", ""), s.listen("nurse", ""), s.listen("youth1", "")
	const typed = "Kuiskaus"
	id := s.submit("nurse", object{"question": typed})
	s.act("child1", id, "claim", nil).want(t, 200)
	s.act("child1", id, "hand-over", object{"pool": "youth", "reason": typed}).want(t, 200)
	s.act("youth1", id, "claim", nil).want(t, 200)

	schema := s.contract.doc.Components.Schemas["Event"].Value
	for name, l := range map[string]*listener{"pool": pool, "sender": sender, "other": other} {
		want := map[string][]string{
			"pool":   {"submitted", "claimed", "handed-over"},
			"sender": {"submitted", "claimed", "handed-over", "claimed"},
			"other":  {"handed-over", "claimed"},
		}[name]
		for i, event := range want {
			b, data := l.event()
			if b.event != event || data["type"] != event || data["id"] != id || b.id == "" {
				t.Errorf("%s hears %+v as %d, want %s", name, b, i, event)
			}
			if err := schema.VisitJSON(data); err != nil {
				t.Errorf("not as described: %v", err)
			}
			if strings.Contains(b.data, typed) {
				t.Errorf("an event has what was typed: %s", b.data)
			}
		}
	}
}

func TestEventsResume(t *testing.T) {
	s := start(t)
	first := s.listen("child1", "")
	var ids []string
	for range 5 {
		ids = append(ids, s.submit("nurse", nil))
	}
	var places []string
	for _, id := range ids {
		b, data := first.event()
		if data["id"] != id {
			t.Fatalf("got %v, want %s", data["id"], id)
		}
		places = append(places, b.id)
	}
	for i, place := range places {
		for _, again := range []*listener{s.listen("child1", "", "Last-Event-ID", place), s.listen("child1", "?last_event_id="+place)} {
			for _, id := range ids[i+1:] {
				if _, data := again.event(); data["id"] != id {
					t.Errorf("after %s: got %v, want %s", place, data["id"], id)
				}
			}
			again.stop()
		}
	}
	if _, data := s.listen("child1", "", "Last-Event-ID", "0").event(); data["id"] != ids[0] {
		t.Errorf("from the beginning: got %v", data["id"])
	}
	// A place of another journal: this one goes on from its end.
	late := s.listen("child1", "", "Last-Event-ID", "123456789")
	id := s.submit("nurse", nil)
	if _, data := late.event(); data["id"] != id {
		t.Errorf("got %v, want %s", data["id"], id)
	}
	for _, bad := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		s.call("child1", "GET", "/api/v1/events", nil, "Last-Event-ID", bad).want(t, 422)
		s.call("child1", "GET", "/api/v1/events?last_event_id="+bad, nil).want(t, 422)
	}
}

func TestEventsBeat(t *testing.T) {
	s := start(t)
	l := s.listen("youth1", "")
	s.submit("nurse", nil) // For others.
	s.beats <- struct{}{}
	b, _ := l.next()
	if !b.comment || b.data != "" || b.id != strconv.FormatUint(s.store.Journal.Head(), 10) {
		t.Errorf("after a while without events: %+v", b)
	}
}

func TestEventsEndWithTheToken(t *testing.T) {
	s := start(t)
	l := s.listen("youth1", "")
	s.beats <- struct{}{}
	if _, ok := l.next(); !ok {
		t.Fatal("the stream ended while the token was good")
	}
	token, err := s.store.View.Token(consult.TokenID("token-youth1"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.store.View.Person(token.Person)
	if err != nil {
		t.Fatal(err)
	}
	p.Disabled = true
	if err := s.service.SetPerson(t.Context(), consult.System, p); err != nil {
		t.Fatal(err)
	}
	// At once, and not at the next beat.
	if b, ok := l.next(); ok {
		t.Errorf("still told: %+v", b)
	}
}

func TestEventsEndWithTheServer(t *testing.T) {
	s := start(t)
	l := s.listen("child1", "")
	s.close()
	if b, ok := l.next(); ok || l.lines.Err() != nil {
		t.Errorf("still told: %+v, %v", b, l.lines.Err())
	}
}

func TestEventsLetGo(t *testing.T) {
	s := start(t)
	l := s.listen("child1", "")
	l.stop()
	for l.lines.Scan() {
	}
	if err := l.lines.Err(); !errors.Is(err, context.Canceled) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ended with %v", err)
	}
	<-s.gone
}

func TestEventTypesAreDescribed(t *testing.T) {
	s := start(t)
	var described []string
	for _, v := range s.contract.doc.Components.Schemas["EventType"].Value.Enum {
		described = append(described, v.(string))
	}
	for _, e := range []consult.Event{
		&consult.SubmittedEvent{}, &consult.ClaimedEvent{}, &consult.AssignedEvent{}, &consult.ReleasedEvent{}, &consult.AskedEvent{},
		&consult.RepliedEvent{}, &consult.AddedEvent{}, &consult.AnsweredEvent{}, &consult.FollowedUpEvent{}, &consult.HandedOverEvent{},
		&consult.JoinedEvent{}, &consult.EscalatedEvent{}, &consult.WithdrawnEvent{}, &consult.ClosedEvent{}, &consult.ExpiredEvent{},
	} {
		if !slices.Contains(described, string(e.Type())) {
			t.Errorf("%s is not described", e.Type())
		}
	}
}
