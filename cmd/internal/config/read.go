package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"silta/consult"
)

// source is what a configuration is read from, and what was found wrong with it.
type source struct {
	file   string
	env    map[string]string
	read   func(name string) ([]byte, error)
	known  []string // the variables that can override something
	faults Faults
}

// reader reads the keys of one mapping. Whatever is asked for is known; [reader.done] reports the rest.
type reader struct {
	*source
	path  string
	at    *token.Position
	keys  map[string]*ast.MappingValueNode
	order []string
	known []string
	// inList: items of a list have no variables.
	inList bool
}

// value is the text of a scalar and where it comes from.
type value struct {
	text     string
	variable string
	at       *token.Position
}

func (s *source) newReader(path string, at *token.Position, n ast.Node) *reader {
	r := &reader{source: s, path: path, at: at, keys: map[string]*ast.MappingValueNode{}}
	for _, kv := range pairs(n) {
		key := kv.Key.GetToken()
		name := key.Value
		switch _, twice := r.keys[name]; {
		case kv.Key.Type() == ast.MergeKeyType || kv.Key.Type() == ast.AnchorType || kv.Key.Type() == ast.AliasType:
			r.faultAt(key.Position, path, "anchors, aliases and merges are not used here; write the values out")
		case twice:
			r.faultAt(key.Position, r.sub(shown(name)), "stands here twice; keep one")
		default:
			r.keys[name] = kv
			r.order = append(r.order, name)
		}
	}
	return r
}

// pairs returns the pairs of a mapping, which the parser gives in two shapes.
func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func (r *reader) sub(key string) string {
	if r.path == "" {
		return key
	}
	return r.path + "." + key
}

// faultAt reports a fault at a place in the file.
func (s *source) faultAt(at *token.Position, path, reason string) {
	f := Fault{File: s.file, Line: 1, Column: 1, Path: path, Reason: reason}
	if at != nil {
		f.Line, f.Column = max(at.Line, 1), max(at.Column, 1)
	}
	s.faults = append(s.faults, f)
}

// faultIn reports a fault where a value came from.
func (r *reader) faultIn(v value, key, reason string) {
	if v.variable != "" {
		r.faults = append(r.faults, Fault{Variable: v.variable, Path: r.sub(key), Reason: reason})
		return
	}
	r.faultAt(v.at, r.sub(key), reason)
}

// fault reports a fault of a key, wherever it was given; of a missing one, where it could stand.
func (r *reader) fault(key, reason string) {
	v := value{at: r.at}
	if kv, ok := r.keys[key]; ok {
		v.at = kv.Key.GetToken().Position
	}
	for _, name := range []string{r.variable(key), r.variable(key) + "_FILE"} {
		if _, ok := r.env[name]; ok && slices.Contains(r.source.known, name) {
			v.variable = name
		}
	}
	r.faultIn(v, key, reason)
}

// given reports whether a key was written or overridden.
func (r *reader) given(key string) bool {
	_, inFile := r.keys[key]
	return inFile || slices.ContainsFunc([]string{r.variable(key), r.variable(key) + "_FILE"}, func(name string) bool {
		_, ok := r.env[name]
		return ok && slices.Contains(r.source.known, name)
	})
}

// require reports the absence of a key.
func (r *reader) require(key, write string) {
	if !r.given(key) {
		reason := "is missing; write " + write
		if !r.inList {
			reason += ", or set " + r.variable(key)
		}
		r.faultAt(r.at, r.sub(key), reason)
	}
}

// node returns the node of a key, and false where there is none or it holds nothing.
func (r *reader) node(key string) (ast.Node, bool) {
	r.known = append(r.known, key)
	kv, ok := r.keys[key]
	if !ok {
		return nil, false
	}
	return r.plain(kv.Value, kv.Key.GetToken().Position, r.sub(key))
}

// plain refuses what is no part of the format.
func (s *source) plain(n ast.Node, at *token.Position, path string) (ast.Node, bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		s.faultAt(at, path, "has no value; write one, or leave the key out")
	case *ast.AnchorNode, *ast.AliasNode:
		s.faultAt(n.GetToken().Position, path, "anchors and aliases are not used here; write the value out")
	case *ast.TagNode:
		s.faultAt(n.GetToken().Position, path, "tags are not used here; write the value alone")
	default:
		return n, true
	}
	return nil, false
}

// scalarOf returns the text of a scalar as it was written.
func scalarOf(n ast.Node) (value, bool) {
	v := value{at: n.GetToken().Position}
	switch n := n.(type) {
	case *ast.StringNode:
		v.text = n.Value
	case *ast.LiteralNode:
		v.text = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		v.text = n.GetToken().Value
	default:
		return value{}, false
	}
	return v, true
}

// value returns the value of a scalar key.
func (r *reader) value(key string) (value, bool) {
	over, overridden := r.override(key)
	n, ok := r.node(key)
	if overridden {
		return over, true
	}
	if !ok {
		return value{}, false
	}
	v, ok := scalarOf(n)
	if !ok {
		r.faultAt(r.keys[key].Key.GetToken().Position, r.sub(key), "must be one value, not a list or a section")
	}
	return v, ok
}

// scalar reads a key into a variable, which keeps its default where the key is not there.
func scalar[T any](r *reader, key string, to *T, parse func(string) (T, error)) {
	if v, ok := r.value(key); ok {
		into(r, v, key, to, parse)
	}
}

func into[T any](r *reader, v value, key string, to *T, parse func(string) (T, error)) {
	got, err := parse(v.text)
	if err != nil {
		r.faultIn(v, key, err.Error())
		return
	}
	*to = got
}

// optional is a reader of values of which "" switches something off.
func optional(parse func(string) (string, error)) func(string) (string, error) {
	return func(s string) (string, error) {
		if s == "" {
			return "", nil
		}
		return parse(s)
	}
}

// readable reads a key that names a file, which must be there. A name in the configuration file is relative to its directory.
func (r *reader) readable(key string, to *string) {
	if r.pathname(key, to) {
		if _, err := r.read(*to); err != nil {
			r.fault(key, unreadable(*to, err))
		}
	}
}

// pathname reads a key that names a file or a directory.
func (r *reader) pathname(key string, to *string) bool {
	v, ok := r.value(key)
	if !ok {
		return false
	}
	name, err := parseText(v.text)
	if err != nil || strings.ContainsRune(name, 0) {
		r.faultIn(v, key, "is no file name; write one such as /var/lib/silta")
		return false
	}
	if v.variable == "" && !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(r.file), name)
	}
	*to = name
	return true
}

// skip leaves a key to others.
func (r *reader) skip(key string) { r.known = append(r.known, key) }

// section reads a key that holds keys. One that is not there is read as empty, for the sake of its overrides.
func (r *reader) section(key string, read func(*reader)) {
	at := r.at
	if kv, ok := r.keys[key]; ok {
		at = kv.Key.GetToken().Position
	}
	var n ast.Node
	if kv, ok := r.keys[key]; ok && kv.Value.Type() == ast.NullType {
		// A section in which everything is commented out.
		r.skip(key)
	} else if found, ok := r.node(key); ok && isMapping(found) {
		n = found
	} else if ok {
		r.faultAt(at, r.sub(key), "must be a section; write its keys below it, indented")
	}
	sub := r.newReader(r.sub(key), at, n)
	sub.inList = r.inList
	read(sub)
	sub.done()
}

func isMapping(n ast.Node) bool {
	return n.Type() == ast.MappingType || n.Type() == ast.MappingValueType
}

// start is where a node that is no empty mapping begins; the token of a mapping is its first colon.
func start(n ast.Node) *token.Position {
	if kvs := pairs(n); len(kvs) > 0 {
		return kvs[0].Key.GetToken().Position
	}
	return n.GetToken().Position
}

// each reads a list of sections, and returns how many items there are; it returns false where there is no list.
func (r *reader) each(key string, read func(item *reader)) (items int, ok bool) {
	n, ok := r.node(key)
	if !ok {
		return 0, false
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.faultAt(r.keys[key].Key.GetToken().Position, r.sub(key), "must be a list; write its items below it, each after \"- \"")
		return 0, false
	}
	for i, item := range list.Values {
		path := fmt.Sprintf("%s[%d]", r.sub(key), i)
		at := start(item)
		item, ok := r.plain(item, at, path)
		if !ok {
			continue
		}
		if !isMapping(item) {
			r.faultAt(at, path, "must be a section; write its keys in {}, or one a line")
			continue
		}
		sub := r.newReader(path, at, item)
		sub.inList = true
		read(sub)
		sub.done()
	}
	return len(list.Values), true
}

// list reads a list of single values; a variable has commas between them.
func list[T any](r *reader, key string, to *[]T, parse func(string) (T, error)) {
	over, overridden := r.override(key)
	n, ok := r.node(key)
	var values []value
	switch {
	case overridden && over.text == "":
	case overridden:
		for s := range strings.SplitSeq(over.text, ",") {
			values = append(values, value{text: strings.TrimSpace(s), variable: over.variable})
		}
	case !ok:
		return
	default:
		l, ok := n.(*ast.SequenceNode)
		if !ok {
			r.faultAt(r.keys[key].Key.GetToken().Position, r.sub(key), "must be a list; write it in []")
			return
		}
		for i, item := range l.Values {
			path := fmt.Sprintf("%s[%d]", r.sub(key), i)
			item, ok := r.plain(item, start(item), path)
			if !ok {
				continue
			}
			v, ok := scalarOf(item)
			if !ok {
				r.faultAt(start(item), path, "must be one value")
				continue
			}
			values = append(values, v)
		}
	}
	*to = make([]T, len(values))
	for i, v := range values {
		into(r, v, fmt.Sprintf("%s[%d]", key, i), &(*to)[i], parse)
	}
}

// texts reads a text in all languages of the program.
func (r *reader) texts(key string, to *consult.Text) {
	r.section(key, func(r *reader) {
		text := consult.Text{}
		for _, l := range consult.Languages {
			var s string
			scalar(r, string(l), &s, parseText)
			text[l] = s
			r.require(string(l), "the text in all three languages")
		}
		*to = text
	})
}

// done reports the keys that nothing asked for.
func (r *reader) done() {
	for _, key := range r.order {
		if !slices.Contains(r.known, key) {
			r.faultAt(r.keys[key].Key.GetToken().Position, r.sub(shown(key)), unknownKey(r.known, key))
		}
	}
}

// shown is a key as faults name it: one that is no name at all in quotes.
func shown(key string) string {
	if consult.ValidID(key) {
		return key
	}
	return quote(key)
}

func unknownKey(known []string, name string) string {
	if n := nearest(name, known); n != "" {
		return "unknown key; did you mean " + n + "?"
	}
	return "unknown key; here can stand: " + strings.Join(known, ", ")
}
