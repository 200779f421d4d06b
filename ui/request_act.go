package ui

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// doneKeys are the messages after an action.
var doneKeys = map[consult.Action]string{
	consult.Claim: "done.claim", consult.Assign: "done.assign", consult.Release: "done.release", consult.Ask: "done.ask",
	consult.Reply: "done.reply", consult.Add: "done.add", consult.Answer: "done.answer", consult.FollowUp: "done.follow-up",
	consult.HandOver: "done.hand-over", consult.Join: "done.join", consult.Withdraw: "done.withdraw", consult.Close: "done.close",
	consult.MarkStep: "done.step", consult.NameWorker: "done.worker",
}

// onWhatWasSeen are the actions that somebody decides on by what the request says, so that anything newer has to be seen first.
// The others are right whatever has come: who claims first has it, and what the sender adds is never too late.
var onWhatWasSeen = []consult.Action{consult.Ask, consult.Answer, consult.HandOver, consult.Join, consult.Assign, consult.Close}

// act carries out what the form of an action asks for. What keeps it from being done is said on the request's page, as the
// request is now, with all that was typed.
func (s *Server) act(c echo.Context, v *visit, action consult.Action, command func(templates.ActionForm) consult.Command) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx, id, typed := c.Request().Context(), c.Param("id"), readAction(action, f)
	change := consult.Change{Key: f.line("command")}
	if slices.Contains(onWhatWasSeen, action) {
		if change.Version, err = strconv.ParseUint(f.line("version"), 10, 64); err != nil {
			change.Version = 0
		}
	}
	con, err := s.Service.Do(ctx, v.actor, id, command(typed), change)
	if err == nil {
		if slices.Contains(draftedActions, action) {
			s.endDraft(c, v, actionDraftID(action, con.ID), change.Key)
		}
		path := "/requests/" + con.ID
		said := session.Flash{Kind: "ok", Key: doneKeys[action], Args: map[string]string{"ref": con.Ref, "to": s.receiver(v, typed)}}
		switch list := queueOf(f); {
		case action == consult.MarkStep: // Where the reader was, and is likely to go on.
			said.At = "step-" + f.line("step")
		case action == consult.NameWorker:
			said.At = "plan"
		case list != "":
			path, said.At = list, "case-"+con.ID
		case !consult.Sees(v.actor, con): // Handed over to people of whom the reader is none.
			path = "/queue"
		}
		return s.done(c, path, said)
	}
	now, found := s.Service.Get(ctx, v.actor, id)
	if found != nil {
		if written := typed.Written(); written != "" && consult.KindOf(found) == consult.NotFound {
			return unsent{found, written}
		}
		return found
	}
	if consult.KindOf(err) == consult.Stale {
		// That it has changed says less than what the change makes impossible.
		if why := consult.May(v.actor, action, now); why != nil {
			err = why
		}
	}
	if list, known := queueOf(f), problem.Known(err); list != "" && known.Args["holder"] == now.Holder && now.Holder != "" {
		return s.done(c, list, session.Flash{Kind: "danger", Key: known.Key, Args: map[string]string{"holder": s.name(v, now.Holder)}})
	}
	p := templates.RequestPage{Input: typed, Errors: fieldsOf(err)}
	if problem.Known(err).Key == "conflict.idempotency" {
		// Something else was said under that command. After any other error the same one is tried again, as it may have been taken.
		p.Actions.Command = rand.Text()
		f["command"] = []string{p.Actions.Command + "-" + string(action)}
	} else {
		p.Actions.Command = strings.TrimSuffix(change.Key, "-"+string(action))
	}
	if len(p.Errors) == 0 {
		p.Problem = s.problem(c, v, err)
	}
	if slices.Contains(draftedActions, action) {
		s.keepShown(c, v, actionDraftID(action, now.ID), f)
	}
	return s.requestPage(c, v, problem.Status(err), now, p)
}

// receiver is the team or the colleague that an action gives a request to, or "".
func (s *Server) receiver(v *visit, typed templates.ActionForm) string {
	if typed.Pool != "" {
		return s.poolName(v, typed.Pool)
	}
	return s.name(v, typed.Person)
}

// queueOf is the queue that a form stands in and leads back to, as it was narrowed, or "".
func queueOf(f formValues) string {
	if list := localPath(f.line("next")); list == pathQueue || strings.HasPrefix(list, pathQueue+"?") {
		return list
	}
	return ""
}

// offer shows the form of an action that has just been refused, so that what was typed into it is not lost, even if it cannot be
// done any more.
func offer(a *templates.Actions, typed templates.ActionForm) {
	if typed.Text == "" && typed.Reason == "" {
		return
	}
	if may := offered(a, typed.Action); may != nil {
		*may = true
	}
}

// offered is whether an action with texts is offered, or nil for any other.
func offered(a *templates.Actions, action consult.Action) *bool {
	return map[consult.Action]*bool{
		consult.Ask: &a.Ask, consult.Reply: &a.Reply, consult.Add: &a.Add, consult.Answer: &a.Answer, consult.FollowUp: &a.FollowUp,
		consult.HandOver: &a.HandOver, consult.Join: &a.Join, consult.Withdraw: &a.Withdraw, consult.Close: &a.Close,
	}[action]
}
