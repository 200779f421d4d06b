package routing

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"silta/consult"
	"silta/routing/oncall"
)

// version is a document whose only pool has the version's number in its name.
func version(n uint64) []byte {
	return fmt.Appendf(nil, "municipalities: [Tampere]\nrules: []\notherwise: p%d\npools: {p%d: {lead: l, members: [m]}}\n", n, n)
}

func TestBook(t *testing.T) {
	asked := map[uint64]int{}
	b := NewBook(func(n uint64) ([]byte, error) {
		asked[n]++
		if n == 0 || n > 100 {
			return nil, consult.Fail(consult.NotFound, "not-found.rules")
		}
		return version(n), nil
	}, oncall.Known{})
	if _, err := b.Route(consult.Facts{}); consult.KindOf(err) != consult.Unavailable || b.HasPool("p1") || b.Rules() != nil || b.Current().Number != 0 {
		t.Errorf("rules before the first publication: %v", err)
	}
	if err := b.Publish(3, version(3)); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(4, []byte("]")); err == nil {
		t.Error("an unreadable document was put in force")
	}
	d, err := b.Route(consult.Facts{})
	if err != nil || d.Pool != "p3" || d.Rules != b.Current() || d.Rules.Number != 3 || len(d.Rules.Hash) != 64 || !b.HasPool("p3") || b.HasPool("p2") {
		t.Errorf("routed to %+v, %v", d, err)
	}
	for n := range uint64(30) {
		s, err := b.Schedule(n+1, fmt.Sprintf("p%d", n+1), "routine", consult.Clock{Start: now})
		if err != nil || s.AnswerBy.IsZero() {
			t.Errorf("version %d: %+v, %v", n+1, s, err)
		}
	}
	if _, err := b.Reach(30, "p30", []string{"lead"}, now); err != nil || asked[30] != 1 || asked[3] != 0 {
		t.Errorf("version 30 was read %d times, the one in force %d times: %v", asked[30], asked[3], err)
	}
	if len(b.kept) != keptVersions {
		t.Errorf("%d versions are kept", len(b.kept))
	}
	for _, ask := range []func() error{
		func() error { _, err := b.Schedule(200, "p1", "routine", consult.Clock{}); return err },
		func() error { _, err := b.Reach(3, "p1", nil, now); return err },
	} {
		if err := ask(); consult.KindOf(err) != consult.NotFound {
			t.Errorf("what is not there: %v", err)
		}
	}
}

// TestBookConcurrently: readers see one version or the other, whole.
func TestBookConcurrently(t *testing.T) {
	b := NewBook(func(n uint64) ([]byte, error) { return version(n), nil }, oncall.Known{})
	if err := b.Publish(1, version(1)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := range uint64(100) {
				d, err := b.Route(consult.Facts{})
				if err != nil || d.Pool != fmt.Sprintf("p%d", d.Rules.Number) {
					t.Errorf("%+v, %v", d, err)
				}
				if _, err := b.Schedule(n%40+1, fmt.Sprintf("p%d", n%40+1), "soon", consult.Clock{Start: now}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range uint64(50) {
		if err := b.Publish(n+1, version(n+1)); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestSection(t *testing.T) {
	whole := "# head\nserver:\n  listen: x\nrouting:\n  # ours\n  municipalities: [Tampere]\n\n  rules: []\n  otherwise: a\n  pools: {a: {}}\n# next\nlog: {}\n"
	got, found := Section("f", []byte(whole))
	want := "# ours\nmunicipalities: [Tampere]\n\nrules: []\notherwise: a\npools: {a: {}}\n"
	if string(got) != want || found != nil {
		t.Errorf("cut out %q, %v", got, found)
	}
	if again, _ := Section("f", got); string(again) != want {
		t.Errorf("a bare document became %q", again)
	}
	for _, bad := range []string{"routing: {a: b}\n", "routing:\n", "routing: x\n", "]"} {
		if got, found := Section("f", []byte(bad)); !HasErrors(found) {
			t.Errorf("%q: cut out %q", bad, got)
		}
	}
	doc, found := Parse("f", []byte(strings.Replace(whole, "otherwise: a", "otherwise: b", 1)))
	if doc == nil || len(found) != 1 || found[0].Line != 9 {
		t.Errorf("a finding in a whole configuration: %v", found)
	}
}

// TestRetrace: the rules by which a request was routed tell why, rule by rule, also when others are in force; rules that did not
// decide it, or are not kept, tell nothing.
func TestRetrace(t *testing.T) {
	versions := map[uint64]string{
		1: "municipalities: [Tampere]\nrules:\n- {id: old, when: {age: \">60\"}, to: p}\n- {id: small, when: {age: \"<7\"}, to: p}\notherwise: p\npools: {p: {members: [m]}}\n",
		2: "municipalities: [Tampere]\nrules:\n- {id: all, to: p}\notherwise: p\npools: {p: {members: [m]}}\n",
	}
	b := NewBook(func(n uint64) ([]byte, error) {
		if text, ok := versions[n]; ok {
			return []byte(text), nil
		}
		return nil, consult.Fail(consult.NotFound, "not-found.rules")
	}, oncall.Known{})
	if err := b.Publish(1, []byte(versions[1])); err != nil {
		t.Fatal(err)
	}
	f := consult.Facts{Age: 5, Concerns: []consult.Concern{"mood"}, Profession: "teacher", Municipality: "Tampere"}
	d, err := b.Route(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(2, []byte(versions[2])); err != nil {
		t.Fatal(err)
	}
	trace, err := b.Retrace(d, f)
	if err != nil || fmt.Sprint(trace) != "[{old false [{age >60 5}]} {small true []}]" {
		t.Errorf("%v, %v", trace, err)
	}
	for name, change := range map[string]func(*consult.Decision){
		"an unknown version": func(d *consult.Decision) { d.Rules.Number = 7 },
		"another hash":       func(d *consult.Decision) { d.Rules.Hash = "0" },
		"another version":    func(d *consult.Decision) { d.Rules.Number = 2 },
		"another rule":       func(d *consult.Decision) { d.Rule = "old" },
	} {
		other := d
		change(&other)
		if trace, err := b.Retrace(other, f); consult.KindOf(err) != consult.NotFound {
			t.Errorf("%s: %v, %v", name, trace, err)
		}
	}
}
