package consult

import (
	"slices"
	"unicode"
)

// class says what a glyph can be part of.
type class uint8

const (
	digit class = 1 << iota
	letter
	upper
)

// glyph is a character of a text in the form in which it is compared: lower case, without accents (but å, ä and ö are
// letters of their own), any dash a hyphen, any wide or foreign digit an ASCII one.
type glyph struct {
	r rune
	// place is where it stands in the text, in code points.
	place int32
	// width is how many code points it takes: 2 for a letter whose dots or ring follow it as a combining mark.
	width uint8
	class class
}

// asciiClass holds the classes of the ASCII characters.
var asciiClass = func() (t [128]class) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9':
			t[c] = digit
		case 'a' <= c && c <= 'z':
			t[c] = letter
		case 'A' <= c && c <= 'Z':
			t[c] = letter | upper
		}
	}
	return t
}()

// fold reads the text into glyphs. Valid identity codes are found here already, on the text as it is, so that nothing
// around them can hide them; their glyphs become blanks that no other finding reaches over.
func (s *identityScan) fold(text string) {
	s.glyphs = slices.Grow(s.glyphs, len(text))
	place, hidden := int32(-1), 0
	for b, r := range text {
		place++
		if b < hidden {
			s.glyphs = append(s.glyphs, glyph{place: place, width: 1})
			continue
		}
		if r < 128 {
			c := asciiClass[r]
			if c&digit != 0 && hetuAt(text[b:]) {
				s.found = append(s.found, IdentityFinding{IdentityHetu, int(place), int(place) + hetuLength})
				hidden = b + hetuLength
				s.glyphs = append(s.glyphs, glyph{place: place, width: 1})
				continue
			}
			if c&upper != 0 {
				r += 'a' - 'A'
			}
			switch {
			case r == '\t':
				r = ' '
			case unicode.IsControl(r) && (r < '\n' || '\r' < r): // Nothing of it is seen on a page.
				continue
			}
			s.glyphs = append(s.glyphs, glyph{r, place, 1, c})
			continue
		}
		if s.combine(r, place) {
			continue
		}
		r, c := foldRune(r)
		s.glyphs = append(s.glyphs, glyph{r, place, 1, c})
	}
}

// combine takes in what has no width of its own: combining marks, joiners, soft hyphens, marks of direction, control characters.
func (s *identityScan) combine(r rune, place int32) bool {
	switch {
	case r == 0x308 || r == 0x30A:
		n := len(s.glyphs) - 1
		if n < 0 || s.glyphs[n].place != place-1 || s.glyphs[n].class&letter == 0 {
			return true
		}
		composed := rune(0)
		switch g := s.glyphs[n].r; {
		case g == 'a' && r == 0x308:
			composed = 'ä'
		case g == 'o' && r == 0x308:
			composed = 'ö'
		case g == 'a':
			composed = 'å'
		}
		if composed != 0 {
			s.glyphs[n].r, s.glyphs[n].width = composed, 2
		}
		return true
	case r < 0x300:
		return r == 0xAD || r < 0xA0 && r != 0x85
	case r <= 0x36F, r == 0x20E3, 0xFE00 <= r && r <= 0xFE0F:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// plainLetters pairs letters with the plain ones they are compared as; Cyrillic ones go by their looks.
var plainLetters = func() map[rune]rune {
	m := map[rune]rune{}
	for plain, others := range map[rune]string{
		'a': "áàâãāăąа", 'c': "çćčс", 'd': "ďđð", 'e': "éèêëēėęěе", 'g': "ğģ", 'h': "н", 'i': "íìîïīįı",
		'k': "ķк", 'l': "ļľł", 'm': "м", 'n': "ñńņň", 'o': "óòôõōőо", 'p': "р", 'r': "ŕř", 's': "śšşș", 't': "ťţțт",
		'u': "úùûüūůűų", 'x': "х", 'y': "ýÿу", 'z': "źżž", 'b': "в", 'ä': "æ", 'ö': "ø",
	} {
		for _, r := range others {
			m[r] = plain
		}
	}
	return m
}()

// foldRune folds a character beyond ASCII.
func foldRune(r rune) (rune, class) {
	switch {
	case r == 'ä' || r == 'ö' || r == 'å':
		return r, letter
	case r == 'Ä' || r == 'Ö' || r == 'Å':
		return r + ('ä' - 'Ä'), letter | upper
	case 0x2010 <= r && r <= 0x2015, r == 0x2212, r == 0x2043, r == 0xFE58, r == 0xFE63, r == 0xFF0D, r == 0x2E3A:
		return '-', 0
	case 0xFF01 <= r && r <= 0xFF5E: // the wide forms of ASCII
		r -= 0xFF01 - '!'
		if c := asciiClass[r]; c&upper != 0 {
			return r + ('a' - 'A'), c
		}
		return r, asciiClass[r]
	case r == 0x2028 || r == 0x2029 || r == 0x85:
		return '\n', 0
	case unicode.IsSpace(r):
		return ' ', 0
	case unicode.IsDigit(r):
		return '0' + digitValue(r), digit
	case !unicode.IsLetter(r):
		return r, 0
	}
	c := letter
	if unicode.IsUpper(r) {
		c |= upper
	}
	r = unicode.ToLower(r)
	if plain, ok := plainLetters[r]; ok {
		r = plain
	}
	return r, c
}

// digitValue returns what a decimal digit of any script is worth. Unicode keeps the ten of a script in a row.
func digitValue(r rune) rune {
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return (r - rune(block.Lo)) % 10
		}
	}
	return 0
}

// digitLike returns the digit that a folded rune is or is often mistaken for.
func digitLike(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r - '0'), true
	case r == 'o':
		return 0, true
	case r == 'l' || r == 'i' || r == '|':
		return 1, true
	}
	return 0, false
}
