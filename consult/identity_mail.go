package consult

// The longest parts of an e-mail address that are looked for; they bound the work at each at sign.
const (
	maxLocalPart = 64
	maxDomain    = 255
)

// mail records the e-mail address with an at sign at i and returns the index where to look next.
func (s *identityScan) mail(i int) int {
	return max(s.mailAddress(i, i+1, false), i+1)
}

// mailAddress records the address whose local part ends at localEnd and whose domain begins at domainStart; a space may
// stand at each. It returns the index after it, 0 if there is none. A strict one needs a dot in its domain and
// something other than a plain word before the at sign.
func (s *identityScan) mailAddress(localEnd, domainStart int, strict bool) int {
	if s.at(localEnd-1) == ' ' {
		localEnd--
	}
	if s.at(domainStart) == ' ' {
		domainStart++
	}
	start := localEnd
	marked := false
	for start > s.mailEnd && localEnd-start < maxLocalPart && s.localPart(start-1) {
		start--
		marked = marked || !s.is(start, letter)
	}
	for start < localEnd && !s.is(start, letter|digit) {
		start++
	}
	end, dots := s.domain(domainStart)
	if start == localEnd || end == domainStart || strict && !(marked && dots > 0) {
		return 0
	}
	if dots == 0 && (end-domainStart < 3 || localEnd-start < 2 || !s.is(domainStart, letter)) {
		return 0
	}
	s.add(IdentityEmail, start, end)
	s.mailEnd = end
	return end
}

func (s *identityScan) localPart(i int) bool {
	if s.is(i, letter|digit) {
		return true
	}
	switch s.at(i) {
	case '.', '_', '-', '+', '%', '&', '\'':
		return true
	}
	return false
}

// domain reads a domain name from i and returns the index after it and the number of its dots; (i, 0) if there is none.
func (s *identityScan) domain(i int) (end, dots int) {
	end = i
	for p := i; p-i < maxDomain; {
		label := p
		for p-i < maxDomain && (s.is(p, letter|digit) || s.at(p) == '-' && p > label) {
			p++
		}
		for p > label && s.at(p-1) == '-' {
			p--
		}
		if p == label {
			break
		}
		if end > i {
			if p-label < 2 {
				break
			}
			dots++
		}
		end = p
		dot := s.dot(p)
		if dot == p {
			break
		}
		p = dot
	}
	return end, dots
}

// dot steps over a dot, in any spelling, within a domain.
func (s *identityScan) dot(p int) int {
	if s.at(p) == '.' {
		return p + 1
	}
	q := p
	if s.at(q) == ' ' {
		q++
	}
	open := s.at(q)
	if open != '(' && open != '[' {
		return p
	}
	word := q + 1
	end := s.run(word, letter)
	if !s.equal(word, end, "dot") && !s.equal(word, end, "piste") && !s.equal(word, end, "punkt") &&
		!(end == word && s.at(end) == '.') {
		return p
	}
	if s.at(end) == '.' {
		end++
	}
	if r := s.at(end); r != ')' && r != ']' {
		return p
	}
	if s.at(end+1) == ' ' {
		end++
	}
	return end + 1
}

// bracketedAt records an e-mail address with "(at)" or "[ät]" at i and returns the index after it, else i.
func (s *identityScan) bracketedAt(i int) int {
	word := i + 1
	if !s.is(word, letter) && s.at(word) != '@' {
		return i
	}
	end := word + 1
	if s.is(word, letter) {
		for end-word < 12 && s.is(end, letter) {
			end++
		}
		if !s.equal(word, end, "at") && !s.spellsAt(word, end) {
			return i
		}
	}
	switch s.at(end) {
	case ')', ']', '}', '>':
	default:
		return i
	}
	if end = s.mailAddress(i, end+1, false); end > 0 {
		return end
	}
	return i
}

// spelledAt records an e-mail address whose at sign is the word from i to end, and returns the index where to look next.
func (s *identityScan) spelledAt(i, end int) int {
	if s.at(i-1) != ' ' || s.at(end) != ' ' {
		return end
	}
	strict := s.equal(i, end, "at")
	if !strict && !s.spellsAt(i, end) {
		return end
	}
	if after := s.mailAddress(i, end, strict); after > 0 {
		return after
	}
	return end
}

// spellsAt reports whether the word from i to end is a Finnish or Swedish name of the at sign.
func (s *identityScan) spellsAt(i, end int) bool {
	switch end - i {
	case 2:
		return s.equal(i, end, "ät")
	case 5:
		return s.equal(i, end, "miuku")
	case 7:
		return s.equal(i, end, "snabela")
	case 10:
		return s.equal(i, end, "miukumauku")
	}
	return false
}
