package routing

import (
	"slices"
	"strconv"
	"strings"

	"silta/consult"
)

// when reads a condition. ok is false if some of it could not be read, so that it cannot be matched.
func (d *decoder) when(n *node) (w When, ok bool) {
	branches := []*node{n}
	if n.kind == listNode {
		branches = n.items
	}
	if len(branches) == 0 {
		d.bad(n.at, "nothing-matches", "key", "when")
		return nil, false
	}
	ok = true
	for _, item := range branches {
		b, read := d.branch(item)
		w, ok = append(w, b), ok && read
	}
	return w, ok
}

func (d *decoder) branch(n *node) (b Branch, ok bool) {
	if n.kind == nullNode || n.kind == mapNode && len(n.entries) == 0 {
		d.bad(n.at, "nothing-matches", "key", "when")
		return nil, false
	}
	if !d.mapping(n, "when", factNames[:]...) {
		return nil, false
	}
	ok = true
	for _, e := range n.entries {
		fact, known := factNamed(e.key)
		if !known {
			ok = false
			continue
		}
		m, read := d.matcher(fact, e.value)
		b, ok = append(b, m), ok && read
	}
	return b, ok
}

func (d *decoder) matcher(f Fact, n *node) (m Matcher, ok bool) {
	m = Matcher{Fact: f, Wanted: n.literal()}
	if f.kind() == setKind {
		return m, d.setMatcher(&m, n)
	}
	values := n
	if f.kind() == choiceKind && n.kind == mapNode {
		if !d.mapping(n, f.String(), "not") || len(n.entries) != 1 || n.entries[0].key != "not" {
			if len(n.entries) == 0 {
				d.bad(n.at, "nothing-matches", "key", f.String())
			}
			return m, false
		}
		values, m.except = n.entries[0].value, true
	}
	items := []*node{values}
	if values.kind == listNode {
		items = values.items
	}
	if len(items) == 0 {
		d.bad(values.at, "empty-choice", "key", f.String())
		return m, false
	}
	ok = true
	for _, item := range items {
		ok = d.value(f, item, &m.values) && ok
	}
	if m.except {
		m.values = m.values.complement(spanOf(f, len(d.doc.Municipalities)))
	}
	return m, ok
}

// value adds the values that one item of a matcher means.
func (d *decoder) value(f Fact, n *node, into *region) bool {
	place := spanOf(f, len(d.doc.Municipalities))
	low, high := 0, place.size-1
	switch f.kind() {
	case numberKind:
		var ok bool
		if low, high, ok = d.ages(n); !ok {
			return false
		}
	case boolKind:
		if n.kind != boolNode {
			d.bad(n.at, "wants", "key", f.String(), "wanted", trueOrFalse)
			return false
		}
		low = 0
		if n.text == "true" {
			low = 1
		}
		high = low
	default:
		s, ok := d.text(n, f.String())
		if !ok {
			return false
		}
		sign := ""
		if f == Urgency {
			sign, s = cutSign(s)
		}
		known := f.values(d.doc.Municipalities)
		i := slices.Index(known, s)
		if i < 0 {
			d.unknownValue(n, f, s, known)
			return false
		}
		if low, high = bounds(sign, i, low, high); low > high {
			d.bad(n.at, "empty-range", "key", f.String(), "value", n.text)
			return false
		}
	}
	for i := low; i <= high; i++ {
		into.add(place.from + i)
	}
	return true
}

func (d *decoder) unknownValue(n *node, f Fact, s string, known []string) {
	if len(known) == 0 { // there are no municipalities: that has its own finding
		return
	}
	d.add(n.at, UnknownValue, d.id, "unknown-value", "value", show(s), "key", f.String(), "nearest", closest{s, known})
}

// cutSign cuts the comparison off a value: <, <=, > or >=.
func cutSign(s string) (sign, rest string) {
	for _, sign := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return sign, strings.TrimSpace(rest)
		}
	}
	return "", s
}

// bounds narrows a range by a comparison with v; without a sign it is v alone.
func bounds(sign string, v, low, high int) (int, int) {
	switch sign {
	case "<":
		return low, v - 1
	case "<=":
		return low, v
	case ">":
		return v + 1, high
	case ">=":
		return v, high
	default:
		return v, v
	}
}

// ages reads 5, "<13", ">=18" or 13-17.
func (d *decoder) ages(n *node) (low, high int, ok bool) {
	if n.kind != textNode && n.kind != numberNode {
		d.bad(n.at, "wants", "key", Age.String(), "wanted", anAge)
		return 0, 0, false
	}
	sign, rest := cutSign(n.text)
	from, to, isRange := strings.Cut(rest, "-")
	if isRange && (sign != "" || strings.TrimSpace(from) == "") {
		isRange, from = false, rest
	}
	a, okA := wholeNumber(from)
	b, okB := a, true
	if isRange {
		b, okB = wholeNumber(to)
	}
	switch {
	case !okA || !okB:
		d.bad(n.at, "wants", "key", Age.String(), "wanted", anAge)
		return 0, 0, false
	case a < 0 || a > consult.MaxAge || b < 0 || b > consult.MaxAge:
		d.bad(n.at, "out-of-range", "key", Age.String(), "value", show(n.text), "low", 0, "high", consult.MaxAge)
		return 0, 0, false
	case isRange:
		low, high = a, b
	default:
		low, high = bounds(sign, a, 0, consult.MaxAge)
	}
	if low > high {
		d.bad(n.at, "empty-range", "key", Age.String(), "value", show(n.text))
		return 0, 0, false
	}
	return low, high, true
}

// wholeNumber reads a decimal number without a leading zero.
func wholeNumber(s string) (int, bool) {
	s = strings.TrimSpace(s)
	n, err := strconv.Atoi(s)
	return n, err == nil && strconv.Itoa(n) == s
}

// setMatcher reads codes (any of them), or a mapping with any, all and none.
func (d *decoder) setMatcher(m *Matcher, n *node) bool {
	if n.kind != mapNode {
		var ok bool
		m.any, ok = d.members(m.Fact, n)
		return ok
	}
	if len(n.entries) == 0 {
		d.bad(n.at, "nothing-matches", "key", m.Fact.String())
		return false
	}
	ok := d.mapping(n, m.Fact.String(), "any", "all", "none")
	places := map[string]*elements{"any": &m.any, "all": &m.all, "none": &m.none}
	for _, e := range n.entries {
		place, known := places[e.key]
		if !known {
			ok = false
			continue
		}
		var read bool
		*place, read = d.members(m.Fact, e.value)
		ok = ok && read
	}
	return ok
}

func (d *decoder) members(f Fact, n *node) (set elements, ok bool) {
	items := d.oneOrMore(n, f.String())
	if len(items) == 0 {
		if n.kind == listNode {
			d.bad(n.at, "empty-choice", "key", f.String())
		}
		return 0, false
	}
	known, ok := f.values(nil), true
	for _, item := range items {
		s, read := d.text(item, f.String())
		if !read {
			ok = false
			continue
		}
		i := slices.Index(known, s)
		if i < 0 {
			d.unknownValue(item, f, s, known)
			ok = false
			continue
		}
		set |= 1 << (firstElement(f) + i)
	}
	return set, ok
}
