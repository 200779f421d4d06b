package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"
)

// TestLeavingAPool follows somebody whom claims made a member of a pool and make one no more, through the real server with its NATS: what
// is open in a browser and a program's stream of events stop telling of that pool's requests at once, and go on with what is theirs.
func TestLeavingAPool(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Shutdown() }()
	i := install(t)
	i.configure(fmt.Sprintf(`
sign-in:
  providers:
    - id: county
      name: {fi: Tunnus, sv: Konto, en: Account}
      issuer: %s
      client-id: %s
      client-secret-file: %s
      scopes: [profile, email, groups]
      claims: {name: preferred_username}
      roles: [{claim: groups, value: specialists, role: specialist}]
      pools:
        - {claim: groups, value: child, pool: child-psychiatry}
        - {claim: groups, value: youth, pool: youth-psychiatry}
      create: true
`, m.Issuer(), m.ClientID, i.write("county.secret", m.ClientSecret)))
	stop := i.serve()
	i.silta(0, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "requester", "--profession", "school-nurse", "--municipality", "Tampere")
	nurse := lastField(i.silta(0, "token", "create", "nurse1", "--note", "test"))
	sends := func(age int) {
		t.Helper()
		body := strings.Replace(submission, `"age":9`, fmt.Sprintf(`"age":%d`, age), 1)
		if status := i.call(http.MethodPost, "/api/v1/consultations", nurse, body); status != http.StatusCreated {
			t.Fatalf("a request: %d", status)
		}
	}
	enters := func(groups ...string) *http.Client {
		t.Helper()
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		m.QueueUser(&mockoidc.MockUser{Subject: "sub-1", PreferredUsername: "guest", Email: "guest@county.example", Groups: append(groups, "specialists")})
		browser := &http.Client{Jar: jar}
		res, err := browser.Get("http://" + i.address + "/sign-in/with/county?next=" + url.QueryEscape("/queue"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || res.Request.URL.Path != "/queue" {
			t.Fatalf("%s: %s", res.Request.URL.Path, res.Status)
		}
		return browser
	}
	browser := enters("child")
	program := lastField(i.silta(0, "token", "create", "guest", "--note", "test"))
	// hears returns the next line of a stream that tells of a request by its reference.
	hears := func(get func(*http.Request) (*http.Response, error), path, secret string) func() string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+i.address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if secret != "" {
			req.Header.Set("Authorization", "Bearer "+secret)
		}
		res, err := get(req)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v", path, err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		lines := bufio.NewScanner(res.Body)
		if !lines.Scan() {
			t.Fatalf("%s ends at once", path)
		}
		return func() string {
			for lines.Scan() {
				if strings.HasPrefix(lines.Text(), "data:") && strings.Contains(lines.Text(), "S-20") {
					return lines.Text()
				}
			}
			return "the end"
		}
	}
	streams := map[string]func() string{
		"the queue": hears(browser.Do, "/queue/stream", ""), "the events": hears(http.DefaultClient.Do, "/api/v1/events", program),
	}
	want := func(number string) {
		t.Helper()
		for name, next := range streams {
			if line := next(); !strings.Contains(line, number) {
				t.Errorf("%s: told %s instead of %s", name, line, number)
			}
		}
	}
	sends(15)
	sends(9)
	want("-0002")
	enters("youth")
	sends(9)
	sends(9)
	sends(15)
	want("-0005") // And not of the two in between.
	res, err := browser.Get("http://" + i.address + "/queue")
	if err != nil {
		t.Fatal(err)
	}
	page := new(strings.Builder)
	_, err = bufio.NewReader(res.Body).WriteTo(page)
	_ = res.Body.Close()
	if err != nil || strings.Contains(page.String(), "-0002") || !strings.Contains(page.String(), "-0001") {
		t.Errorf("the queue still has the other pool's, or not its own: %v", err)
	}
	stop()
}

// TestClaimsOfNoPool: a new server does not start with claims that make people members of a pool that its rules do not have.
func TestClaimsOfNoPool(t *testing.T) {
	i := install(t)
	before, err := os.ReadFile(i.file)
	if err != nil {
		t.Fatal(err)
	}
	i.configure(`
sign-in:
  providers:
    - id: county
      name: {fi: Tunnus, sv: Konto, en: Account}
      issuer: https://login.example.fi
      client-id: silta
      pools:
        - {claim: groups, value: child, pool: child-psychiatri}
`)
	line := strings.Count(string(before), "\n") + 9
	want := fmt.Sprintf("silta.yaml:%d:47: error: there is no pool child-psychiatri: the nearest known name is child-psychiatry", line)
	if out := i.silta(2, "serve"); !strings.Contains(out, want) {
		t.Errorf("says %s, and not %s", out, want)
	}
}
