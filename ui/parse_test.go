package ui

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"silta/consult"
)

func TestDay(t *testing.T) {
	for typed, want := range map[string]consult.Date{
		"21.11.2026": "2026-11-21", "1.2.2026": "2026-02-01", " 01. 02. 2026 ": "2026-02-01", "2026-11-21": "2026-11-21", "": "",
	} {
		if got := day(strings.TrimSpace(typed)); got != want {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	for _, typed := range []string{"31.2.2026", "21.11.26", "21.11.", "1.1.20261", "x", "21/11/2026", "..2026", "111.1.2026", "1.111.2026"} {
		if _, ok := day(typed).Time(); ok {
			t.Errorf("%q is a day", typed)
		}
	}
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"21.11.2026", "2026-11-21", "1.1.1", ".", "ä.ä.ääää"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		d := day(typed)
		if at, ok := d.Time(); ok && at.Format("2006-01-02") != string(d) {
			t.Errorf("%q is read as %q", typed, d)
		}
	})
}

// Wherever a link says to go on to, it is on this site.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/requests", "//evil.example", "/\\evil", "/%2f/evil", "/%2fevil.example/ ",
		"/a?b=c#d", "https://evil.example", "/\x00", "/ä ö", "/.//evil.example", "/a/..//evil.example", "/%0d%0aX:%20y", "/%09/evil.example"} {
		f.Add(s)
	}
	base, err := url.Parse("https://silta.example/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		path := localPath(next)
		to, err := base.Parse(path)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || !strings.HasPrefix(path, "/") ||
			strings.HasPrefix(path, "//") || strings.HasPrefix(to.Path, "//") || strings.ContainsAny(to.Path, "\\\r\n\t\x00") {
			t.Errorf("%q leads to %q (%v)", next, path, err)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("", int64(0))
	f.Add("zz.id", int64(1_793_600_000_000_000_000))
	f.Fuzz(func(t *testing.T, text string, at int64) {
		if c, kept := cursorOf(text); (c == consult.Cursor{}) != (kept == "") {
			t.Errorf("%q is read as %v, %q", text, c, kept)
		}
		last := consult.Cursor{At: time.Unix(0, at).UTC(), ID: "01a1fff5-eac1"}
		if c, _ := cursorOf(cursorText(last)); c != last {
			t.Errorf("%v comes back as %v", last, c)
		}
	})
}

// Whatever is posted is read: nothing panics, nothing grows, and what is shown again is what was typed.
func FuzzForm(f *testing.F) {
	f.Add("client.age=9&concerns=mood&instruments.0.name=SDQ&instruments.0.score=x&question=a%0D%0Ab")
	f.Add("instruments.-1.name=a&instruments.01.name=b&instruments.99999999999999999999.name=c&plan.3.what=d&client.identified=true")
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		form := formValues(values)
		typed, r, wrong := readRequest(form)
		if len(r.Instruments) > maxRows || len(r.Instruments) != len(typed.Instruments) || len(r.Concerns) != len(values["concerns"]) {
			t.Errorf("%q becomes %d instruments and %d concerns", body, len(r.Instruments), len(r.Concerns))
		}
		if r.Question != typed.Question || strings.Contains(typed.Question, "\r\n") {
			t.Errorf("the question is %q and %q", r.Question, typed.Question)
		}
		r.Normalize()
		terms := consult.Terms{Municipalities: []string{"Tampere"}, Bases: []consult.Basis{consult.Consent}}
		all := fieldsOf(wrong.err(r.Validate(terms, time.Unix(1_793_600_000, 0))))
		if len(all) < len(wrong) {
			t.Errorf("%d faults of %d are told", len(all), len(wrong))
		}
		if steps := readAction(consult.Answer, form).Plan; len(steps) > maxRows {
			t.Errorf("%d steps", len(steps))
		}
	})
}
