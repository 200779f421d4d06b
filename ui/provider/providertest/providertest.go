// Package providertest runs real providers of identities in tests: oidc-provider, the independent implementation for Node.js, at the
// versions that package-lock.json pins.
package providertest

import (
	"bufio"
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

//go:embed package.json package-lock.json server.mjs
var files embed.FS

// Options say what one provider is to be like.
type Options struct {
	// Client and Secret are what it knows the program by, Redirect where it sends browsers back to.
	Client   string `json:"client"`
	Secret   string `json:"secret"`
	Redirect string `json:"redirect"`
	// People are the claims of everybody, by the name that they sign in with there, which is their subject.
	People map[string]map[string]any `json:"people"`
	// TokenLife is how long ID tokens are good for, in seconds; 0: as long as the provider thinks right.
	TokenLife int `json:"tokenLife,omitempty"`
	// AllInToken puts all claims into the ID token. Otherwise it tells them at its userinfo endpoint, as the standard has it.
	AllInToken bool `json:"allInToken,omitempty"`
}

// Server is some providers.
type Server struct {
	dir string
}

// Install fetches the program. Without Node.js the test is skipped and says so, except under CI=true, where it fails.
func Install(t testing.TB) *Server {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			const text = "no node or npm on this machine: install Debian's package npm to run the tests with a real provider of identities"
			if os.Getenv("CI") == "true" {
				t.Fatal(text)
			}
			t.Skip(text)
		}
	}
	s := &Server{t.TempDir()}
	if err := os.CopyFS(s.dir, files); err != nil {
		t.Fatal(err)
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = s.dir
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return s
}

// Start runs providers for the length of the test, and returns where each of them answers.
func (s *Server) Start(t testing.TB, list ...Options) (issuers []string) {
	t.Helper()
	node := exec.Command("node", filepath.Join(s.dir, "server.mjs"))
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // It ends with its input.
		_ = node.Wait()
	})
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(append(data, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &issuers) != nil {
		t.Fatalf("the providers do not start: %q, %v", line, err)
	}
	return issuers
}

// Visitor is somebody's browser at a provider.
type Visitor struct {
	t    testing.TB
	http *http.Client
	// Asked is how often they were asked who they are.
	Asked int
}

// NewVisitor returns one that no provider knows.
func NewVisitor(t testing.TB) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Visitor{t: t, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// SignIn goes to an address of a provider, says there who they are where they are asked, agrees to all, and returns the address that the
// provider sends the browser back to.
func (v *Visitor) SignIn(address, name string) string {
	v.t.Helper()
	here, err := url.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	send := func(method, to string, form url.Values) *http.Response {
		v.t.Helper()
		var body io.Reader
		if form != nil {
			body = strings.NewReader(form.Encode())
		}
		req, err := http.NewRequestWithContext(v.t.Context(), method, to, body)
		if err != nil {
			v.t.Fatal(err)
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := v.http.Do(req)
		if err != nil {
			v.t.Fatal(err)
		}
		return res
	}
	const most = 20
	res := send(http.MethodGet, address, nil)
	for range most {
		if to := res.Header.Get("Location"); to != "" {
			_ = res.Body.Close()
			next, err := here.Parse(to)
			if err != nil {
				v.t.Fatal(err)
			}
			if next.Host != here.Host {
				return next.String()
			}
			here = next
			res = send(http.MethodGet, next.String(), nil)
			continue
		}
		doc, err := goquery.NewDocumentFromReader(res.Body)
		_ = res.Body.Close()
		form := doc.Find("form").First()
		if err != nil || form.Length() == 0 {
			v.t.Fatalf("%s: %d: %s, %v", here.Path, res.StatusCode, strings.Join(strings.Fields(doc.Text()), " "), err)
		}
		values := url.Values{"prompt": {form.Find("[name=prompt]").AttrOr("value", "")}}
		if values.Get("prompt") == "login" {
			v.Asked++
			values.Set("login", name)
			values.Set("password", "any")
		}
		next, err := here.Parse(form.AttrOr("action", ""))
		if err != nil {
			v.t.Fatal(err)
		}
		here = next
		res = send(http.MethodPost, next.String(), values)
	}
	v.t.Fatalf("%s leads in a circle", address)
	return ""
}
