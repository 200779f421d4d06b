package consult

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// sentence is a line of the corpus with what the guard should find in it.
type sentence struct {
	line     int
	language string
	text     string
	names    []string
	want     []IdentityFinding
}

// corpus reads testdata/identity/corpus.txt; its first lines tell the format.
func corpus(t testing.TB) (all []sentence) {
	f, err := os.Open("testdata/identity/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var names []string
	language := ""
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "language:"); ok {
			language = strings.TrimSpace(rest)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "names:"); ok {
			names = nil
			if rest = strings.TrimSpace(rest); rest != "" {
				names = []string{rest}
			}
			continue
		}
		s := sentence{line: n, language: language, names: names}
		for {
			before, rest, marked := strings.Cut(line, "{")
			s.text += before
			if !marked {
				break
			}
			inner, after, ok := strings.Cut(rest, "}")
			kind, found, ok2 := strings.Cut(inner, "|")
			if !ok || !ok2 {
				t.Fatalf("line %d: a finding is not closed", n)
			}
			start := utf8.RuneCountInString(s.text)
			s.want = append(s.want, IdentityFinding{IdentityKind(kind), start, start + utf8.RuneCountInString(found)})
			s.text += found
			line = after
		}
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// tally counts, of one kind, what was expected, found at all, found with its very offsets, and found in vain.
type tally struct{ expected, found, exact, alarms int }

func TestIdentityCorpus(t *testing.T) {
	counts := map[string]map[IdentityKind]*tally{}
	clean, alarmed := 0, 0
	sentences := map[string]int{}
	for _, s := range corpus(t) {
		sentences[s.language]++
		sentences["all"]++
		var at [2]map[IdentityKind]*tally
		for i, language := range []string{s.language, "all"} {
			if counts[language] == nil {
				counts[language] = map[IdentityKind]*tally{}
				for _, kind := range identityGravity {
					counts[language][kind] = &tally{}
				}
			}
			at[i] = counts[language]
		}
		count := func(kind IdentityKind, add func(*tally)) {
			for _, m := range at {
				if m[kind] == nil {
					t.Fatalf("line %d: unknown kind %q", s.line, kind)
				}
				add(m[kind])
			}
		}
		got := FindIdentity(s.text, s.names...)
		if len(s.want) == 0 {
			clean++
			alarmed += min(len(got), 1)
		}
		for _, w := range s.want {
			found, exact := false, false
			for _, g := range got {
				found = found || g.Kind == w.Kind && overlap(g, w)
				exact = exact || g == w
			}
			count(w.Kind, func(c *tally) { c.expected++ })
			if found {
				count(w.Kind, func(c *tally) { c.found++ })
			}
			if exact {
				count(w.Kind, func(c *tally) { c.exact++ })
			} else {
				t.Logf("line %d: %s %v (found: %v), got %v: %s", s.line, w.Kind, w, found, got, s.text)
			}
		}
		for _, g := range got {
			if !overlapsAny(g, s.want) {
				count(g.Kind, func(c *tally) { c.alarms++ })
				t.Logf("line %d: false alarm %v: %s", s.line, g, s.text)
			}
		}
	}
	for _, language := range []string{"fi", "sv", "en", "all"} {
		for _, kind := range identityGravity {
			c := counts[language][kind]
			t.Logf("%-3s %4d sentences  %-7s expected %3d  found %3d (%5.1f %%)  exact %3d  false alarms %d", language, sentences[language],
				kind, c.expected, c.found, 100*float64(c.found)/float64(max(c.expected, 1)), c.exact, c.alarms)
		}
	}
	t.Logf("of %d sentences with nothing to find, %d raise an alarm", clean, alarmed)
	if clean < 150 || alarmed > 2 {
		t.Errorf("of %d sentences with nothing to find, %d raise an alarm", clean, alarmed)
	}
	if sentences["all"] < 300 || min(sentences["fi"], sentences["sv"], sentences["en"]) < 50 {
		t.Errorf("the corpus is too small: %v", sentences)
	}
	floors := map[IdentityKind]struct{ recall, exact float64 }{
		IdentityHetu: {1, 1}, IdentityEmail: {0.97, 0.97}, IdentityPhone: {0.97, 0.97}, IdentityAddress: {0.97, 0.93}, IdentityName: {0.97, 0.97},
	}
	for kind, floor := range floors {
		c := counts["all"][kind]
		if n := float64(c.expected); float64(c.found) < floor.recall*n || float64(c.exact) < floor.exact*n || c.expected < 20 {
			t.Errorf("%s: of %d only %d found, %d exactly", kind, c.expected, c.found, c.exact)
		}
		if c.alarms > 2 {
			t.Errorf("%s: %d false alarms", kind, c.alarms)
		}
	}
}

func overlap(a, b IdentityFinding) bool { return a.Start < b.End && b.Start < a.End }

func overlapsAny(f IdentityFinding, others []IdentityFinding) bool {
	for _, o := range others {
		if overlap(f, o) {
			return true
		}
	}
	return false
}
