package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is the part of `go list -json` that the rules look at.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// layer says what packages may import. A pattern is an import path, or one that ends in "/..." for a package and all that is
// below it.
type layer struct {
	// pattern says which packages are meant; of several layers the exact one counts, else the one
	// with the longest pattern.
	pattern string
	// may lists the packages of this module that files other than tests may import, not those of them that they may not.
	may, not []string
	// standard: nothing from outside the standard library and this module.
	standard bool
}

var layers = []layer{
	{pattern: "silta/consult", standard: true},
	// What the domain's own packages share may be used by all of them, but the adapters do not know each other.
	{pattern: "silta/consult/...", may: []string{"silta/consult/..."}, not: []string{"silta/consult/journal/...", "silta/consult/view/..."}},
	{pattern: "silta/consult/journal/...", may: []string{"silta/consult/..."}, not: []string{"silta/consult/view/..."}},
	{pattern: "silta/consult/view/...", may: []string{"silta/consult/..."}, not: []string{"silta/consult/journal/..."}},
	// What tests begin with: a store with both halves.
	{pattern: "silta/consult/consulttest", may: []string{"silta/consult/..."}},
	{pattern: "silta/routing/...", may: []string{"silta/consult", "silta/consult/locale", "silta/routing/..."}},
	{pattern: "silta/notify/...", may: []string{"silta/consult", "silta/consult/locale", "silta/routing/...", "silta/notify/..."}},
	{pattern: "silta/ui/...", may: []string{"silta/consult", "silta/consult/locale", "silta/routing/...", "silta/ui/..."}},
	{pattern: "silta/cmd/...", may: []string{"silta/..."}},
}

func TestLayers(t *testing.T) {
	packages := list(t)
	for _, p := range []string{"silta/consult", "silta/cmd/internal/deps"} {
		if !slices.ContainsFunc(packages, func(l pkg) bool { return l.ImportPath == p }) {
			t.Errorf("go list does not name %s: it did not look at the whole module", p)
		}
	}
	for _, v := range violations(packages) {
		t.Error(v)
	}
}

// TestViolationsAreFound breaks each rule once, so that TestLayers can't be green because it looks at nothing.
func TestViolationsAreFound(t *testing.T) {
	for _, test := range []struct {
		from, to string
		inTest   bool
		fine     bool
	}{
		{from: "silta/consult", to: "silta/routing"},
		{from: "silta/consult", to: "silta/consult/view"},
		{from: "silta/consult", to: "go.etcd.io/bbolt"},
		{from: "silta/consult", to: "C"},
		{from: "silta/consult", to: "vendor.example/net"},
		{from: "silta/consult", to: "net/http", fine: true},
		{from: "silta/consult", to: "pgregory.net/rapid", inTest: true, fine: true},
		{from: "silta/consult/journal", to: "silta/consult/view"},
		{from: "silta/consult/journal", to: "silta/consult/view", inTest: true, fine: true},
		{from: "silta/consult/view", to: "silta/consult/journal/bolt"},
		{from: "silta/consult/view", to: "silta/consult", fine: true},
		{from: "silta/consult/view", to: "silta/consult/seal", fine: true},
		{from: "silta/consult/view", to: "silta/notify/mail"},
		{from: "silta/consult/seal", to: "silta/consult/view"},
		{from: "silta/consult/locale", to: "silta/ui"},
		{from: "silta/notify/mail", to: "silta/consult/journal"},
		{from: "silta/notify/mail", to: "silta/consult/view"},
		{from: "silta/notify", to: "silta/routing", fine: true},
		{from: "silta/notify", to: "silta/ui"},
		{from: "silta/routing", to: "silta/consult", fine: true},
		{from: "silta/routing/oncall", to: "silta/routing/worktime", fine: true},
		{from: "silta/routing", to: "silta/notify"},
		{from: "silta/routing", to: "silta/ui"},
		{from: "silta/ui", to: "silta/routing", fine: true},
		{from: "silta/ui/api", to: "silta/notify"},
		{from: "silta/ui", to: "silta/consult/view"},
		{from: "silta/ui", to: "silta/cmd/internal/config"},
		{from: "silta/ui", to: "silta/cmd/internal/app", inTest: true},
		{from: "silta/cmd/silta", to: "silta/cmd/internal/app", fine: true},
		{from: "silta/siltaother", to: "fmt"},
		{from: "silta", to: "silta/consult"},
		{from: "silta/consult/consulttest", to: "silta/consult/view", fine: true},
		{from: "silta/consult/consulttest", to: "silta/cmd/internal/app"},
		{from: "silta/notify/mail", to: "silta/notify/mail/mailtest"},
		{from: "silta/notify/mail", to: "silta/notify/mail/mailtest", inTest: true, fine: true},
		{from: "silta/cmd/silta", to: "silta/consult/consulttest"},
	} {
		p := pkg{ImportPath: test.from, Imports: []string{test.to}}
		if test.inTest {
			p = pkg{ImportPath: test.from, XTestImports: []string{test.to}}
		}
		got := violations([]pkg{p})
		if fine := len(got) == 0; fine != test.fine {
			t.Errorf("%s imports %s (in a test: %t): fine = %t, want %t: %q", test.from, test.to, test.inTest, fine, test.fine, got)
		}
	}
}

// list asks the go command for all packages of the module.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "silta/...")
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// violations returns a line for each import that breaks a rule.
func violations(packages []pkg) []string {
	var found []string
	for _, p := range packages {
		l, ok := layerOf(p.ImportPath)
		if !ok {
			found = append(found, fmt.Sprintf("%s: no layer says what it may import", p.ImportPath))
			continue
		}
		imports, tests := p.Imports, slices.Concat(p.TestImports, p.XTestImports)
		if isHelper(p.ImportPath) {
			imports, tests = nil, slices.Concat(tests, imports)
		}
		for _, i := range imports {
			switch {
			case inModule(i) && isHelper(i):
				found = append(found, fmt.Sprintf("%s imports %s, which is for tests", p.ImportPath, i))
			case inModule(i) && !l.allows(i):
				found = append(found, fmt.Sprintf("%s imports %s, which its layer %s may not", p.ImportPath, i, l.pattern))
			case l.standard && !inModule(i) && !inStandardLibrary(i):
				found = append(found, fmt.Sprintf("%s imports %s, and may import the standard library only", p.ImportPath, i))
			}
		}
		for _, i := range tests {
			if matches("silta/cmd/...", i) && !matches("silta/cmd/...", p.ImportPath) {
				found = append(found, fmt.Sprintf("%s imports %s in a test; nothing outside cmd may", p.ImportPath, i))
			}
		}
	}
	return found
}

func (l layer) allows(path string) bool {
	among := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
	}
	return among(l.may) && !among(l.not)
}

func layerOf(path string) (layer, bool) {
	var best layer
	for _, l := range layers {
		if l.pattern == path {
			return l, true
		}
		if matches(l.pattern, path) && len(l.pattern) > len(best.pattern) {
			best = l
		}
	}
	return best, best.pattern != ""
}

func matches(pattern, path string) bool {
	base, below := strings.CutSuffix(pattern, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}

// isHelper reports whether a package is there for tests only, as net/http/httptest is.
func isHelper(path string) bool { return strings.HasSuffix(path, "test") }

func inModule(path string) bool { return matches("silta/...", path) }

// inStandardLibrary goes by the first element of the path: only those of other modules have a dot. "C" is not in the library.
func inStandardLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return path != "C" && !strings.Contains(first, ".")
}
