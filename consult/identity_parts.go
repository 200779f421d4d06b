package consult

// The reach of what belongs together when somebody tells an identity code in two parts, in characters.
const (
	partsReach    = 48
	announceReach = 24
)

// lastPartWords tell that the last part of an identity code is told apart from the day of birth.
var lastPartWords = []string{"loppuos", "tunnusos", "slutdel"}

// lastPartHints may tell the same, or something else: the check character decides.
var lastPartHints = []string{"loppu", "loput", "päätty", "slut", "sista", "last", "end", "suffix", "final"}

// hetuInParts records an identity code whose last part, at i, stands apart from the day of birth: "syntynyt 13.10.52, loppuosa
// 308T". It returns the index after it, or i if there is none.
func (s *identityScan) hetuInParts(i int) int {
	end := i + 4
	if s.is(i-1, digit|letter) && !(s.centuryLetter(i-1) && !s.is(i-2, digit|letter)) || !s.is(i+1, digit) || !s.is(i+2, digit) || s.is(end, digit|letter) || s.at(i+3) == 0 || s.at(i+3) > 'z' {
		return i
	}
	check := upperASCII(byte(s.at(i + 3)))
	lettered := 'A' <= check && check <= 'Z'
	if !lettered && !s.is(i+3, digit) {
		return i
	}
	surely, perhaps := s.announced(i, end)
	if !surely && !perhaps {
		return i
	}
	fits := func(date [6]byte) bool {
		digits := [9]byte{date[0], date[1], date[2], date[3], date[4], date[5], byte(s.at(i) - '0'), byte(s.at(i+1) - '0'), byte(s.at(i+2) - '0')}
		return hetuDate(&digits, 'A') && (hetuCheck(&digits) == check || surely && lettered)
	}
	for p := i - 1; p > i-partsReach && p >= 0 && s.at(p) != 0; p-- {
		if s.is(p, digit) && !s.is(p-1, digit) {
			if date, after := s.birthday(p); after > p && after < i && fits(date) {
				s.add(IdentityHetu, p, end)
				return end
			}
		}
	}
	for p := end; p < end+partsReach && s.at(p) != 0; p++ {
		if s.is(p, digit) && !s.is(p-1, digit) {
			if date, after := s.birthday(p); after > p && fits(date) {
				s.add(IdentityHetu, i, after)
				return after
			}
		}
	}
	return i
}

// announced reports whether words about the part from start to end say that it is the last part of an identity code, or may say so.
func (s *identityScan) announced(start, end int) (surely, perhaps bool) {
	for p := max(start-announceReach, 0); p < min(end+announceReach, len(s.glyphs)); p++ {
		if !s.is(p, letter) || s.is(p-1, letter) {
			continue
		}
		surely = surely || s.beginsWith(p, lastPartWords)
		perhaps = perhaps || s.beginsWith(p, lastPartHints)
	}
	return surely, perhaps
}

// beginsWith reports whether one of the beginnings stands at i.
func (s *identityScan) beginsWith(i int, beginnings []string) bool {
	for _, b := range beginnings {
		p := i
		for _, r := range b {
			if s.at(p) != r {
				p = -1
				break
			}
			p++
		}
		if p >= 0 {
			return true
		}
	}
	return false
}

// months are beginnings of the names of the twelve months in three languages.
var months = [12][]string{
	{"tammik", "jan"}, {"helmik", "feb"}, {"maalisk", "mar"}, {"huhtik", "apr"}, {"toukok", "maj", "may"}, {"kesäk", "jun"},
	{"heinäk", "jul"}, {"elok", "aug"}, {"syysk", "sep"}, {"lokak", "okt", "oct"}, {"marrask", "nov"}, {"jouluk", "dec"},
}

// birthday reads a day with its year at i, as 13.10.52, 131052, 13 October 1952 or 1952-10-13, and returns it as the register
// writes it with the index after it; i if there is none.
func (s *identityScan) birthday(i int) (date [6]byte, after int) {
	var parts [3]int
	var sizes [3]int
	p := i
	for n := range parts {
		if n > 0 {
			p = s.dateGap(p)
		}
		if month := s.month(p); n == 1 && month > 0 {
			parts[n], sizes[n], p = month, 2, s.run(p, letter)
			continue
		}
		for start := p; s.is(p, digit) && p-start < 6; p++ {
			parts[n] = parts[n]*10 + int(s.at(p)-'0')
			sizes[n]++
		}
		if n == 0 && sizes[0] == 6 {
			parts, sizes = [3]int{parts[0] / 10000, parts[0] / 100 % 100, parts[0] % 100}, [3]int{2, 2, 2}
			break
		}
	}
	if sizes[0] == 4 {
		parts[0], parts[2], sizes[0], sizes[2] = parts[2], parts[0], sizes[2], sizes[0]
	}
	if s.is(p, digit) || min(sizes[0], sizes[1]) < 1 || max(sizes[0], sizes[1]) > 2 || sizes[2] != 2 && sizes[2] != 4 {
		return date, i
	}
	for n, part := range parts {
		date[2*n], date[2*n+1] = byte(part/10%10), byte(part%10)
	}
	return date, p
}

// dateGap steps over what may separate the parts of a date.
func (s *identityScan) dateGap(p int) int {
	switch s.at(p) {
	case '.', '/', '-':
		p++
	}
	return s.blanks(p, 1)
}

// month returns the month whose name stands at p, 0 if none does.
func (s *identityScan) month(p int) int {
	for n, names := range months {
		if s.beginsWith(p, names) {
			return n + 1
		}
	}
	return 0
}
