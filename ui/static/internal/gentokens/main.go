// Command gentokens turns the vendored design tokens (SCSS variables) into CSS custom properties.
//
// It writes only those tokens that the program's own style sheets use, so that the page stays small, and fails when
// a sheet names a token that does not exist. Run it by "go generate ./ui/static".
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	declaration = regexp.MustCompile(`\$(fi-[a-z0-9-]+):\s*([^;]+);`)
	mixin       = regexp.MustCompile(`@mixin [^{]*\{[^}]*\}`)
	use         = regexp.MustCompile(`var\(--(fi-[a-z0-9-]+)`)
)

func main() {
	tokens := flag.String("tokens", "vendor/suomifi-design-tokens/tokens.scss", "the tokens to read")
	sheets := flag.String("sheets", "css", "the folder of the style sheets that use them")
	out := flag.String("out", "css/tokens.css", "the style sheet to write")
	flag.Parse()
	if err := run(*tokens, *sheets, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gentokens:", err)
		os.Exit(1)
	}
}

func run(tokens, sheets, out string) error {
	scss, err := os.ReadFile(tokens)
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(sheets, "*.css"))
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, path := range paths {
		if filepath.Base(path) == filepath.Base(out) {
			continue
		}
		css, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range use.FindAllStringSubmatch(string(css), -1) {
			used[m[1]] = true
		}
	}
	css, err := properties(string(scss), used)
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(css), 0o644)
}

// properties renders the used tokens in the order in which the design system lists them.
func properties(scss string, used map[string]bool) (string, error) {
	var b strings.Builder
	b.WriteString("/* Made by gentokens from suomifi-design-tokens 7.0.0. Do not edit. */\n:root {\n")
	found := map[string]bool{}
	for _, m := range declaration.FindAllStringSubmatch(mixin.ReplaceAllString(scss, ""), -1) {
		name, value := m[1], strings.Join(strings.Fields(m[2]), " ")
		if used[name] && !found[name] {
			found[name] = true
			fmt.Fprintf(&b, "  --%s: %s;\n", name, value)
		}
	}
	b.WriteString("}\n")
	var unknown []string
	for name := range used {
		if !found[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return "", fmt.Errorf("no such token: %s", strings.Join(unknown, ", "))
	}
	return b.String(), nil
}
