package session_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"silta/ui/session"
)

func open(t *testing.T, path string) *session.Store {
	t.Helper()
	s, err := session.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// browser is a site of four pages and a browser that keeps its cookie.
type browser struct {
	t      *testing.T
	m      *session.Manager
	site   *echo.Echo
	cookie *http.Cookie
}

func newBrowser(t *testing.T, s *session.Store, secure bool) *browser {
	return browserOf(t, session.Options{Store: s, Secure: secure, Idle: 30 * time.Minute, Lifetime: 2 * time.Hour})
}

func browserOf(t *testing.T, o session.Options) *browser {
	m := session.New(o)
	e := echo.New()
	e.Use(m.Middleware(
		func(c echo.Context) bool { return c.Path() == "/live" },
		func(_ echo.Context, err error) { t.Error(err) },
	))
	who := func(c echo.Context) error { return c.String(200, m.Person(c.Request().Context())) }
	e.GET("/", who)
	e.GET("/live", who)
	e.POST("/in", func(c echo.Context) error {
		if err := m.SignIn(c.Request().Context(), session.SignedIn{Person: "nurse", Stamp: "1", Method: session.ByPassword}); err != nil {
			return err
		}
		return c.NoContent(204)
	})
	e.POST("/out", func(c echo.Context) error {
		if err := m.SignOut(c.Request().Context()); err != nil {
			return err
		}
		return c.NoContent(204)
	})
	e.POST("/say", func(c echo.Context) error {
		m.Flash(c.Request().Context(), session.Flash{Kind: "ok", Key: "done", Args: map[string]string{"ref": "S-1"}})
		return c.NoContent(204)
	})
	e.GET("/said", func(c echo.Context) error { return c.JSON(200, m.TakeFlashes(c.Request().Context())) })
	return &browser{t: t, m: m, site: e}
}

func (b *browser) do(method, path string) string {
	b.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	if w.Code >= 400 {
		b.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	for _, c := range w.Result().Cookies() {
		b.cookie = c
		if c.MaxAge < 0 {
			b.cookie = nil
		}
	}
	return strings.TrimSpace(w.Body.String())
}

func TestSessionLasts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		b := newBrowser(t, s, false)
		if b.do("GET", "/"); b.cookie != nil {
			t.Error("a visitor who only looks gets a cookie")
		}
		b.do("POST", "/in")
		if got := b.do("GET", "/"); got != "nurse" {
			t.Fatalf("signed in as %q", got)
		}
		// A restart.
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, path)
		cookie := b.cookie
		b = newBrowser(t, s, false)
		b.cookie = cookie
		if got := b.do("GET", "/"); got != "nurse" {
			t.Errorf("after a restart: %q", got)
		}
		// Use keeps it alive, up to its lifetime.
		for range 5 {
			time.Sleep(20 * time.Minute)
			if got := b.do("GET", "/"); got != "nurse" {
				t.Errorf("in use: %q", got)
			}
		}
		time.Sleep(21 * time.Minute)
		if got := b.do("GET", "/"); got != "" {
			t.Errorf("two hours later: %q", got)
		}
		// The store cleans every hour by itself.
		if n, err := s.Clean(); err != nil || n != 0 {
			t.Errorf("%d expired sessions were left, %v", n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestIdleSessionEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		b := newBrowser(t, s, false)
		b.do("POST", "/in")
		for range 2 {
			time.Sleep(14 * time.Minute)
			if got := b.do("GET", "/live"); got != "nurse" {
				t.Errorf("live: %q", got)
			}
		}
		time.Sleep(3 * time.Minute)
		if got := b.do("GET", "/"); got != "" {
			t.Error("what the page fetches by itself kept the session alive")
		}
		if n, err := s.Clean(); err != nil || n != 1 {
			t.Errorf("cleaned %d, %v", n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// However short the idle time is, a session that is used does not end by it.
func TestShortIdleTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		b := browserOf(t, session.Options{Store: s, Idle: time.Minute, Lifetime: time.Hour})
		b.do("POST", "/in")
		for range 20 {
			time.Sleep(25 * time.Second)
			if got := b.do("GET", "/"); got != "nurse" {
				t.Error("it ended while it was used")
				break
			}
		}
		time.Sleep(time.Minute)
		if got := b.do("GET", "/"); got != "" {
			t.Error("it did not end")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSmallMovesAreNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		b := newBrowser(t, s, false)
		b.do("POST", "/in")
		content := func() []byte {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		before := content()
		time.Sleep(50 * time.Second)
		b.do("GET", "/")
		if !bytes.Equal(before, content()) {
			t.Error("a move of 50 s was written")
		}
		time.Sleep(20 * time.Second)
		b.do("GET", "/")
		if bytes.Equal(before, content()) {
			t.Error("a move of 70 s was not written")
		}
		if bytes.Contains(content(), []byte(b.cookie.Value)) {
			t.Error("the token is in the file")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSignInRenewsAndSignOutEnds(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "sessions.db"))
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := newBrowser(t, s, false)
	b.do("POST", "/say")
	planted := b.cookie
	b.do("POST", "/in")
	if b.cookie.Value == planted.Value {
		t.Fatal("the token from before the sign-in stays")
	}
	thief := newBrowser(t, s, false)
	thief.cookie = planted
	if got := thief.do("GET", "/"); got != "" {
		t.Errorf("the old token is signed in as %q", got)
	}
	token := b.cookie
	b.do("POST", "/out")
	if b.cookie != nil {
		t.Error("the cookie stays after signing out")
	}
	thief.cookie = token
	if got := thief.do("GET", "/"); got != "" {
		t.Errorf("a signed-out token is signed in as %q", got)
	}
	// A request that was under way during the sign-out writes its session back.
	if err := s.Commit(token.Value, []byte(`{"values":{"person":"nurse"}}`), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Find(token.Value); found || err != nil {
		t.Errorf("a session came back after its end: %v", err)
	}
}

func TestFlash(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "sessions.db"))
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := newBrowser(t, s, false)
	b.do("POST", "/say")
	b.do("POST", "/say")
	one := `{"kind":"ok","key":"done","args":{"ref":"S-1"}}`
	if got := b.do("GET", "/said"); got != "["+one+","+one+"]" {
		t.Errorf("said %s", got)
	}
	if got := b.do("GET", "/said"); got != "null" {
		t.Errorf("said again: %s", got)
	}
}

func TestCookie(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "sessions.db"))
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, secure := range map[string]bool{"silta": false, "__Host-silta": true} {
		b := newBrowser(t, s, secure)
		b.do("POST", "/in")
		c := b.cookie
		if c.Name != name || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
			t.Errorf("secure %v: %s", secure, c)
		}
	}
	if _, err := session.Open(t.TempDir()); err == nil {
		t.Error("a directory can be opened")
	}
}
