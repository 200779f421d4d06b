package ui

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

const (
	// keptPrefix marks, on the sign-in page, the fields of a form that was sent after the session had ended.
	keptPrefix = "kept."
	// keptFor is the field that says which form that was: the path of its route.
	keptFor = "kept-for"
)

// keep has the sign-in page carry the form that could not be taken, so that nothing has to be typed twice. It goes from page
// to page inside the browser, and is stored nowhere.
func (s *Server) keep(c echo.Context, r route, p *templates.SignIn) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	switch {
	case r.path == "/requests":
		p.Next = pathNewRequest
	case actionOf(r.path) != "" && consult.ValidID(c.Param("id")):
		p.Next = "/requests/" + c.Param("id")
	default:
		return nil
	}
	p.Kept = []templates.Kept{{Name: keptFor, Value: r.path}}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, value := range f[name] {
			p.Kept = append(p.Kept, templates.Kept{Name: keptPrefix + name, Value: value})
		}
	}
	return nil
}

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

// resume shows the form again that was kept, and reports whether there was one. Nothing has been done yet: whoever has just signed
// in looks at it and sends it.
func (s *Server) resume(c echo.Context, v *visit, f formValues, next string) (bool, error) {
	kept := formValues{}
	for name, values := range f {
		if name, ok := strings.CutPrefix(name, keptPrefix); ok {
			kept[name] = values
		}
	}
	switch path := f.line(keptFor); {
	case path == "/requests" && v.actor.Is(consult.Requester):
		typed, r, wrong := readRequest(kept)
		p := templates.NewRequest{Form: typed}
		var err error
		if p.Preview, err = s.preview(v, r, wrong); err != nil {
			return true, err
		}
		return true, s.newRequestPage(c, v, http.StatusOK, p)
	case actionOf(path) != "":
		con, err := s.Service.Get(c.Request().Context(), v.actor, strings.TrimPrefix(next, "/requests/"))
		if err != nil {
			return true, err
		}
		return true, s.requestPage(c, v, http.StatusOK, con, templates.RequestPage{Input: readAction(actionOf(path), kept)})
	}
	return false, nil
}

// actionOf returns the action that a route is for, or "".
func actionOf(path string) consult.Action {
	action, ok := strings.CutPrefix(path, "/requests/:id/")
	if !ok || !slices.Contains(consult.Actions, consult.Action(action)) {
		return ""
	}
	return consult.Action(action)
}
