package templates

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever the path, the language links stay on this host and ask for the language.
func FuzzLangURL(f *testing.F) {
	for _, path := range []string{"/queue?pool=a", "//evil.example", `/\evil.example`, "/\t/evil.example", "?", "/?%zz", "/a?lang=fi&lang=en"} {
		f.Add(path)
	}
	base, err := url.Parse("https://silta.example/requests/new")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		link := Page{Path: path}.langURL("sv")
		if len(link) < 2 || link[0] != '/' || strings.ContainsAny(link[:2], `\`) || link[1] == '/' {
			t.Fatalf("%q leads to %q", path, link)
		}
		u, err := base.Parse(link)
		if err != nil {
			return // A link that cannot be read leads nowhere.
		}
		if u.Host != base.Host || u.Query().Get("lang") != "sv" {
			t.Errorf("%q leads to %q", path, link)
		}
	})
}
