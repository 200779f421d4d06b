package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"silta/ui/static"
)

func get(t *testing.T, url, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestFilesAreServedForEver(t *testing.T) {
	for _, c := range []struct{ name, contentType, contains string }{
		{"app.css", "text/css; charset=utf-8", static.URL("sans.woff2")}, {"office.css", "text/css; charset=utf-8", ".finding"},
		{"app.js", "text/javascript; charset=utf-8", "hx-sse:connect"},
		{"sans.woff2", "font/woff2", "wOF2"},
		{"sans-ext.woff2", "font/woff2", "wOF2"},
		{"icon.svg", "image/svg+xml", "<svg"},
	} {
		for _, encoding := range []string{"", "gzip, br", "gzip", "gzip;q=0", "br;q=0, *;q=0", "identity", "*"} {
			resp := get(t, static.URL(c.name), encoding)
			body := resp.Body
			switch got := resp.Header.Get("Content-Encoding"); got {
			case "br":
				if encoding != "gzip, br" && encoding != "*" {
					t.Errorf("%s: %s for %q", c.name, got, encoding)
				}
				body = io.NopCloser(brotli.NewReader(body))
			case "gzip":
				if encoding != "gzip" {
					t.Errorf("%s: %s for %q", c.name, got, encoding)
				}
				z, err := gzip.NewReader(body)
				if err != nil {
					t.Fatal(err)
				}
				body = z
			}
			text, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != c.contentType || !strings.Contains(string(text), c.contains) {
				t.Errorf("%s: %d %s, %d bytes", c.name, resp.StatusCode, resp.Header.Get("Content-Type"), len(text))
			}
			if got := resp.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
				t.Errorf("%s: Cache-Control %q", c.name, got)
			}
		}
	}
}

func TestStyleSheetNamesOnlyItsOwnFiles(t *testing.T) {
	css, err := io.ReadAll(get(t, static.URL("app.css"), "").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"asset:", "@import", "http:", "https:", "/*"} {
		if strings.Contains(string(css), bad) {
			t.Errorf("the style sheet holds %q", bad)
		}
	}
}

func TestUnknownFiles(t *testing.T) {
	for _, url := range []string{"/static/", "/static/app.css", "/static/../static.go", static.URL("nothing.css")} {
		resp := get(t, url, "gzip")
		if resp.StatusCode != http.StatusNotFound || strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %q", url, resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
}

func TestOnlyReading(t *testing.T) {
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, static.URL("app.css"), nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST gives %d", w.Code)
	}
	w = httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodHead, static.URL("app.css"), nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD gives %d with %d bytes", w.Code, w.Body.Len())
	}
}

// The checked-in tokens are those that the generator makes of the vendored ones and of the present style sheets.
func TestTokensAreFresh(t *testing.T) {
	out := filepath.Join(t.TempDir(), "tokens.css")
	if text, err := exec.Command("go", "run", "./internal/gentokens", "-out", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error(`css/tokens.css is stale; run "go generate ./ui/static"`)
	}
}

func TestIcons(t *testing.T) {
	for _, name := range static.Icons() {
		if drawing := static.Icon(name); !strings.HasPrefix(drawing, "<") || strings.Contains(drawing, "svg") {
			t.Errorf("%s is drawn as %q", name, drawing)
		}
	}
	if static.Icon("nothing") != "" {
		t.Error("an unknown icon has a drawing")
	}
}
