package templates_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"silta/consult"
)

// number is the part of a field's name that counts rows of a form.
var number = regexp.MustCompile(`\.(\d+|#)\.`)

// Every field of the pages that somebody can type into stands in ui/testdata/fields.txt, which says where what is typed there may be found, and
// none is of a form whose fields become an address, which logs of other programs keep.
func TestFields(t *testing.T) {
	table, err := os.ReadFile("../testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ path, field string }
	rows := map[row]bool{}
	for line := range strings.Lines(string(table)) {
		if f := strings.Fields(line); len(f) == 4 && f[0] == "POST" && !strings.HasPrefix(f[1], "/api/") {
			rows[row{f[1], f[2]}] = false
		}
	}
	for _, s := range samples {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, consult.English, s)))
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("input[name],textarea[name]").Each(func(_ int, in *goquery.Selection) {
			switch kind, _ := in.Attr("type"); kind {
			case "hidden", "radio", "checkbox":
				return
			}
			name, _ := in.Attr("name")
			form := in.Closest("form")
			if id, ok := in.Attr("form"); ok {
				form = doc.Find("#" + id)
			}
			action, _ := form.Attr("action")
			if method, _ := form.Attr("method"); method != "post" {
				t.Errorf("%s: what is typed into %s comes into the address of %s", s.name, name, action)
				return
			}
			name, found := number.ReplaceAllString(name, ".N."), false
			for r := range rows {
				if r.field == name && leads(r.path, action) {
					rows[r], found = true, true
				}
			}
			if !found {
				t.Errorf("%s: where does what is typed into %s of %s go? Say so in ui/testdata/fields.txt.", s.name, name, action)
			}
		})
	}
	for r, shown := range rows {
		if !shown {
			t.Errorf("ui/testdata/fields.txt: no page has a field %s of %s", r.field, r.path)
		}
	}
}

// leads reports whether an address is one of a path with parts that differ.
func leads(path, address string) bool {
	parts, have := strings.Split(path, "/"), strings.Split(address, "/")
	if len(parts) != len(have) {
		return false
	}
	for i, p := range parts {
		if p != have[i] && !strings.HasPrefix(p, ":") {
			return false
		}
	}
	return true
}
