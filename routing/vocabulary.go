package routing

import (
	"slices"
	"strings"

	"silta/consult"
)

// Fact is one of the things that rules can ask about a request.
type Fact uint8

// Facts, in the order in which forms and traces show them.
const (
	Age Fact = iota
	Pregnant
	Concern
	RedFlag
	Urgency
	Mode
	Involved
	Profession
	Municipality
	Language
	Identified
	factCount
)

var factNames = [factCount]string{
	"age", "pregnant", "concern", "red-flag", "urgency", "mode", "involved", "profession", "municipality", "language", "identified",
}

// factKind is how a fact's values behave.
type factKind uint8

const (
	numberKind factKind = iota
	boolKind
	choiceKind
	setKind
)

// String returns the name that rules and requests use.
func (f Fact) String() string { return factNames[f] }

func factNamed(name string) (Fact, bool) {
	i := slices.Index(factNames[:], name)
	return Fact(max(i, 0)), i >= 0
}

func (f Fact) kind() factKind {
	switch f {
	case Age:
		return numberKind
	case Pregnant, Identified:
		return boolKind
	case Concern, RedFlag, Involved:
		return setKind
	default:
		return choiceKind
	}
}

// required reports whether a request must state the fact.
func (f Fact) required() bool {
	return f == Age || f == Concern || f == Profession || f == Municipality
}

// values are the codes that a choice or set can have; the municipalities are the document's.
func (f Fact) values(municipalities []string) []string {
	switch f {
	case Concern:
		return concernCodes
	case RedFlag:
		return redFlagCodes
	case Urgency:
		return urgencyCodes
	case Mode:
		return modeCodes
	case Involved:
		return partyCodes
	case Profession:
		return professionCodes
	case Language:
		return languageCodes
	case Municipality:
		return municipalities
	default:
		return nil
	}
}

var (
	concernCodes    = codes(consult.Concerns)
	redFlagCodes    = codes(consult.RedFlags)
	urgencyCodes    = codes(consult.Urgencies)
	modeCodes       = codes(consult.Modes)
	partyCodes      = codes(consult.Parties)
	professionCodes = codes(consult.Professions)
	languageCodes   = codes(consult.ClientLanguages)
	textLanguages   = codes(consult.Languages)
)

func codes[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// nearest returns the known name that takes the fewest edits to reach from name, the first of them where several do. A name
// that is a part of a known one ("nurse") counts as two edits away.
func nearest(name string, known []string) string {
	best, least := "", 1<<30
	for _, k := range known {
		if len(k)-len(name) >= 4*least || len(name)-len(k) >= 4*least { // a character has 4 bytes at most
			continue
		}
		d := edits(name, k)
		if len(name) > 3 && strings.Contains(k, name) {
			d = min(d, 2)
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance of the first 64 characters.
func edits(a, b string) int {
	x, y := firstRunes(a), firstRunes(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, d := range y {
			cost := diagonal
			if c != d {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

func firstRunes(s string) []rune {
	list := make([]rune, 0, 64)
	for _, r := range s {
		if len(list) == 64 {
			break
		}
		list = append(list, r)
	}
	return list
}
