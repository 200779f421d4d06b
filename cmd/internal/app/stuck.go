package app

import (
	"fmt"
	"log/slog"
	"time"

	"silta/ui"
)

// stuck are mails that have been tried, and that no mail server has taken for a while.
type stuck struct {
	count int
	// since is when the oldest of them was written.
	since time.Time
}

const (
	// stuckAfter is for how long a mail may be tried before somebody has to look: longer than a mail server takes to start anew.
	stuckAfter = 15 * time.Minute
	// maxStuck is how many of them are counted.
	maxStuck = 1000
)

// watchMails finds out whether mails leave.
func (t *telling) watchMails(s *store, now time.Time, log *slog.Logger) error {
	waiting, err := s.view.WaitingDeliveries(now.Add(mailAhead), maxStuck)
	if err != nil {
		return err
	}
	found := new(stuck)
	for _, d := range waiting {
		if d.Attempts == 0 {
			continue
		}
		since, err := s.planned(d)
		if err != nil {
			return err
		}
		if now.Sub(since) < stuckAfter {
			continue
		}
		if found.count++; found.since.IsZero() || since.Before(found.since) {
			found.since = since
		}
	}
	if found.count > 0 {
		log.Warn("mails do not leave", "mails", found.count, "since", found.since)
	}
	t.stuck.Store(found)
	return nil
}

// mailCheck says whether mails leave. Who would be told of that by mail would not hear of it.
func (t *telling) mailCheck() ui.Check {
	found := t.stuck.Load()
	if found == nil || found.count == 0 {
		return ui.Check{Name: "mail", Status: ui.CheckOK}
	}
	return ui.Check{Name: "mail", Status: ui.CheckWarning, Detail: fmt.Sprintf(
		"mails that no server takes: %d, the oldest since %s", found.count, found.since.UTC().Format(time.RFC3339),
	)}
}
