package routing

import (
	"unicode/utf8"

	"silta/consult"
)

// Snippet is a text that a pool's people often need in an answer.
type Snippet struct {
	// Title is what it is found by; it is not part of the answer.
	Title, Text consult.Text
}

// Bounds of a pool's snippets. Of titles and texts they are in characters.
const (
	maxSnippets     = 50
	maxSnippetTitle = 80
	maxSnippetText  = 4000
)

func (d *decoder) snippets(n *node) (snippets []Snippet) {
	for i, item := range d.list(n, "snippets") {
		if i == maxSnippets {
			d.bad(item.at, "too-many-values", "key", "snippets", "limit", maxSnippets)
			break
		}
		if !d.mapping(item, "snippets", "title", "text") {
			continue
		}
		snippets = append(snippets, Snippet{
			Title: d.someText(item, "title", maxSnippetTitle),
			Text:  d.someText(item, "text", maxSnippetText),
		})
	}
	return snippets
}

// someText returns a text that has to be there in one language at least, and is no longer than so many characters in any.
func (d *decoder) someText(n *node, key string, most int) consult.Text {
	v := d.needs(n, key)
	if v == nil {
		return nil
	}
	before := d.errors
	t := d.translated(v, key)
	if len(t) == 0 && d.errors == before {
		d.missing(v.at, key)
	}
	for _, e := range v.entries {
		if utf8.RuneCountInString(e.value.text) > most {
			d.bad(e.value.at, "too-many-characters", "key", key, "limit", most)
		}
	}
	return t
}
