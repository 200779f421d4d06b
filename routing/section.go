package routing

import (
	"bytes"
	"errors"
	"regexp"
)

var errInline = errors.New("write the routing section in lines of its own, indented below a line that is `routing:`")

var (
	sectionStart = regexp.MustCompile(`(?m)^routing:[ \t]*(#.*)?$`)
	// sectionInline is the key with anything else behind it, or in another spelling.
	sectionInline = regexp.MustCompile(`(?m)^["']?routing["']?[ \t]*:`)
	nextKey       = regexp.MustCompile(`(?m)^[^\s#]`)
	deeper        = regexp.MustCompile(`(?m)^( +)[^\s#]`)
)

// Section returns the routing section of a whole configuration as a document of its own, with its comments and without the
// server's settings, which hold secrets. A bare document is returned as it is. A section that is not written in lines of its own below
// its key is an error.
func Section(data []byte) ([]byte, error) {
	start := sectionStart.FindIndex(data)
	if start == nil {
		if sectionInline.Match(data) {
			return nil, errInline
		}
		return data, nil
	}
	body := bytes.TrimPrefix(data[start[1]:], []byte("\n"))
	if end := nextKey.FindIndex(body); end != nil {
		body = body[:end[0]]
	}
	indent := deeper.FindSubmatch(body)
	if indent == nil {
		return nil, errInline
	}
	lines := bytes.Split(body, []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimPrefix(line, indent[1])
	}
	return bytes.Join(lines, []byte("\n")), nil
}
