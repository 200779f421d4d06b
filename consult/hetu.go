package consult

import "time"

// hetuChecks is the alphabet of check characters: the one at the index that the nine digits leave modulo 31.
const hetuChecks = "0123456789ABCDEFHJKLMNPRSTUVWXY"

const hetuLength = 11

// ValidHetu reports whether s is a Finnish personal identity code as the register writes it: eleven characters,
// upper case, a day that exists in the century that the mark stands for, an individual number from 002 up
// (from 900 they are temporary ones) and the right check character.
func ValidHetu(s string) bool {
	if len(s) != hetuLength || !hetuAt(s) {
		return false
	}
	return !lowerASCII(s[6]) && !lowerASCII(s[10])
}

// hetuAt reports whether s begins with a valid personal identity code, in upper or lower case.
func hetuAt(s string) bool {
	if len(s) < hetuLength || hetuCentury(upperASCII(s[6])) == 0 {
		return false
	}
	var digits [9]byte
	for i := range digits {
		at := i
		if i >= 6 {
			at++
		}
		digits[i] = s[at] - '0'
		if digits[i] > 9 {
			return false
		}
	}
	return hetuDate(&digits, upperASCII(s[6])) && hetuIndividual(&digits) && hetuCheck(&digits) == upperASCII(s[10])
}

// hetuCentury returns the first year of the century that the upper-case mark stands for, 0 if it is none.
func hetuCentury(mark byte) int {
	switch mark {
	case '+':
		return 1800
	case '-', 'Y', 'X', 'W', 'V', 'U':
		return 1900
	case 'A', 'B', 'C', 'D', 'E', 'F':
		return 2000
	}
	return 0
}

// hetuDate reports whether the first six digits are a day that exists in the mark's century.
func hetuDate(d *[9]byte, mark byte) bool {
	day, month := int(d[0])*10+int(d[1]), int(d[2])*10+int(d[3])
	if day < 1 || day > 31 || month < 1 || month > 12 {
		return false
	}
	year := hetuCentury(mark) + int(d[4])*10 + int(d[5])
	return day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func hetuIndividual(d *[9]byte) bool { return d[6] != 0 || d[7] != 0 || d[8] > 1 }

// hetuCheck returns the check character that belongs to nine digits.
func hetuCheck(d *[9]byte) byte {
	n := 0
	for _, digit := range d {
		n = (n*10 + int(digit)) % len(hetuChecks)
	}
	return hetuChecks[n]
}

func lowerASCII(c byte) bool { return 'a' <= c && c <= 'z' }

func upperASCII(c byte) byte {
	if lowerASCII(c) {
		return c - ('a' - 'A')
	}
	return c
}
