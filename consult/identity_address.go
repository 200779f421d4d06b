package consult

import "unicode/utf8"

// streetEndings are the forms of the words that Finnish and Swedish street names end in.
var streetEndings = func() map[string]bool {
	set := wordSet("gatan gata vägen gränden gränd stigen torget esplanaden brinken")
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

// properStreetEndings end names of streets that are told from common nouns by their capital only.
var properStreetEndings = wordSet("ranta rannan rannalla rannalle rannalta rannassa rannasta rinne rinteen rinteellä rinteelle " +
	"rinteeltä rinteessä rinteestä portti portin portilla portille portilta")

// notStreets are beginnings of words that end like a street but name something else: ways of care, organs, highways,
// professions.
var notStreets = wordSet("hoito palvelu asiakas asiakkuus potilas oppi opinto oppimis koulutus elämän kehitys hengitys virtsa sappi ura " +
	"kuntoutus ohjaus tutkimus jännite moottori rauta valta kanta seutu yhdys maan kevytliikenne men moni tuu " +
	"behandlings vård stöd service studie luft urin motor järn lands")

// units follow a number that counts or measures, so it is not the number of a house.
var units = wordSet("km m h min t kk v vk vko vrk kpl krt x kertaa kerran vuotta vuoden vuotias vuotiaan vuotiaana kuukautta " +
	"kuukauden viikkoa viikon päivää päivän tuntia tunnin minuuttia minuutin lasta lapsen nuorta perhettä oppilasta käyntiä " +
	"henkilöä henkeä kilometriä metriä prosenttia pistettä euroa år åring månader månad veckor vecka dagar dag timmar timme " +
	"minuter minut gånger gång barn ungdomar besök kilometer meter procent poäng euro years year months month weeks week " +
	"days day hours hour minutes minute times children kids visits points metres kilometres")

// currencies and measures in capitals follow an amount of five digits, not a postal code.
var currencies = wordSet("eur sek usd nok dkk gbp kr iu ky kj ie mg")

// streetAdjectives begin the names of streets of two words.
var streetAdjectives = wordSet("iso ison isolla pieni pienen vanha vanhan vanhalla uusi uuden uudella pitkä itäinen itäisellä itäisen läntinen " +
	"läntisellä läntisen pohjoinen pohjoisella eteläinen eteläisellä norra södra östra västra stora lilla gamla nya långa nedre övre")

// apartStreets are words that a street's name ends with and that mean a street or a road alone; written apart after a
// capital they name one: Koulu katu 5, Skol gatan 5.
var apartStreets = wordSet("katu kadun kadulla kadulle kadulta gata gatan vägen")

// mainRoads are the roads through a town that are named after where they lead or what they pass: Hatanpään valtatie. Without a
// name it is a highway's number that follows.
var mainRoads = wordSet("valtatie valtatien valtatiellä valtatielle valtatieltä valtakatu valtakadun valtakadulla valtakadulle valtakadulta")

// englishStreets end the names of streets that follow the number of the house.
var englishStreets = wordSet("street st road rd lane avenue ave drive crescent terrace")

// Bounds on the words that are looked at.
const (
	minStreetName   = 2
	minNamedStreet  = 5
	maxStreetEnding = 11
	maxHouseNumber  = 3
)

// street records the address whose street's name ends with the word from start to end, with the house number, the door
// and the postal code and town that may follow. It returns the index after it, end if there is none.
func (s *identityScan) street(start, end int) int {
	house := s.houseAt(end)
	if house < 0 {
		return end
	}
	word := start
	if start = s.streetStart(start, end); start < 0 {
		// A name with no known ending is a street's if a flat in so many words follows the house.
		if !s.is(word, upper) || end-word < minNamedStreet || s.flat(s.run(house, digit)) < 0 {
			return end
		}
		start = word
	}
	if after := s.houseEnd(house); after > house {
		s.add(IdentityAddress, start, after)
		return after
	}
	return end
}

// houseAt returns where the house number begins after the name of a street that ends at i, -1 if none follows.
func (s *identityScan) houseAt(i int) int {
	for range 2 {
		if s.at(i) == ' ' {
			i++
		}
	}
	if s.is(i, digit) {
		return i
	}
	if s.at(i) == 'n' && s.at(i-1) == ' ' {
		if end := s.run(i, letter); s.at(end) == ' ' && s.is(end+1, digit) &&
			(s.equal(i, end, "nro") || s.equal(i, end, "numero") || s.equal(i, end, "nummer")) {
			return end + 1
		}
	}
	return -1
}

// houseEnd returns the index after the house number at house and what belongs to it, house if it is none.
func (s *identityScan) houseEnd(house int) int {
	after := s.run(house, digit)
	if after-house > maxHouseNumber || s.at(house) == '0' {
		return house
	}
	switch r := s.at(after); {
	case (r == '.' || r == ',' || r == ':' || r == '/') && s.is(after+1, digit), r == '%', r == '°':
		return house
	case s.is(after, letter):
		flat := s.run(after+1, digit)
		if s.is(flat, letter) || flat-after-1 > maxHouseNumber {
			return house
		}
		after = flat
	case r == '-' && s.is(after+1, digit):
		second := s.run(after+1, digit)
		if second-after-1 > maxHouseNumber || s.is(second, letter) || s.at(second) == '.' && s.is(second+1, digit) {
			return house
		}
		after = second
	}
	if s.unitAfter(after) {
		return house
	}
	return s.town(s.door(after))
}

// town returns the index after the postal code and town that follow a house number which ends at i, else i.
func (s *identityScan) town(i int) int {
	p := i
	if s.at(p) == ',' {
		p++
	}
	if p = s.blanks(p, 2); p > i && s.postalCode(p) {
		return s.run(p+6, letter)
	}
	return i
}

// streetStart returns the index where the name of a street begins whose last word is given, -1 if the word ends none.
func (s *identityScan) streetStart(start, end int) int {
	if s.inSet(mainRoads, start, end) {
		return s.namedStreet(start, end)
	}
	for at := max(start, end-maxStreetEnding); at <= end-3; at++ {
		switch {
		case !s.inSet(streetEndings, at, end) && !((at == start || s.is(start, upper)) && s.inSet(properStreetEndings, at, end)):
		case at == start:
			return s.namedStreet(start, end)
		case at-start >= minStreetName && !s.notStreet(start, at):
			if before := s.wordBefore(start); before >= 0 && s.inSet(streetAdjectives, before, start-1) {
				return before
			}
			return start
		}
	}
	return -1
}

// namedStreet returns where the name of a street begins that is written in words, the last of which is given: Norra Esplanaden,
// Aleksis Kiven katu; -1 if it is none.
func (s *identityScan) namedStreet(start, end int) int {
	before := s.wordBefore(start)
	if before < 0 || !s.is(before, upper) {
		return -1
	}
	switch {
	case s.inSet(streetAdjectives, before, start-1):
		return before
	case s.at(start-2) == 'n':
	case s.inSet(apartStreets, start, end) && !s.inSet(notStreets, before, start-1):
		return before
	default:
		return -1
	}
	if first := s.wordBefore(before); first > 0 && s.is(first, upper) && s.at(first-2) != '.' {
		return first
	}
	return before
}

// wordBefore returns where the word begins that ends a space before start, -1 if there is none or it is long.
func (s *identityScan) wordBefore(start int) int {
	if s.at(start-1) != ' ' || !s.is(start-2, letter) {
		return -1
	}
	first := start - 2
	for s.is(first-1, letter) || s.at(first-1) == '-' && s.is(first-2, letter) {
		if first--; start-first > maxKnownWord {
			return -1
		}
	}
	return first
}

// notStreet reports whether the word whose ending begins at end is something else than a street.
func (s *identityScan) notStreet(start, end int) bool {
	// Professions and devices: kuraattori, koordinaattori, rehtori, traktori.
	if s.at(end) == 't' && s.at(end+1) == 'o' && (s.at(end-1) == 't' || s.at(end-1) == 'k' || s.at(end-1) == 'h') {
		return true
	}
	return s.inSet(notStreets, start, end)
}

// maxKnownWord bounds the words that are looked up.
const maxKnownWord = 24

// inSet reports whether the glyphs from start to end spell a word of the set.
func (s *identityScan) inSet(set map[string]bool, start, end int) bool {
	var buf [maxKnownWord * utf8.UTFMax]byte
	word, ok := s.spell(start, end, buf[:0])
	return ok && set[string(word)]
}

// spell appends the word from start to end to buf; false if there is none or it is longer than any that is known.
func (s *identityScan) spell(start, end int, buf []byte) ([]byte, bool) {
	if end <= start || end-start > maxKnownWord {
		return nil, false
	}
	for _, g := range s.glyphs[start:end] {
		buf = utf8.AppendRune(buf, g.r)
	}
	return buf, true
}

// unitAfter reports whether a unit, or what is counted, follows the number that ends at i.
func (s *identityScan) unitAfter(i int) bool {
	if s.at(i) == '-' {
		i++
	} else if s.at(i) == ' ' {
		i++
	}
	return s.inSet(units, i, s.run(i, letter))
}

// door returns the index after the stair and the flat that follow a house number at i.
func (s *identityScan) door(i int) int {
	if s.at(i) != ' ' {
		return i
	}
	p := i + 1
	if 'a' <= s.at(p) && s.at(p) <= 'z' && !s.is(p+1, letter|digit) {
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
	return max(s.flat(i), i)
}

// flat returns the index after a space and the number of a flat in so many words at i: "as. 4"; -1 if there is none.
func (s *identityScan) flat(i int) int {
	if s.at(i) != ' ' {
		return -1
	}
	p := i + 1
	word := s.run(p, letter)
	if !s.equal(p, word, "as") && !s.equal(p, word, "bst") && !s.equal(p, word, "lgh") {
		return -1
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
	return -1
}

// englishStreet records an address at i that begins with the house, 12 Church Lane, and returns the index after it, else i.
func (s *identityScan) englishStreet(i int) int {
	p := s.run(i, digit)
	if s.is(i-1, digit|letter) || p-i > maxHouseNumber || s.at(i) == '0' {
		return i
	}
	for words := range 3 {
		if s.at(p) != ' ' || !s.is(p+1, upper) {
			return i
		}
		start := p + 1
		p = s.run(start, letter)
		if words > 0 && s.inSet(englishStreets, start, p) {
			s.add(IdentityAddress, i, p)
			return p
		}
	}
	return i
}

// postal returns the index after the postal code at i and its town in capitals; after a comma or at the beginning of a
// line one capital is enough. It returns i if there is none.
func (s *identityScan) postal(i int) int {
	if s.is(i-1, digit|letter) || !s.postalCode(i) {
		return i
	}
	town := i + 6
	end := s.run(town, letter)
	if s.inSet(currencies, town, end) || s.inSet(units, town, end) {
		return i
	}
	capitals := town
	for capitals < end && s.is(capitals, upper) {
		capitals++
	}
	if capitals == end && end-town > 1 {
		return end
	}
	before := i - 1
	if s.at(before) == ' ' {
		before--
	}
	if r := s.at(before); before < 0 || r == ',' || r == '\n' {
		return end
	}
	return i
}

// postalCode reports whether five digits, a space and a capitalised word begin at i.
func (s *identityScan) postalCode(i int) bool {
	for p := i; p < i+5; p++ {
		if !s.is(p, digit) {
			return false
		}
	}
	return s.at(i+5) == ' ' && s.is(i+6, upper) && s.is(i+7, letter)
}
