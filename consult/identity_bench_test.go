package consult

import (
	"strings"
	"testing"
)

// prose is about 2 KB of what a request holds, in the language.
func prose(b *testing.B, language string, identified bool) string {
	var text strings.Builder
	for _, s := range corpus(b) {
		if s.language == language && (len(s.want) > 0) == identified && text.Len() < 2048 {
			text.WriteString(s.text + " ")
		}
	}
	return text.String()
}

func BenchmarkFindIdentity(b *testing.B) {
	quiet := strings.Repeat("Nuori on ollut poissa koulusta kuusi viikkoa, nukkuu 4-5 tuntia yössä ja äiti on huolissaan. ", 22)
	for _, bench := range []struct {
		name, text string
		names      []string
	}{
		{"prose", quiet, nil},
		{"prose with names", quiet, []string{"Matti Johannes Virtanen"}},
		{"numbers and dates", prose(b, "fi", false), nil},
		{"findings", prose(b, "fi", true), nil},
		{"swedish", prose(b, "sv", false), nil},
		{"digits", strings.Repeat("7", 1<<20), nil},
		{"pairs of digits", strings.Repeat("09 ", 1<<20/3), nil},
		{"at signs", strings.Repeat("a@", 1<<19), nil},
		{"long local parts", strings.Repeat(strings.Repeat("a", 63)+"@", 1<<14), nil},
		{"streets", strings.Repeat("Koskikatu 5 ", 1<<20/12), nil},
		{"brackets", strings.Repeat("(", 1<<20), nil},
		{"names", strings.Repeat("matti", 1<<20/5), []string{"Matti Virtanen"}},
		{"short names", strings.Repeat("matin ", 1<<20/6), []string{"Matti Virtanen"}},
		{"codes", strings.Repeat("010190-999", 1<<20/10), nil},
		{"letters", strings.Repeat("ol", 1<<19), nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.text)))
			for b.Loop() {
				FindIdentity(bench.text, bench.names...)
			}
		})
	}
}
