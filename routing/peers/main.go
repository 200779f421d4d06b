// Command peers decides the same requests by the same rules with Silta's routing and with the engines that one might have taken
// instead, and prints how long one decision takes with each, as a multiple of Silta's time.
//
// Every rule asks for an equality, a range and a set. What is measured is a decision over a mix of requests; compiling rules
// and turning a request into an engine's own form is not.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func main() {
	sizes := flag.String("sizes", "10,100,1000,10000", "numbers of rules")
	only := flag.String("engines", "", "engines to run besides silta; all if empty")
	flag.Parse()
	if err := run(*sizes, *only); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(sizes, only string) error {
	requests := makeRequests(50)
	fmt.Printf("%-14s %8s %14s %10s %14s\n", "engine", "rules", "ns a decision", "x silta", "compiled in")
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a number of rules", size)
		}
		rules := makeRules(n)
		silta := 0.0
		for _, e := range engines {
			if only != "" && e.name != "silta" && !slices.Contains(strings.Split(only, ","), e.name) {
				continue
			}
			began := time.Now()
			made, err := e.make(rules, requests)
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			compiled := time.Since(began)
			time, err := measure(made, len(requests))
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			if e.name == "silta" {
				silta = time
			}
			fmt.Printf("%-14s %8d %14.0f %10.1f %14s\n", e.name, n, time, time/silta, compiled.Round(1e6))
		}
	}
	return nil
}

// measure returns the nanoseconds of one decision.
func measure(e engine, requests int) (float64, error) {
	var failed error
	result := testing.Benchmark(func(b *testing.B) {
		for q := 0; b.Loop(); q++ {
			if _, err := e.decide(q % requests); err != nil {
				failed = err
				b.FailNow()
			}
		}
	})
	return float64(result.T.Nanoseconds()) / float64(max(result.N, 1)), failed
}
