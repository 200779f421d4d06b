package ui

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

const (
	pathQueue = "/queue"
	// pageSize is how many requests a page of a list has.
	pageSize = 50
)

// showQueue shows what a specialist's pools have to answer.
func (s *Server) showQueue(c echo.Context, v *visit) error {
	p, err := s.queue(c, v)
	if err != nil {
		return err
	}
	if p.Page = s.page(c, v, ""); p.Narrow() && len(p.Flashes) == 0 {
		p.At = "found"
	}
	return render(c, http.StatusOK, p.View())
}

// showQueueRows draws the list alone, for a page that refreshes it.
func (s *Server) showQueueRows(c echo.Context, v *visit) error {
	p, err := s.queue(c, v)
	if err != nil {
		return err
	}
	p.Page = s.fragment(c, v, pathQueue+strings.TrimPrefix(pathOf(c.Request().URL), c.Path()))
	return render(c, http.StatusOK, p.Rows())
}

// queue is one page of the queue. On the first one, what the reader has claimed stands before everything else.
func (s *Server) queue(c echo.Context, v *visit) (templates.Queue, error) {
	var p templates.Queue
	if !v.actor.Is(consult.Specialist) {
		return p, consult.Fail(consult.Forbidden, "forbidden")
	}
	ctx := c.Request().Context()
	for _, pool := range v.actor.Pools() {
		p.Pools = append(p.Pools, templates.Choice{ID: pool, Name: s.poolName(v, pool)})
	}
	if pool := c.QueryParam("pool"); v.actor.MemberOf(pool) {
		p.Pool = pool
	}
	facts := s.narrowed(c, &p)
	var after consult.Cursor
	after, p.After = cursorOf(c.QueryParam("after"))

	groups := map[string][]*consult.Consultation{}
	if p.After == "" {
		own, err := s.all(c, v, consult.ListFilter{Box: consult.BoxHeld, Pool: p.Pool, States: []consult.State{consult.Claimed}, Facts: facts})
		if err != nil {
			return p, err
		}
		groups["mine"] = own
	}
	page, err := s.Service.List(ctx, v.actor, consult.ListFilter{Box: consult.BoxQueue, Pool: p.Pool, After: after, Limit: pageSize, Facts: facts})
	if err != nil {
		return p, err
	}
	for _, con := range page.Items {
		kind := "others"
		switch {
		case slices.ContainsFunc(groups["mine"], func(own *consult.Consultation) bool { return own.ID == con.ID }):
			continue
		case con.State == consult.Waiting:
			kind = "waiting"
		case con.Holder == v.actor.ID:
			kind = "mine"
		case !v.actor.MemberOf(con.Pool):
			if slices.ContainsFunc(v.actor.Pools(), con.Owes) {
				kind = "joined"
			}
		case con.Holder == "":
			kind = "unclaimed"
		}
		groups[kind] = append(groups[kind], con)
	}
	for _, kind := range []string{"mine", "joined", "unclaimed", "others", "waiting"} {
		p.Groups = append(p.Groups, templates.Group{Kind: kind, Cases: s.casesOf(v, groups[kind]), Whole: kind == "mine" && p.After == ""})
	}
	p.Next = cursorText(page.Next)
	return p, s.markDrafts(v, p.Groups)
}

// narrowed reads what the list is narrowed to. Addresses hold codes alone, so that they can be passed on.
func (s *Server) narrowed(c echo.Context, p *templates.Queue) (f consult.ListFacts) {
	p.Municipalities = s.Service.Terms().Municipalities
	if u := consult.Urgency(c.QueryParam("urgency")); slices.Contains(consult.Urgencies, u) {
		f.Urgency, p.Urgency = u, string(u)
	}
	if m := c.QueryParam("municipality"); slices.Contains(p.Municipalities, m) {
		f.Municipality, p.Municipality = m, m
	}
	if concern := consult.Concern(c.QueryParam("concern")); slices.Contains(consult.Concerns, concern) {
		f.Concern, p.Concern = concern, string(concern)
	}
	return f
}
