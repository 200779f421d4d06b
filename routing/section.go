package routing

import "strings"

// Section cuts the routing document out of a whole configuration, comments included, so that it stands alone; a bare document
// comes back as it is. It is what becomes version 1 of the rules. The findings are those that keep it from being read.
func Section(file string, data []byte) ([]byte, []Finding) {
	found := &findings{file: file}
	root := readYAML(data, found)
	if root == nil {
		return nil, found.sorted()
	}
	at := -1
	for i, e := range root.entries {
		if e.key == "routing" {
			at = i
		}
	}
	if at < 0 {
		return data, nil
	}
	section := root.entries[at]
	if section.value.kind != mapNode || section.value.at.Line == section.at.Line {
		found.add(section.value.at, BadValue, "", "wants", "key", "routing", "wanted", ownLines)
		return nil, found.sorted()
	}
	lines := strings.SplitAfter(string(plainLines(data)), "\n")
	end := len(lines)
	if at+1 < len(root.entries) {
		end = root.entries[at+1].at.Line - 1
	}
	indent := strings.Repeat(" ", section.value.at.Column-1)
	var b strings.Builder
	for _, line := range lines[section.at.Line:end] {
		// A comment that is not indented speaks of what comes next, outside the section.
		text := strings.TrimSpace(line)
		if text != "" && text[0] != '#' && !strings.HasPrefix(line, indent) {
			found.add(section.at, BadValue, "", "wants", "key", "routing", "wanted", evenIndent)
			return nil, found.sorted()
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return []byte(b.String()), nil
}
