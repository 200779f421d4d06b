package ui_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/limit"
)

// TestHeadersEverywhere: every answer of every address, refusals included, has the security headers, and a policy without exceptions.
func TestHeadersEverywhere(t *testing.T) {
	s, names := wholeSite(t)
	admin, visitor := s.as("admin"), s.visitor()
	for _, name := range append(names, "GET /no/such/page", "DELETE /requests", "GET /api/none") {
		method, path, _ := strings.Cut(name, " ")
		for who, r := range map[string]*reader{"admin": admin, "visitor": visitor} {
			if path == "/sign-out" {
				r = s.visitor()
			}
			req, err := http.NewRequestWithContext(t.Context(), method, s.http.URL+strings.NewReplacer(":id", "none", ":number", "1", ":token", "x", "*", "x").Replace(path), nil)
			s.check(err)
			res, err := r.http.Do(req)
			s.check(err)
			_ = res.Body.Close()
			h := res.Header
			csp := h.Get("Content-Security-Policy")
			if !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
				t.Errorf("%s as %s (%d): %v", name, who, res.StatusCode, h)
			}
			if !strings.HasPrefix(path, "/static/") && !strings.Contains(h.Get("Cache-Control"), "no-store") {
				t.Errorf("%s as %s (%d) may be kept: %q", name, who, res.StatusCode, h.Get("Cache-Control"))
			}
			for _, c := range res.Cookies() {
				if !c.HttpOnly || c.SameSite == http.SameSiteNoneMode || c.SameSite == http.SameSiteDefaultMode {
					t.Errorf("%s as %s: cookie %s", name, who, c)
				}
			}
		}
	}
}

// TestCookiesOfHTTPS: a site of https says so for good, and its cookies are bound to it.
func TestCookiesOfHTTPS(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.PublicURL, o.Hosts = "https://silta.example", []string{"*"} })
	p := s.visitor().post("/sign-in", url.Values{"name": {"nurse"}, "password": {password}}).wantStatus(303)
	if h := p.header.Get("Strict-Transport-Security"); h != "max-age=63072000; includeSubDomains" {
		t.Errorf("HSTS is %q", h)
	}
	for _, c := range (&http.Response{Header: p.header}).Cookies() {
		if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
	}
}

// TestLinksAreOurs: whatever name the site is called by, no link and no redirect leads there.
func TestLinksAreOurs(t *testing.T) {
	box := newLetters()
	s := newSite(t, func(o *ui.Options) { o.Letters, o.Hosts = box, []string{"*"} })
	s.addresses()
	for _, path := range []string{"/sign-in", "/requests", "/sign-in/forgot", "/"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.http.URL+path, nil)
		s.check(err)
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		req.Header.Set("Forwarded", "host=evil.example")
		res, err := s.visitor().http.Do(req)
		s.check(err)
		body, err := io.ReadAll(res.Body)
		s.check(err)
		_ = res.Body.Close()
		if strings.Contains(string(body), "evil.example") || strings.Contains(res.Header.Get("Location"), "evil.example") {
			t.Errorf("%s leads to whoever asks: %v", path, res.Header)
		}
	}
	r := s.visitor()
	r.header.Set("X-Forwarded-Host", "evil.example")
	r.post("/sign-in/forgot", url.Values{"name": {"nurse"}}).wantStatus(200)
	if l := box.next(t, "reset", "nurse"); !strings.HasPrefix(l.Path, "/invitation/") {
		t.Errorf("the mail leads to %s", l.Path)
	}
}

// TestSlowVisitors: a connection that does not say what it wants is closed, in time that the test lets pass by itself.
func TestSlowVisitors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		srv := ui.NewHTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), nil)
		one := &oneConn{conn: server, done: make(chan struct{})}
		go func() { _ = srv.Serve(one) }()
		began := time.Now()
		if _, err := client.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n")); err != nil {
			t.Fatal(err)
		}
		_, err := io.ReadAll(client)
		if waited := time.Since(began); err != nil || waited > time.Minute {
			t.Errorf("half a request was waited for %v: %v", waited, err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		_ = client.Close()
	})
}

// TestSlowReaders: who asks and does not read the answer is not waited for without end.
func TestSlowReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		done := make(chan error, 1)
		srv := ui.NewHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, 1<<20))
			done <- err
		}), nil)
		one := &oneConn{conn: server, done: make(chan struct{})}
		go func() { _ = srv.Serve(one) }()
		began := time.Now()
		if _, err := client.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err == nil || time.Since(began) > 5*time.Minute {
			t.Errorf("the answer was held for %v: %v", time.Since(began), err)
		}
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		_ = client.Close()
	})
}

// oneConn is a listener to which one comes.
type oneConn struct {
	conn net.Conn
	done chan struct{}
}

func (o *oneConn) Accept() (net.Conn, error) {
	if c := o.conn; c != nil {
		o.conn = nil
		return c, nil
	}
	<-o.done
	return nil, net.ErrClosed
}

func (o *oneConn) Close() error {
	select {
	case <-o.done:
	default:
		close(o.done)
	}
	return nil
}

func (o *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// TestAddressBehindProxies: an address that asks too often is refused. What a visitor says of where they come from counts for nothing,
// except where a named proxy has handed it on.
func TestAddressBehindProxies(t *testing.T) {
	_, here, err := net.ParseCIDR("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		trusted []*net.IPNet
		refused bool
	}{"unnamed": {nil, true}, "named": {[]*net.IPNet{here}, false}} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(o *ui.Options) {
				o.Limits, o.TrustedProxies = limit.New(limit.Options{Person: 1000, Address: 1, Streams: 9}), tc.trusted
			})
			refused := false
			for i := range 40 {
				r := s.visitor()
				r.header.Set("X-Forwarded-For", "192.0.2."+strconv.Itoa(i+1))
				p := r.get("/sign-in")
				refused = refused || p.status == http.StatusTooManyRequests && p.header.Get("Retry-After") != ""
			}
			if refused != tc.refused {
				t.Errorf("refused: %t", refused)
			}
		})
	}
}

// TestNobodyIsTold: whether there is somebody of a name is told neither by signing in nor by asking for a new password, to the byte.
func TestNobodyIsTold(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.Letters = newLetters() })
	s.addresses()
	s.update("midwife", func(p *consult.Person) { p.Disabled = true })
	answer := func(path, name string) string {
		p := s.visitor().post(path, url.Values{"name": {name}, "password": {"a wrong one"}})
		head := p.header.Clone()
		for _, own := range []string{"X-Request-Id", "Date", "Set-Cookie"} {
			head.Del(own)
		}
		return fmt.Sprint(p.status, head, strings.ReplaceAll(p.body, name, "NAME"))
	}
	for _, path := range []string{"/sign-in", "/sign-in/forgot"} {
		there := answer(path, "nurse")
		for _, other := range []string{"xurse", "midwife"} {
			if got := answer(path, other); got != there {
				t.Errorf("%s for %s:\n%s\nfor somebody:\n%s", path, other, got, there)
			}
		}
	}
}
