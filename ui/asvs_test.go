package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	asvsRow  = regexp.MustCompile(`^\| (V[0-9.]+) \| ([12]) \| ([^|]+) \| (met|does not apply|\*\*not met\*\*) \| ([^|]+) \|$`)
	asvsPath = regexp.MustCompile("`([a-z.]+(?:/[\\w./-]+)?|README\\.md)`((?: (?:and )?Test\\w+,?)*)")
)

// TestASVS: the document has every requirement of the standard's levels 1 and 2 once, with its level; every file that it names is
// there, and every test in that file; what is met says where.
func TestASVS(t *testing.T) {
	list, err := os.ReadFile("testdata/asvs-5.0.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]string{}
	for line := range strings.Lines(string(list)) {
		id, level, _ := strings.Cut(strings.TrimSpace(line), " ")
		levels[id] = level
	}
	document, err := os.ReadFile("ASVS.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(document)) {
		row := asvsRow.FindStringSubmatch(strings.TrimSpace(line))
		if row == nil {
			if strings.HasPrefix(line, "| V") {
				t.Errorf("no row: %s", line)
			}
			continue
		}
		id, level, state, where := row[1], row[2], row[4], row[5]
		if levels[id] != level || seen[id] {
			t.Errorf("%s of level %s: it is of level %q, and there already: %t", id, level, levels[id], seen[id])
		}
		seen[id] = true
		named := asvsPath.FindAllStringSubmatch(where, -1)
		files := 0
		for _, n := range named {
			path := filepath.Join("..", n[1])
			info, err := os.Stat(path)
			if err != nil {
				if strings.Contains(n[1], "/") || strings.HasSuffix(n[1], ".go") {
					t.Errorf("%s names %s: %v", id, n[1], err)
				}
				continue
			}
			files++
			for _, test := range strings.Fields(strings.NewReplacer(",", " ", "and ", " ").Replace(n[2])) {
				text, err := os.ReadFile(path)
				if err != nil || info.IsDir() || !strings.Contains(string(text), "func "+test+"(") {
					t.Errorf("%s names %s, which is not in %s", id, test, n[1])
				}
			}
		}
		if state == "met" && files == 0 && !strings.Contains(where, "as V") {
			t.Errorf("%s is met, and it is not said where", id)
		}
	}
	for id := range levels {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if len(levels) < 200 {
		t.Errorf("the list has %d requirements", len(levels))
	}
}
