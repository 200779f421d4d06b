package routing

import "github.com/goccy/go-yaml/token"

// Bounds on a document's shape, far above what a real one has. The parser's time grows with the square of some of them.
const (
	maxDepth  = 32
	maxKeys   = 1000
	maxItems  = 20_000
	maxScalar = 16 << 10
	maxBlank  = 100
)

// shape follows the mappings and lists of a document, token by token.
type shape struct {
	found *findings
	bad   bool
	// open are those of block style around the present token, and flow those in brackets and braces, the innermost last.
	open, flow []block
	// dashes counts the marks of list items that follow each other in brackets.
	dashes int
}

// block is a mapping or list around the present token: of block style it has a column, and how many keys and items it has so far.
type block struct{ column, keys, items int }

// wellShaped looks for what a document must not have, before anything is built of it.
func wellShaped(tokens token.Tokens, found *findings) bool {
	s := shape{found: found}
	for _, t := range tokens {
		s.take(t)
	}
	return !s.bad
}

func (s *shape) take(t *token.Token) {
	if t.Type == token.SequenceEntryType && len(s.flow) > 0 {
		// Not YAML, though the parser takes it.
		s.dashes++
		s.deeper(t, s.dashes)
		return
	}
	if t.Type != token.SequenceEntryType {
		s.dashes = 0
	}
	switch t.Type {
	case token.AnchorType, token.AliasType, token.MergeKeyType:
		s.fail(t, "alias")
	case token.TagType, token.DirectiveType, token.MappingKeyType:
		s.fail(t, "not-used", "sign", t.Value)
	case token.MappingStartType, token.SequenceStartType:
		s.flow = append(s.flow, block{})
		s.deeper(t, len(s.flow))
	case token.MappingEndType, token.SequenceEndType:
		s.flow = s.flow[:max(len(s.flow)-1, 0)]
	case token.CollectEntryType:
		if n := len(s.flow); n > 0 {
			s.count(t, &s.flow[n-1], 0, 1)
		}
	case token.SequenceEntryType:
		s.enter(t, t.Position.Column, 0, 1)
	case token.MappingValueType:
		if n := len(s.flow); n > 0 {
			s.count(t, &s.flow[n-1], 1, 0)
		} else if t.Prev != nil {
			s.enter(t, t.Prev.Position.Column, 1, 0)
		}
	default:
		if len(t.Value) > maxScalar {
			s.fail(t, "too-long", "limit", "16 KiB")
		}
	}
}

func (s *shape) fail(t *token.Token, key string, args ...any) {
	s.found.add(posOf(t), Syntax, "", key, args...)
	s.bad = true
}

// deeper is told of each new depth.
func (s *shape) deeper(t *token.Token, depth int) {
	if depth == maxDepth+1 {
		s.fail(t, "too-deep", "limit", maxDepth)
	}
}

// enter counts keys and items of the mapping or list of block style at a column.
func (s *shape) enter(t *token.Token, column, keys, items int) {
	for len(s.open) > 0 && s.open[len(s.open)-1].column > column {
		s.open = s.open[:len(s.open)-1]
	}
	if n := len(s.open); n == 0 || s.open[n-1].column < column {
		s.open = append(s.open, block{column: column})
		s.deeper(t, len(s.open))
	}
	s.count(t, &s.open[len(s.open)-1], keys, items)
}

func (s *shape) count(t *token.Token, in *block, keys, items int) {
	in.keys, in.items = in.keys+keys, in.items+items
	if in.keys == maxKeys+1 && keys > 0 {
		s.fail(t, "too-many-keys", "limit", maxKeys)
	}
	if in.items == maxItems+1 && items > 0 {
		s.fail(t, "too-many-items", "limit", maxItems)
	}
}
