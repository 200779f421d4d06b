package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"silta/routing"
)

// printPreview tells what rules would change.
func printPreview(w io.Writer, p routing.Preview) error {
	var b bytes.Buffer
	for _, change := range p.Changes {
		fmt.Fprintln(&b, change)
		if change.Moved > 0 {
			fmt.Fprintf(&b, "  %d of the last year%s\n", change.Moved, shifted(change.Deadlines))
		}
	}
	if len(p.Changes) == 0 && p.Complete {
		fmt.Fprintln(&b, "no request comes to anything else")
	}
	if !p.Complete {
		fmt.Fprintln(&b, "the comparison was not completed within its bounds: changes may be missing")
	}
	for _, only := range []struct {
		what  string
		names []string
	}{{"old", p.OnlyOld}, {"new", p.OnlyNew}} {
		if len(only.names) > 0 {
			fmt.Fprintf(&b, "not compared, for only the %s rules know them: %s\n", only.what, strings.Join(only.names, ", "))
		}
	}
	fmt.Fprintf(&b, "of %d requests since %s, %d would have gone elsewhere%s\n", p.Replay.Requests, p.Since.Format("2 Jan 2006"), p.Replay.Moved,
		shifted(p.Replay.Deadlines))
	_, err := b.WriteTo(w)
	return err
}

// shifted says how answers would have been due at another moment.
func shifted(s routing.Shifts) string {
	var parts []string
	if s.Later > 0 {
		parts = append(parts, fmt.Sprintf("answer due later: %d (by %s at most)", s.Later, minutes(s.LaterMinutes)))
	}
	if s.Earlier > 0 {
		parts = append(parts, fmt.Sprintf("answer due earlier: %d (by %s at most)", s.Earlier, minutes(s.EarlierMinutes)))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// minutes writes a span of time as days, hours and minutes.
func minutes(n int) string {
	const day = 24 * 60
	var parts []string
	for _, unit := range []struct {
		count int
		name  string
	}{{n / day, "d"}, {n % day / 60, "h"}, {n % 60, "min"}} {
		if unit.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", unit.count, unit.name))
		}
	}
	return strings.Join(parts, " ")
}
