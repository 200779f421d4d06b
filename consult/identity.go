package consult

import (
	"slices"
	"sync"
)

// IdentityKind is what sort of thing a finding of the identity guard is.
type IdentityKind string

// Kinds of findings, the gravest first: of findings that overlap, the gravest gives the kind of the whole.
const (
	IdentityHetu    IdentityKind = "hetu"
	IdentityEmail   IdentityKind = "email"
	IdentityPhone   IdentityKind = "phone"
	IdentityAddress IdentityKind = "address"
	IdentityName    IdentityKind = "name"
)

var identityGravity = []IdentityKind{IdentityHetu, IdentityEmail, IdentityPhone, IdentityAddress, IdentityName}

// IdentityFinding is a place in a text that could tell who somebody is. Start and End count code points from the
// beginning of the text (an invalid byte counts as one); End is excluded.
type IdentityFinding struct {
	Kind  IdentityKind `json:"kind"`
	Start int          `json:"start"`
	End   int          `json:"end"`
}

// FindIdentity returns what in a text could tell who somebody is: personal identity codes (mistyped ones too), phone
// numbers, e-mail and street addresses, and the names given, in any inflection. Findings are in the order of the text
// and do not overlap. It takes time in proportion to the text's length, and the text need not be valid UTF-8.
//
// Numbers of public help lines are no findings, nor are dates, scores, amounts and codes of diagnoses.
func FindIdentity(text string, names ...string) []IdentityFinding {
	buffer := glyphs.Get().(*[]glyph)
	s := identityScan{names: newNameForms(names), glyphs: (*buffer)[:0]}
	s.fold(text)
	defer func() { *buffer = s.glyphs; glyphs.Put(buffer) }()
	for i := 0; i < len(s.glyphs); {
		i = s.step(i)
	}
	return mergeIdentity(s.found)
}

// glyphs holds the room for folded texts, which is many times a text's own.
var glyphs = sync.Pool{New: func() any { return new([]glyph) }}

// identityScan is one pass over a folded text.
type identityScan struct {
	glyphs []glyph
	found  []IdentityFinding
	names  *nameForms
	// mailEnd is the index after the last e-mail address, which the next one can't reach back over; phoneEnd that
	// after the last telephone number.
	mailEnd, phoneEnd int
}

// step looks at what begins at glyph i and returns the index where to look next, always beyond i.
func (s *identityScan) step(i int) int {
	g := s.glyphs[i]
	switch {
	case g.class&digit != 0:
		return s.number(i)
	case g.class&letter != 0:
		return s.word(i)
	case g.r == '@':
		return s.mail(i)
	case g.r == '+':
		if end := s.phone(i); end > i {
			return end
		}
	case g.r == '(' || g.r == '[' || g.r == '{' || g.r == '<':
		if end := s.bracketedAt(i); end > i {
			return end
		}
		if s.is(i+1, digit) || s.at(i+1) == '+' {
			if end := s.phone(i); end > i {
				return end
			}
		}
	}
	return i + 1
}

// number looks at a run of digits: a personal identity code, a phone number or a postal code may begin there.
func (s *identityScan) number(i int) int {
	if end := s.looseHetu(i); end > i {
		return end
	}
	if end := s.phone(i); end > i {
		return end
	}
	if end := s.postal(i); end > i {
		s.add(IdentityAddress, i, end)
		return end
	}
	for _, read := range []func(int) int{s.hetuInParts, s.englishStreet} {
		if end := read(i); end > i {
			return end
		}
	}
	if run := s.run(i, digit); s.at(i) == '0' && s.is(s.spokenGap(run), letter) {
		if end := s.spokenPhone(i); end > i {
			return end
		}
	}
	return s.run(i, digit)
}

// word looks at a run of letters: a name, a street, a spelt-out at sign, or a number whose first digit was
// typed as a letter.
func (s *identityScan) word(i int) int {
	if _, ok := digitLike(s.at(i)); ok && s.is(i+1, digit) {
		if end := s.looseHetu(i); end > i {
			return end
		}
		if end := s.phone(i); end > i {
			return end
		}
	}
	end := s.run(i, letter)
	if s.zero(i, end) {
		if end := s.spokenPhone(i); end > i {
			return end
		}
	}
	if s.names != nil && s.names.match(s.glyphs[i:end]) {
		s.add(IdentityName, i, end)
	}
	if next := s.street(i, end); next > end {
		return next
	}
	return s.atWord(i, end)
}

// at returns the folded rune at an index, 0 outside the text.
func (s *identityScan) at(i int) rune {
	if i < 0 || i >= len(s.glyphs) {
		return 0
	}
	return s.glyphs[i].r
}

// is reports whether the glyph at an index, if there is one, is of one of the classes.
func (s *identityScan) is(i int, c class) bool {
	return i >= 0 && i < len(s.glyphs) && s.glyphs[i].class&c != 0
}

// run returns the index after the run of glyphs of the class that begins at i.
func (s *identityScan) run(i int, c class) int {
	for i < len(s.glyphs) && s.glyphs[i].class&c != 0 {
		i++
	}
	return i
}

// equal reports whether the glyphs from start to end spell a lower-case word.
func (s *identityScan) equal(start, end int, word string) bool {
	if end-start > len(word) {
		return false
	}
	for _, r := range word {
		if start >= end || s.at(start) != r {
			return false
		}
		start++
	}
	return start == end
}

// add records the glyphs from start to end as a finding.
func (s *identityScan) add(kind IdentityKind, start, end int) {
	last := s.glyphs[end-1]
	s.found = append(s.found, IdentityFinding{
		Kind: kind, Start: int(s.glyphs[start].place), End: int(last.place) + int(last.width),
	})
}

// mergeIdentity puts findings in order and makes one of those that overlap.
func mergeIdentity(found []IdentityFinding) []IdentityFinding {
	slices.SortStableFunc(found, func(a, b IdentityFinding) int { return a.Start - b.Start })
	merged := found[:0]
	for _, f := range found {
		if n := len(merged) - 1; n >= 0 && f.Start < merged[n].End {
			merged[n].End = max(merged[n].End, f.End)
			if slices.Index(identityGravity, f.Kind) < slices.Index(identityGravity, merged[n].Kind) {
				merged[n].Kind = f.Kind
			}
			continue
		}
		merged = append(merged, f)
	}
	return merged
}
