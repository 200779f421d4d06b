package consult

import (
	"fmt"
	"strconv"
	"strings"
)

// RefOf returns the reference of a request: the year in which it was sent, and its number in that, such as S-2026-0042.
func RefOf(year, number int) string { return fmt.Sprintf("S-%04d-%04d", year, number) }

// ParseRef takes a reference apart. ok is false for a text that none is written as.
func ParseRef(ref string) (year uint16, number uint32, ok bool) {
	first, second, _ := strings.Cut(strings.TrimPrefix(ref, "S-"), "-")
	y, errYear := strconv.ParseUint(first, 10, 16)
	n, errNumber := strconv.ParseUint(second, 10, 32)
	ok = errYear == nil && errNumber == nil && ref == RefOf(int(y), int(n)) // #nosec G115 -- of 16 and 32 bits
	return uint16(y), uint32(n), ok                                         // #nosec G115 -- as above
}
