package api

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/internal/sse"
	"silta/ui/problem"
)

const (
	// beat is how long a stream is silent at most.
	beat = 20 * time.Second
	// streamWait is when somebody with too many open streams is told to try again.
	streamWait = time.Minute
	// retry is how soon a reader comes back.
	retry = 3 * time.Second
	// firstPosition is before every event of a request: somebody's record stands in the journal before they can send one.
	firstPosition = 1
)

// eventOutput is what is told of an event: what the notice says and nothing that a person typed.
type eventOutput struct {
	ID         string            `json:"id"`
	Type       consult.EventType `json:"type"`
	Time       string            `json:"time"`
	Ref        string            `json:"ref"`
	Pool       string            `json:"pool"`
	Urgency    consult.Urgency   `json:"urgency"`
	State      consult.State     `json:"state"`
	Escalation int               `json:"escalation"`
	AnswerBy   string            `json:"answer_by"`
	Version    uint64            `json:"version"`
}

// events is a stream of Server-Sent Events of what the caller may see, each with its position in the journal as its id. It
// starts behind the last one that the caller says to have had, else with what happens from now on. While nothing happens it
// says regularly how far it has looked; it ends when the caller may not listen any more, or when the server shuts down.
func (a *API) events(c echo.Context, who consult.Actor) error {
	after, err := a.lastEvent(c)
	if err != nil {
		return err
	}
	closed, ok := a.with.Limits.Stream(who.ID)
	if !ok {
		return problem.TooMany(streamWait)
	}
	defer closed()
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	defer context.AfterFunc(a.with.Closing, cancel)()

	sub := a.with.Subscribe(after, func(e consult.Envelope) bool {
		if e.Kind != consult.KindConsultation {
			return false
		}
		// Whose pools are others by now hears what is theirs now.
		if who, err = a.actor(c); err != nil {
			cancel()
			return false
		}
		return consult.Hears(who, &e)
	})
	defer sub.Close()

	out := sse.Start(c.Response())
	defer out.End()
	if out.Retry(retry) != nil {
		return nil
	}
	for {
		wait, done := a.watch(ctx)
		if who, err = a.actor(c); err != nil || out.Alive(sub.Position()) != nil || a.tell(ctx, wait, sub, out) != nil {
			done()
			return nil
		}
		done()
	}
}

// watch bounds one wait for events: by the beat, and by the moment at which something may have been taken from who listens.
func (a *API) watch(ctx context.Context) (context.Context, context.CancelFunc) {
	wait, cancel := a.with.Beat(ctx)
	people, sessions := context.AfterFunc(a.with.Service.Unchanged(), cancel), func() bool { return true }
	if a.with.Unended != nil {
		sessions = context.AfterFunc(a.with.Unended(), cancel)
	}
	return wait, func() {
		people()
		sessions()
		cancel()
	}
}

// tell writes events until the wait is over. It returns an error where the stream is over.
func (a *API) tell(ctx, wait context.Context, sub Subscription, out *sse.Stream) error {
	for wait.Err() == nil {
		e, err := sub.Next(wait)
		if err != nil && wait.Err() == nil {
			a.with.Problems.Record(ctx, err)
			return err
		}
		// What has come together goes out together.
		some := err == nil
		for ; err == nil; e, err = sub.Next(over) {
			if err := addEvent(out, &e, a.zone()); err != nil {
				return err
			}
		}
		if some && out.Flush() != nil {
			return errGone
		}
	}
	return ctx.Err()
}

// over is a context that has ended: with it a subscription tells what it has at hand and does not wait for more.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

var errGone = errors.New("nobody listens any more")

// lastEvent returns the position behind which the caller goes on, 0 for the present end.
func (a *API) lastEvent(c echo.Context) (uint64, error) {
	text, bad := c.Request().Header.Get(headerLastID), badHeader(headerLastID)
	if text == "" {
		text, bad = c.QueryParam("last_event_id"), invalid("/last_event_id", "wrong-type")
	}
	if text == "" {
		return 0, nil
	}
	after, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, bad
	}
	// Who names a position that has not been yet, having heard another journal, starts at the end of this one.
	end := a.with.Subscribe(0, func(consult.Envelope) bool { return false })
	defer end.Close()
	return min(max(after, firstPosition), end.Position()), nil
}

// addEvent tells an event, with its position as its id, when it is flushed.
func addEvent(out *sse.Stream, e *consult.Envelope, zone *time.Location) error {
	n := e.Notice
	data, err := json.Marshal(eventOutput{
		ID: e.ID, Type: e.Type, Time: stamp(e.At, zone), Ref: n.Ref, Pool: n.Pool, Urgency: n.Urgency, State: n.State,
		Escalation: n.Escalation, AnswerBy: stamp(n.AnswerBy, zone), Version: e.Revision,
	})
	if err != nil {
		return err
	}
	return out.Add(e.Position, string(e.Type), string(data))
}
