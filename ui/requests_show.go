package ui

import (
	"net/http"
	"slices"
	"strings"

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

// endedStates are those of requests to which nothing can happen any more.
var endedStates = []consult.State{consult.Closed, consult.Withdrawn, consult.Expired}

// requests is one page of what the reader has sent: on the first one what waits for them and what is open, then what has ended.
func (s *Server) requests(c echo.Context, v *visit) (templates.MyRequests, error) {
	var p templates.MyRequests
	if !v.actor.Is(consult.Requester) {
		return p, consult.Fail(consult.Forbidden, "forbidden")
	}
	var after consult.Cursor
	after, p.After = cursorOf(c.QueryParam("after"))
	group := func(kind string, size int, states ...consult.State) (consult.Page, error) {
		page, err := s.sent(c, v, after, size, states)
		p.Groups = append(p.Groups, templates.Group{Kind: kind, Cases: s.casesOf(v, page.Items)})
		return page, err
	}
	if p.After == "" {
		if _, err := group("for-me", maxOwn, consult.Waiting, consult.Answered); err != nil {
			return p, err
		}
		if _, err := group("open", maxOwn, consult.Submitted, consult.Claimed); err != nil {
			return p, err
		}
	}
	ended, err := group("ended", pageSize, endedStates...)
	p.Next = cursorText(ended)
	return p, err
}

// sent is a page of the reader's requests in some states, the earliest deadline first.
func (s *Server) sent(c echo.Context, v *visit, after consult.Cursor, size int, states []consult.State) (consult.Page, error) {
	var all consult.Page
	for _, state := range states {
		page, err := s.Service.List(c.Request().Context(), v.actor, consult.ListFilter{
			Box: consult.BoxMine, State: state, After: after, Limit: size,
		})
		if err != nil {
			return consult.Page{}, err
		}
		all.Items = append(all.Items, page.Items...)
		all.More = all.More || page.More
	}
	slices.SortStableFunc(all.Items, func(a, b *consult.Consultation) int {
		if d := a.AnswerBy.Compare(b.AnswerBy); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	if len(all.Items) > size {
		all.Items, all.More = all.Items[:size], true
	}
	return all, nil
}
