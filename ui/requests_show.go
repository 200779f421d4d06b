package ui

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRequests shows what somebody has sent.
func (s *Server) showRequests(c echo.Context, v *visit) error {
	p, err := s.requests(c, v)
	if err != nil {
		return err
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// showRequestRows draws the list alone, for a page that refreshes it.
func (s *Server) showRequestRows(c echo.Context, v *visit) error {
	p, err := s.requests(c, v)
	if err != nil {
		return err
	}
	p.Page = s.fragment(c, v, "/requests")
	return render(c, http.StatusOK, p.Rows())
}

// requests is one page of what the reader has sent: on the first one what waits for them and what is open, then what has ended.
func (s *Server) requests(c echo.Context, v *visit) (templates.MyRequests, error) {
	var p templates.MyRequests
	if !v.actor.Is(consult.Requester) {
		return p, consult.Fail(consult.Forbidden, "forbidden")
	}
	var after consult.Cursor
	after, p.After = cursorOf(c.QueryParam("after"))
	group := func(kind string, items []*consult.Consultation) {
		p.Groups = append(p.Groups, templates.Group{Kind: kind, Cases: s.casesOf(v, items)})
	}
	if p.After == "" {
		var err error
		if p.Drafts, err = s.drafts(v); err != nil {
			return p, err
		}
		for _, g := range []struct {
			kind   string
			states []consult.State
		}{
			{"for-me", []consult.State{consult.Waiting, consult.Answered}},
			{"open", []consult.State{consult.Submitted, consult.Claimed}},
		} {
			items, err := s.all(c, v, consult.ListFilter{Box: consult.BoxMine, States: g.states})
			if err != nil {
				return p, err
			}
			// A team that has asked cannot go on; an answer that is there can wait.
			slices.SortStableFunc(items, func(a, b *consult.Consultation) int {
				return cmp.Compare(count(b.State == consult.Waiting), count(a.State == consult.Waiting))
			})
			group(g.kind, items)
		}
	}
	ended, err := s.Service.List(c.Request().Context(), v.actor, consult.ListFilter{Box: consult.BoxEnded, After: after, Limit: pageSize})
	group("ended", ended.Items)
	p.Next = cursorText(ended.Next)
	return p, err
}

// all reads a list to its end: what one person has to do is never cut off.
func (s *Server) all(c echo.Context, v *visit, f consult.ListFilter) (items []*consult.Consultation, err error) {
	f.Limit = consult.MaxPage
	for {
		page, err := s.Service.List(c.Request().Context(), v.actor, f)
		if err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
		if f.After = page.Next; page.Next == (consult.Cursor{}) {
			return items, nil
		}
	}
}
