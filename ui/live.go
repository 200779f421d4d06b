package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/internal/sse"
	"silta/ui/problem"
)

// Names of the events: one has the page ask for its list again, one holds a sentence to be read out, and one is sent with every beat: a page
// that has missed two takes its connection for dead.
const (
	eventChanged  = "queue"
	eventAnnounce = "announce"
	eventAlive    = "alive"
)

// streamQueue tells an open queue what happens in it. What arrives is announced, and what comes to the reader.
func (s *Server) streamQueue(c echo.Context, v *visit) error {
	return s.stream(c, v, func(consult.Envelope) bool { return true }, func(e consult.Envelope, a consult.Actor) string {
		n := e.Notice
		switch {
		case e.By == a.ID:
		case e.Type == consult.TypeSubmitted, e.Type == consult.TypeHandedOver && a.MemberOf(n.Pool),
			e.Type == consult.TypeJoined && a.MemberOf(n.Pools[len(n.Pools)-1]): // The last one is who has just joined.
			return v.l.T("live.arrived", "ref", n.Ref)
		case e.Type == consult.TypeFollowedUp && a.MemberOf(n.Pool):
			return v.l.T("live.followed-up", "ref", n.Ref)
		case e.Type == consult.TypeReplied && n.Holder == a.ID:
			return v.l.T("live.replied", "ref", n.Ref)
		case e.Type == consult.TypeAssigned && n.Holder == a.ID:
			return v.l.T("live.assigned", "ref", n.Ref)
		}
		return ""
	})
}

// streamRequests tells an open list of one's own requests what happens to them.
func (s *Server) streamRequests(c echo.Context, v *visit) error {
	mine := func(e consult.Envelope) bool { return e.Notice.Requester == v.actor.ID }
	return s.stream(c, v, mine, func(e consult.Envelope, a consult.Actor) string {
		switch {
		case e.By == a.ID:
		case e.Type == consult.TypeAsked:
			return v.l.T("live.asked", "ref", e.Notice.Ref)
		case e.Type == consult.TypeAnswered:
			return v.l.T("live.answered", "ref", e.Notice.Ref)
		}
		return ""
	})
}

// streamRequest tells an open request that it has changed, and by what.
func (s *Server) streamRequest(c echo.Context, v *visit) error {
	id := c.Param("id")
	if err := s.Service.Visible(v.actor, id); err != nil {
		return err
	}
	this := func(e consult.Envelope) bool { return e.ID == id }
	return s.stream(c, v, this, func(e consult.Envelope, a consult.Actor) string {
		if e.By == a.ID {
			return ""
		}
		if event := string(e.Type); v.l.Has("event." + event) {
			return v.l.T("live.changed-by", "event", strings.ToLower(v.l.Code("event", event)))
		}
		return v.l.T("live.changed")
	})
}

// stream tells a page of the events that it wants and that its reader may hear, until either leaves. It begins with an event
// of its own: the page asks for its list again, so nothing is missed that happened before the stream, or while it was broken
// off; likewise when the reader works for other pools than before. A page that comes back says what it heard last, and is told what came
// since, each once. Whether the reader still is signed in is looked at before each word, and whenever that may have changed.
func (s *Server) stream(
	c echo.Context, v *visit, wants func(consult.Envelope) bool, announce func(consult.Envelope, consult.Actor) string,
) error {
	closed, ok := s.Limits.Stream(v.actor.ID)
	if !ok {
		return problem.TooMany(streamWait)
	}
	defer closed()
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	defer context.AfterFunc(s.Closing, cancel)()

	reader, signedIn := v.actor, true
	visible := func(e consult.Envelope) bool {
		if reader, signedIn = s.still(ctx, reader.ID); !signedIn {
			cancel()
			return false
		}
		return e.Kind == consult.KindConsultation && consult.Hears(reader, &e) && wants(e)
	}
	sub := s.Subscribe(0, visible)
	// 0 where the page is new, or its word makes no sense.
	last, _ := strconv.ParseUint(c.Request().Header.Get("Last-Event-ID"), 10, 64)
	if head := sub.Position(); 0 < last && last < head && head-last <= maxMissed {
		sub.Close()
		sub = s.Subscribe(last, visible)
	}
	defer sub.Close()
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()

	out := sse.Start(c.Response())
	defer out.End()
	if out.Event(sub.Position(), eventChanged, "") != nil {
		return nil
	}
	shown := reader.Pools()
	for first := true; ; first = false {
		wait, done := s.watch(ctx)
		if reader, signedIn = s.still(ctx, reader.ID); !signedIn || !first && out.Event(sub.Position(), eventAlive, "") != nil {
			done()
			return nil
		}
		if pools := reader.Pools(); !slices.Equal(shown, pools) {
			// What the page shows may not be theirs to see any more.
			if shown = pools; out.Event(0, eventChanged, "") != nil {
				done()
				return nil
			}
		}
		err := s.tell(wait, sub, out, func(e consult.Envelope) string { return announce(e, reader) })
		lost := wait.Err() == nil
		done()
		switch {
		case ctx.Err() != nil || err == nil:
			return nil
		case lost:
			s.problems.Record(ctx, err)
			return nil
		}
	}
}

// maxMissed is how far back in the journal a page is told what it missed: a little while. After a night its list says all.
const maxMissed = 500

// watch bounds one wait of a live page: by the beat, and by the moment at which something may have been taken from its reader.
func (s *Server) watch(ctx context.Context) (context.Context, context.CancelFunc) {
	wait, cancel := s.Beat(ctx)
	people, sessions := context.AfterFunc(s.Service.Unchanged(), cancel), context.AfterFunc(s.sessions.Unended(), cancel)
	return wait, func() {
		people()
		sessions()
		cancel()
	}
}

// tell writes event after event until the subscription fails, with its error, or until nobody reads any more, with nil.
func (s *Server) tell(ctx context.Context, sub Subscription, out *sse.Stream, announce func(consult.Envelope) string) error {
	for {
		e, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if text := announce(e); text != "" && out.Event(e.Position, eventAnnounce, text) != nil {
			return nil
		}
		if out.Event(e.Position, eventChanged, "") != nil {
			return nil
		}
	}
}

// still returns the person as they are now, and whether they are signed in.
func (s *Server) still(ctx context.Context, person string) (consult.Actor, bool) {
	a, err := s.Service.Actor(person)
	return a, err == nil && a.Stamp() == s.sessions.Stamp(ctx) && s.sessions.Lasts(ctx)
}
