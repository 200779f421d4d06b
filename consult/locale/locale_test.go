package locale_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

func files(fi, sv, en string) fstest.MapFS {
	return fstest.MapFS{"fi.yaml": {Data: []byte(fi)}, "sv.yaml": {Data: []byte(sv)}, "en.yaml": {Data: []byte(en)}}
}

func load(t *testing.T, fsys fstest.MapFS) *locale.Catalogue {
	t.Helper()
	c, err := locale.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var helsinki = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return zone
}()

const plural = "queue.open:\n  one: '{{.n}} open'\n  other: '{{.n}} all open'\nqueue.plain: text\nqueue.who: '{{.who}} here'\n"

func TestMessages(t *testing.T) {
	l := load(t, files(plural, plural, plural)).For(consult.Finnish, helsinki)
	for _, c := range []struct{ got, want string }{
		{l.T("queue.plain"), "text"},
		{l.T("queue.open", "n", 1), "1 open"},
		{l.T("queue.open", "n", 0), "0 all open"},
		{l.T("queue.open", "n", 40), "40 all open"},
		{l.T("queue.open", "n", 9999), "9999 all open"},
		{l.T("queue.open", "n", 48213), "48\u00a0213 all open"},
		{l.T("queue.who", "who", "<b>Aino</b>"), "<b>Aino</b> here"},
		{l.T("queue.who"), "⟦queue.who⟧"},
		{l.T("queue.open"), "⟦queue.open⟧"},
		{l.T("queue.none"), "⟦queue.none⟧"},
		{l.T("queue.who", "who"), "⟦queue.who⟧"},
		{l.Code("concern", "mood"), "Mieliala"},
		{l.Code("concern", "other"), "Muu huoli"},
		{l.Code("concern", "unheard-of"), "unheard-of"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	c := load(t, files("{}", "{}", "{}"))
	for lang, want := range map[consult.Language]string{
		consult.Finnish: "0 4211 20\u00a0114 1\u00a0204\u00a0311", consult.Swedish: "0 4211 20\u00a0114 1\u00a0204\u00a0311", consult.English: "0 4211 20,114 1,204,311",
	} {
		l := c.For(lang, helsinki)
		if got := strings.Join([]string{l.Number(0), l.Number(4211), l.Number(20114), l.Number(1204311)}, " "); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// Every code that a request, an event or an error can carry has a word in each language.
func TestVocabulary(t *testing.T) {
	c := load(t, files("a.a: a", "a.a: a", "a.a: a"))
	families := map[string][]string{
		"concern": codes(consult.Concerns), "red-flag": codes(consult.RedFlags), "party": codes(consult.Parties),
		"profession": codes(consult.Professions), "mode": codes(consult.Modes), "urgency": codes(consult.Urgencies),
		"mail-fault": codes(consult.MailReasons), "disposition": codes(consult.Dispositions), "language": codes(consult.ClientLanguages),
		"look": codes(consult.LookKinds), "standing": codes(consult.Standings), "opening-reason": codes(consult.ReasonCodes),
		"basis": {string(consult.Consent)},
		"note":  {string(consult.ModeNotOffered), string(consult.ProfessionNotAccepted)},
		"state": {"submitted", "claimed", "waiting", "answered", "closed", "withdrawn", "expired"},
		"event": {
			"submitted", "claimed", "assigned", "released", "asked", "replied", "added", "answered", "followed-up", "handed-over",
			"joined", "escalated", "withdrawn", "closed", "expired",
		},
		"field": {
			"required", "too-long", "out-of-range", "unknown-value", "unknown-field", "wrong-type", "not-utf8", "identity", "interlock",
			"in-future", "too-many", "repeated", "bad-hetu", "bad-date",
		},
		"role": {"requester", "specialist", "coordinator", "admin", "auditor"},
	}
	sentences := []string{
		"not-found", "invalid", "conflict", "stale", "forbidden", "unauthenticated", "unavailable", "internal", "too-large", "bad-json",
		"conflict.claimed", "conflict.unclaimed", "conflict.state", "conflict.not-due", "conflict.idempotency",
	}
	for _, lang := range consult.Languages {
		l := c.For(lang, helsinki)
		for _, key := range sentences {
			if !l.Has(key) {
				t.Errorf("%s: no sentence for %s", lang, key)
			}
		}
		for family, list := range families {
			for _, code := range list {
				if !l.Has(family + "." + code) {
					t.Errorf("%s: no word for %s.%s", lang, family, code)
				}
			}
		}
	}
}

func codes[T ~string](list []T) []string {
	var s []string
	for _, c := range list {
		s = append(s, string(c))
	}
	return s
}

func TestMatch(t *testing.T) {
	c := load(t, files("a.a: a", "a.a: a", "a.a: a"))
	for header, want := range map[string]consult.Language{
		"": "fi", "fi-FI,fi;q=0.9": "fi", "sv": "sv", "sv-FI;q=0.9, fi;q=0.8": "sv", "en-GB,en;q=0.5": "en",
		"de, en;q=0.4": "en", "ja": "fi", "*": "fi", "\x00;;;q=": "fi",
	} {
		if got := c.Match(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
	if got := c.For("xx", nil).Lang(); got != consult.Finnish {
		t.Errorf("unknown language gives %s", got)
	}
}

func FuzzMatch(f *testing.F) {
	c, err := locale.Load(files("a.a: a", "a.a: a", "a.a: a"))
	if err != nil {
		f.Fatal(err)
	}
	for _, header := range []string{"", "fi-FI,fi;q=0.9", "sv;q=x", "*", "en-GB-oed", "x-a-b;q=1,,"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if got := c.Match(header); !slices.Contains(consult.Languages, got) {
			t.Errorf("%q gives %q", header, got)
		}
	})
}

func TestMoments(t *testing.T) {
	c := load(t, files("a.a: a", "a.a: a", "a.a: a"))
	fi, sv, en := c.For("fi", helsinki), c.For("sv", helsinki), c.For("en", helsinki)
	now := time.Date(2026, 11, 21, 12, 5, 0, 0, time.UTC)
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{fi.DateTime(now), "21.11.2026 klo 14.05"},
		{sv.DateTime(now), "21.11.2026 kl. 14.05"},
		{en.DateTime(now), "21 Nov 2026 at 14:05"},
		{fi.Near(now, monday), "ma 23.11. klo 12"},
		{sv.Near(now, monday.Add(30*time.Minute)), "mån 23.11 kl. 12.30"},
		{en.Near(now, monday), "Mon 23 Nov at 12:00"},
		{fi.Near(now, now.Add(time.Hour)), "tänään klo 15.05"},
		{fi.Near(now, now.Add(9*time.Hour+55*time.Minute)), "huomenna klo 0"},
		{en.Near(now, now.Add(-24*time.Hour)), "yesterday at 14:05"},
		{fi.Near(now, now.AddDate(0, 2, 0)), "to 21.1.2027 klo 14.05"},
		{fi.Left(now, now.Add(135*time.Minute)), "2 t 15 min jäljellä"},
		{fi.Left(now, now.Add(-3*time.Hour)), "myöhässä 3 t"},
		{sv.Left(now, now.Add(76*time.Hour)), "3 d 4 h kvar"},
		{en.Left(now, now.Add(20*time.Second)), "less than a minute left"},
		{en.Left(now, now), "less than a minute late"},
		{fi.Ago(now, now.Add(-5*time.Minute)), "5 min sitten"},
		{fi.Ago(now, now.Add(time.Hour)), "juuri nyt"},
		{en.Span(-90 * time.Minute), "1 h 30 min"},
		{en.Span(48 * time.Hour), "2 d"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	// Clocks go back on 25 October: the night between two noons has 25 hours, and still one midnight.
	before := time.Date(2026, 10, 24, 21, 30, 0, 0, time.UTC)
	if got := fi.NearDay(before, before.Add(24*time.Hour)); got != "tänään" {
		t.Errorf("23.30 on the long day is %q at 0.30", got)
	}
}

func TestFaults(t *testing.T) {
	c := load(t, files(
		"x.a: a\nx.b: '{{.n}}'\nx.c: c\nx.d: d\nx.e: ''\nfam.q: q", "x.a: a\nx.b: b\nx.d: d\nx.e: e\nfam.q: q", "x.a: a\nx.b: '{{.n}}'\nx.c: c\nx.d: d\nx.e: e\nfam.q: q"))
	src := fstest.MapFS{
		"p/a.go":       {Data: []byte(`x := l.T("x.a") + y("x.b", "x.c", "x.e") + l.T("x.zz", 1)`)},
		"p/a_test.go":  {Data: []byte(`l.T("x.d")`)},
		"p/b_templ.go": {Data: []byte(`l.T("x.d")`)},
	}
	got, err := c.Faults([]string{"fam."}, src)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"x.b has [] in sv, but [n] in fi", "x.c is missing in sv", "x.e is empty in fi", "x.zz is asked for but does not exist", "x.d is not used",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The shared words themselves are whole.
func TestSharedWords(t *testing.T) {
	faults, err := load(t, files("a.a: a", "a.a: a", "a.a: a")).Faults(nil)
	if err != nil || len(faults) > 0 {
		t.Errorf("%v\n%s", err, strings.Join(faults, "\n"))
	}
}

func TestBadFiles(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"a language is missing": {"fi.yaml": {Data: []byte("a.a: a")}},
		"not YAML":              files("a: [", "a: a", "a: a"),
		"a number":              files("a.a: 1", "a.a: 1", "a.a: 1"),
		"half a plural":         files("a.a: {one: a}", "a.a: {one: a}", "a.a: {one: a}"),
		"a shared word":         files("concern.mood: x", "a.a: a", "a.a: a"),
		"a key twice":           files("a.a: a\na.a: b", "a.a: a", "a.a: a"),
	} {
		if _, err := locale.Load(fsys); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
