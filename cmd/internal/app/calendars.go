package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/routing/oncall/feeds"
	"silta/ui"
)

// startCalendars makes the last good copies of the calendars count, and reads them anew at once and whenever other rules are in force.
// The job of that name does it in between.
func (s *store) startCalendars(c *config.Config, log *slog.Logger, down *cleanup) (err error) {
	s.calendars, err = feeds.New(feeds.Options{
		Dir: filepath.Join(c.Data, calendarsDir), Files: c.Calendars, Uses: s.calendarUses, People: s.view.People, Zone: s.zone,
	})
	if err != nil {
		return err
	}
	if err := s.calendars.Recall(s.clock.Now()); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	down.add(func(context.Context) error { stop(); running.Wait(); return nil })
	s.tellPublished()
	running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.published:
			}
			if err := s.calendars.Refresh(ctx, s.clock.Now()); err != nil && ctx.Err() == nil {
				log.Warn("a calendar was not read", "error", err)
			}
		}
	})
	return nil
}

func (s *store) tellPublished() {
	select {
	case s.published <- struct{}{}:
	default:
	}
}

// calendarUses are the pools of the rules in force that go by a calendar.
func (s *store) calendarUses() []feeds.Use {
	rules := s.book.Rules()
	if rules == nil {
		return nil
	}
	var uses []feeds.Use
	for _, p := range rules.Document().Pools {
		if p.OnCall.Calendar != "" {
			uses = append(uses, feeds.Use{Pool: p.ID, Calendar: p.OnCall.Calendar})
		}
	}
	return uses
}

// feed gives the shifts of a calendar.
func (s *store) feed(calendar string) []consult.Shift {
	if s.calendars == nil {
		return nil
	}
	return s.calendars.Feed(calendar)
}

// calendarsCheck names the pools whose calendars are stale, or were read only in part.
func (s *store) calendarsCheck(now time.Time) ui.Check {
	check := ui.Check{Name: "calendars", Status: ui.CheckOK}
	var wrong []string
	for _, state := range s.calendars.States(now) {
		pools := strings.Join(state.Pools, ", ")
		switch left := len(state.Faults) + state.Unknown; {
		case state.Read.IsZero():
			wrong = append(wrong, pools+" was never read")
		case state.Stale:
			wrong = append(wrong, fmt.Sprintf("%s was last read %s", pools, state.Read.UTC().Format(time.RFC3339)))
		case left > 0:
			wrong = append(wrong, fmt.Sprintf("%s has %d events that are not understood or name nobody who is known", pools, left))
		}
	}
	if len(wrong) > 0 {
		check.Status, check.Detail = ui.CheckWarning, strings.Join(wrong, "; ")
	}
	return check
}

// stamp counts the versions of the rules and of the calendars that they name, and says when the last of them came.
func (s *store) stamp() (version uint64, at time.Time) {
	version = s.book.Current().Number
	if p, err := s.view.Rules(version); err == nil {
		at = p.At
	}
	for _, state := range s.calendars.States(s.clock.Now()) {
		version += state.Version
		if state.Changed.After(at) {
			at = state.Changed
		}
	}
	return version, at
}
