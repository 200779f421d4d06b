package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing/oncall/ical"
)

const (
	// calendarPast and calendarAhead bound a feed, in days from today; calendarRefresh is how often it is worth looking.
	calendarPast, calendarAhead = 28, 366
	calendarRefresh             = 15 * time.Minute
)

// showCalendar answers a program that subscribes to a feed. Who has the address may read it; whatever is wrong with it, it is not there.
func (s *Server) showCalendar(c echo.Context, v *visit) error {
	secret, isCalendar := strings.CutSuffix(c.Param("secret"), ".ics")
	feed, owner, pools, err := s.Service.FeedBySecret(secret)
	if err != nil {
		return err
	}
	if !isCalendar {
		return consult.Fail(consult.NotFound, "not-found")
	}
	v.l = s.localizer(owner.Language)
	calendar := ical.Feed{
		Name: v.l.T("calendar.own"), Domain: s.public.Hostname(), Zone: s.Zone(), Refresh: calendarRefresh,
	}
	if feed.Pool != "" {
		calendar.Name = s.poolName(v, feed.Pool)
	}
	for _, pool := range pools {
		events, err := s.calendarEvents(v, feed, pool)
		if err != nil {
			return err
		}
		calendar.Events = append(calendar.Events, events...)
	}
	slices.SortStableFunc(calendar.Events, func(a, b ical.Event) int { return a.From.Compare(b.From) })
	text := calendar.Write()
	sum := sha256.Sum256(text)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex")
	if c.Request().Header.Get("If-None-Match") == etag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", text)
}

// calendarEvents are a pool's shifts as events: the reader's own, or with names all of them.
func (s *Server) calendarEvents(v *visit, feed consult.Feed, pool string) ([]ical.Event, error) {
	rota, err := s.Service.Agreed(pool)
	if err != nil {
		return nil, err
	}
	sequence, changed := s.Pools.Stamp()
	if rota.Changed.After(changed) {
		changed = rota.Changed
	}
	today := s.Now().In(s.Zone())
	today = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, today.Location())
	duty, _ := s.Pools.DutyOf(pool, today.AddDate(0, 0, -calendarPast), today.AddDate(0, 0, calendarAhead))
	var events []ical.Event
	for _, shift := range duty.Shifts {
		if feed.Pool == "" && shift.Person != feed.Person {
			continue
		}
		summary := v.l.T("calendar.shift", "pool", s.poolName(v, pool))
		if feed.Pool != "" {
			summary = s.name(v, shift.Person)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", pool, shift.Person, shift.From.Unix()))
		events = append(events, ical.Event{
			ID: "duty-" + hex.EncodeToString(sum[:12]), From: shift.From, To: shift.To, Summary: summary,
			Sequence: sequence + rota.Revision, Modified: changed,
		})
	}
	return events, nil
}
