package locale

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"silta/consult"
)

var (
	placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)
	literal     = regexp.MustCompile(`"([a-z0-9-]+(?:\.[a-z0-9-]+)+)"`)
	asked       = regexp.MustCompile(`\.(?:T|Message)\(\s*"([^"]+)"\s*[,)]`)
)

func placeholders(forms ...string) []string {
	var names []string
	for _, form := range forms {
		for _, m := range placeholder.FindAllStringSubmatch(form, -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return names
}

// Faults lists what is wrong with a catalogue, for tests: keys that a language lacks or has empty, placeholders that
// differ between languages, and, by the Go and templ sources below the file systems, keys that are asked for but do
// not exist, and own keys that nothing uses. Families are prefixes ("concern.") of keys that are put together at
// run time and so cannot be seen in the sources.
func (c *Catalogue) Faults(families []string, sources ...fs.FS) ([]string, error) {
	faults := c.differences()
	used, wanted := map[string]bool{}, map[string]bool{}
	for _, fsys := range sources {
		if err := scan(fsys, used, wanted); err != nil {
			return nil, err
		}
	}
	all := c.messages[consult.Languages[0]]
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if _, ok := all[key]; !ok {
			faults = append(faults, fmt.Sprintf("%s is asked for but does not exist", key))
		}
	}
	if len(sources) == 0 {
		return faults, nil
	}
	for _, key := range slices.Sorted(maps.Keys(c.own)) {
		inFamily := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) })
		if !used[key] && !inFamily {
			faults = append(faults, fmt.Sprintf("%s is not used", key))
		}
	}
	return faults, nil
}

func (c *Catalogue) differences() []string {
	keys := map[string]bool{}
	for _, l := range consult.Languages {
		for key := range c.messages[l] {
			keys[key] = true
		}
	}
	var faults []string
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		var first []string
		for i, l := range consult.Languages {
			m, ok := c.messages[l][key]
			switch {
			case !ok:
				faults = append(faults, fmt.Sprintf("%s is missing in %s", key, l))
				continue
			case slices.Contains(m.forms, ""):
				faults = append(faults, fmt.Sprintf("%s is empty in %s", key, l))
			}
			if i == 0 {
				first = m.names
			} else if !slices.Equal(first, m.names) {
				faults = append(faults, fmt.Sprintf("%s has %v in %s, but %v in %s", key, m.names, l, first, consult.Languages[0]))
			}
		}
	}
	return faults
}

func scan(fsys fs.FS, used, wanted map[string]bool) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ext := path.Ext(name)
		generated := strings.HasSuffix(name, "_templ.go")
		if (ext != ".go" && ext != ".templ") || generated || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		for _, m := range literal.FindAllSubmatch(data, -1) {
			used[string(m[1])] = true
		}
		for _, m := range asked.FindAllSubmatch(data, -1) {
			if key := string(m[1]); !strings.HasSuffix(key, ".") {
				wanted[key] = true
			}
		}
		return nil
	})
}
