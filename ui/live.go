package ui

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

const (
	// patience is how long one write may take before its reader is given up.
	patience = 30 * time.Second
	// Names of the events: one has the page ask for its list again, one holds a sentence to be read out.
	eventChanged  = "queue"
	eventAnnounce = "announce"
)

// streamQueue tells an open queue what happens in it; what arrives is announced.
func (s *Server) streamQueue(c echo.Context, v *visit) error {
	return s.stream(c, v, func(consult.Envelope) bool { return true }, func(e consult.Envelope, a consult.Actor) string {
		arrives := e.Type == consult.TypeSubmitted || e.Type == consult.TypeFollowedUp ||
			(e.Type == consult.TypeHandedOver || e.Type == consult.TypeJoined) && a.MemberOf(e.Notice.Pool)
		if !arrives || e.By == a.ID {
			return ""
		}
		return v.l.T("live.arrived", "ref", e.Notice.Ref)
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

// streamRequest tells an open request that it has changed.
func (s *Server) streamRequest(c echo.Context, v *visit) error {
	con, err := s.Service.Get(c.Request().Context(), v.actor, c.Param("id"))
	if err != nil {
		return err
	}
	this := func(e consult.Envelope) bool { return e.ID == con.ID }
	return s.stream(c, v, this, func(e consult.Envelope, a consult.Actor) string {
		if e.By == a.ID {
			return ""
		}
		return v.l.T("live.changed")
	})
}

// stream tells a page of the events that it wants and that its reader may hear, until either leaves. It begins with an event
// of its own, so that nothing is missed that happened between the page and its stream; a stream that was broken off goes on
// where it was. Whether the reader still is signed in is looked at before each word.
func (s *Server) stream(
	c echo.Context, v *visit, wants func(consult.Envelope) bool, announce func(consult.Envelope, consult.Actor) string,
) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	defer context.AfterFunc(s.Closing, cancel)()

	who, signedIn := v.actor, true
	sub := s.Subscribe(lastEvent(c), func(e consult.Envelope) bool {
		if who, signedIn = s.still(ctx, who.ID); !signedIn {
			cancel()
			return false
		}
		return e.Kind == consult.KindConsultation && consult.Hears(who, &e) && wants(e)
	})
	defer sub.Close()
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()

	out := newStream(c.Response())
	defer out.end()
	if out.event(0, eventChanged, "") != nil {
		return nil
	}
	for {
		wait, done := s.Beat(ctx)
		err := s.tell(wait, sub, out, func(e consult.Envelope) string { return announce(e, who) })
		lost := wait.Err() == nil
		done()
		switch {
		case ctx.Err() != nil || err == nil:
			return nil
		case lost:
			s.problems.Record(ctx, err)
			return nil
		}
		if who, signedIn = s.still(ctx, who.ID); !signedIn || out.alive() != nil {
			return nil
		}
	}
}

// tell writes event after event until the subscription fails, with its error, or until nobody reads any more, with nil.
func (s *Server) tell(ctx context.Context, sub Subscription, out *stream, announce func(consult.Envelope) string) error {
	for {
		e, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if text := announce(e); text != "" && out.event(0, eventAnnounce, text) != nil {
			return nil
		}
		if out.event(e.Position, eventChanged, "") != nil {
			return nil
		}
	}
}

// still returns the person as they are now, and whether they are signed in.
func (s *Server) still(ctx context.Context, person string) (consult.Actor, bool) {
	a, err := s.Service.Actor(person)
	return a, err == nil && s.sessions.Lasts(ctx)
}

// lastEvent returns the position after which a stream that was broken off goes on; 0 for a new one.
func lastEvent(c echo.Context) uint64 {
	after, err := strconv.ParseUint(c.Request().Header.Get("Last-Event-ID"), 10, 63)
	if err != nil {
		return 0
	}
	return after
}

// stream writes Server-Sent Events, each at once.
type stream struct {
	to      http.ResponseWriter
	control *http.ResponseController
}

func newStream(w *echo.Response) *stream {
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	return &stream{w, http.NewResponseController(w)}
}

func (s *stream) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := s.to.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// end gives the connection back without a deadline.
func (s *stream) end() { _ = s.control.SetWriteDeadline(time.Time{}) } // A connection that is gone needs none.

// alive keeps the connection open.
func (s *stream) alive() error { return s.write(": alive\n\n") }

// event writes an event with one line of data, and its position unless it is 0.
func (s *stream) event(position uint64, name, data string) error {
	text := "event: " + name + "\ndata: " + strings.ReplaceAll(data, "\n", " ") + "\n\n"
	if position > 0 {
		text = "id: " + strconv.FormatUint(position, 10) + "\n" + text
	}
	return s.write(text)
}
