package locale_test

import (
	"os"
	"strings"
	"testing"

	"silta/ui/locale"
)

// Families are the keys that are put together while a page is drawn: a field's label from its pointer, a group's title
// from its kind, an action's name from its code.
var families = []string{
	"label.", "hint.", "action.", "submit.", "queue.group.", "mine.group.", "guard.kind.", "layout.own-name.", "new.about-", "due.paused-",
	"job-outcome.", "check.", "check-bad.", "check-status.", "way.",
	"rules.if.", "rules.fact.", "rules.sign.", "rules.yes.", "rules.step.", "editor.", "rules.told.",
	"browser.", "system.", "method.", "scope.", "once.",
	"retention-kind.", "retention-how.", "month.", "figures.", "people.show.", "plan-role.", "keys.", "help.", "statement.", "proof.fault-", "proof.next-",
}

func TestCatalogue(t *testing.T) {
	c, err := locale.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	faults, err := c.Faults(families, os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}
