package templates

import (
	"strconv"

	"silta/consult"
)

// Snippet is a text of a pool's own that can be put into an answer.
type Snippet struct {
	Title string
	// Texts are the reader's and, where it is another, that in the sender's language.
	Texts []SnippetText
}

// SnippetText is a snippet in a language.
type SnippetText struct {
	Language consult.Language
	Text     string
}

func snippetID(snippet int, l consult.Language) string {
	return "snippet-" + strconv.Itoa(snippet) + "-" + string(l)
}
