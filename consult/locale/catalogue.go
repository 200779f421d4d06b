// Package locale speaks to people in Finnish, Swedish and English: messages by key, the words of the domain, dates,
// times and spans of time. Screens and mails use it alike, so that the same thing has the same name everywhere.
//
// The words that all parts share (the codes of package consult, and those of time) are part of this package; each
// user adds a folder of its own with fi.yaml, sv.yaml and en.yaml. A key is dotted and flat ("concern.mood"), a
// message is a text or, where it depends on a number, a map of plural forms:
//
//	queue.more: Näytä lisää
//	queue.open:
//	  one: "{{.n}} avoin pyyntö"
//	  other: "{{.n}} avointa pyyntöä"
//
// A key that does not exist shows as ⟦key⟧ and never breaks a page; tests of each user look for keys that are
// missing, unused or different between languages (see [Catalogue.Faults]).
package locale

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"silta/consult"
)

//go:embed messages/*.yaml
var shared embed.FS

// Catalogue holds every message in every language of the program. It does not change and is safe for use by
// many at once.
type Catalogue struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
	// messages has, by language and key, what the files say.
	messages map[consult.Language]map[string]message
	own      map[string]bool
}

// message is a text as a file has it: either plain, or with placeholders or plural forms.
type message struct {
	// plain is the whole text where nothing is to be filled in.
	plain   string
	isPlain bool
	forms   []string
	// names are the placeholders of all forms, sorted.
	names []string
}

// Load reads fi.yaml, sv.yaml and en.yaml from the root of a file system and adds them to the shared words. A key that
// the shared words have already, or that stands twice, is an error.
func Load(fsys fs.FS) (*Catalogue, error) {
	common, err := fs.Sub(shared, "messages")
	if err != nil {
		return nil, err
	}
	tags := make([]language.Tag, len(consult.Languages))
	for i, l := range consult.Languages {
		tags[i] = language.Make(string(l))
	}
	c := &Catalogue{
		bundle:   i18n.NewBundle(tags[0]),
		matcher:  language.NewMatcher(tags),
		messages: map[consult.Language]map[string]message{},
		own:      map[string]bool{},
	}
	for _, l := range consult.Languages {
		c.messages[l] = map[string]message{}
		for _, dir := range []fs.FS{common, fsys} {
			if dir == nil {
				continue
			}
			if err := c.read(dir, l, dir != common); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *Catalogue) read(dir fs.FS, l consult.Language, own bool) error {
	name := string(l) + ".yaml"
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	var raw map[string]any
	if err := yaml.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var list []*i18n.Message
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if _, twice := c.messages[l][key]; twice {
			return fmt.Errorf("%s: %s is a shared word already", name, key)
		}
		m, err := i18n.NewMessage(raw[key])
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, key, err)
		}
		m.ID = key
		entry, err := read(raw[key], m)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, key, err)
		}
		c.messages[l][key] = entry
		if own {
			c.own[key] = true
		}
		list = append(list, m)
	}
	return c.bundle.AddMessages(language.Make(string(l)), list...)
}

func read(raw any, m *i18n.Message) (message, error) {
	switch raw.(type) {
	case string:
		plain := !strings.Contains(m.Other, "{{")
		return message{plain: m.Other, isPlain: plain, forms: []string{m.Other}, names: placeholders(m.Other)}, nil
	case map[string]any:
		if m.One == "" || m.Other == "" {
			return message{}, errors.New(`a message of plural forms needs "one" and "other"`)
		}
		return message{forms: []string{m.One, m.Other}, names: placeholders(m.One, m.Other)}, nil
	default:
		return message{}, errors.New("a message is a text or a map of plural forms")
	}
}

// Match chooses the program's language that suits an Accept-Language header best; without a header, Finnish.
func (c *Catalogue) Match(acceptLanguage string) consult.Language {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return consult.Languages[0]
	}
	_, i, confidence := c.matcher.Match(wanted...)
	if confidence == language.No {
		return consult.Languages[0]
	}
	return consult.Languages[i]
}

// For returns the localizer for a language, Finnish where the program does not speak it. Times are told in the zone;
// nil means UTC.
func (c *Catalogue) For(l consult.Language, zone *time.Location) *Localizer {
	if !slices.Contains(consult.Languages, l) {
		l = consult.Languages[0]
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Localizer{lang: l, zone: zone, messages: c.messages[l], full: i18n.NewLocalizer(c.bundle, string(l))}
}
