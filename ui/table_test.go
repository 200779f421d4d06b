package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/routing"
	"silta/ui"
	"silta/ui/api"
	"silta/ui/problem"
)

// audience says to whom an address answers.
type audience func(a consult.Actor) bool

func everybody(consult.Actor) bool     { return true }
func nobody(consult.Actor) bool        { return false }
func senders(a consult.Actor) bool     { return a.Is(consult.Requester) }
func specialists(a consult.Actor) bool { return a.Is(consult.Specialist) }
func admins(a consult.Actor) bool      { return a.Is(consult.Admin) }
func auditors(a consult.Actor) bool    { return a.Is(consult.Auditor) }
func poolLeads(a consult.Actor) bool {
	return slices.ContainsFunc(a.Memberships, func(m consult.Membership) bool { return m.Lead })
}
func poolMembers(a consult.Actor) bool { return a.MemberOf("child-psychiatry") }
func poolReaders(a consult.Actor) bool { return poolMembers(a) || admins(a) }
func poolKeepers(a consult.Actor) bool { return a.Leads("child-psychiatry") || admins(a) }
func overseers(a consult.Actor) bool   { return a.Is(consult.Admin) || a.Is(consult.Auditor) }

// row is what the table says of an address that is not about one request.
type row struct {
	// to: everybody else who is signed in is refused.
	to audience
	// open: it answers who is not signed in, too.
	open bool
	// hidden: to whom it does not answer it does not exist.
	hidden bool
}

// table has every address of pages and API. Those below a request are decided by [consult.May]; here stands which action they are.
var (
	table = map[string]row{
		"GET /": {to: everybody}, "GET /sign-in": {to: everybody, open: true}, "POST /sign-in": {to: everybody, open: true},
		"POST /sign-in/code": {to: everybody, open: true}, "GET /sign-in/forgot": {to: everybody, open: true},
		"POST /sign-in/forgot": {to: everybody, open: true}, "POST /sign-out": {to: everybody, open: true},
		// There is no such provider.
		"GET /sign-in/with/:provider": {to: nobody, open: true, hidden: true}, "GET /sign-in/with/:provider/back": {to: nobody, open: true, hidden: true},
		// An invitation is for whoever has its link, and this one nobody has.
		"GET /invitation/:token": {to: nobody, open: true, hidden: true}, "POST /invitation/:token": {to: nobody, open: true, hidden: true},
		"GET /healthz": {to: everybody, open: true}, "GET /readyz": {to: everybody, open: true}, "GET /metrics": {to: everybody, open: true},
		"GET /static/*": {to: everybody, open: true}, "GET /api/openapi.json": {to: everybody, open: true},

		"GET /requests": {to: senders}, "GET /requests/rows": {to: senders}, "GET /requests/stream": {to: everybody},
		"GET /requests/new": {to: senders}, "POST /requests/preview": {to: senders}, "POST /requests": {to: senders},
		"GET /queue": {to: specialists}, "GET /queue/rows": {to: specialists}, "GET /queue/stream": {to: everybody},
		"POST /drafts/:id": {to: nobody, hidden: true}, "POST /drafts/:id/discard": {to: everybody},

		"GET /find": {to: specialists, hidden: true}, "POST /find": {to: specialists, hidden: true},
		"POST /find/open": {to: specialists, hidden: true}, "GET /openings": {to: poolLeads, hidden: true},
		"GET /access": {to: auditors, hidden: true}, "GET /access/export": {to: auditors, hidden: true},
		"GET /access/extract": {to: auditors, hidden: true}, "POST /access/proof": {to: auditors, hidden: true},
		// It only turns what was typed into an address.
		"POST /access": {to: everybody},

		"GET /figures": {to: everybody}, "GET /figures.csv": {to: everybody},
		"GET /help": {to: everybody, open: true}, "GET /accessibility": {to: everybody, open: true},

		// Nobody has asked for a swap of that name, nor has a calendar of it.
		"GET /services": {to: everybody}, "GET /pools/:id": {to: poolReaders, hidden: true},
		"POST /pools/:id/overrides": {to: poolKeepers, hidden: true}, "POST /pools/:id/overrides/:item/remove": {to: poolKeepers, hidden: true},
		"POST /pools/:id/swaps": {to: poolMembers, hidden: true}, "POST /pools/:id/swaps/:item/answer": {to: nobody, hidden: true},
		"POST /pools/:id/swaps/:item/withdraw": {to: nobody, hidden: true}, "POST /pools/:id/feeds": {to: poolMembers, hidden: true},
		"POST /pools/:id/feeds/:item/revoke": {to: nobody, hidden: true},
		// A calendar is for whoever has its secret address, and this one nobody has.
		"GET /calendar/:secret": {to: nobody, open: true, hidden: true},

		"GET /retention":  {to: overseers, hidden: true},
		"GET /operations": {to: admins, hidden: true}, "GET /operations/live": {to: admins, hidden: true},
		"GET /settings": {to: everybody}, "POST /settings": {to: everybody},
		"GET /account": {to: everybody}, "POST /account/password": {to: everybody}, "POST /account/codes/new": {to: everybody},
		"POST /account/codes": {to: everybody}, "POST /account/codes/end": {to: everybody}, "POST /account/sessions/end": {to: everybody},
		// The site is at a number, where browsers know no passkeys, and nobody has one.
		"POST /sign-in/passkey": {to: nobody, open: true, hidden: true}, "POST /sign-in/passkey/ask": {to: nobody, open: true, hidden: true},
		"POST /account/passkeys/new": {to: nobody}, "POST /account/passkeys": {to: nobody}, "POST /account/passkeys/:id/end": {to: everybody},
		"POST /account/sessions/:id/end": {to: nobody, hidden: true}, "POST /account/tokens": {to: everybody},
		"POST /account/tokens/:id/end": {to: nobody, hidden: true},

		"GET /people": {to: admins, hidden: true}, "POST /people": {to: admins, hidden: true}, "POST /people/-/search": {to: admins, hidden: true}, "GET /people/-/new": {to: admins, hidden: true}, "GET /people/:id": {to: admins, hidden: true},
		"POST /people/:id": {to: admins, hidden: true}, "POST /people/:id/invite": {to: admins, hidden: true}, "POST /people/:id/mail-works": {to: admins, hidden: true}, "POST /people/:id/disable": {to: nobody, hidden: true},
		"POST /people/:id/enable":            {to: admins, hidden: true},
		"POST /people/:id/tokens/:token/end": {to: nobody, hidden: true},

		"GET /rules": {to: admins, hidden: true}, "POST /rules": {to: admins, hidden: true}, "POST /rules/check": {to: admins, hidden: true}, "POST /rules/tests": {to: admins, hidden: true},
		"POST /rules/diff": {to: admins, hidden: true}, "GET /rules/sentences": {to: admins, hidden: true}, "GET /rules/try": {to: admins, hidden: true}, "POST /rules/try": {to: admins, hidden: true},
		"GET /rules/versions": {to: admins, hidden: true}, "GET /rules/versions/:number": {to: admins, hidden: true},
		"POST /rules/versions/:number/restore": {to: admins, hidden: true}, "GET /rules/compare": {to: admins, hidden: true},

		"POST /api/v1/consultations": {to: senders}, "GET /api/v1/consultations": {to: everybody},
		"POST /api/v1/routing/preview": {to: everybody}, "POST /api/v1/identity-check": {to: everybody},
		"GET /api/v1/routing": {to: overseers}, "PUT /api/v1/routing": {to: admins}, "GET /api/v1/routing/versions": {to: overseers},
		"GET /api/v1/routing/versions/:number": {to: overseers}, "POST /api/v1/routing/versions/:number/restore": {to: admins},
		"POST /api/v1/routing/check": {to: overseers}, "POST /api/v1/routing/diff": {to: overseers}, "GET /api/v1/routing/diff": {to: overseers},
		"GET /api/v1/pools": {to: everybody}, "GET /api/v1/events": {to: everybody},
		"GET /api/v1/pools/:id/rota": {to: poolReaders, hidden: true},
		// A reason opens what is not theirs to a specialist, and to nobody else.
		"POST /api/v1/consultations/:id/access": {to: specialists, hidden: true},
	}
	// views are the addresses that show a request.
	views = []string{"GET /requests/:id/record", "GET /requests/:id/print", "GET /requests/:id/export", "GET /requests/:id", "GET /requests/:id/live", "GET /requests/:id/stream", "GET /api/v1/consultations/:id", "GET /api/v1/consultations/:id/decision"}
)

// actionOfRoute returns the action on a request that an address is, if it is one.
func actionOfRoute(name string) (consult.Action, bool) {
	if slices.Contains(views, name) {
		return consult.View, true
	}
	for _, prefix := range []string{"POST /requests/:id/", "POST /api/v1/consultations/:id/"} {
		if last, ok := strings.CutPrefix(name, prefix); ok && slices.Contains(consult.Actions, consult.Action(last)) {
			return consult.Action(last), true
		}
	}
	return "", false
}

// wholeSite is a site with its API, and its addresses by method.
func wholeSite(t *testing.T) (*site, []string) {
	var e *echo.Echo
	s := newSite(t, nil)
	s.change = func(o *ui.Options) {
		o.Letters, o.Prover, o.Operations, o.Retention = newLetters(), new(prover), operations, retention
		o.API = func(readers ui.SessionReader, problems *problem.Presenter) ui.API {
			return apiOf{t, s, readers, problems, o.Closing, &e}
		}
	}
	s.restart()
	var names []string
	for _, r := range e.Routes() {
		if r.Method == http.MethodHead || r.Method == echo.RouteNotFound {
			continue
		}
		names = append(names, r.Method+" "+r.Path)
	}
	slices.Sort(names)
	return s, names
}

// apiOf is the API over a site's service; it remembers the server that it is added to.
type apiOf struct {
	t        *testing.T
	site     *site
	readers  ui.SessionReader
	problems *problem.Presenter
	closing  context.Context
	echo     **echo.Echo
}

func (a apiOf) real(s *site) *api.API {
	return api.New(api.Options{
		Service: s.service, Rules: s.book, History: s.store.View, Problems: a.problems, SessionActor: a.readers.SessionActor, Used: a.readers.Calls,
		Unended: a.readers.Unended, Now: s.clock, Closing: a.closing, Beat: context.WithCancel,
		Name: func(string) string { return "" }, Publisher: routing.NewPublisher(s.book, s.service, routing.Site{
			World: func() (routing.World, error) { return routing.World{Now: s.clock()}, nil },
			Open:  func(string) (int, error) { return 0, nil },
		}),
		Subscribe: func(after uint64, visible func(consult.Envelope) bool) api.Subscription {
			return s.subscribe(after, visible)
		},
	})
}

func (a apiOf) Register(e *echo.Echo) {
	*a.echo = e
	a.real(a.site).Register(e)
}

func (a apiOf) HandleError(err error, c echo.Context) { a.real(a.site).HandleError(err, c) }

// words are what each action on a request is sent with.
var actionWords = map[consult.Action]map[string]any{
	consult.Assign: {"person": "childpsych"}, consult.Ask: {"text": "Kuinka kauan?"}, consult.Reply: {"text": "Kuukauden."}, consult.Add: {"text": "Lisää."},
	consult.Answer: {"text": "Näin.", "disposition": "advice"}, consult.FollowUp: {"text": "Entä nyt?"},
	consult.HandOver: {"pool": "youth-psychiatry", "reason": "Ikä."}, consult.Join: {"pool": "youth-psychiatry", "reason": "Ikä."},
	consult.Close: {"outcome": "confirmed", "referral": "avoided", "value_client": 1, "value_me": 1},
}

// ask calls an address, as a page's form or as the API's JSON, and returns the status and the body.
func (r *reader) ask(name, path string, words map[string]any) (int, string) {
	r.t.Helper()
	method, _, _ := strings.Cut(name, " ")
	var body io.Reader
	kind := "application/x-www-form-urlencoded"
	if method != http.MethodGet && strings.HasPrefix(path, "/api/") {
		if words == nil {
			words = map[string]any{}
		}
		data, err := json.Marshal(words)
		r.site.check(err)
		body, kind = bytes.NewReader(data), "application/json"
	} else if method != http.MethodGet {
		values := url.Values{}
		for k, v := range words {
			text, err := json.Marshal(v)
			r.site.check(err)
			values.Set(k, strings.Trim(string(text), `"`))
		}
		body = strings.NewReader(values.Encode())
	}
	ctx, cancel := context.WithCancel(r.t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, r.site.http.URL+path, body)
	r.site.check(err)
	req.Header = r.header.Clone()
	req.Header.Set("Content-Type", kind)
	res, err := r.http.Do(req)
	r.site.check(err)
	defer res.Body.Close()
	r.answered = res.Header.Clone()
	for _, own := range []string{"Date", "X-Request-Id"} {
		r.answered.Del(own)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res.StatusCode, "" // It would not end.
	}
	data, err := io.ReadAll(res.Body)
	r.site.check(err)
	return res.StatusCode, string(data)
}

// TestAccess calls every address as everybody: the visitor, both units' senders, members, by the rules and by claims, and leads of the request's pool, of a pool that
// joined and of another one, an administrator and an auditor; and holds the answers against the table of package consult and the one
// above. An address that is in neither fails.
func TestAccess(t *testing.T) {
	s, names := wholeSite(t)
	// The guest belongs to the request's pool by claims alone.
	h, err := hash()
	s.check(err)
	s.check(s.service.SetPerson(t.Context(), consult.System, consult.Person{
		ID: "guest", Name: "Veera Vieras", Language: consult.Finnish, Roles: []consult.Role{consult.Specialist},
		Credentials: consult.Credentials{PasswordHash: h}, Claimed: []consult.ClaimedPool{{Provider: "county", Pool: "child-psychiatry"}},
	}))
	if a := s.actor("guest"); !a.MemberOf("child-psychiatry") || a.Leads("child-psychiatry") {
		t.Fatalf("the guest works for %v", a.Memberships)
	}
	cast := []string{"nurse", "midwife", "childpsych", "childpsych2", "guest", "protection", "youthpsych", "admin", "auditor"}
	browsers := map[string]*reader{}
	for _, id := range cast {
		browsers[id] = s.as(id)
	}
	states := []consult.State{consult.Submitted, consult.Claimed, consult.Answered}
	if testing.Short() {
		states = states[1:2]
	}
	asked := 0
	for _, name := range names {
		action, ofRequest := actionOfRoute(name)
		row, known := table[name]
		if known == ofRequest {
			t.Errorf("%s stands in the table: %t, is an action on a request: %t", name, known, ofRequest)
			continue
		}
		_, path, _ := strings.Cut(name, " ")
		if ofRequest {
			for _, state := range states {
				for _, id := range cast {
					asked++
					s.checkAction(browsers[id], id, name, path, action, state)
				}
			}
			asked++
			c := s.inState(consult.Submitted)
			if status, _ := s.visitor().ask(name, strings.Replace(path, ":id", c.ID, 1), actionWords[action]); status != 401 && status != 303 {
				t.Errorf("%s without signing in: %d", name, status)
			}
			continue
		}
		for _, id := range append(cast, "") {
			asked++
			r := browsers[id]
			if id == "" || path == "/sign-out" {
				r = s.visitor()
			}
			s.checkRow(r, id, name, path, row)
		}
	}
	t.Logf("%d addresses, %d calls", len(names), asked)
}

// inState returns a new request of the nurse's that child protection has joined, in a state.
func (s *site) inState(state consult.State) *consult.Consultation {
	s.t.Helper()
	sub := consulttest.Submission{
		Requester: "nurse", Pool: "child-psychiatry", Joined: []string{"child-protection"}, Number: int(s.store.Journal.Head()) + 1, At: s.clock(),
	}.Entry()
	_, err := s.store.Journal.Append(s.t.Context(), sub, 0)
	s.check(err)
	do := func(cmd consult.Command) {
		_, err := s.service.Do(s.t.Context(), s.actor("childpsych"), sub.ID, cmd, consult.Change{})
		s.check(err)
	}
	if state != consult.Submitted {
		do(consult.ClaimCommand{})
	}
	if state == consult.Answered {
		do(consult.AnswerCommand{Text: "Näin.", Disposition: "advice"})
	}
	c, err := s.store.View.Consultation(sub.ID)
	s.check(err)
	return c
}

// checkAction holds one call on a request against [consult.May].
func (s *site) checkAction(r *reader, id, name, path string, action consult.Action, state consult.State) {
	s.t.Helper()
	c := s.inState(state)
	want := consult.May(s.actor(id), action, c)
	if slices.Contains(views, name) && path == "/requests/:id/live" {
		path += "?version=1"
	}
	s.reads.take()
	head := s.store.Journal.Head()
	status, body := r.ask(name, strings.Replace(path, ":id", c.ID, 1), actionWords[action])
	read, headers := s.reads.take(), r.answered
	right := false
	switch {
	case want == nil:
		// What is allowed may still lack something to do it to: there is no step yet, and nobody is named.
		right = status < 400 || status == 422
	case consult.KindOf(want) == consult.NotFound:
		right = status == 404
		// What is somebody else's and what does not exist are the same, to the byte.
		other := consulttest.NewID()
		otherStatus, otherBody := r.ask(name, strings.Replace(path, ":id", other, 1), actionWords[action])
		if otherStatus != status || strings.ReplaceAll(otherBody, other, c.ID) != body {
			s.t.Errorf("%s of a request that is not there, as %s: %d %s; of a foreign one: %d %s", name, id, otherStatus, otherBody, status, body)
		}
		if !reflect.DeepEqual(headers, r.answered) {
			s.t.Errorf("%s of a request that is not there, as %s: %v; of a foreign one: %v", name, id, r.answered, headers)
		}
		// It takes as long, too: the same is read, nothing is unsealed, nothing is written.
		if none := s.reads.take(); !slices.Equal(read, none) || slices.Contains(read, "unseal") || s.store.Journal.Head() != head {
			s.t.Errorf("%s of a request that is not there, as %s, reads %v; of a foreign one %v", name, id, none, read)
		}
	case consult.KindOf(want) == consult.Forbidden:
		right = status == 403
	case consult.KindOf(want) == consult.Conflict:
		right = status == 409
	}
	if !right {
		s.t.Errorf("%s of a request that is %s, as %s: %d, and the table says: %v", name, state, id, status, want)
	}
}

// checkRow holds one call of another address against the table above.
func (s *site) checkRow(r *reader, id, name, path string, row row) {
	s.t.Helper()
	words := map[string]any{}
	foreign := s.inState(consult.Submitted)
	path = strings.NewReplacer(
		"/api/v1/consultations/:id", "/api/v1/consultations/"+foreign.ID, "/people/:id", "/people/midwife", "/pools/:id", "/pools/child-psychiatry", ":item", "none", ":secret", "none", ":number", "1", ":token", "nobody.x", ":provider", "none", ":id", "none",
		"/static/*", "/static/none",
	).Replace(path)
	switch name {
	case "GET /api/v1/consultations":
		path += "?box=mine"
	case "GET /access/extract":
		path += "?ref=" + foreign.Ref
	case "GET /api/v1/routing/diff":
		path += "?from=1&to=1"
	case "POST /api/v1/consultations/:id/access":
		words = map[string]any{"reason": "cover", "text": "Sijaistan."}
	case "POST /people/:id/disable": // It would be over for the others.
		path = strings.Replace(path, "midwife", "nobody", 1)
	}
	status, _ := r.ask(name, path, words)
	if id == "" {
		refused := status == 401 || status == 303 && !row.open
		if refused == row.open {
			s.t.Errorf("%s without signing in: %d", name, status)
		}
		return
	}
	refused := status == 401 || status == 403 || status == 404 && row.hidden
	if refused == row.to(s.actor(id)) && !(row.open && status == 404 && row.hidden) {
		s.t.Errorf("%s as %s: %d, and the table says: %t", name, id, status, row.to(s.actor(id)))
	}
}
