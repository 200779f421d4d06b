package api_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/locale"
	"silta/routing"
	"silta/routing/oncall"
	"silta/ui/api"
	"silta/ui/problem"
)

// server is the API with everything below it.
type server struct {
	t       testing.TB
	url     string
	handler http.Handler
	store   *consulttest.Store
	book    *routing.Book
	// publisher lets nothing be open but what the store holds.
	publisher *routing.Publisher
	service   *consult.Service
	contract  *contract
	log       *consulttest.Log
	// beats ends the wait of a stream; close shuts the streams down.
	beats chan struct{}
	close context.CancelFunc
	// session is who a browser is signed in as.
	session atomic.Pointer[consult.Actor]
	// gone hears that a stream was let go of.
	gone chan struct{}
}

var people = []consult.Person{
	{ID: "nurse", Name: "First nurse", Roles: []consult.Role{consult.Requester}, Profession: "school-nurse"},
	{ID: "nurse2", Name: "Second nurse", Roles: []consult.Role{consult.Requester}, Profession: "clinic-nurse"},
	{ID: "child1", Name: "First specialist", Roles: []consult.Role{consult.Specialist}},
	{ID: "child2", Name: "Leading specialist", Roles: []consult.Role{consult.Specialist}},
	{ID: "youth1", Name: "Another specialist", Roles: []consult.Role{consult.Specialist}},
	{ID: "admin", Name: "Administrator", Roles: []consult.Role{consult.Admin}},
	{ID: "auditor", Name: "Auditor", Roles: []consult.Role{consult.Auditor}},
}

//go:embed testdata/rules.yaml
var rulesYAML []byte

// start starts a server. Each person's token is "token-" and the id.
func start(t testing.TB, wrap ...func(api.Service) api.Service) *server {
	t.Helper()
	s := &server{t: t, store: consulttest.Open(t), log: &consulttest.Log{}, beats: make(chan struct{}), gone: make(chan struct{}, 1)}
	var ticks, ids atomic.Int64
	begin := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return begin.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	s.book = routing.NewBook(func(version uint64) ([]byte, error) {
		p, err := s.store.View.Rules(version)
		return []byte(p.Document), err
	}, oncall.Known{Overrides: func(pool string) []consult.Override { return s.service.Overrides(pool) }})
	s.service = consult.NewService(s.store.Journal, s.store.View, s.book, consult.Config{
		Now: now, NewID: func() string { return fmt.Sprintf("c%09d", ids.Add(1)) },
		Bases: []consult.Basis{consult.Consent}, Life: consult.Lifetimes{Expire: 21 * 24 * time.Hour},
		Claimed: []consult.ClaimedPool{{Provider: "county", Pool: "child"}},
	})
	for _, p := range people {
		p.Language = consult.Finnish
		if err := s.service.SetPerson(t.Context(), consult.System, p); err != nil {
			t.Fatal(err)
		}
		if _, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{Person: p.ID, Secret: "token-" + p.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.service.PublishRules(t.Context(), consult.System, string(rulesYAML), "first", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.book.Publish(1, rulesYAML); err != nil {
		t.Fatal(err)
	}
	s.publisher = routing.NewPublisher(s.book, s.service, routing.Site{
		World: func() (routing.World, error) {
			world := routing.World{Now: begin}
			for _, p := range people {
				world.Persons = append(world.Persons, p.ID)
			}
			return world, nil
		},
		Open: func(pool string) (int, error) {
			counts, err := s.store.View.Counts(pool)
			return counts[consult.Submitted], err
		},
		Submitted: s.store.View.Submitted,
	})
	catalogue, err := locale.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	name := func(id string) string {
		p, _ := s.store.View.Person(id)
		return p.Name
	}
	closing, cancel := context.WithCancel(context.Background())
	s.close = cancel
	var service api.Service = s.service
	for _, w := range wrap {
		service = w(service)
	}
	a := api.New(api.Options{
		Service: service, Rules: s.book, History: s.store.View, Publisher: s.publisher, Name: name, Now: now, Closing: closing,
		Problems: problem.New(catalogue, name, slog.New(slog.NewTextHandler(s.log, nil))),
		Subscribe: func(after uint64, visible func(consult.Envelope) bool) api.Subscription {
			if after == 0 {
				after = s.store.Journal.Head()
			}
			return &reader{s.store.Journal, after, visible, func() {
				select {
				case s.gone <- struct{}{}:
				default:
				}
			}}
		},
		SessionActor: func(echo.Context) (consult.Actor, bool) {
			if who := s.session.Load(); who != nil {
				return *who, true
			}
			return consult.Actor{}, false
		},
		Beat: func(ctx context.Context) (context.Context, context.CancelFunc) {
			wait, cancel := context.WithCancel(ctx)
			go func() {
				select {
				case <-s.beats:
					cancel()
				case <-wait.Done():
				}
			}()
			return wait, cancel
		},
	})
	e := echo.New()
	e.HTTPErrorHandler = a.HandleError
	a.Register(e)
	s.handler = e
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		cancel()
		server.Close()
	})
	s.url = server.URL
	s.contract = readContract(t, e)
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// call asks as somebody, holds the answer against the description and returns it. A body that is a string is sent as it is.
func (s *server) call(who, method, path string, body any, headers ...string) answer {
	s.t.Helper()
	var payload io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		payload = bytes.NewReader(data)
	}
	if body != nil {
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	req := s.request(s.t.Context(), who, method, path, payload, headers...)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{resp.StatusCode, resp.Header, data}
	s.contract.check(s.t, req, a)
	return a
}

// request makes a request of somebody.
func (s *server) request(ctx context.Context, who, method, path string, body io.Reader, headers ...string) *http.Request {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer token-"+who)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// want fails the test unless the answer has the status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// json reads the body.
func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

// faults returns "pointer code" of each fault of a problem.
func (a answer) faults(t testing.TB) []string {
	t.Helper()
	var p problem.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	list := []string{}
	for _, f := range p.Errors {
		list = append(list, f.Pointer+" "+f.Code)
	}
	return list
}

type object = map[string]any

// request is a submission that is good, with some members set otherwise; those that are nil are left out.
func request(other object) object {
	r := object{
		"client":   object{"age": 9, "municipality": "Tampere", "language": "fi"},
		"concerns": []string{"mood"}, "question": "What now?",
	}
	maps.Copy(r, other)
	maps.DeleteFunc(r, func(_ string, v any) bool { return v == nil })
	return r
}

// submit sends a good request and returns its id.
func (s *server) submit(who string, other object) string {
	s.t.Helper()
	return s.call(who, "POST", "/api/v1/consultations", request(other)).want(s.t, 201).json(s.t)["id"].(string)
}

func (s *server) act(who, id, action string, body any, headers ...string) answer {
	s.t.Helper()
	return s.call(who, "POST", "/api/v1/consultations/"+id+"/"+action, body, headers...)
}
