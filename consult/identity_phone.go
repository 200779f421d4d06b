package consult

import (
	"slices"
	"strings"
)

// Limits of what is read as one number.
const (
	maxPhoneDigits = 16
	maxPhoneGroups = 8
)

// phoneReading is a run of digits in groups.
type phoneReading struct {
	digits [maxPhoneDigits]byte
	// n counts the digits, sizes those of each group.
	n, groups int
	sizes     [maxPhoneGroups]int
	ends      [maxPhoneGroups]int
	// gaps[k] is the strongest separator before group k: ')', '-', '/', '.', ' ' or 0.
	gaps [maxPhoneGroups]rune
	plus bool
	// long: the first group alone has more digits than any number.
	long bool
}

// phone records a telephone number at i and returns the index after it, or i if there is none. Numbers of public help
// are passed over, not recorded.
func (s *identityScan) phone(i int) int {
	if s.is(i-1, digit) {
		return i
	}
	p := s.readPhone(i)
	if p.n < 5 || p.long {
		return i
	}
	groups := 0
	if !s.goesOn(i) {
		groups = p.national(s.at(i-1) == ' ' && s.is(i-2, digit) && i-1 != s.phoneEnd)
	}
	if groups == 0 && s.phoneWordBefore(i) {
		groups = p.announced()
	}
	if groups == 0 {
		return i
	}
	if s.at(i) == '(' && !slices.Contains(p.gaps[1:groups], ')') {
		return i // the bracket is about the whole, or about more
	}
	end := p.ends[groups-1]
	s.phoneEnd = end
	if !p.public(groups) {
		s.add(IdentityPhone, i, end)
	}
	return end
}

// goesOn reports whether what begins at i is the rest of a word or number such as 1.234, 12,5 or 3/040, unless it is
// the second of two telephone numbers.
func (s *identityScan) goesOn(i int) bool {
	switch s.at(i - 1) {
	case '.', ',', '-', '/':
		return s.is(i-2, digit) && i-1 != s.phoneEnd
	}
	return s.is(i-1, letter)
}

// readPhone reads groups of digits and what may separate them in a telephone number.
func (s *identityScan) readPhone(i int) (p phoneReading) {
	at := i
	if s.at(at) == '(' {
		at++
	}
	if s.at(at) == '+' {
		p.plus = true
		at++
	}
	for p.groups < maxPhoneGroups {
		start, gap := s.phoneGap(at)
		if p.groups == 0 && gap != 0 && !p.plus {
			break
		}
		size := p.n
		for at = start; s.phoneDigit(at, at > start); at++ {
			if p.n == maxPhoneDigits {
				p.long = p.groups == 0
				p.n = size
				return p
			}
			p.digits[p.n], _ = digitLike(s.at(at))
			p.n++
		}
		if at == start {
			break
		}
		p.sizes[p.groups], p.ends[p.groups], p.gaps[p.groups] = p.n-size, at, gap
		p.groups++
	}
	return p
}

// phoneGap steps over what may separate two groups of digits, at most three characters, and returns the strongest.
func (s *identityScan) phoneGap(i int) (next int, gap rune) {
	for range 3 {
		r := s.at(i)
		switch r {
		case ')', '(', '-', '/', '.', ' ':
		default:
			return i, gap
		}
		if gap == 0 || gap == ' ' || r == ')' {
			gap = r
		}
		i++
	}
	return i, gap
}

// phoneDigit reports whether a digit stands at i, or between or after digits a letter that looks like one.
func (s *identityScan) phoneDigit(i int, inside bool) bool {
	if s.is(i, digit) {
		return true
	}
	if _, ok := digitLike(s.at(i)); !ok {
		return false
	}
	return s.is(i+1, digit) || inside && s.is(i-1, digit) && !s.is(i+1, letter)
}

// total returns how many digits the first groups have.
func (p *phoneReading) total(groups int) (n int) {
	for _, size := range p.sizes[:groups] {
		n += size
	}
	return n
}

// fit returns how many groups it takes to get the most digits within the limits, 0 if none do.
func (p *phoneReading) fit(least, most int, allowed string) int {
	best := 0
	for k := range p.groups {
		if k > 0 && !strings.ContainsRune(allowed, p.gaps[k]) {
			break
		}
		if n := p.total(k + 1); n > most {
			break
		} else if n >= least {
			best = k + 1
		}
	}
	return best
}

// national returns how many groups make up a number that is known by its prefix, 0 if none do. After another number
// only the plainest forms count.
func (p *phoneReading) national(afterNumber bool) int {
	d := p.digits
	switch {
	case p.plus:
		return p.fit(9, 13, " -()./")
	case d[0] == 0 && d[1] == 0:
		if p.n > 4 && d[2] != 0 && (p.sizes[0] == 2 || p.sizes[0] >= 4) {
			return p.fit(10, 15, " -()")
		}
		return 0
	case p.n >= 11 && d[0] == 3 && d[1] == 5 && d[2] == 8 && d[3] != 0 && (p.sizes[0] == 3 || p.sizes[0] >= 10):
		return p.fit(11, 13, " -()")
	case mobilePrefix(d[0], d[1], d[2]) && p.sizes[0] >= 3:
		most := 10
		if d[1] == 4 && (d[2] == 9 || d[2] == 5 && d[3] == 7) {
			most = 11
		}
		if p.sizes[0] > most {
			return p.fit(8, 12, "")
		}
		return p.fit(8, most, " -./)")
	case afterNumber:
		return 0
	}
	return p.landline()
}

// landline recognises numbers with an area code, and those of firms and offices.
func (p *phoneReading) landline() int {
	area := p.areaCode()
	if area == 0 {
		return 0
	}
	if p.sizes[0] != area {
		if p.sizes[0] < 8 || p.sizes[0] > 10 {
			return 0
		}
		return 1
	}
	if p.groups < 2 || p.looksLikeDate() {
		return 0
	}
	if p.gaps[1] == '.' || p.gaps[1] == '/' && p.n < 8 {
		return 0
	}
	// Pairs of digits are a number only after a bracket or hyphen: 09 12 15 18 may be hours.
	if p.sizes[1] < 3 && p.gaps[1] != ')' && p.gaps[1] != '-' {
		return 0
	}
	best := 0
	for k := 1; k < p.groups; k++ {
		if k > 1 && p.gaps[k] != ' ' && (p.gaps[k] != '-' || p.gaps[1] == '-') {
			break
		}
		n := p.total(k + 1)
		if n > 10 {
			break
		}
		if n >= 7 {
			best = k + 1
		}
	}
	return best
}

// areaCode returns the length of the area code or office prefix that the number begins with, 0 if it has none.
func (p *phoneReading) areaCode() int {
	if p.digits[0] != 0 {
		return 0
	}
	switch p.digits[1] {
	case 3, 5, 6, 8, 9:
		return 2
	case 2:
		if p.sizes[0] == 3 && (p.digits[2] == 0 || p.digits[2] == 9) {
			return 3
		}
		return 2
	case 1:
		if d := p.digits[2]; d == 0 || d >= 3 {
			return 3
		}
	}
	return 0
}

// looksLikeDate reports whether the second or third group is a year after a day or a month.
func (p *phoneReading) looksLikeDate() bool {
	for k := 1; k < min(p.groups, 3); k++ {
		if p.sizes[k] != 4 {
			continue
		}
		at := p.total(k)
		century := p.digits[at]*10 + p.digits[at+1]
		if (century == 19 || century == 20) && p.gaps[1] != ')' && (k == 2 || p.gaps[1] != '-') {
			return p.sizes[k-1] <= 2
		}
	}
	return false
}

// announced returns how many groups make up a number of any form that words such as "puh." announce.
func (p *phoneReading) announced() int {
	k := p.fit(5, 13, " -")
	for _, size := range p.sizes[:k] {
		if size >= 3 && !(p.sizes[0] == 4 && k > 1 && p.sizes[1] == 2) {
			return k
		}
	}
	return 0
}

// public reports whether the number is one of a public help line, which tells nothing about the client.
func (p *phoneReading) public(groups int) bool {
	var buf [maxPhoneDigits + 1]byte
	number := buf[:0]
	for _, d := range p.digits[:p.total(groups)] {
		number = append(number, '0'+d)
	}
	country := "00358"
	if p.plus {
		country = "358"
	}
	rest, home := strings.CutPrefix(string(number), country)
	if home && !strings.HasPrefix(rest, "0") {
		rest = "0" + rest
	}
	for _, prefix := range publicNumbers {
		if strings.HasPrefix(rest, prefix) {
			return true
		}
	}
	return rest == "112" || len(rest) == 6 && strings.HasPrefix(rest, "116")
}

// publicNumbers are the beginnings of numbers that anybody may call: free and paid services, the crisis lines, the
// poison information centre. The emergency number and the six digits of harmonised helplines are known besides.
var publicNumbers = []string{"0800", "0600", "0700", "09252501", "09471977"}

// mobilePrefix reports whether three digits begin a Finnish mobile number.
func mobilePrefix(a, b, c byte) bool { return a == 0 && (b == 4 || b == 5 && c == 0) }

// phoneWordBefore reports whether a word that announces a telephone number stands before i.
func (s *identityScan) phoneWordBefore(i int) bool {
	end := i
	for range 3 {
		if r := s.at(end - 1); r == ' ' || r == ':' || r == '.' {
			end--
		}
	}
	start := end
	for end-start <= 16 && s.is(start-1, letter) {
		start--
	}
	if end == start || end-start > 16 {
		return false
	}
	var buf [16]byte
	word := buf[:0]
	for _, g := range s.glyphs[start:end] {
		r := plainVowel(g.r)
		if r > 'z' {
			return false
		}
		word = append(word, byte(r))
	}
	return phoneWords[string(word)]
}

// phoneWords announce a telephone number; ä is written a.
var phoneWords = wordSet("p puh puhelin puhelinnumero puhelinnumeroni puhelinnro puhnro gsm kannykka kannykkani matkapuhelin numeroon " +
	"numerosta tel tfn telnr telefon telefonnummer mobil mobile phone cell whatsapp")
