package routing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxDocument is the size of a document in bytes that is still read.
const MaxDocument = 1 << 20

// nodeKind is what a place in a document holds.
type nodeKind uint8

const (
	nullNode nodeKind = iota
	textNode
	numberNode
	boolNode
	listNode
	mapNode
)

// node is a place in a document or a request: all that decoding needs of YAML and JSON.
type node struct {
	kind nodeKind
	at   Pos
	// text is a scalar as it is written, without quotes.
	text    string
	items   []*node
	entries []entry
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	at    Pos
	value *node
}

// get returns the value of a key, or nil.
func (n *node) get(key string) *node {
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// readYAML reads one YAML document. It returns nil, with at least one finding, where there is nothing that could be read further.
func readYAML(data []byte, found *findings) *node {
	if len(data) > MaxDocument {
		found.add(Pos{}, Syntax, "", "too-large", "limit", "1 MiB")
		return nil
	}
	data = plainLines(data)
	if at, key, ok := validText(data); !ok {
		found.add(at, Syntax, "", key, "limit", maxBlank)
		return nil
	}
	tokens := lexer.Tokenize(string(data))
	if bad := tokens.InvalidToken(); bad == nil && !wellShaped(tokens, found) {
		return nil
	}
	if second := secondDocument(tokens); second != nil {
		found.add(posOf(second), Syntax, "", "second-document")
		return nil
	}
	file, err := parseTokens(tokens)
	if err != nil {
		at, reason := Pos{}, yamlFault("")
		if e, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			reason = yamlFault(e.Message)
			if e.Token != nil {
				at = posOf(e.Token)
			}
		}
		found.add(at, Syntax, "", "not-yaml", "reason", reason)
		return nil
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			body = d.Body
		}
	}
	if body == nil {
		found.add(Pos{}, Syntax, "", "empty")
		return nil
	}
	return convert(body, found)
}

// secondDocument returns where another document begins, nil where none does. The parser would leave out, unsaid, what follows an
// empty one.
func secondDocument(tokens token.Tokens) (at *token.Token) {
	begun, ended := false, false
	for _, t := range tokens {
		switch t.Type {
		case token.CommentType:
		case token.DocumentHeaderType:
			if begun && at == nil {
				at = t
			}
			begun = true
		case token.DocumentEndType:
			ended = true
		default:
			if at != nil {
				return at
			}
			if ended {
				return t
			}
			begun = true
		}
	}
	return nil
}

// parseTokens turns what the parser does not survive into an error.
func parseTokens(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("parser: %v", r)
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// plainLines leaves out the byte order mark, and what stands at the end of lines besides a line feed: a carriage return or spaces,
// which mean nothing and lead the parser astray about the places of what comes before them and after.
func plainLines(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	plain := make([]byte, 0, len(data))
	for line := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))) {
		text, ended := bytes.CutSuffix(line, []byte("\n"))
		plain = append(plain, bytes.TrimRight(text, " \t")...)
		if ended {
			plain = append(plain, '\n')
		}
	}
	return plain
}

// validText returns the place of the first byte that is not UTF-8 or that no text file holds, or of the end of too many blank
// lines, and what to say of it.
func validText(data []byte) (at Pos, key string, ok bool) {
	line, column, blank := 1, 1, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1, r < ' ' && r != '\n' && r != '\t':
			return Pos{line, column}, "not-utf8", false
		case r == '\n':
			line, column = line+1, 0
			if blank++; blank > maxBlank {
				return Pos{line, 1}, "too-blank", false
			}
		case r != ' ' && r != '\t':
			blank = 0
		}
		column++
		data = data[n:]
	}
	return Pos{}, "", true
}

func posOf(t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{}
	}
	return Pos{t.Position.Line, t.Position.Column}
}

// convert turns the parser's tree into nodes and reports keys that stand twice in one mapping.
func convert(from ast.Node, found *findings) *node {
	if from == nil {
		return &node{}
	}
	t := from.GetToken()
	n := &node{at: posOf(t)}
	switch v := from.(type) {
	case *ast.MappingNode:
		n.kind = mapNode
		seen := make(map[string]bool, len(v.Values))
		for _, value := range v.Values {
			n.addEntry(value, seen, found)
		}
		if !v.IsFlowStyle && len(n.entries) > 0 {
			n.at = n.entries[0].at
		}
	case *ast.MappingValueNode:
		n.kind = mapNode
		n.addEntry(v, map[string]bool{}, found)
		n.at = posOf(v.Key.GetToken())
	case *ast.SequenceNode:
		n.kind = listNode
		for _, value := range v.Values {
			if text, ok := withColon(value); ok && v.IsFlowStyle {
				n.items = append(n.items, &node{kind: textNode, at: posOf(text), text: text.Value})
				continue
			}
			n.items = append(n.items, convert(value, found))
		}
	case *ast.NullNode:
		n.kind = nullNode
	case *ast.BoolNode:
		n.kind, n.text = boolNode, strings.ToLower(t.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.kind, n.text = numberNode, t.Value
	case *ast.StringNode:
		n.kind, n.text = textNode, v.Value
	case *ast.LiteralNode:
		n.kind = textNode
		if v.Value != nil {
			n.text = v.Value.Value
		}
	default:
		found.add(n.at, Syntax, "", "not-used", "sign", show(t.Value))
	}
	return n
}

// withColon returns the text that an item in brackets is, such as pool:a or 08:00-16:00, where the parser takes its colon for that of a
// mapping, though no space follows it.
func withColon(item ast.Node) (text *token.Token, ok bool) {
	if m, is := item.(*ast.MappingNode); is && m.Start.Type != token.MappingStartType && len(m.Values) == 1 {
		item = m.Values[0]
	}
	m, ok := item.(*ast.MappingValueNode)
	if !ok || m.Start == nil || m.Value == nil {
		return nil, false
	}
	key, value := m.Key.GetToken(), m.Value.GetToken()
	plain := func(t *token.Token) bool {
		return t.Indicator == token.NotIndicator && t.Position.Line == m.Start.Position.Line
	}
	if !plain(key) || !plain(value) || key.Position.Column+utf8.RuneCountInString(key.Value) != m.Start.Position.Column ||
		value.Position.Column != m.Start.Position.Column+1 {
		return nil, false
	}
	return &token.Token{Position: key.Position, Value: key.Value + ":" + value.Value}, true
}

func (n *node) addEntry(v *ast.MappingValueNode, seen map[string]bool, found *findings) {
	t := v.Key.GetToken()
	key := entry{key: t.Value, at: posOf(t)}
	if s, ok := v.Key.(*ast.StringNode); ok {
		key.key = s.Value
	}
	key.value = convert(v.Value, found)
	if seen[key.key] {
		found.add(key.at, Syntax, "", "duplicate-key", "key", show(key.key))
		return
	}
	seen[key.key] = true
	n.entries = append(n.entries, key)
}
