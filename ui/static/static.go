// Package static holds what a page needs beside its HTML: one of two style sheets, one script and for some pages another, the typeface and
// the icons, all inside the binary.
//
// Every file is served under a name that carries the hash of its content, so it may be cached for ever; a new
// version of the program uses new names. What shrinks is compressed once, when it is first asked for.
//
// # What to know about htmx 4
//
// The script is htmx 4.0.1 with its extension hx-sse, followed by our own app.js, which go generate makes small. It is not htmx 2:
//
//   - Configuration comes from <meta name="htmx-config">, see [HTMXConfig]. includeIndicatorCSS must be false, otherwise
//     it adopts a style sheet of its own. Without hx-on, trigger filters in brackets, "js:" values and "js:" confirmations
//     nothing is ever evaluated, so that script-src 'self' suffices; pages must not use those.
//   - Attributes are not inherited, unless they are written with :inherited.
//   - By itself it swaps every status except 204 and 304 in, 4xx and 5xx too. Our configuration leaves those out: a page is never
//     replaced by an error. An answer's headers still work, so a list that asks for itself when the session is over is answered with 204
//     and "HX-Redirect: /sign-in", and a form with 401. A redirect by status would be followed, and its page swapped in.
//   - hx-swap="innerMorph" and "outerMorph" keep focus, typed text and scroll. Elements are matched by id first, so a list
//     whose rows have stable ids is moved about rather than rebuilt.
//   - hx-sse:connect="URL" opens a stream by fetch (with Accept: text/html, text/event-stream) when the element is loaded,
//     reconnects with Last-Event-ID, and pauses while the tab is in the background. An event without a name is HTML that is
//     swapped into the element; an event with a name becomes a DOM event of that name on the element, which other elements
//     hear by hx-trigger="NAME from:#id". The time-out is for connecting only; that a connection has fallen silent app.js notices.
//   - A non-GET request of any element sends the form around it; hx-target, hx-swap and hx-sync="this:replace" do the rest.
//   - Parts of an answer marked hx-swap-oob="outerMorph" are swapped where their id stands in the page.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:generate go run ./internal/gentokens
//go:generate go run ./internal/geneditor
//go:generate go tool esbuild js/app.js js/passkey.js --minify --target=es2022 --charset=utf8 --outdir=js --out-extension:.js=.min.js --log-level=warning

//go:embed css/*.css js/*.min.js vendor/htmx/*.js vendor/codemirror/*.js vendor/source-sans-3/*.woff2 vendor/tabler-icons/*.svg images/*.svg
var source embed.FS

// Prefix is the path under which [Handler] expects its requests.
const Prefix = "/static/"

// HTMXConfig is the content of the page's meta element "htmx-config".
const HTMXConfig = `{"includeIndicatorCSS":false,"history":false,"noSwap":[204,304,"4xx","5xx"],"extensions":"sse","sse":{"connectTimeout":10000,"reconnectMaxDelay":15000}}`

// The names that pages know, and the sources that each is made of, in order.
var bundles = []struct {
	name  string
	parts []string
}{
	{"sans.woff2", []string{"vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"}},
	{"sans-ext.woff2", []string{"vendor/source-sans-3/source-sans-3-latin-ext-wght-normal.woff2"}},
	{"icon.svg", []string{"images/icon.svg"}},
	// A page needs one of the two.
	{"app.css", styles()},
	{"office.css", styles("css/account.css", "css/pool.css", "css/office.css", "css/rules.css")},
	{"app.js", []string{"vendor/htmx/htmx.min.js", "vendor/htmx/hx-sse.min.js", "js/app.min.js"}},
	{"passkey.js", []string{"js/passkey.min.js"}},
	{"editor.js", []string{"vendor/codemirror/editor.min.js"}},
}

// styles are the parts of a style sheet, with some that it alone has.
func styles(more ...string) []string {
	parts := []string{
		"css/tokens.css", "css/theme.css", "css/base.css", "css/layout.css", "css/form.css", "css/parts.css", "css/request.css",
	}
	return append(append(parts, more...), "css/print.css")
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml",
}

// file is one file as it is served.
type file struct {
	url         string
	contentType string
	plain       []byte
	// packed are its forms by encoding, the smallest first; none for a typeface, which is packed already.
	packed []packed
}

// packed is a file in one encoding of HTTP. It is made when it is asked for first.
type packed struct {
	encoding string
	content  func() []byte
}

type set struct {
	byName map[string]*file
	byURL  map[string]*file
	icons  map[string]string
}

// files is made of embedded data alone, so it can only fail in a broken build, which the tests notice.
var files = sync.OnceValue(func() *set {
	s := &set{byName: map[string]*file{}, byURL: map[string]*file{}, icons: readIcons()}
	for _, b := range bundles {
		var content []byte
		for _, part := range b.parts {
			data, err := source.ReadFile(part)
			if err != nil {
				panic(err)
			}
			content = append(append(content, data...), '\n')
		}
		ext := path.Ext(b.name)
		switch ext {
		case ".css":
			content = compact(s.resolve(content))
		case ".woff2":
			content = content[:len(content)-1]
		}
		s.add(b.name, ext, content)
	}
	return s
})

func (s *set) add(name, ext string, content []byte) {
	sum := sha256.Sum256(content)
	f := &file{
		url:         Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext,
		contentType: contentTypes[ext],
		plain:       content,
	}
	if ext != ".woff2" {
		f.packed = []packed{
			{"br", sync.OnceValue(func() []byte {
				return squeeze(content, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) })
			})},
			{"gzip", sync.OnceValue(func() []byte {
				return squeeze(content, func(w io.Writer) io.WriteCloser {
					z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails for a level that there is not
					return z
				})
			})},
		}
	}
	s.byName[name], s.byURL[f.url] = f, f
}

// URL returns the path of a file by the name that pages know it by, such as "app.css". An unknown name is a
// mistake in a template: the path then leads to a 404, and a test fails.
func URL(name string) string {
	if f := files().byName[name]; f != nil {
		return f.url
	}
	return Prefix + "unknown/" + name
}

var (
	assetURL = regexp.MustCompile(`asset:([a-z0-9.-]+)`)
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	blank    = regexp.MustCompile(`\s+`)
	// needless are the blanks of a style sheet around what separates its parts, and after the colons of its declarations.
	needless = regexp.MustCompile(` ?([{};,>]) |([a-z]:) `)
)

// resolve replaces "asset:NAME" in a style sheet by the path of a file that was added before.
func (s *set) resolve(css []byte) []byte {
	return assetURL.ReplaceAllFunc(css, func(m []byte) []byte {
		f := s.byName[strings.TrimPrefix(string(m), "asset:")]
		if f == nil {
			panic(fmt.Sprintf("style sheet names an unknown file: %s", m))
		}
		return []byte(f.url)
	})
}

// compact drops comments and needless blanks; the rest is left to the compression.
func compact(css []byte) []byte {
	css = blank.ReplaceAll(comment.ReplaceAll(css, nil), []byte(" "))
	return bytes.TrimSpace(bytes.ReplaceAll(needless.ReplaceAll(css, []byte("$1$2")), []byte(";}"), []byte("}")))
}

// squeeze compresses into memory, which does not fail.
func squeeze(content []byte, to func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	w := to(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}
