package mail

import (
	"strings"
	"unicode/utf8"
)

// lineWidth is how many characters the lines of a text have at most, but for words that are longer.
const lineWidth = 72

// wrap breaks a sentence into lines, as people who read mail as text expect it.
func wrap(s string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case width == 0:
		case width+1+n > lineWidth:
			b.WriteByte('\n')
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}
