package ui_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"silta/consult"
	"silta/ui"
	"silta/ui/templates"
)

// TestOperations: administrators see how the program does; for all others there is no such page.
func TestOperations(t *testing.T) {
	s := newSite(t, func(o *ui.Options) {
		o.Ready = func(context.Context) []ui.Check {
			return []ui.Check{{Name: "journal", Status: ui.CheckOK}, {Name: "jobs", Status: ui.CheckWarning, Detail: "digest failed"}}
		}
		o.Operations = operations
	})
	for _, who := range []string{"nurse", "childpsych", "auditor"} {
		r := s.as(who)
		for _, path := range []string{"/operations", "/operations/live"} {
			if status := r.get(path).status; status != http.StatusNotFound {
				t.Errorf("%s, %s: %d", path, who, status)
			}
		}
	}
	r := s.as("admin")
	for _, path := range []string{"/operations", "/operations/live"} {
		p := r.get(path)
		status, body := p.status, p.body
		if status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		for _, want := range []string{"Reminders", "@every 30s", "failed", "4711", "look at this"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
}

// operations is how a program does in which one job failed.
func operations(a consult.Actor) (templates.OperationsState, error) {
	if !a.Administers() {
		return templates.OperationsState{}, consult.Fail(consult.NotFound, "not-found")
	}
	return templates.OperationsState{Jobs: []templates.JobRow{{Name: "escalation", Schedule: "@every 30s", Failed: true}}, Position: 4711}, nil
}
