package locale

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Order compares names as the language sorts them: in Finnish and Swedish å, ä and ö come last. It is for one list, and for one goroutine.
func (l *Localizer) Order() func(a, b string) int {
	return collate.New(language.Make(string(l.lang)), collate.IgnoreCase).CompareString
}
