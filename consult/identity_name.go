package consult

import (
	"slices"
	"strings"
)

// minNamePart is the length from which a part of a name is looked for.
const minNamePart = 3

// nameParticles are parts of names that are also everyday words.
var nameParticles = []string{"den", "der", "von", "van", "ibn", "bin", "bint", "del", "dos", "das", "los", "las", "och", "and"}

// nameForms holds the stems to which Finnish endings may be added to make the forms of some names.
type nameForms struct {
	stems []nameStem
	// first has a bit for each first letter of a stem, to pass over most words cheaply.
	first uint64
}

type nameStem struct {
	letters []rune
	// whole: the stem is the name as given, so it may stand without an ending, or with a genitive s.
	whole bool
	// plural: only endings of the plural may follow.
	plural bool
}

// newNameForms prepares the parts of names to be looked for; nil if there are none.
func newNameForms(names []string) *nameForms {
	var f *nameForms
	for _, name := range names {
		s := identityScan{}
		s.fold(name)
		var joined []rune // Aino-Kaisa is also written Ainokaisa
		for i := 0; i < len(s.glyphs); {
			end := s.run(i, letter)
			part := make([]rune, 0, end-i)
			for _, g := range s.glyphs[i:end] {
				part = append(part, g.r)
			}
			if len(part) >= minNamePart && !slices.Contains(nameParticles, string(part)) {
				if f == nil {
					f = &nameForms{}
				}
				f.addName(part)
				if joined = append(joined, part...); len(joined) > len(part) {
					f.addName(joined)
				}
			}
			if s.at(end) != '-' {
				joined = nil
			}
			i = max(end, i) + 1
		}
	}
	return f
}

func (f *nameForms) add(letters []rune, whole, plural bool) {
	if len(letters) < minNamePart {
		return
	}
	f.stems = append(f.stems, nameStem{letters, whole, plural})
	f.first |= 1<<(letters[0]&63) | 1<<(plainVowel(letters[0])&63)
}

// addName adds the stems of a name in the nominative.
func (f *nameForms) addName(n []rune) {
	f.add(n, true, false)
	last := len(n) - 1
	if len(n) < 4 {
		if !isVowel(n[last]) {
			f.add(with(n, 'i'), false, false)
		}
		return
	}
	text := string(n)
	switch {
	case strings.HasSuffix(text, "nen"):
		f.add(with(n[:last-2], 's', 'e'), false, false)
		f.add(with(n[:last-2], 's'), false, false)
	case isVowel(n[last]):
		f.addGraded(n)
		switch n[last] {
		case 'i':
			f.addGraded(with(n[:last], 'e'))
			if n[last-1] == 's' {
				f.add(with(n[:last-1], 'd', 'e'), false, false)
				f.add(with(n[:last-1], 't', 'e'), false, false)
			}
		case 'e':
			f.add(with(n, 'e'), false, false)
			f.addStrong(n)
			f.addStrong(with(n, 'e'))
		case 'a':
			f.add(with(n[:last], 'o'), false, true)
		case 'ä':
			f.add(with(n[:last], 'ö'), false, true)
		}
	default:
		f.add(with(n, 'i'), false, false)
		f.add(with(n, 'e'), false, false)
		if n[last] == 's' {
			f.add(with(n[:last], 'k', 's', 'e'), false, false)
			f.add(with(n[:last], 'k', 's'), false, true)
			if isVowel(n[last-1]) {
				long := with(n[:last], n[last-1])
				f.add(long, false, false)
				f.addStrong(long)
			}
		}
	}
}

// addGraded adds a stem that ends in a vowel, and the same with its last consonants weakened.
func (f *nameForms) addGraded(n []rune) {
	f.add(n, false, false)
	k := len(n) - 2 // the last consonant
	if k < 1 {
		return
	}
	before, vowel := n[k-1], n[k+1]
	weak := func(from int, letters ...rune) { f.add(with(n[:from], append(letters, vowel)...), false, false) }
	switch c := n[k]; {
	case c == before && (c == 'k' || c == 'p' || c == 't'):
		weak(k)
	case c == 'k' && before == 'n':
		weak(k, 'g')
	case c == 'k' && (isVowel(before) || before == 'l' || before == 'r' || before == 'h'):
		weak(k)
		weak(k, 'j')
		weak(k, 'v')
	case c == 'p' && before == 'm':
		weak(k, 'm')
	case c == 'p' && (isVowel(before) || before == 'l' || before == 'r'):
		weak(k, 'v')
	case c == 't' && (before == 'n' || before == 'l' || before == 'r'):
		weak(k, before)
	case c == 't' && (isVowel(before) || before == 'h'):
		weak(k, 'd')
	}
}

// addStrong adds a stem whose nominative has its last consonants weakened: Rinne, Rinteen.
func (f *nameForms) addStrong(n []rune) {
	k := len(n) - 1
	for k > 0 && isVowel(n[k]) {
		k--
	}
	if k < 2 {
		return
	}
	rest := n[k+1:]
	strong := func(from int, letters ...rune) { f.add(with(n[:from], append(letters, rest...)...), false, false) }
	switch c, before := n[k], n[k-1]; {
	case c == before && (c == 'n' || c == 'l' || c == 'r'):
		strong(k, 't')
	case c == before && c == 'm':
		strong(k, 'p')
	case c == 'g' && before == 'n':
		strong(k, 'k')
	case c == 'd':
		strong(k, 't')
	case c == 'v':
		strong(k, 'p')
	case (c == 'k' || c == 'p' || c == 't') && before != c:
		strong(k, c, c)
	}
}

// match reports whether a word is a form of one of the names.
func (f *nameForms) match(word []glyph) bool {
	if f.first&(1<<(word[0].r&63)) == 0 {
		return false
	}
	for _, stem := range f.stems {
		if len(word) < len(stem.letters) || len(word) > len(stem.letters)+maxEnding {
			continue
		}
		if stem.begins(word) && stem.takes(word[len(stem.letters):]) {
			return true
		}
	}
	return false
}

// begins reports whether a word begins with the stem. The word may lack the dots and rings of the name.
func (st *nameStem) begins(word []glyph) bool {
	for i, r := range st.letters {
		if w := word[i].r; w != r && w != plainVowel(r) {
			return false
		}
	}
	return true
}

// takes reports whether the stem can take what follows it as an ending.
func (st *nameStem) takes(rest []glyph) bool {
	if len(rest) == 0 {
		return st.whole
	}
	var buf [2 * maxEnding]byte
	ending := buf[:0]
	for _, g := range rest {
		r := plainVowel(g.r)
		if r > 'z' {
			return false
		}
		ending = append(ending, byte(r))
	}
	if st.whole && string(ending) == "s" {
		return true
	}
	if st.plural {
		return ending[0] == 'i' && isEnding(ending)
	}
	return isEnding(ending)
}

// maxEnding is the length of the longest chain of endings: case, possessive suffix and clitic.
const maxEnding = 12

// Finnish endings, with a and o also for ä and ö.
var (
	caseEndings = wordSet("n a ta tta ssa sta lla lta lle ksi na t an en in on un yn han hen hin hon hun hyn seen " +
		"ien jen iden iten ten ja ia ita ina isa illa ille ilta issa ista ihin iin iksi ineen ni")
	possessives = []string{"nsa", "mme", "nne", "ni", "si", "aan", "een"}
	clitics     = []string{"kaan", "kin", "han", "ko", "pa"}
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// isEnding reports whether a name's ending is a case, a possessive suffix or both, perhaps with a clitic.
func isEnding(e []byte) bool {
	if caseOrPossessive(e) {
		return true
	}
	for _, c := range clitics {
		if rest, ok := strings.CutSuffix(string(e), c); ok && (rest == "" || caseOrPossessive([]byte(rest))) {
			return true
		}
	}
	return false
}

func caseOrPossessive(e []byte) bool {
	if caseEndings[string(e)] {
		return true
	}
	for _, p := range possessives {
		if rest, ok := strings.CutSuffix(string(e), p); ok && (rest == "" || caseEndings[rest]) {
			return true
		}
	}
	return false
}

func with(stem []rune, more ...rune) []rune { return append(slices.Clone(stem), more...) }

func isVowel(r rune) bool { return strings.ContainsRune("aeiouyåäö", r) }

// plainVowel takes the dots or the ring off a letter.
func plainVowel(r rune) rune {
	switch r {
	case 'ä', 'å':
		return 'a'
	case 'ö':
		return 'o'
	}
	return r
}
