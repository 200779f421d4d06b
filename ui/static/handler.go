package static

import (
	"net/http"
	"strconv"
	"strings"
)

// Handler serves the files under [Prefix], to be cached for ever. What it does not have is a plain 404 that is not
// to be cached.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	f := files().byURL[r.URL.Path]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	content := f.plain
	if len(f.packed) > 0 {
		h.Set("Vary", "Accept-Encoding")
		for _, p := range f.packed {
			if accepts(r.Header.Get("Accept-Encoding"), p.encoding) {
				h.Set("Content-Encoding", p.encoding)
				content = p.content()
				break
			}
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(content)
	}
}

// accepts reads an Accept-Encoding header: the encoding, or else *, with a weight other than 0.
func accepts(header, encoding string) bool {
	others := false
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != encoding && coding != "*" {
			continue
		}
		weight, err := 1.0, error(nil)
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			weight, err = strconv.ParseFloat(q, 64)
		}
		wanted := err == nil && weight > 0
		if coding == encoding {
			return wanted
		}
		others = wanted
	}
	return others
}
