package routing

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
	_ "time/tzdata" // rules name time zones, and a bare machine has none

	"silta/consult"
)

// Parse reads a routing document, or a whole configuration with the document under its key routing. It reports all that is
// wrong with the document as it is written, and its failed tests, in the order of the places; [Examine] adds what is wrong with
// what it means. file is what findings begin with. The document is nil only where nothing could be read.
func Parse(file string, data []byte) (*Document, []Finding) {
	doc, found := parse(file, data)
	if doc != nil {
		doc.runTests(found)
	}
	return doc, found.sorted()
}

// runTests adds a finding for every test that fails, where all rules could be read.
func (d *Document) runTests(found *findings) {
	if !d.unread {
		Compile(d).reportTests(found)
	}
}

func parse(file string, data []byte) (*Document, *findings) {
	found := &findings{file: file}
	root := readYAML(data, found)
	if root == nil {
		return nil, found
	}
	if section := root.get("routing"); section != nil {
		root = section
	}
	sum := sha256.Sum256(data)
	home, err := time.LoadLocation(defaultTimezone)
	if err != nil {
		home = time.UTC
	}
	d := &decoder{findings: found, doc: &Document{File: file, Hash: hex.EncodeToString(sum[:]), Timezone: home}}
	if !d.document(root) {
		return nil, found
	}
	return d.doc, found
}

// defaultTimezone is that of a document which names none.
const defaultTimezone = "Europe/Helsinki"

func (d *decoder) document(n *node) bool {
	if !d.mapping(n, "routing", "timezone", "municipalities", "hours", "interlocks", "rules", "otherwise", "pools", "tests") {
		return false
	}
	d.timezone(n.get("timezone"))
	d.municipalities(d.needs(n, "municipalities"))
	if hours := n.get("hours"); hours != nil {
		d.allHours(hours)
	}
	locks, ids, names := map[string]Pos{}, map[string]Pos{}, map[string]Pos{}
	for _, item := range d.list(n.get("interlocks"), "interlocks") {
		d.interlock(item, locks)
	}
	for _, item := range d.list(n.get("rules"), "rules") {
		d.rule(item, ids)
	}
	if otherwise := d.needs(n, "otherwise"); otherwise != nil {
		d.doc.OtherwiseAt = otherwise.at
		d.id = Otherwise
		d.doc.Otherwise, _ = d.poolName(otherwise, "otherwise")
		d.id = ""
	}
	if pools := d.needs(n, "pools"); pools != nil {
		d.allPools(pools)
	}
	for _, item := range d.list(n.get("tests"), "tests") {
		d.test(item, names)
	}
	d.lookUp()
	return true
}

func (d *decoder) timezone(n *node) {
	name, ok := d.text(n, "timezone")
	if !ok {
		return
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		d.bad(n.at, "unknown-timezone", "value", show(name))
		return
	}
	d.doc.Timezone = loc
}

func (d *decoder) municipalities(n *node) {
	seen := map[string]bool{}
	for _, item := range d.oneOrMore(n, "municipalities") {
		s, ok := d.text(item, "municipalities")
		switch {
		case !ok:
		case seen[s]:
			d.bad(item.at, "twice", "value", show(s))
		case len(d.doc.Municipalities) == MaxMunicipalities:
			d.bad(item.at, "too-many-values", "key", "municipalities", "limit", MaxMunicipalities)
			return
		default:
			seen[s] = true
			d.doc.Municipalities = append(d.doc.Municipalities, s)
		}
	}
	if n != nil && n.kind == listNode && len(n.items) == 0 {
		d.bad(n.at, "empty-choice", "key", "municipalities")
	}
}

// lookUp reports the names that stand nowhere.
func (d *decoder) lookUp() {
	var pools, hours []string
	for _, p := range d.doc.Pools {
		pools = append(pools, p.ID)
	}
	for _, h := range d.doc.Hours {
		hours = append(hours, h.ID)
	}
	d.unknown(d.pools, pools, UnknownPool, "unknown-pool", "no-pools")
	d.unknown(d.hours, hours, UnknownHours, "unknown-hours", "no-hours")
}

// unknown reports the uses of names that are not known.
func (f *findings) unknown(uses []use, known []string, code Code, key, none string) {
	set := make(map[string]bool, len(known))
	for _, k := range known {
		set[k] = true
	}
	for _, u := range uses {
		switch {
		case set[u.name]:
		case len(known) == 0:
			f.add(u.at, code, u.id, none, "value", show(u.name))
		default:
			f.add(u.at, code, u.id, key, "value", show(u.name), "nearest", closest{u.name, known})
		}
	}
}

// poolName returns the id of a pool that will be looked up.
func (d *decoder) poolName(n *node, what string) (string, bool) {
	s, ok := d.name(n, what)
	if ok {
		d.pools = append(d.pools, use{name: s, id: d.id, at: n.at})
	}
	return s, ok
}

// ownID reads the id of a rule or interlock; ids holds those before it.
func (d *decoder) ownID(n *node, ids map[string]Pos) (string, Pos) {
	d.id = ""
	v := d.needs(n, "id")
	if v == nil {
		return "", n.at
	}
	s, ok := d.name(v, "id")
	if !ok {
		return "", n.at
	}
	d.id = s
	if before, there := ids[s]; there {
		d.add(v.at, DuplicateID, s, "duplicate-rule", "value", s, "line", before.Line)
	} else {
		ids[s] = v.at
	}
	if s == Otherwise {
		d.bad(v.at, "reserved-id", "value", s)
	}
	return s, n.at
}

func (d *decoder) interlock(n *node, ids map[string]Pos) {
	defer func() { d.id = "" }()
	d.id = peek(n, "id")
	if !d.mapping(n, "interlocks", "id", "when", "action", "phone", "show") {
		d.doc.unread = true
		return
	}
	var lock Interlock
	lock.ID, lock.At = d.ownID(n, ids)
	when := d.needs(n, "when")
	var ok bool
	if when != nil {
		lock.When, ok = d.when(when)
	}
	action, known := d.code(d.needs(n, "action"), "action", []string{"block", "confirm"})
	lock.Block = action == "block"
	if phone := n.get("phone"); phone != nil {
		lock.Phone, _ = d.text(phone, "phone")
	}
	lock.Show = d.translated(n.get("show"), "show")
	if !ok || !known {
		d.doc.unread = true
		return
	}
	d.doc.Interlocks = append(d.doc.Interlocks, lock)
}

// peek returns an id without a finding, so that findings about the keys before it can carry it; "" where there is none.
func peek(n *node, key string) string {
	if v := n.get(key); v != nil && v.scalar() {
		return v.text
	}
	return ""
}

func (d *decoder) rule(n *node, ids map[string]Pos) {
	defer func() { d.id = "" }()
	d.id = peek(n, "id")
	if !d.mapping(n, "rules", "id", "when", "to", "with", "at-least", "why") {
		d.doc.unread = true
		return
	}
	var r Rule
	r.ID, r.At = d.ownID(n, ids)
	if when := n.get("when"); when != nil {
		var ok bool
		r.When, ok = d.when(when)
		r.unread = !ok
	}
	if to := d.needs(n, "to"); to != nil {
		r.ToAt = to.at
		r.To, _ = d.poolName(to, "to")
	}
	var at []Pos
	r.With, at = d.names(n.get("with"), "with")
	for i, p := range r.With {
		d.pools = append(d.pools, use{name: p, id: d.id, at: at[i]})
		if p == r.To {
			d.bad(at[i], "joins-itself", "value", p)
		}
	}
	if floor := n.get("at-least"); floor != nil {
		u, ok := d.code(floor, "at-least", urgencyCodes)
		r.AtLeast = consult.Urgency(u)
		r.unread = r.unread || !ok
	}
	r.Why = d.translated(n.get("why"), "why")
	if r.unread || r.To == "" {
		d.doc.unread = true
	}
	d.doc.Rules = append(d.doc.Rules, r)
}

func (d *decoder) test(n *node, names map[string]Pos) {
	defer func() { d.id = "" }()
	d.id = peek(n, "name")
	if !d.mapping(n, "tests", "name", "request", "expect") {
		return
	}
	var t Test
	t.At = n.at
	if v := d.needs(n, "name"); v != nil {
		t.Name, _ = d.text(v, "name")
		if before, there := names[t.Name]; there && t.Name != "" {
			d.add(v.at, DuplicateID, t.Name, "duplicate-test", "value", show(t.Name), "line", before.Line)
		} else {
			names[t.Name] = v.at
		}
	}
	if v := d.needs(n, "request"); v == nil {
		t.unread = true
	} else {
		t.Request = readFacts(v, d.doc.Municipalities, func(_ string, at Pos, code Code, key string, args ...any) {
			t.unread = true
			d.add(at, code, d.id, key, args...)
		})
	}
	before := d.errors
	if v := d.needs(n, "expect"); v != nil {
		d.expect(v, &t.Expect)
	}
	t.unread = t.unread || d.errors > before
	d.doc.Tests = append(d.doc.Tests, t)
}

func (d *decoder) expect(n *node, into *Expectation) {
	if !d.mapping(n, "expect", "pool", "rule", "urgency", "with", "interlocks", "notes") {
		return
	}
	if len(n.entries) == 0 {
		d.bad(n.at, "nothing-expected")
	}
	if v := n.get("pool"); v != nil {
		if v.kind == textNode && v.text == "" { // a blocked request goes nowhere
			into.Pool = new("")
		} else if s, ok := d.poolName(v, "pool"); ok {
			into.Pool = &s
		}
	}
	if v := n.get("rule"); v != nil {
		if s, ok := d.text(v, "rule"); ok {
			into.Rule = &s
		}
	}
	if v := n.get("urgency"); v != nil {
		if s, ok := d.code(v, "urgency", urgencyCodes); ok {
			into.Urgency = new(consult.Urgency(s))
		}
	}
	if v := n.get("with"); v != nil {
		ids, at := d.names(v, "with")
		for i, p := range ids {
			d.pools = append(d.pools, use{name: p, id: d.id, at: at[i]})
		}
		into.With = &ids
	}
	if v := n.get("interlocks"); v != nil {
		ids, _ := d.names(v, "interlocks")
		slices.Sort(ids)
		into.Interlocks = &ids
	}
	if v := n.get("notes"); v != nil {
		known := []string{string(consult.ModeNotOffered), string(consult.ProfessionNotAccepted)}
		var notes []consult.NoteCode
		for _, item := range d.oneOrMore(v, "notes") {
			if s, ok := d.code(item, "notes", known); ok {
				notes = append(notes, consult.NoteCode(s))
			}
		}
		into.Notes = &notes
	}
}
