package ui_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestSignInsAreLogged: whoever looks after the server sees who signs in and out, how and from where, and who fails to; what was typed is
// not among it, for it may be a password.
func TestSignInsAreLogged(t *testing.T) {
	s := newSite(t, nil)
	r := s.visitor()
	enter := func(name, password string) *page {
		return r.get("/sign-in").submit(r, "#sign-in", url.Values{"name": {name}, "password": {password}})
	}
	enter("nurse", "not the bridge for all").wantStatus(422)
	enter("my own secret phrase", "x").wantStatus(422)
	enter("nurse", password).wantStatus(303)
	r.post("/sign-out", url.Values{}).wantStatus(303)
	for range 9 {
		enter("midwife", "guess")
	}
	log := s.logs.String()
	for _, want := range []string{
		`"msg":"sign-in was wrong","person":"nurse","by":"password","from":"127.0.0.1"`,
		`"msg":"sign-in was wrong","person":"","by":"password"`,
		`"msg":"signed in","person":"nurse","by":"password","from":"127.0.0.1"`,
		`"msg":"signed out","person":"nurse"`,
		`"level":"WARN","msg":"sign-in has to wait"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	for _, typed := range []string{"not the bridge", "secret phrase", "guess", password} {
		if strings.Contains(log, typed) {
			t.Errorf("the log holds %q", typed)
		}
	}
}
