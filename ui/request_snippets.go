package ui

import (
	"slices"
	"strings"

	"silta/consult"
	"silta/ui/templates"
)

// snippets are the texts of the reader's own pools among those that answer the request: in the reader's language, and in the sender's
// too where that is another.
func (s *Server) snippets(v *visit, c *consult.Consultation) []templates.Snippet {
	languages := []consult.Language{v.l.Lang()}
	if sender, err := s.People.Person(c.Requester); err == nil && sender.Language != "" && sender.Language != languages[0] {
		languages = append(languages, sender.Language)
	}
	var list []templates.Snippet
	for _, id := range append([]string{c.Pool}, c.Joined...) {
		pool := s.Pools.Find(id)
		if pool == nil || !v.actor.MemberOf(id) {
			continue
		}
		for _, snippet := range pool.Snippets {
			shown := templates.Snippet{Title: v.l.In(snippet.Title)}
			for i, l := range languages {
				text := snippet.Text[l]
				if i == 0 {
					// In whichever language there is, rather than not at all.
					l, text = snippet.Text.Best(l)
				}
				known := func(t templates.SnippetText) bool { return t.Language == l }
				if text != "" && !slices.ContainsFunc(shown.Texts, known) {
					shown.Texts = append(shown.Texts, templates.SnippetText{Language: l, Text: strings.TrimSpace(text)})
				}
			}
			list = append(list, shown)
		}
	}
	return list
}
