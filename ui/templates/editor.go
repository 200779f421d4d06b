package templates

import (
	"encoding/json"

	"silta/consult/locale"
)

// editorPhrases are what the editor itself says, as it calls it, and the messages that say it.
var editorPhrases = map[string]string{
	"Find": "editor.find", "Replace": "editor.replace-with", "next": "editor.next", "previous": "editor.previous", "all": "editor.all",
	"match case": "editor.case", "regexp": "editor.regexp", "by word": "editor.word", "replace": "editor.replace", "replace all": "editor.replace-all",
	"close": "editor.close", "current match": "editor.match", "on line": "editor.on-line", "replaced $ matches": "editor.replaced",
	"replaced match on line $": "editor.replaced-one", "Go to line": "editor.line", "go": "editor.go", "Diagnostics": "editor.findings",
	"No diagnostics": "editor.no-findings", "Fold line": "editor.fold", "Unfold line": "editor.unfold-line", "folded code": "editor.folded", "unfold": "editor.unfold",
	"Folded lines": "editor.folded-lines", "Unfolded lines": "editor.unfolded-lines", "to": "editor.to", "Selection deleted": "editor.deleted",
	"Control character": "editor.control", "Completions": "editor.completions",
}

// phrases are the editor's own words in the reader's language, as JSON.
func phrases(l *locale.Localizer) (string, error) {
	said := make(map[string]string, len(editorPhrases))
	for phrase, key := range editorPhrases {
		said[phrase] = l.T(key)
	}
	text, err := json.Marshal(said)
	return string(text), err
}
