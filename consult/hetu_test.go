package consult

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const hetuMarks = "+-YXWVUABCDEF"

// validHetu draws a valid code; its day is at most the 28th, so that it exists in each month.
func validHetu(t *rapid.T) string {
	d := [9]byte{}
	put := func(at, width, n int) {
		for i := at + width - 1; i >= at; i-- {
			d[i] = byte(n % 10)
			n /= 10
		}
	}
	put(0, 2, rapid.IntRange(1, 28).Draw(t, "day"))
	put(2, 2, rapid.IntRange(1, 12).Draw(t, "month"))
	put(4, 2, rapid.IntRange(0, 99).Draw(t, "year"))
	put(6, 3, rapid.IntRange(2, 999).Draw(t, "number"))
	n := 0
	s := ""
	for i, digit := range d {
		if i == 6 {
			s += string(rapid.SampledFrom([]byte(hetuMarks)).Draw(t, "mark"))
		}
		s += string('0' + rune(digit))
		n = n*10 + int(digit)
	}
	return s + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31])
}

func TestValidHetu(t *testing.T) {
	for _, s := range []string{"131052-308T", "010594Y9032", "010516B903X", "290200A9091", "290296-9022"} {
		if hetuAt(s) != ValidHetu(s) {
			t.Errorf("%s: the two readings differ", s)
		}
	}
	for _, s := range []string{"131052-308T", "010594Y9032", "010516B903X"} {
		if !ValidHetu(s) {
			t.Errorf("%s is not valid", s)
		}
	}
	for _, s := range []string{
		"", "1", "010190-999K", "131052308T", "131052-308t", "010594y9032", "131052-308T ", " 131052-308T", "131052G308T",
		"131052-308U", "１31052-308T", "131052-30ÅT", "131052–308T", "131052-\x0008T", "131052-308TT",
	} {
		if ValidHetu(s) {
			t.Errorf("%q is valid", s)
		}
	}
	// Days that do not exist, and the numbers that nobody is given, with the check characters that fit them.
	for _, s := range []string{"310290-998", "290201A900", "290200-900", "290200+900", "001290-900", "120090-900", "121390-900", "131052-000", "131052-001"} {
		for _, check := range hetuChecks {
			if ValidHetu(s + string(check)) {
				t.Errorf("%s%c is valid", s, check)
			}
		}
	}
	// 29 February 2000 existed, that of 1900 and 1800 did not.
	valid := 0
	for _, check := range hetuChecks {
		if ValidHetu("290200A900" + string(check)) {
			valid++
		}
	}
	if valid != 1 {
		t.Errorf("29 February 2000 has %d check characters", valid)
	}
}

func TestValidHetuHasOneCheckCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := validHetu(t)
		if !ValidHetu(s) {
			t.Fatalf("%s is not valid", s)
		}
		if ValidHetu(strings.ToLower(s)) && strings.ToLower(s) != s {
			t.Fatalf("%s is valid in lower case", s)
		}
		at := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10}).Draw(t, "at")
		wrong := rapid.SampledFrom([]byte(hetuChecks)).Draw(t, "wrong")
		if mistyped := s[:at] + string(wrong) + s[at+1:]; mistyped != s && ValidHetu(mistyped) {
			t.Fatalf("%s passes for %s", mistyped, s)
		}
	})
}
