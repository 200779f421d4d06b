package ui

import (
	"crypto/rand"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

const (
	// keptPrefix marks, on the sign-in page, the fields of a form that was sent after the session had ended.
	keptPrefix = "kept."
	// keptFor is the field that says which draft that form is.
	keptFor = "kept-for"
)

// keep has the sign-in page carry the form that could not be taken, so that nothing has to be typed twice. Until somebody has
// signed in, it goes from page to page inside the browser; then it is their draft.
func (s *Server) keep(c echo.Context, r route, p *templates.SignIn) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	id := ""
	switch {
	case r.path == "/requests" || r.path == "/requests/preview":
		if id = requestDraftID(f.line("command")); id == "" {
			command := rand.Text()
			f["command"], id = []string{command}, requestDraftID(command)
		}
	case r.path == "/drafts/:id":
		id = c.Param("id")
	case slices.Contains(rulesForms, r.path):
		id = rulesDraft
	case r.path == pathRulesTry:
		id, p.Next = rulesTryDraft, pathRulesTry
	case actionOf(r.path) != "" && consult.ValidID(c.Param("id")):
		p.Next = "/requests/" + c.Param("id")
		id = actionDraftID(actionOf(r.path), c.Param("id"))
	}
	if request := RequestOfDraft(id); request != "" {
		p.Next = "/requests/" + request
	} else if strings.HasPrefix(id, newDraftPrefix) {
		p.Next = pathNewRequest
	} else if id == rulesDraft && len(url.Values(f).Encode()) < maxBody/2 {
		p.Next = pathRules
	} else if id != rulesTryDraft {
		return nil
	}
	p.Kept = []templates.Kept{{Name: keptFor, Value: id}}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, value := range f[name] {
			p.Kept = append(p.Kept, templates.Kept{Name: keptPrefix + name, Value: value})
		}
	}
	return nil
}

// rulesForms are the addresses that the form of the rules is sent to.
var rulesForms = []string{pathRules, "/rules/check", "/rules/tests", "/rules/diff"}

// carried returns what the sign-in page was given to carry.
func carried(f formValues) (list []templates.Kept) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if name == keptFor || strings.HasPrefix(name, keptPrefix) {
			for _, value := range f[name] {
				list = append(list, templates.Kept{Name: name, Value: value})
			}
		}
	}
	return list
}

// resume makes the form that was kept a draft of whoever has just signed in, leads to it, and reports whether there was one.
// Nothing has been done yet: they look at it and send it.
func (s *Server) resume(c echo.Context, v *visit, f formValues) (bool, error) {
	id := f.line(keptFor)
	if id == "" {
		return false, nil
	}
	path, err := s.draftPath(v, id)
	if err != nil {
		return true, err
	}
	kept := formValues{}
	for name, values := range f {
		if name, ok := strings.CutPrefix(name, keptPrefix); ok {
			kept[name] = values
		}
	}
	delete(kept, templates.DraftPage) // Whatever was written elsewhere meanwhile: this is what they were about to send.
	if _, err := s.keepDraft(v, id, kept); err != nil && consult.KindOf(err) != consult.Stale {
		return true, err
	}
	return true, s.done(c, path, session.Flash{Kind: "ok", Key: "done.resumed"})
}

// actionOf returns the action that a route is for, or "".
func actionOf(path string) consult.Action {
	action, ok := strings.CutPrefix(path, "/requests/:id/")
	if !ok || !slices.Contains(consult.Actions, consult.Action(action)) {
		return ""
	}
	return consult.Action(action)
}
