package ui

import (
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// rotaDone are the messages after a change of duty.
var rotaDone = map[consult.RotaAction]string{
	consult.SetOverride: "done.set-override", consult.RemoveOverride: "done.remove-override", consult.AskSwap: "done.ask-swap",
	consult.WithdrawSwap: "done.withdraw-swap",
}

// changeRota carries out what a form of a pool's page asks for. What keeps it from being done is said on the page, with what was typed.
func (s *Server) changeRota(c echo.Context, v *visit, action consult.RotaAction, command func(templates.RotaForm) consult.RotaCommand) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	typed := templates.RotaForm{
		Action: action, Person: f.line("person"), From: f.line("from"), To: f.line("to"), Accept: f.is("accept"),
	}
	if shift := f.line("shift"); shift != "" { // One of the reader's own shifts, whole.
		if from, to, ok := shiftOf(shift); ok {
			typed.From, typed.To = s.wallText(from), s.wallText(to)
		}
		typed.Shift = shift
	}
	change := consult.Change{Key: f.line("command")}
	if change.Version, err = strconv.ParseUint(f.line("version"), 10, 64); err != nil {
		change.Version = 0
	}
	pool := c.Param("id")
	rota, err := s.Service.ChangeRota(c.Request().Context(), v.actor, pool, command(typed), change)
	if err == nil {
		key := rotaDone[action]
		if action == consult.SetOverride && overlaps(rota.Overrides) {
			key = "done.set-override-over"
		}
		if action == consult.AnswerSwap {
			if key = "done.decline-swap"; typed.Accept {
				key = "done.accept-swap"
			}
		}
		return s.done(c, "/pools/"+pool, session.Flash{Kind: "ok", Key: key})
	}
	if kind := consult.KindOf(err); kind == consult.NotFound || kind == consult.Internal {
		return err
	}
	p := templates.PoolPage{Input: typed, Errors: rotaFields(err, action)}
	if len(p.Errors) == 0 {
		p.Problem = s.problem(c, v, err)
	}
	return s.poolPage(c, v, problem.Status(err), pool, p)
}

// overlaps reports whether the last override takes the place of an earlier one.
func overlaps(list []consult.Override) bool {
	last := len(list) - 1
	return slices.ContainsFunc(list[:max(last, 0)], func(o consult.Override) bool { return list[last].Relieves(o) })
}

// rotaFields are the faults of a form under the names of its fields.
func rotaFields(err error, action consult.RotaAction) templates.Errors {
	fields := fieldsOf(err)
	for i := range fields {
		if fields[i].Pointer == "/colleague" {
			fields[i].Pointer = "/person"
		}
		if action == consult.AskSwap && fields[i].Pointer != "/person" {
			fields[i].Pointer = "/shift"
		}
	}
	return fields
}

// wallLayout is how browsers write a moment by the wall clock.
const wallLayout = "2006-01-02T15:04"

// wallTime reads a moment by the clock of the rules; the zero time is one that cannot be read, which lies in the past.
func (s *Server) wallTime(text string) time.Time {
	at, err := time.ParseInLocation(wallLayout, text, s.Zone())
	if err != nil {
		return time.Time{}
	}
	return at
}

func (s *Server) wallText(at time.Time) string { return at.In(s.Zone()).Format(wallLayout) }
