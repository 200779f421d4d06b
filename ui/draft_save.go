package ui

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/draft"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// newDraftPrefix begins the ids of drafts of new requests; those of actions begin with the action's code.
const newDraftPrefix = "new-"

// requestDraftID is the draft of the form that will be sent under a command, or "" where that is none.
func requestDraftID(command string) string {
	if id := newDraftPrefix + strings.ToLower(command); command != "" && consult.ValidID(id) {
		return id
	}
	return ""
}

// actionDraftID is the draft of an action's form. Each person has one for each action on a request.
func actionDraftID(a consult.Action, request string) string { return string(a) + "-" + request }

// draftedActions are those whose forms hold texts.
var draftedActions = []consult.Action{
	consult.Ask, consult.Reply, consult.Add, consult.Answer, consult.FollowUp, consult.HandOver, consult.Join, consult.Withdraw, consult.Close,
}

// actionOfDraft returns which action on which request a draft is of, and false where it is of none.
func actionOfDraft(id string) (consult.Action, string, bool) {
	for _, a := range draftedActions {
		if request, ok := strings.CutPrefix(id, string(a)+"-"); ok && consult.ValidID(request) {
			return a, request, true
		}
	}
	return "", "", false
}

// RequestOfDraft returns the id of the request that a draft is about, or "" for one that is about none yet.
func RequestOfDraft(id string) string {
	_, request, _ := actionOfDraft(id)
	return request
}

// draftPath is where a draft is gone on with. It is refused to who may not do that at all.
func (s *Server) draftPath(v *visit, id string) (string, error) {
	if request := RequestOfDraft(id); request != "" {
		if err := s.Service.Visible(v.actor, request); err != nil {
			return "", err
		}
		return "/requests/" + request, nil
	}
	switch id {
	case rulesDraft:
		return pathRules, s.mayEditRules(v)
	case rulesTryDraft:
		return pathRulesTry, s.mayEditRules(v)
	}
	if !strings.HasPrefix(id, newDraftPrefix) || !consult.ValidID(id) {
		return "", consult.Fail(consult.NotFound, "not-found")
	}
	if !v.actor.Is(consult.Requester) {
		return "", consult.Fail(consult.Forbidden, "forbidden")
	}
	return pathNewRequest + "?draft=" + id, nil
}

// saveDraft keeps a form as it stands. A page's script sends it as it is typed; without script a button does.
func (s *Server) saveDraft(c echo.Context, v *visit) error {
	path, err := s.draftPath(v, c.Param("id"))
	if err != nil {
		return err
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	d, err := s.keepDraft(v, c.Param("id"), f)
	if gone := problem.Known(err); byScript(c) && err != nil && gone.Kind == consult.Stale {
		p := templates.Draft{Page: s.fragment(c, v, path), ID: d.ID, Gone: v.l.Error(gone)}
		return render(c, http.StatusOK, p.Saved())
	}
	if err != nil {
		return err
	}
	if !byScript(c) {
		return s.done(c, path, session.Flash{Kind: "ok", Key: "done.draft"})
	}
	return render(c, http.StatusOK, templates.Draft{Page: s.fragment(c, v, path), ID: d.ID, SavedAt: d.SavedAt}.Saved())
}

// keepDraft writes a draft, or deletes it where nothing is left in the form. Then it has no moment.
func (s *Server) keepDraft(v *visit, id string, f formValues) (draft.Draft, error) {
	d := draft.Draft{
		ID: id, Form: map[string][]string{}, SavedAt: s.Now(), Page: f.line(templates.DraftPage), After: f.line(templates.DraftAfter),
	}
	if blank(f) {
		return draft.Draft{ID: id}, s.Drafts.Empty(v.actor.ID, d)
	}
	for name, values := range f {
		if name != "version" && name != templates.DraftPage && name != templates.DraftAfter {
			d.Form[name] = values
		}
	}
	return d, s.Drafts.Save(v.actor.ID, f.line("command"), d)
}

// keepShown keeps a form that is shown again as it was typed, with what is wrong with it, so that it is still there in another language,
// and returns when. What was written on another page meanwhile gives way, as it does to what is sent. A form that cannot be kept is shown
// all the same: then the moment is zero.
func (s *Server) keepShown(c echo.Context, v *visit, id string, f formValues) time.Time {
	d, _, err := s.Drafts.Find(v.actor.ID, id)
	if err == nil && d.Page != "" {
		f[templates.DraftAfter] = []string{d.Page}
	}
	if err == nil {
		d, err = s.keepDraft(v, id, f)
	}
	if err != nil {
		s.problems.Record(c.Request().Context(), err)
		return time.Time{}
	}
	return d.SavedAt
}

// prefilled are the fields that always have a value, whether or not anybody touched them.
var prefilled = []string{
	"command", "version", "ref", "client.municipality", "client.language", "language", "urgency", "mode", "check",
	templates.DraftPage, templates.DraftAfter,
}

// blank reports whether nothing was typed or chosen in a form.
func blank(f formValues) bool {
	for name, values := range f {
		filled := func(value string) bool { return strings.TrimSpace(value) != "" }
		if !slices.Contains(prefilled, name) && slices.ContainsFunc(values, filled) {
			return false
		}
	}
	return true
}

// endDraft forgets a draft whose form was sent. That it could not is logged: the form itself was taken.
func (s *Server) endDraft(c echo.Context, v *visit, id, command string) {
	if id == "" {
		return
	}
	if err := s.Drafts.End(v.actor.ID, id, command); err != nil {
		s.problems.Record(c.Request().Context(), err)
	}
}
