package ui_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"silta/consult"
	"silta/ui/browsertest"
)

// The administrator's job by keyboard alone: the editor tells a mistake while it is typed, the mistake is mended, the rules are
// published, and the version before comes back.
func TestRulesByKeyboard(t *testing.T) {
	b := browsertest.Start(t)
	s := newSite(t, nil)
	w := s.screen(t, b, "admin", consult.Finnish)
	w.open("/rules")
	w.ready(".cm-content")
	w.shows("#results", "varoitus")
	w.shoot("rules-1-edit")
	w.reach(".cm-content")
	w.keys(kb.Enter, kb.ArrowUp, "tymezone: UTC")
	w.shows("#findings", "tymezone")
	w.Until(`document.querySelector(".cm-lintRange-error, .cm-lint-marker-error")`)
	w.shoot("rules-2-mistake")
	w.keys(kb.Escape)
	// The finding in the list leads to its place, and the editor speaks the reader's language.
	w.reach("#findings .finding-place", kb.Enter)
	w.Until(`document.activeElement.matches(".cm-content") && document.querySelector(".cm-activeLine").textContent.includes("tymezone")`)
	w.ready(".cm-foldGutter [title='Taita rivi']")
	w.keys(kb.End)
	for range len("tymezone: UTC") {
		w.keys(kb.Backspace)
	}
	w.keys("# by keyboard")
	w.shows("#results", "varoitus")
	w.keys(kb.Escape)
	w.reach("[formaction='/rules/diff']", kb.Enter)
	w.shows("#results", "Yksikään pyyntö ei ohjaudu toisin.")
	w.shoot("rules-3-diff")
	w.reach("#rules-comment", "Kommentti lisätty")
	w.reach(".rules-publish .btn-primary", kb.Enter)
	w.shows(".flashes", "Versio 2 on nyt voimassa")
	w.sound()

	w.open("/rules/versions")
	w.shows(".case", "Kommentti lisätty")
	w.shoot("rules-4-versions")
	w.open("/rules/versions/1")
	w.reach("#restore-comment", "Takaisin")
	w.reach("form[action$=restore] .btn-primary", kb.Enter)
	w.shows(".flashes", "Versio 3 on nyt voimassa")
	w.open("/rules/compare")
	w.shows(".lines del", "# by keyboard")
	w.shoot("rules-5-compare")
	w.sound()
	if s.book.Current().Number != 3 {
		t.Errorf("version %d is in force", s.book.Current().Number)
	}
}
