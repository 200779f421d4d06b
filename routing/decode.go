package routing

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"silta/consult"
	"silta/routing/worktime"
)

// decoder turns nodes into a document and reports what is wrong with them.
type decoder struct {
	*findings
	doc *Document
	// id is the rule, interlock, pool or test that is being read.
	id string
	// pools and hours are the places that name one, to be looked up when all of them are known.
	pools, hours []use
}

// use is a place where something is named.
type use struct {
	name, id string
	at       Pos
	// shown: the person is only shown, and not told of requests.
	shown bool
}

func (d *decoder) bad(at Pos, key string, args ...any) { d.add(at, BadValue, d.id, key, args...) }

// mapping checks that n is a mapping with no other keys than these.
func (d *decoder) mapping(n *node, what string, keys ...string) bool {
	if n.kind != mapNode {
		d.bad(n.at, "wants", "key", what, "wanted", aMapping)
		return false
	}
	for _, e := range n.entries {
		if !slices.Contains(keys, e.key) {
			d.add(e.at, UnknownKey, d.id, "unknown-key", "key", show(e.key), "nearest", closest{e.key, keys})
		}
	}
	return true
}

// list returns the items of a list; anything else is a finding.
func (d *decoder) list(n *node, what string) []*node {
	if n == nil {
		return nil
	}
	if n.kind != listNode {
		d.bad(n.at, "wants", "key", what, "wanted", aList)
		return nil
	}
	return n.items
}

// oneOrMore returns the items of a list, or a scalar as the only item.
func (d *decoder) oneOrMore(n *node, what string) []*node {
	if n != nil && n.scalar() {
		return []*node{n}
	}
	return d.list(n, what)
}

func (n *node) scalar() bool { return n.kind == textNode || n.kind == numberNode || n.kind == boolNode }

// text returns a scalar as it is written.
func (d *decoder) text(n *node, what string) (string, bool) {
	if n == nil {
		return "", false
	}
	if !n.scalar() || n.text == "" {
		d.bad(n.at, "wants", "key", what, "wanted", aText)
		return "", false
	}
	return n.text, true
}

var idPattern = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]{0,63}$`)

// name returns the id that a scalar is.
func (d *decoder) name(n *node, what string) (string, bool) {
	s, ok := d.text(n, what)
	if ok && !idPattern.MatchString(s) {
		d.bad(n.at, "bad-id", "key", what)
		return "", false
	}
	return s, ok
}

// names returns a list of ids, each once.
func (d *decoder) names(n *node, what string) (ids []string, at []Pos) {
	seen := map[string]bool{}
	for _, item := range d.oneOrMore(n, what) {
		s, ok := d.name(item, what)
		if !ok {
			continue
		}
		if seen[s] {
			d.bad(item.at, "twice", "value", s)
			continue
		}
		seen[s] = true
		ids, at = append(ids, s), append(at, item.at)
	}
	return ids, at
}

// code returns one of the known codes.
func (d *decoder) code(n *node, what string, known []string) (string, bool) {
	s, ok := d.text(n, what)
	if ok && !slices.Contains(known, s) {
		d.add(n.at, UnknownValue, d.id, "unknown-value", "value", show(s), "key", what, "nearest", closest{s, known})
		return "", false
	}
	return s, ok
}

// codeList returns a list of known codes, each once, and nil if there is none.
func codeList[T ~string](d *decoder, n *node, what string, known []string) []T {
	var list []T
	for _, item := range d.oneOrMore(n, what) {
		s, ok := d.code(item, what, known)
		if !ok {
			continue
		}
		if slices.Contains(list, T(s)) {
			d.bad(item.at, "twice", "value", s)
			continue
		}
		list = append(list, T(s))
	}
	if n != nil && n.kind == listNode && len(n.items) == 0 {
		d.bad(n.at, "empty-choice", "key", what)
	}
	return list
}

// translated returns a text in the languages of the program.
func (d *decoder) translated(n *node, what string) consult.Text {
	if n == nil || !d.mapping(n, what, textLanguages...) {
		return nil
	}
	t := consult.Text{}
	for _, e := range n.entries {
		if s, ok := d.text(e.value, e.key); ok && slices.Contains(textLanguages, e.key) {
			t[consult.Language(e.key)] = s
		}
	}
	return t
}

// duration returns a duration of working time.
func (d *decoder) duration(n *node, what string) (worktime.Duration, bool) {
	s, ok := d.text(n, what)
	if !ok {
		return worktime.Duration{}, false
	}
	v, err := worktime.ParseDuration(s)
	if err != nil {
		d.badDuration(n.at, s, err)
		return worktime.Duration{}, false
	}
	return v, true
}

func (d *decoder) badDuration(at Pos, s string, err error) {
	key := "bad-duration"
	if errors.Is(err, worktime.ErrLong) {
		key = "long-duration"
	}
	d.bad(at, key, "value", show(s))
}

// clock returns a date and a time of the day by the wall clock.
func (d *decoder) clock(n *node, what string) (day worktime.Date, clock time.Duration, ok bool) {
	s, ok := d.text(n, what)
	if !ok {
		return 0, 0, false
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 {
			return worktime.DateOf(t), worktime.ClockOf(t), true
		}
	}
	d.bad(n.at, "bad-moment", "value", show(s))
	return 0, 0, false
}

// moment returns a moment, written with an offset or by the document's wall clock.
func (d *decoder) moment(n *node, what string) (time.Time, bool) {
	if n != nil && n.kind == textNode && strings.ContainsAny(n.text, "Z+") {
		if t, err := time.Parse(time.RFC3339, n.text); err == nil {
			return t, true
		}
	}
	day, clock, ok := d.clock(n, what)
	if !ok {
		return time.Time{}, false
	}
	return worktime.Wall(d.doc.Timezone, day, clock), true
}

// missing reports a key that has to be there.
func (d *decoder) missing(at Pos, key string) { d.bad(at, "missing", "key", key) }

// needs looks a key up that has to be there.
func (d *decoder) needs(n *node, key string) *node {
	v := n.get(key)
	if v == nil {
		d.missing(n.at, key)
	}
	return v
}
