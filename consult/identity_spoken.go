package consult

import "strconv"

// numberWords are the digits that number words stand for when a telephone number is told in words.
var numberWords = func() map[string]string {
	words := map[string]string{}
	for _, language := range []struct {
		units [20]string
		tens  [10]string
	}{
		{
			[20]string{"nolla", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan", "yhdeksän",
				"kymmenen", "yksitoista", "kaksitoista", "kolmetoista", "neljätoista", "viisitoista", "kuusitoista", "seitsemäntoista", "kahdeksantoista", "yhdeksäntoista"},
			[10]string{2: "kaksikymmentä", "kolmekymmentä", "neljäkymmentä", "viisikymmentä", "kuusikymmentä", "seitsemänkymmentä", "kahdeksankymmentä", "yhdeksänkymmentä"},
		},
		{
			[20]string{"noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio",
				"tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"},
			[10]string{2: "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"},
		},
		{
			[20]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
				"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"},
			[10]string{2: "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"},
		},
	} {
		for u, unit := range language.units {
			words[unit] = strconv.Itoa(u)
			for t, ten := range language.tens {
				if ten != "" {
					words[ten] = strconv.Itoa(10 * t)
					if 0 < u && u < 10 {
						words[ten+unit] = strconv.Itoa(10*t + u)
					}
				}
			}
		}
	}
	for said, word := range map[string]string{
		"yks": "yksi", "kaks": "kaksi", "nelj": "neljä", "viis": "viisi", "kuus": "kuusi", "seitämän": "seitsemän", "seittemän": "seitsemän",
		"kaheksan": "kahdeksan", "yheksän": "yhdeksän", "nol": "nolla", "oh": "zero", "nought": "zero",
	} {
		words[said] = words[word]
	}
	return words
}()

// Words and digits that a number told in words has at least. A sentence may well say "zero" and some numbers.
const (
	minSpokenDigits = 8
	minSpokenWords  = 2
	minSpokenLand   = 4
)

// spokenPhone records a telephone number at i of which digits are told in words, as "nolla neljäkymmentä 123 45 67", and returns the
// index after it, or i if there is none.
func (s *identityScan) spokenPhone(i int) int {
	if s.is(i-1, digit|letter) {
		return i
	}
	p := phoneReading{}
	words, end := 0, i
	for at := i; p.groups < maxPhoneDigits; {
		after := s.run(at, digit)
		told := after == at
		if told {
			after = s.run(at, letter)
		}
		n := p.n
		switch group := s.numberWord(at, after); {
		case told && group == "":
			after = at
		case told:
			words++
			for _, r := range group {
				p.push(byte(r - '0'))
			}
		default:
			for d := at; d < after; d++ {
				p.push(byte(s.at(d) - '0'))
			}
		}
		if after == at || p.n == n || p.n == maxPhoneDigits {
			break
		}
		p.groups++
		end = after
		if at = s.spokenGap(after); at == after {
			break
		}
	}
	d := p.digits
	mobile := mobilePrefix(d[0], d[1], d[2])
	landline := d[0] == 0 && d[1] >= 2 && words >= minSpokenLand
	if p.n < minSpokenDigits || p.n > 11 || words < minSpokenWords && !(mobile && words > 0) || !mobile && !landline {
		return i
	}
	p.sizes[0] = p.n
	if !p.public(1) {
		s.add(IdentityPhone, i, end)
	}
	return end
}

// push appends a digit while there is room.
func (p *phoneReading) push(d byte) {
	if p.n < maxPhoneDigits {
		p.digits[p.n] = d
		p.n++
	}
}

// numberWord returns the digits that the word from start to end stands for, "" if it is no number.
func (s *identityScan) numberWord(start, end int) string {
	var buf [maxKnownWord * 2]byte
	word, ok := s.spell(start, end, buf[:0])
	if !ok {
		return ""
	}
	return numberWords[string(word)]
}

// zero reports whether the word from start to end is a nought, which a telephone number begins with.
func (s *identityScan) zero(start, end int) bool {
	r := s.at(start)
	return (r == 'n' || r == 'z' || r == 'o') && s.numberWord(start, end) == "0"
}

// spokenGap steps over a space, a hyphen or a comma between what is told.
func (s *identityScan) spokenGap(i int) int {
	switch s.at(i) {
	case ',', '-', '.':
		if s.at(i+1) == ' ' {
			return i + 2
		}
		if s.at(i) == '-' {
			return i + 1
		}
	case ' ', '\n':
		return s.blanks(i, 2)
	}
	return i
}
