package templates_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"silta/consult"
)

// spokenName is what a screen reader calls a link or a control that is named by its text.
func spokenName(s *goquery.Selection) string {
	if label, ok := s.Attr("aria-label"); ok {
		return label
	}
	var text strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "aria-hidden" && a.Val == "true" || a.Key == "hidden" {
				return
			}
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	for _, n := range s.Nodes {
		walk(n)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// Who hears the list of a page's links, buttons or disclosures can tell them apart: those of one name do one thing.
func TestNames(t *testing.T) {
	for _, s := range samples {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, consult.Finnish, s)))
		if err != nil {
			t.Fatal(err)
		}
		does := map[string]string{}
		doc.Find("main a[href], main button, main summary").Each(func(i int, e *goquery.Selection) {
			if e.Closest("template, noscript, [hidden], .no-script").Length() > 0 {
				return
			}
			kind, what := goquery.NodeName(e), ""
			switch kind {
			case "a":
				what, _ = e.Attr("href")
			case "button":
				action, _ := e.Closest("form").Attr("action")
				own, _ := e.Attr("formaction")
				what = action + " " + own
			case "summary":
				what, _ = goquery.OuterHtml(e.Parent())
			}
			name := kind + " " + spokenName(e)
			if other, ok := does[name]; ok && other != what {
				t.Errorf("%s: %q does both %.80s and %.80s", s.name, name, other, what)
			}
			does[name] = what
		})
	}
}
