package routing

import (
	"math/bits"

	"silta/consult"
)

// The possible requests are packed: each value that a fact can have has a bit. A fact with one value is a stretch of bits of a
// region of which a request has exactly one; the sets are bits of elements of which a request has any number.
const regionWords = 8

// region is a set of values of the facts that have one value.
type region [regionWords]uint64

// elements are members of the sets: concerns, then red flags, then involved parties.
type elements uint64

// span is where a fact's values lie in a region: age has 121 bits, the small choices share a word, and the rest is for
// municipalities.
type span struct{ from, size int }

// MaxMunicipalities is how many values the fact can have. Finland has 308.
const MaxMunicipalities = (regionWords - 3) * 64

// singles are the facts that have one value, and in the same order their places in what is kept for each of them.
var singles = [...]Fact{Age, Pregnant, Urgency, Mode, Profession, Municipality, Language, Identified}

const (
	atAge = iota
	atPregnant
	atUrgency
	atMode
	atProfession
	atMunicipality
	atLanguage
	atIdentified
)

// Where the stretches of the facts begin.
const (
	firstAge          = 0
	firstPregnant     = 128
	firstIdentified   = 130
	firstUrgency      = 132
	firstMode         = 135
	firstLanguage     = 140
	firstProfession   = 144
	firstMunicipality = 192
)

func spanOf(f Fact, municipalities int) span {
	switch f {
	case Age:
		return span{firstAge, consult.MaxAge + 1}
	case Pregnant:
		return span{firstPregnant, 2}
	case Identified:
		return span{firstIdentified, 2}
	case Urgency:
		return span{firstUrgency, len(urgencyCodes)}
	case Mode:
		return span{firstMode, len(modeCodes)}
	case Language:
		return span{firstLanguage, len(languageCodes)}
	case Profession:
		return span{firstProfession, len(professionCodes)}
	default:
		return span{firstMunicipality, municipalities}
	}
}

// firstElement is where a set's members begin.
func firstElement(f Fact) int {
	switch f {
	case Concern:
		return 0
	case RedFlag:
		return len(concernCodes)
	default:
		return len(concernCodes) + len(redFlagCodes)
	}
}

// elementsOf is the set of all members that a fact can have.
func elementsOf(f Fact) elements {
	return (1<<len(f.values(nil)) - 1) << firstElement(f)
}

// count returns how many elements there are.
func (e elements) count() int { return bits.OnesCount64(uint64(e)) }

func (r *region) add(bit int)      { r[bit/64] |= 1 << (bit % 64) }
func (r *region) has(bit int) bool { return r[bit/64]&(1<<(bit%64)) != 0 }

// addAll adds every value of a stretch.
func (r *region) addAll(s span) {
	for bit := s.from; bit < s.from+s.size; bit++ {
		r.add(bit)
	}
}

// hasAll reports whether the region has every value of a stretch.
func (r *region) hasAll(s span) bool {
	for bit := s.from; bit < s.from+s.size; bit++ {
		if !r.has(bit) {
			return false
		}
	}
	return true
}

// first returns the first value of the stretch that the region has, or -1.
func (r *region) first(s span) int {
	for bit := s.from; bit < s.from+s.size; bit++ {
		if r.has(bit) {
			return bit - s.from
		}
	}
	return -1
}

// complement returns the values of a stretch that the region does not have.
func (r *region) complement(s span) region {
	var rest region
	for bit := s.from; bit < s.from+s.size; bit++ {
		if !r.has(bit) {
			rest.add(bit)
		}
	}
	return rest
}

// and returns what both have.
func (r *region) and(o *region) region {
	var both region
	for i := range r {
		both[i] = r[i] & o[i]
	}
	return both
}
