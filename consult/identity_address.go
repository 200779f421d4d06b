package consult

import "unicode/utf8"

// streetEndings are the forms of the words that Finnish and Swedish street names end in.
var streetEndings = func() map[string]bool {
	set := wordSet("gatan gata vägen väg gränden gränd stigen stig torget esplanaden brinken")
	// Finnish: the nominative, the stem of the other cases, and the partitive.
	for _, w := range [][3]string{
		{"katu", "kadu", "katua"}, {"tie", "tie", "tietä"}, {"kuja", "kuja", "kujaa"}, {"polku", "polu", "polkua"},
		{"kaari", "kaare", "kaarta"}, {"raitti", "raiti", "raittia"}, {"väylä", "väylä", "väylää"},
		{"tori", "tori", "toria"}, {"aukio", "aukio", "aukiota"}, {"penger", "penkere", "pengertä"},
		{"bulevardi", "bulevardi", "bulevardia"}, {"esplanadi", "esplanadi", "esplanadia"},
	} {
		set[w[0]], set[w[2]] = true, true
		for _, ending := range []string{"n", "lla", "llä", "lle", "lta", "ltä", "ssa", "ssä", "sta", "stä"} {
			set[w[1]+ending] = true
		}
	}
	return set
}()

// notStreets are words that end like a street but name something else: ways of care, professions, organs.
var notStreets = []string{
	"hoito", "palvelu", "asiakas", "oppimis", "elämän", "kehitys", "hengitys", "virtsa", "moottori", "koulutus", "ura",
	"rauta", "sappi", "jännite", "kuntoutus", "rehto", "lehto", "tohto", "mento", "sekto", "monito", "doktori", "behandlings",
	"luft", "vård", "urin",
}

// units follow a number that counts or measures, so it is not the number of a house.
var units = wordSet("km m h min t kk v vk vko vrk kpl krt x kertaa kerran vuotta vuoden vuotias vuotiaan vuotiaana kuukautta " +
	"kuukauden viikkoa viikon päivää päivän tuntia tunnin minuuttia minuutin lasta lapsen nuorta perhettä oppilasta käyntiä " +
	"henkilöä henkeä kilometriä metriä prosenttia pistettä euroa år åring månader månad veckor vecka dagar dag timmar timme " +
	"minuter minut gånger gång barn ungdomar besök kilometer meter procent poäng euro years year months month weeks week " +
	"days day hours hour minutes minute times children kids visits points metres kilometres")

// Bounds on the words that are looked at.
const (
	minStreetName   = 2
	maxStreetEnding = 11
	maxHouseNumber  = 3
)

// street returns the index after the address whose street's name is the word from start to end, with the house number,
// the door and the postal code and town that may follow; end if it is none.
func (s *identityScan) street(start, end int) int {
	if s.at(end) != ' ' || !s.is(end+1, digit) || !s.streetName(start, end) {
		return end
	}
	house := end + 1
	after := s.run(house, digit)
	if after-house > maxHouseNumber || s.at(house) == '0' {
		return end
	}
	switch r := s.at(after); {
	case (r == '.' || r == ',' || r == ':' || r == '/') && s.is(after+1, digit), r == '%', r == '°':
		return end
	case s.is(after, letter):
		if s.is(after+1, letter|digit) {
			return end
		}
		after++
	case r == '-' && s.is(after+1, digit):
		second := s.run(after+1, digit)
		if second-after-1 > maxHouseNumber || s.is(second, letter) || s.at(second) == '.' && s.is(second+1, digit) {
			return end
		}
		after = second
	}
	if s.unitAfter(after) {
		return end
	}
	after = s.door(after)
	next := after
	if s.at(next) == ',' {
		next++
	}
	next = s.blanks(next, 2)
	if town := s.postal(next); next > after && town > next {
		return town
	}
	return after
}

// streetName reports whether a word is the name of a street.
func (s *identityScan) streetName(start, end int) bool {
	var buf [maxStreetEnding * utf8.UTFMax]byte
	for at := max(start+minStreetName, end-maxStreetEnding); at <= end-3; at++ {
		ending := buf[:0]
		for _, g := range s.glyphs[at:end] {
			ending = utf8.AppendRune(ending, g.r)
		}
		if streetEndings[string(ending)] {
			return !s.notStreet(start, at)
		}
	}
	return false
}

// notStreet reports whether the word's beginning, up to its ending at end, belongs to something else than a street.
func (s *identityScan) notStreet(start, end int) bool {
	// kuraattori, koordinaattori, traktori
	if s.at(end) == 't' && s.at(end+1) == 'o' && (s.at(end-1) == 't' || s.at(end-1) == 'k' || s.at(end-1) == 'h' ||
		s.equal(start, end, "men") || s.equal(start, end, "moni") || s.equal(start, end, "tuu")) {
		return true
	}
	for _, w := range notStreets {
		if s.equal(start, end, w) {
			return true
		}
	}
	return false
}

// unitAfter reports whether a unit, or what is counted, follows the number that ends at i.
func (s *identityScan) unitAfter(i int) bool {
	if s.at(i) == '-' {
		i++
	} else if s.at(i) == ' ' {
		i++
	}
	end := s.run(i, letter)
	if end == i || end-i > 12 {
		return false
	}
	var buf [12 * utf8.UTFMax]byte
	word := buf[:0]
	for _, g := range s.glyphs[i:end] {
		word = utf8.AppendRune(word, g.r)
	}
	return units[string(word)]
}

// door returns the index after the stair and the flat that follow a house number at i.
func (s *identityScan) door(i int) int {
	if s.at(i) != ' ' {
		return i
	}
	p := i + 1
	if s.is(p, letter) && !s.is(p+1, letter|digit) {
		stair := p + 1
		if s.at(stair) == ' ' && s.is(stair+1, digit) {
			if flat := s.run(stair+1, digit); flat-stair-1 <= maxHouseNumber && !s.is(flat, letter) {
				return flat
			}
		}
		if s.is(p, upper) && s.at(p) != 'i' {
			return stair
		}
		return i
	}
	word := s.run(p, letter)
	if !s.equal(p, word, "as") && !s.equal(p, word, "bst") && !s.equal(p, word, "lgh") {
		return i
	}
	if s.at(word) == '.' {
		word++
	}
	if s.at(word) == ' ' {
		word++
	}
	if flat := s.run(word, digit); flat > word {
		return flat
	}
	return i
}

// postal returns the index after the postal code at i and its town in capitals; after a comma or at the beginning of a
// line one capital is enough. It returns i if there is none.
func (s *identityScan) postal(i int) int {
	code := i
	if s.is(code-1, digit|letter) {
		return i
	}
	for p := code; p < code+5; p++ {
		if !s.is(p, digit) {
			return i
		}
	}
	town := code + 6
	if s.at(code+5) != ' ' || !s.is(town, upper) {
		return i
	}
	end := s.run(town, letter)
	capitals := 0
	for capitals < end-town && s.is(town+capitals, upper) {
		capitals++
	}
	if capitals == end-town && (capitals > 3 || capitals > 1 && !s.currency(town, end)) {
		return end
	}
	before := code - 1
	for s.at(before) == ' ' && code-before < 3 {
		before--
	}
	if end-town > 1 && capitals == 1 && (before < 0 || s.at(before) == ',' || s.at(before) == '\n') {
		return end
	}
	return i
}

func (s *identityScan) currency(start, end int) bool {
	for _, code := range []string{"eur", "sek", "usd", "nok", "dkk", "gbp", "iu", "ky", "kr", "kj", "ie", "mg"} {
		if s.equal(start, end, code) {
			return true
		}
	}
	return false
}
