package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong, and what to write instead.
type Fault struct {
	// File is the file's name as it was given; Line and Column count from 1, in characters. All are zero where the value came
	// from the environment.
	File         string
	Line, Column int
	// Variable is the name of the environment variable, or "".
	Variable string
	// Path is the key with those around it, "mail.smtp"; "" for the file as a whole.
	Path   string
	Reason string
}

// String is "file:line:column: path: reason", or "VARIABLE: path: reason".
func (f Fault) String() string {
	var b strings.Builder
	if f.Variable != "" {
		b.WriteString(f.Variable)
	} else {
		fmt.Fprintf(&b, "%s:%d:%d", f.File, f.Line, f.Column)
	}
	if f.Path != "" {
		b.WriteString(": " + f.Path)
	}
	b.WriteString(": " + f.Reason)
	return b.String()
}

// Faults are all faults of a configuration: those of the file in its order, then those of the environment by name.
type Faults []Fault

// Error has one fault a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Variable, b.Variable), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// nearest returns the name that a misspelt one is most likely meant to be, or "" where none is near enough to be of help.
func nearest(name string, known []string) string {
	best, least := "", len(name)/4+1
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the characters to insert, remove or exchange, and the neighbours to swap, that make b of a.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
