package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	oldPassword = "neljä sanaa ilman väliä"
	newPassword = "viisi aivan toista sanaa"
)

// signIn signs somebody in with a browser of their own, and returns it where that was right.
func (i *installation) signIn(id, password string) (*http.Client, bool) {
	i.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		i.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := browser.PostForm("http://"+i.address+"/sign-in", url.Values{"name": {id}, "password": {password}})
	if err != nil {
		i.t.Fatal(err)
	}
	_ = res.Body.Close()
	return browser, res.StatusCode == http.StatusSeeOther
}

// opens reports whether a browser that was signed in still is.
func (i *installation) opens(browser *http.Client) bool {
	i.t.Helper()
	res, err := browser.Get("http://" + i.address + "/requests")
	if err != nil {
		i.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// listen opens a stream of events, and returns a function that waits until the server ends it.
func (i *installation) listen(get func(*http.Request) (*http.Response, error), path, secret string) (ended func() error) {
	i.t.Helper()
	req, err := http.NewRequestWithContext(i.t.Context(), http.MethodGet, "http://"+i.address+path, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	res, err := get(req)
	if err != nil {
		i.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		i.t.Fatalf("%s: %s", path, res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() {
		i.t.Fatalf("%s ends at once", path)
	}
	return func() error {
		defer res.Body.Close()
		for lines.Scan() {
		}
		return lines.Err()
	}
}

// TestDisabledPersonIsOut: sessions, open pages and tokens of a person who is disabled end at once and for good, whether the server
// runs or not.
func TestDisabledPersonIsOut(t *testing.T) {
	i := install(t)
	stop := i.serve()
	add := func(id string) {
		i.typed(0, oldPassword+"\n", "user", "add", id, "--name", "Terveydenhoitaja "+id, "--role", "requester", "--profession", "school-nurse",
			"--municipality", "Tampere", "--password-stdin")
	}
	add("nurse1")
	add("nurse2")
	secret := lastField(i.silta(0, "token", "create", "nurse1", "--note", "test"))
	browser, ok := i.signIn("nurse1", oldPassword)
	if !ok || !i.opens(browser) {
		t.Fatal("nurse1 cannot sign in")
	}
	other, _ := i.signIn("nurse2", oldPassword)
	page, events := i.listen(browser.Do, "/requests/stream", ""), i.listen(client.Do, "/api/v1/events", secret)

	i.silta(0, "user", "disable", "nurse1")
	// The streams end by themselves, long before their next sign of life.
	if err := page(); err != nil {
		t.Errorf("an open page: %v", err)
	}
	if err := events(); err != nil {
		t.Errorf("a stream of events: %v", err)
	}
	if i.opens(browser) || i.call(http.MethodGet, "/api/v1/pools", secret, "") != http.StatusUnauthorized {
		t.Error("the session or the token still lets in")
	}
	if _, ok := i.signIn("nurse1", oldPassword); ok {
		t.Error("a disabled person can sign in")
	}
	var listed []struct {
		ID       string
		Disabled bool
		Roles    []string
	}
	list := func(flags ...string) string {
		out := i.silta(0, append([]string{"user", "list", "--json"}, flags...)...)
		listed = nil
		if err := json.Unmarshal([]byte(out), &listed); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := list(); len(listed) != 2 || !listed[0].Disabled || listed[1].Disabled || listed[0].Roles[0] != "requester" || strings.Contains(out, "argon2") {
		t.Errorf("listed: %s", out)
	}
	if list("--disabled"); len(listed) != 1 || listed[0].ID != "nurse1" {
		t.Errorf("who is disabled: %v", listed)
	}
	i.silta(2, "user", "list", "--role", "boss")
	if out := i.silta(0, "user", "list", "--role", "requester"); !strings.Contains(out, "nurse1  Terveydenhoitaja nurse1  requester  school-nurse, Tampere, disabled") {
		t.Errorf("listed:\n%s", out)
	}

	// Enabled again, on a stopped server, the person signs in anew; what had ended stays so.
	stop()
	i.silta(0, "user", "enable", "nurse1")
	i.silta(1, "user", "enable", "nobody")
	i.silta(1, "user", "disable", "nobody")
	defer i.serve()()
	if i.opens(browser) || i.call(http.MethodGet, "/api/v1/pools", secret, "") != http.StatusUnauthorized {
		t.Error("what had ended came back")
	}
	if again, ok := i.signIn("nurse1", oldPassword); !ok || !i.opens(again) {
		t.Error("who was enabled cannot sign in")
	}
	if !i.opens(other) {
		t.Error("somebody else's session ended")
	}
}

// TestPasswd: a new password ends the sessions that were begun with the old one.
func TestPasswd(t *testing.T) {
	i := install(t)
	stop := i.serve()
	i.typed(0, oldPassword, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "requester", "--profession", "school-nurse",
		"--municipality", "Tampere", "--password-stdin")
	browser, _ := i.signIn("nurse1", oldPassword)
	secret := lastField(i.silta(0, "token", "create", "nurse1", "--note", "test"))
	i.typed(0, newPassword+"\n", "user", "passwd", "nurse1", "--password-stdin")
	if i.opens(browser) {
		t.Error("a session outlives its password")
	}
	if _, ok := i.signIn("nurse1", oldPassword); ok {
		t.Error("the old password is good")
	}
	if _, ok := i.signIn("nurse1", newPassword); !ok {
		t.Error("the new password is not good")
	}
	if got := i.call(http.MethodGet, "/api/v1/pools", secret, ""); got != http.StatusOK {
		t.Errorf("the token: %d", got)
	}
	i.silta(2, "user", "passwd", "nurse1")
	i.typed(2, "\n", "user", "passwd", "nurse1", "--password-stdin")
	i.typed(1, newPassword, "user", "passwd", "nobody", "--password-stdin")
	i.refusesWeak()
	stop()
	i.refusesWeak()
	i.silta(0, "user", "passwd", "nurse1", "--none")
	defer i.serve()()
	if _, ok := i.signIn("nurse1", newPassword); ok {
		t.Error("who has no password signed in with one")
	}
}

// TestTokens: a token reaches as far as its scopes, is listed with its last use, and ends at once when it is revoked.
func TestTokens(t *testing.T) {
	i := install(t)
	stop := i.serve()
	for _, id := range []string{"nurse1", "nurse2"} {
		i.silta(0, "user", "add", id, "--name", "Terveydenhoitaja", "--role", "requester", "--profession", "school-nurse", "--municipality", "Tampere")
	}
	for _, wrong := range [][]string{{"--days", "-1"}, {"--days", "100000"}, {"--scope", "all"}, {"--note", " "}} {
		i.silta(2, append([]string{"token", "create", "nurse1", "--note", "x"}, wrong...)...)
	}
	if said := i.silta(1, "token", "create", "nobody", "--note", "x"); !strings.Contains(said, "no such person") {
		t.Error(said)
	}
	reads := i.silta(0, "token", "create", "nurse1", "--note", "tilastot", "--scope", "read", "--days", "30")
	all := i.silta(0, "token", "create", "nurse2", "--note", "kaikki", "--days", "0")

	if got := i.call(http.MethodPost, "/api/v1/consultations", reads, submission); got != http.StatusForbidden {
		t.Errorf("a submission with a token that reads: %d", got)
	}
	if got := i.call(http.MethodGet, "/api/v1/consultations?box=mine", reads, ""); got != http.StatusOK {
		t.Errorf("reading: %d", got)
	}
	var listed []struct {
		ID, Person, Note string
		Scopes           []string
		Expires, Used    *time.Time
	}
	list := func(args ...string) {
		t.Helper()
		listed = nil
		if err := json.Unmarshal([]byte(i.silta(0, append([]string{"token", "list", "--json"}, args...)...)), &listed); err != nil {
			t.Fatal(err)
		}
	}
	if list("nurse1"); len(listed) != 1 || listed[0].Note != "tilastot" || listed[0].Scopes[0] != "read" || listed[0].Used == nil ||
		time.Until(*listed[0].Expires).Round(24*time.Hour) != 30*24*time.Hour {
		t.Fatalf("listed: %+v", listed)
	}
	id := listed[0].ID
	if list(); len(listed) != 2 {
		t.Errorf("everybody's: %+v", listed)
	}
	if out := i.silta(0, "token", "list", "nurse2"); !strings.Contains(out, "read,write,rules  ends never  used never  kaikki") || strings.Contains(out, all) {
		t.Errorf("listed: %s", out)
	}
	if said := i.silta(1, "token", "list", "nobody"); !strings.Contains(said, "no such person") {
		t.Error(said)
	}

	events := i.listen(client.Do, "/api/v1/events", reads)
	i.silta(1, "token", "revoke", "4f9d1c2b7a60")
	i.silta(1, "token", "revoke", id[:7])
	i.silta(0, "token", "revoke", id)
	if err := events(); err != nil {
		t.Errorf("a stream of events: %v", err)
	}
	if got := i.call(http.MethodGet, "/api/v1/pools", reads, ""); got != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", got)
	}
	i.silta(1, "token", "revoke", id)

	// The same on a stopped server, which also knows what was used.
	i.call(http.MethodGet, "/api/v1/pools", all, "")
	stop()
	if list(); len(listed) != 1 || listed[0].Used == nil {
		t.Fatalf("on a stopped server: %+v", listed)
	}
	i.silta(0, "token", "revoke", listed[0].ID[:8])
	defer i.serve()()
	if got := i.call(http.MethodGet, "/api/v1/pools", all, ""); got != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", got)
	}
}

// TestInvite: the link of an invitation lets its person choose a password, once, and a new one ends it.
func TestInvite(t *testing.T) {
	i := install(t)
	stop := i.serve()
	i.silta(0, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "requester", "--profession", "school-nurse", "--municipality", "Tampere")
	first := i.silta(0, "user", "invite", "nurse1")
	if !strings.HasPrefix(first, "http://"+i.address+"/invitation/nurse1.") || strings.ContainsAny(first, " \n") {
		t.Fatalf("printed %q", first)
	}
	stop()
	var second struct {
		Link  string
		Until time.Time
	}
	if err := json.Unmarshal([]byte(i.silta(0, "user", "invite", "nurse1", "--json")), &second); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(second.Until); left < 6*24*time.Hour || left > 8*24*time.Hour {
		t.Errorf("good for %v", left)
	}
	i.silta(1, "user", "invite", "nobody")
	defer i.serve()()
	choose := func(link string) int {
		t.Helper()
		browser := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := browser.PostForm(link, url.Values{"new_password": {newPassword}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := choose(first); got != http.StatusNotFound {
		t.Errorf("the link that another one has replaced: %d", got)
	}
	if got := choose(second.Link); got != http.StatusSeeOther {
		t.Errorf("the link: %d", got)
	}
	if got := choose(second.Link); got != http.StatusNotFound {
		t.Errorf("the link, again: %d", got)
	}
	if _, ok := i.signIn("nurse1", newPassword); !ok {
		t.Error("the chosen password is not good")
	}
	i.silta(0, "user", "disable", "nurse1")
	i.silta(1, "user", "invite", "nurse1")
}

// refusesWeak: what a person could not choose in the browser, nobody gives them here, and it is said why, in words.
func (i *installation) refusesWeak() {
	i.t.Helper()
	for password, why := range map[string]string{
		"viisi": "The password is too short. Write at least 15 characters.", "salasanasalasana1": "easily guessed",
		"terveydenhoitaja nurse1": "easily guessed", "iloveyou iloveyou": "Many people use this password",
	} {
		for _, args := range [][]string{
			{"user", "passwd", "nurse1", "--password-stdin"},
			{"user", "add", "nurse9", "--name", "Terveydenhoitaja nurse1", "--role", "auditor", "--password-stdin"},
		} {
			if out := i.typed(1, password, args...); !strings.Contains(out, why) || strings.Contains(out, password) {
				i.t.Errorf("%s with %q: %s", args[1], password, out)
			}
		}
	}
	if out := i.silta(0, "user", "list", "--json"); strings.Contains(out, "nurse9") {
		i.t.Error("somebody was added with a weak password")
	}
}
