package peers

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	ratios = flag.Bool("ratios", false, "run TestRatios")
	// patience bounds the loading of one engine: a size is left out if the size before it says that it would take longer.
	patience = flag.Duration("patience", time.Minute, "how long an engine may load")
	largest  = flag.Int("largest", Sizes[len(Sizes)-1], "the largest number of rules that TestRatios compares")
	window   = flag.Duration("window", 5*time.Millisecond, "how long one round of a measurement lasts")
)

// rounds is how often each side of a ratio is measured; the best round counts.
const rounds = 9

// asked is how many requests a measurement goes through.
const asked = 32

// loading loads an engine with growing sets of rules for as long as it can be waited for.
type loading struct {
	engine Engine
	took   time.Duration
	rules  int
}

// load returns the reason why a set is not loaded, or "".
func (l *loading) load(rules []Rule) (Prepare, string) {
	if l.rules > 0 {
		if guess := l.took * time.Duration(len(rules)/l.rules); guess > *patience {
			return nil, fmt.Sprintf("not loaded: %d rules took it %s", l.rules, l.took.Round(time.Second))
		}
	}
	begun := time.Now()
	prepare, err := l.engine.Load(rules)
	if err != nil {
		return nil, "cannot load: " + err.Error()
	}
	l.took, l.rules = time.Since(begun), len(rules)
	return prepare, ""
}

// questions prepares requests.
func questions(t testing.TB, rules []Rule, at Position, prepare Prepare) []Ask {
	requests, err := Requests(rules, at, asked)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]Ask, len(requests))
	for i, f := range requests {
		list[i] = prepare(f)
		if got, err := list[i](); err != nil || got != id(rules, First(rules, &f)) {
			t.Fatalf("%+v: %q, %v", f, got, err)
		}
	}
	return list
}

// BenchmarkMatch measures mixed rules, with as many requests for each position.
func BenchmarkMatch(b *testing.B) {
	for _, engine := range Engines {
		l := loading{engine: engine}
		for _, n := range Sizes {
			b.Run(fmt.Sprintf("%s/%d", engine.Name, n), func(b *testing.B) {
				rules := Draw(Mixed, n)
				prepare, reason := l.load(rules)
				if prepare == nil {
					b.Skip(reason)
				}
				var list []Ask
				for _, at := range Positions {
					list = append(list, questions(b, rules, at, prepare)...)
				}
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if _, err := list[i%len(list)](); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}

// TestAllocations: Silta decides without allocation, however many rules there are.
func TestAllocations(t *testing.T) {
	for _, n := range Sizes {
		rules := Draw(Mixed, n)
		prepare, err := loadSilta(rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range Positions {
			for _, ask := range questions(t, rules, at, prepare) {
				if got := testing.AllocsPerRun(5, func() { _, _ = ask() }); got != 0 {
					t.Errorf("%d rules, %s: %v allocations", n, at, got)
				}
			}
		}
	}
}

// TestRatios prints for each engine, size, kind of rules and position how many times as long as Silta it takes.
func TestRatios(t *testing.T) {
	if !*ratios {
		t.Skip("takes minutes; run: go test -run TestRatios -v -ratios -timeout 1h")
	}
	for _, kind := range Kinds {
		loads := make([]loading, len(Engines))
		for _, n := range Sizes {
			if n > *largest {
				break
			}
			rules := Draw(kind, n)
			silta, reason := (&loading{engine: Engines[0]}).load(rules)
			if silta == nil {
				t.Fatal(reason)
			}
			for i, engine := range Engines[1:] {
				loads[i].engine = engine
				prepare, reason := loads[i].load(rules)
				if prepare == nil {
					t.Logf("%-8s %6d %-12s %s", kind, n, engine.Name, reason)
					continue
				}
				var row strings.Builder
				for _, at := range Positions {
					times := ratio(questions(t, rules, at, silta), questions(t, rules, at, prepare))
					fmt.Fprintf(&row, "  %s %8.1f", at, times)
					if times < 1 {
						row.WriteString(" BEHIND")
					}
				}
				t.Logf("%-8s %6d %-12s%s", kind, n, engine.Name, row.String())
				runtime.GC()
			}
		}
	}
}

// ratio compares two lists of questions. Rounds of both take turns and the best of each counts, so that a busy machine spoils little.
func ratio(silta, peer []Ask) float64 {
	best := [2]float64{}
	for range rounds {
		for i, list := range [][]Ask{silta, peer} {
			if got := round(list); best[i] == 0 || got < best[i] {
				best[i] = got
			}
		}
	}
	return best[1] / best[0]
}

// round returns the mean nanoseconds of a question, over whole passes through the list.
func round(list []Ask) float64 {
	begun, n := time.Now(), 0
	for n == 0 || time.Since(begun) < *window {
		for _, ask := range list {
			_, _ = ask()
		}
		n += len(list)
	}
	return float64(time.Since(begun).Nanoseconds()) / float64(n)
}
