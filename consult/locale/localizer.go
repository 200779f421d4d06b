package locale

import (
	"maps"
	"strconv"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	printing "golang.org/x/text/message"

	"silta/consult"
)

// Localizer speaks one language in one time zone.
type Localizer struct {
	lang     consult.Language
	zone     *time.Location
	messages map[string]message
	full     *i18n.Localizer
}

// Lang returns the language.
func (l *Localizer) Lang() consult.Language { return l.lang }

// Zone returns the time zone that moments are told in.
func (l *Localizer) Zone() *time.Location { return l.zone }

// T returns the message of a key. The arguments are pairs of a placeholder's name and its value; the one named "n"
// chooses the plural form. A key that does not exist, and a placeholder without a value, show as ⟦key⟧.
func (l *Localizer) T(key string, args ...any) string {
	var values map[string]any
	if len(args) > 0 {
		values = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			if name, ok := args[i].(string); ok {
				values[name] = args[i+1]
			}
		}
	}
	return l.Message(key, values)
}

// Message is [Localizer.T] for arguments that are in a map already, as those of a [consult.Error] are.
func (l *Localizer) Message(key string, args map[string]any) string {
	m, ok := l.messages[key]
	if !ok {
		return missing(key)
	}
	if m.isPlain {
		return m.plain
	}
	for _, name := range m.names {
		if _, ok := args[name]; !ok {
			return missing(key)
		}
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: l.grouped(args)}
	if len(m.forms) > 1 {
		config.PluralCount = args["n"]
	}
	text, err := l.full.Localize(config)
	if err != nil {
		return missing(key)
	}
	return text
}

// grouped is the arguments with their long numbers as [Localizer.Number] writes them.
func (l *Localizer) grouped(args map[string]any) map[string]any {
	cloned := false
	for name, value := range args {
		if n, ok := value.(int); ok && n >= long {
			if !cloned {
				args, cloned = maps.Clone(args), true
			}
			args[name] = l.Number(n)
		}
	}
	return args
}

// long is the least number whose digits are grouped: four stand together in Finnish and Swedish.
const long = 10_000

// Number writes a number, its thousands apart where it has five digits or more: "48 213" with a space that does not break.
func (l *Localizer) Number(n int) string {
	if n < long {
		return strconv.Itoa(n)
	}
	return printing.NewPrinter(language.Make(string(l.lang))).Sprint(n)
}

// Error returns what a person is told of an error.
func (l *Localizer) Error(e *consult.Error) string { return l.Message(e.Key, e.Args) }

// Field returns what is wrong with a field. Of the codes, too-long and too-many need the argument max, out-of-range also min.
func (l *Localizer) Field(f consult.FieldError) string { return l.Message("field."+f.Code, f.Args) }

// Has reports whether the key exists.
func (l *Localizer) Has(key string) bool {
	_, ok := l.messages[key]
	return ok
}

// Code returns the word for a code of a family, such as Code("concern", "mood"). A code that this version of the program
// does not know (of an older or newer record) is shown as it is.
func (l *Localizer) Code(family, code string) string {
	if m, ok := l.messages[family+"."+code]; ok && m.isPlain {
		return m.plain
	}
	return code
}

// In returns what an administrator wrote, in this language if it exists.
func (l *Localizer) In(t consult.Text) string { return t.In(l.lang) }

func missing(key string) string { return "⟦" + key + "⟧" }
