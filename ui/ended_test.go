package ui_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
)

// What was shown to somebody over a long time ends in the moment in which it is taken from them, not with the next sign of life: here
// there is none.
func TestStreamsEndAtOnce(t *testing.T) {
	s, _ := wholeSite(t)
	whole := s.change
	s.change = func(o *ui.Options) {
		whole(o)
		o.Beat = context.WithCancel
	}
	s.restart()
	admin := s.as("admin")
	// listen begins a stream, and hears its first word.
	listen := func(r *reader, path string) *ear {
		t.Helper()
		e := r.listen(path)
		e.next()
		return e
	}
	ends := func(why string, streams ...*ear) {
		t.Helper()
		for _, e := range streams {
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				for name := ""; name != "end"; {
					name, _ = e.next()
				}
			}()
			select {
			case <-ended:
			case <-time.After(15 * time.Second):
				e.close()
				t.Errorf("%s: still told", why)
			}
		}
	}
	both := func(r *reader) []*ear {
		t.Helper()
		return []*ear{listen(r, "/queue/stream"), listen(r, "/api/v1/events")}
	}

	psych := s.as("childpsych")
	streams := both(psych)
	psych.open("/queue").submit(psych, "form[action='/sign-out']", nil).wantStatus(303) // In another tab.
	ends("signed out", streams...)

	psych, phone := s.as("childpsych"), s.as("childpsych")
	streams = both(phone)
	psych.open("/account").submit(psych, "form[action='/account/sessions/end']", nil).wantStatus(303)
	ends("ended from another device", streams...)

	phone = s.as("childpsych")
	streams = both(phone)
	psych.open("/account").submit(psych, "form[action='/account/password']", url.Values{"password": {password}, "new_password": {another}}).wantStatus(303)
	ends("another password", streams...)

	token := func() *reader {
		t.Helper()
		secret, err := s.service.CreateToken(t.Context(), consult.System, consult.TokenOrder{Person: "youthpsych", Scopes: []consult.TokenScope{consult.ScopeRead}})
		s.check(err)
		r := s.visitor()
		r.header.Set("Authorization", "Bearer "+secret)
		return r
	}
	program := token()
	stream := listen(program, "/api/v1/events")
	admin.open("/people/youthpsych").submit(admin, "form[action*='/tokens/']", nil).wantStatus(303)
	ends("a token that was revoked", stream)
	program.get("/api/v1/events").wantStatus(http.StatusUnauthorized)

	youth := s.as("youthpsych")
	program = token()
	streams = append(both(youth), listen(program, "/api/v1/events"))
	admin.open("/people/youthpsych").submit(admin, "form[action$='/disable']", nil).wantStatus(303)
	ends("disabled", streams...)
	admin.open("/people/youthpsych").submit(admin, "form[action$='/enable']", nil).wantStatus(303)
	program.get("/api/v1/events").wantStatus(http.StatusUnauthorized) // For good.
	youth.get("/queue").wantStatus(303)
}
