package consult

// hetuReading is what was read where a personal identity code may stand, with the liberties the writer took.
type hetuReading struct {
	digits [9]byte
	// mark is upper case; 0 where there is none, '?' for what stands where a mark should.
	mark byte
	// check is upper case; 0 where it was left out.
	check byte
	// typed counts the digits that were typed as digits rather than as letters that look like one.
	typed int
	// parted: the date's parts are separated; sparse: each digit stands alone; aside: there are spaces about the mark.
	parted, sparse, aside bool
	end                   int
}

// looseHetu records a personal identity code that is written freely or mistyped at i and returns the index after it,
// or i if there is none.
func (s *identityScan) looseHetu(i int) int {
	if s.is(i-1, digit) || s.is(i-1, letter) && !s.is(i, digit) {
		return i
	}
	h, ok := s.readHetu(i)
	if !ok || !h.convincing() || h.check == 0 && s.at(i-1) == '-' {
		return i
	}
	s.add(IdentityHetu, i, h.end)
	return h.end
}

// readHetu reads six digits, a mark, three digits and a check character.
func (s *identityScan) readHetu(i int) (h hetuReading, ok bool) {
	p := i
	h.sparse = s.at(i+1) == ' ' && s.at(i+3) == ' '
	for n := range 6 {
		if n > 0 {
			p = s.hetuGap(p, n, &h)
		}
		if n == 4 && h.parted && s.longYear(p) {
			p += 2
		}
		if p, ok = s.hetuDigit(p, n, &h); !ok {
			return h, false
		}
	}
	if p, ok = s.hetuMark(p, &h); !ok {
		return h, false
	}
	for n := 6; n < 9; n++ {
		if n > 6 && h.sparse && s.at(p) == ' ' {
			p++
		}
		if p, ok = s.hetuDigit(p, n, &h); !ok {
			return h, false
		}
	}
	h.end = p
	s.hetuCheckAt(p, &h)
	return h, h.typed >= 5 && !s.is(h.end, letter|digit)
}

// hetuGap steps over what separates the parts of the date, or every digit from the next.
func (s *identityScan) hetuGap(p, n int, h *hetuReading) int {
	if h.sparse {
		if s.at(p) == ' ' {
			p++
		}
		return p
	}
	if n != 2 && n != 4 {
		return p
	}
	switch s.at(p) {
	case '.', '/', '-':
		h.parted = true
		p++
		if s.at(p) == ' ' {
			p++
		}
	case ' ':
		h.parted = true
		p++
	}
	return p
}

// longYear reports whether a year of four digits begins at p.
func (s *identityScan) longYear(p int) bool {
	century := s.at(p) == '1' && (s.at(p+1) == '8' || s.at(p+1) == '9') || s.at(p) == '2' && s.at(p+1) == '0'
	return century && s.is(p+2, digit) && s.is(p+3, digit)
}

func (s *identityScan) hetuDigit(p, n int, h *hetuReading) (int, bool) {
	d, ok := digitLike(s.at(p))
	if !ok {
		return p, false
	}
	h.digits[n] = d
	if s.is(p, digit) {
		h.typed++
	}
	return p + 1, true
}

// hetuMark reads the mark and the spaces about it; a code without one has its last part right there or after a space.
func (s *identityScan) hetuMark(p int, h *hetuReading) (int, bool) {
	start := p
	p = s.blanks(p, 2)
	switch r := s.at(p); {
	case s.is(p, digit):
		return p, p-start <= 1
	case r == '-':
		h.mark = '-'
		for range 2 {
			if s.at(p) == '-' {
				p++
			}
		}
		if q := s.blanks(p, 1); s.centuryLetter(q) && s.is(q+1, digit) {
			h.mark = '?'
			p = q + 1
		}
	case r == '(' && (s.centuryLetter(p+1) || s.at(p+1) == '-') && s.at(p+2) == ')':
		h.mark = '?'
		p += 3
	case r == '+' || 'a' <= r && r <= 'z':
		h.mark = upperASCII(byte(r))
		if hetuCentury(h.mark) == 0 {
			h.mark = '?'
		}
		p++
		if s.at(p) == '-' && s.is(p+1, digit) {
			h.mark = '?'
			p++
		}
	case r == '_' || r == '/' || r == '.' || r == ':' || r == '=' || r == '~' || r == '*' || r == ',':
		h.mark = '?'
		p++
	default:
		return p, false
	}
	after := s.blanks(p, 2)
	h.aside = after > p || s.at(start) == ' ' || s.at(start) == '\n'
	return after, true
}

// centuryLetter reports whether a letter that is a mark stands at i.
func (s *identityScan) centuryLetter(i int) bool {
	r := s.at(i)
	return 'a' <= r && r <= 'z' && hetuCentury(upperASCII(byte(r))) != 0
}

// hetuCheckAt reads the check character, which a space may precede.
func (s *identityScan) hetuCheckAt(p int, h *hetuReading) {
	c := p
	if s.at(c) == ' ' {
		c++
	}
	r := s.at(c)
	if !s.is(c, digit) && (r < 'a' || r > 'z') || s.is(c+1, letter|digit) {
		return
	}
	if c > p && s.is(c, digit) && !h.sparse {
		return
	}
	h.check, h.end = upperASCII(byte(r)), c+1
	want := hetuCheck(&h.digits)
	if d, ok := digitLike(r); ok && want == '0'+d {
		h.check = want
	}
}

// blanks steps over at most n spaces and line ends.
func (s *identityScan) blanks(p, n int) int {
	for range n {
		if r := s.at(p); r != ' ' && r != '\n' {
			break
		}
		p++
	}
	return p
}

// convincing decides whether a reading is an identity code: the freer its form, the more the day and the check
// character must speak for it. A mistyped code still tells who somebody is.
func (h *hetuReading) convincing() bool {
	century := h.mark
	if hetuCentury(century) == 0 {
		century = 'A' // 2000 was a leap year: any day that can exist does
	}
	real := hetuDate(&h.digits, century)
	right := real && h.check == hetuCheck(&h.digits)
	lettered := 'A' <= h.check && h.check <= 'Z'
	neat := !h.parted && !h.sparse
	switch h.mark {
	case 0:
		return right && (neat || lettered && !h.sparse)
	case '?':
		return right && (neat || lettered)
	}
	switch {
	case right:
		return true
	case !neat || h.check == 0 && h.aside:
		return false
	case !real:
		return lettered && !h.aside && (h.mark == '-' || h.mark == '+') && h.typed == len(h.digits)
	case lettered:
		return !h.aside || h.mark == '-' || h.mark == '+'
	}
	// Six digits, a hyphen and three or four more may also be a mobile number, or a reference made of a recent day,
	// which would be the day of birth of somebody very old.
	return !h.aside && !mobilePrefix(h.digits[0], h.digits[1], h.digits[2]) && (h.mark != '-' || h.digits[4] >= 3)
}
