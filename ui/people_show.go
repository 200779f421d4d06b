package ui

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showPeople lists everybody for an administrator.
func (s *Server) showPeople(c echo.Context, v *visit) error { return s.peoplePage(c, v, "") }

// searchPeople lists those whom a search finds. It is posted, so that no name comes into an address, which others keep.
func (s *Server) searchPeople(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	return s.peoplePage(c, v, f.line("q"))
}

func (s *Server) peoplePage(c echo.Context, v *visit, search string) error {
	all, err := s.Service.Staff(v.actor)
	if err != nil {
		return err
	}
	p := templates.People{Search: search, All: len(all)}
	words := strings.Fields(strings.ToLower(p.Search))
	for _, person := range all {
		shown := s.listed(v, person)
		text := strings.ToLower(strings.Join([]string{shown.ID, shown.Name, shown.Email, shown.About, shown.Roles}, " "))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			p.People = append(p.People, shown)
		}
	}
	slices.SortStableFunc(p.People, func(a, b templates.ListedPerson) int { return strings.Compare(a.Name, b.Name) })
	p.Page = s.page(c, v, "/people")
	return render(c, http.StatusOK, p.View())
}

// listed is a person as they stand in the list.
func (s *Server) listed(v *visit, p consult.Person) templates.ListedPerson {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = v.l.Code("role", string(r))
	}
	shown := templates.ListedPerson{
		ID: p.ID, Name: p.Name, Email: p.Email, Roles: strings.Join(roles, ", "), Disabled: p.Disabled, Unheard: !p.MailFault.IsZero(),
	}
	if a, err := s.Service.Actor(p.ID); err == nil {
		shown.About = s.about(v, a)
	}
	return shown
}
