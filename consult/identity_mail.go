package consult

// The longest parts of an e-mail address that are looked for; they bound the work at each at sign.
const (
	maxLocalPart = 64
	maxDomain    = 255
)

// mail records the e-mail address with an at sign at i and returns the index where to look next.
func (s *identityScan) mail(i int) int {
	return max(s.mailAddress(i, i+1, typedAt), i+1)
}

// atForm is how an at sign is written, which tells how far to trust it.
type atForm uint8

const (
	typedAt atForm = iota
	// spelledAt is a name of the sign that is not used otherwise; dots may be spelled out then too.
	spelledAt
	// plainAt is the English word: "look at example.com" is no address, so more must speak for one.
	plainAt
)

// mailAddress records the address whose local part ends at localEnd and whose domain begins at domainStart; a space may
// stand at each. It returns the index after it, 0 if there is none.
func (s *identityScan) mailAddress(localEnd, domainStart int, form atForm) int {
	dotted := form != typedAt
	if s.at(localEnd-1) == ' ' {
		localEnd--
		dotted = true
	}
	if s.at(domainStart) == ' ' {
		domainStart++
		dotted = true
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
	end, dots, spelled := s.domain(domainStart, form != typedAt)
	if start == localEnd || end == domainStart || form == plainAt && !marked && !spelled {
		return 0
	}
	if dots == 0 && (dotted || end-domainStart < 3 || localEnd-start < 2 || !s.is(domainStart, letter)) {
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

// domain reads a domain name from i, with bare words for its dots if words is set. It returns the index after it (i if
// there is none), the number of its dots, and whether one of them is spelled out.
func (s *identityScan) domain(i int, words bool) (end, dots int, spelled bool) {
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
		if s.at(p) == '.' {
			p++
			continue
		}
		next := s.spelledDot(p, words)
		if next == p {
			break
		}
		spelled = true
		p = next
	}
	return end, dots, spelled
}

// spelledDot steps over "(dot)", "[.]" and the like at p, with words set over " dot " too.
func (s *identityScan) spelledDot(p int, words bool) int {
	q := p
	if s.at(q) == ' ' {
		q++
	}
	bracket := s.at(q) == '(' || s.at(q) == '['
	if bracket {
		q++
	} else if !words || q == p {
		return p
	}
	end := q
	for end-q < 6 && s.is(end, letter) {
		end++
	}
	if bracket && s.at(end) == '.' && end == q {
		end++
	} else if !s.equal(q, end, "dot") && !s.equal(q, end, "piste") && !s.equal(q, end, "punkt") {
		return p
	}
	if bracket {
		if r := s.at(end); r != ')' && r != ']' {
			return p
		}
		end++
	}
	if s.at(end) == ' ' {
		return end + 1
	}
	if bracket {
		return end
	}
	return p
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
		end = s.snabelA(word, end)
		tight := s.equal(word, end, "a") && s.localPart(i-1) && s.is(end+1, letter)
		if !tight && !s.equal(word, end, "at") && !s.spellsAt(word, end) {
			return i
		}
	}
	switch s.at(end) {
	case ')', ']', '}', '>':
	default:
		return i
	}
	if end = s.mailAddress(i, end+1, spelledAt); end > 0 {
		return end
	}
	return i
}

// atWord records an e-mail address whose at sign is the word from i to end, and returns the index where to look next.
func (s *identityScan) atWord(i, end int) int {
	form := spelledAt
	end = s.snabelA(i, end)
	switch {
	case s.equal(i, end, "at"):
		form = plainAt
	case !s.spellsAt(i, end):
		return end
	}
	if s.at(i-1) != ' ' || s.at(end) != ' ' {
		return end
	}
	return max(s.mailAddress(i, end, form), end)
}

// snabelA returns the index after "snabel-a", if the word from i to end begins it, else end.
func (s *identityScan) snabelA(i, end int) int {
	if s.equal(i, end, "snabel") && s.at(end) == '-' && s.at(end+1) == 'a' && !s.is(end+2, letter) {
		return end + 2
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
	case 8:
		return s.equal(i, end, "snabel-a")
	case 10:
		return s.equal(i, end, "miukumauku")
	}
	return false
}
