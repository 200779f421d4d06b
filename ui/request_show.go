package ui

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRequest shows one request with what the reader may do to it.
func (s *Server) showRequest(c echo.Context, v *visit) error {
	con, err := s.Service.Get(c.Request().Context(), v.actor, c.Param("id"))
	if consult.KindOf(err) == consult.NotFound {
		if written := s.leftBehind(v, c.Param("id")); written != "" {
			return unsent{err, written}
		}
	}
	if err != nil {
		return err
	}
	return s.requestPage(c, v, http.StatusOK, con, templates.RequestPage{})
}

// showRequestLive draws what a page that is open keeps fresh: the head and the timeline.
func (s *Server) showRequestLive(c echo.Context, v *visit) error {
	con, err := s.Service.Get(consult.Refreshing(c.Request().Context()), v.actor, c.Param("id"))
	if err != nil {
		return err
	}
	p := templates.RequestPage{Page: s.fragment(c, v, "/requests/"+con.ID), Request: s.requestView(v, con)}
	// The forms are the ones that the page was opened with, so the version that they stand for stays.
	if seen, err := strconv.ParseUint(c.QueryParam("version"), 10, 64); err == nil && seen != con.Revision {
		p.Request.Version, p.Changed = seen, true
		p.Taken = s.takenSince(v, con, seen)
	}
	if p.Actions, err = s.actions(v, con, p.Input); err != nil {
		return err
	}
	return render(c, http.StatusOK, p.Live(), p.LiveTimeline(), p.LiveActions())
}

// takenSince is who has taken a request, or was given it, after a version of it, unless that is the reader; "" for nobody.
func (s *Server) takenSince(v *visit, con *consult.Consultation, version uint64) string {
	taken := slices.ContainsFunc(con.Timeline[min(version, uint64(len(con.Timeline))):], func(i consult.TimelineItem) bool {
		return i.Event.Type() == consult.TypeClaimed || i.Event.Type() == consult.TypeAssigned
	})
	if !taken || con.Holder == v.actor.ID || !con.State.Open() {
		return ""
	}
	return s.name(v, con.Holder)
}

// requestPage shows a request. The page holds what was typed into a form that was refused, if any.
func (s *Server) requestPage(c echo.Context, v *visit, status int, con *consult.Consultation, p templates.RequestPage) error {
	p.Page = s.page(c, v, "/requests/"+con.ID)
	p.Request = s.requestView(v, con)
	p.OpenUntil = s.Service.Granted(v.actor, con)
	var err error
	if p.Origin, err = s.origin(v, con); err != nil {
		return err
	}
	command := p.Actions.Command
	if p.Actions, err = s.actions(v, con, p.Input); err != nil {
		return err
	}
	if p.Actions.Command = command; command == "" {
		p.Actions.Command = rand.Text()
	}
	if err := s.actionDrafts(v, con, &p); err != nil {
		return err
	}
	if p.Actions.Answer {
		p.Snippets = s.snippets(v, con)
	}
	similar, err := s.Service.Similar(c.Request().Context(), v.actor, con)
	if err != nil {
		return err
	}
	p.Similar = s.casesOf(v, similar)
	return render(c, status, p.View())
}

// actions are what the reader may do now, and what was refused just now.
func (s *Server) actions(v *visit, con *consult.Consultation, refused templates.ActionForm) (templates.Actions, error) {
	can := func(a consult.Action) bool { return consult.Can(v.actor, a, con) }
	actions := templates.Actions{
		Claim: can(consult.Claim), Release: can(consult.Release), Ask: can(consult.Ask), Reply: can(consult.Reply),
		Add: can(consult.Add), Answer: can(consult.Answer), FollowUp: can(consult.FollowUp), HandOver: can(consult.HandOver),
		Join: can(consult.Join), Withdraw: can(consult.Withdraw), Close: can(consult.Close), Plan: can(consult.MarkStep),
	}
	if actions.HandOver {
		// What the rules make of it now is of help, and no more than that.
		if d, _, err := s.Service.Preview(con.Request.Facts(con.Profession), s.Now()); err == nil && d.Pool != "" {
			actions.SuggestedPool, actions.SuggestedWhy = s.poolName(v, d.Pool), v.l.In(d.Why)
		}
	}
	offer(&actions, refused)
	if can(consult.Assign) {
		people, err := s.Service.Colleagues(con.Pool)
		if err != nil {
			return actions, err
		}
		for _, p := range people {
			if p.Person.ID != con.Holder {
				actions.Assign = append(actions.Assign, templates.Choice{ID: p.Person.ID, Name: p.Person.Name})
			}
		}
	}
	if actions.HandOver || actions.Join {
		for _, pool := range s.allPools(v) {
			if pool.ID != con.Pool {
				actions.Pools = append(actions.Pools, templates.Choice{ID: pool.ID, Name: pool.name(v)})
			}
		}
	}
	return actions, nil
}
