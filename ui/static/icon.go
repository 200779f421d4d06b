package static

import (
	"path"
	"regexp"
	"strings"
)

var (
	svgInner = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	svgFrame = regexp.MustCompile(`<path stroke="none" d="M0 0h24v24H0z" fill="none" />`)
)

// Icon returns the drawing of an icon: what stands inside its svg element, on a field of 24 by 24 with strokes of
// the text's colour. An unknown name gives an empty drawing, and a test fails.
func Icon(name string) string { return files().icons[name] }

// Icons returns the names of all icons, in no order.
func Icons() []string {
	var names []string
	for name := range files().icons {
		names = append(names, name)
	}
	return names
}

func readIcons() map[string]string {
	icons := map[string]string{}
	const dir = "vendor/tabler-icons"
	entries, err := source.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := source.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			panic(err)
		}
		if m := svgInner.FindSubmatch(data); m != nil {
			inner := svgFrame.ReplaceAllString(string(m[1]), "")
			icons[strings.TrimSuffix(e.Name(), ".svg")] = strings.Join(strings.Fields(inner), " ")
		}
	}
	return icons
}
