package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/ui"
	"silta/ui/templates"
)

// TestRetentionPage: auditors and administrators see what goes next; for all others there is no such page.
func TestRetentionPage(t *testing.T) {
	s := newSite(t, func(o *ui.Options) { o.Retention = retention })
	for _, who := range []string{"nurse", "childpsych", "childpsych2"} {
		s.as(who).get("/retention").wantStatus(404)
	}
	for _, who := range []string{"admin", "auditor"} {
		p := s.as(who).open("/retention?lang=fi")
		for _, want := range []string{"S-2024-0007", "2 vuotta", "Pyynnöt", "31"} {
			if !strings.Contains(p.text("main"), want) {
				t.Errorf("%s: %q is missing: %s", who, want, p.text("main"))
			}
		}
	}
}

// retention is a night before which one request waits for its end.
func retention(_ context.Context, a consult.Actor) (templates.RetentionState, error) {
	if !a.Administers() && !a.Is(consult.Auditor) {
		return templates.RetentionState{}, consult.Fail(consult.NotFound, "not-found")
	}
	return templates.RetentionState{
		Rows:     []templates.RetentionRow{{Kind: "consultation", Keep: 730 * 24 * time.Hour, Kept: 31, Next: 1, Soon: 4}},
		Requests: []string{"S-2024-0007"},
	}, nil
}
