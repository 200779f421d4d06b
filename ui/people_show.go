package ui

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/draft"
	"silta/ui/templates"
)

// peopleSearch is what an administrator looks for in the list of people. It is kept, so that no name comes into an address, which others
// keep, and the list is still what was found on the way back from one of the people, or in another language.
const peopleSearch = "people-search"

// showPeople lists everybody for an administrator, those whom the last search found, or those with whom something is the matter.
func (s *Server) showPeople(c echo.Context, v *visit) error {
	p := templates.People{Show: c.QueryParam("show"), After: c.QueryParam("after"), Searching: c.QueryParam("search") != ""}
	if p.Searching {
		d, _, err := s.Drafts.Find(v.actor.ID, peopleSearch)
		if err != nil {
			return err
		}
		p.Search = formValues(d.Form).line("q")
	}
	everybody, err := s.Service.Staff(v.actor)
	if err != nil {
		return err
	}
	p.All = len(everybody)
	var found []templates.ListedPerson
	words := strings.Fields(strings.ToLower(p.Search))
	for _, person := range everybody {
		shown := s.listed(v, person)
		p.Unused += count(shown.Unused)
		p.Unheard += count(shown.Unheard)
		p.Disabled += count(shown.Disabled)
		text := strings.ToLower(strings.Join([]string{shown.ID, shown.Name, shown.Email, shown.About, shown.Roles}, " "))
		if shown.Is(p.Show) && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, shown)
		}
	}
	order := v.l.Order()
	slices.SortStableFunc(found, func(a, b templates.ListedPerson) int { return order(a.Name, b.Name) })
	p.Found = len(found)
	if at := slices.IndexFunc(found, func(l templates.ListedPerson) bool { return l.ID == p.After }); at >= 0 {
		p.First = at + 1
	} else {
		p.After = ""
	}
	p.People = found[p.First:min(p.First+pageSize, p.Found)]
	if p.First+len(p.People) < p.Found {
		p.Next = p.People[len(p.People)-1].ID
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// count is 1 for what is so: to add up, or to sort by.
func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// searchPeople keeps what is looked for, and leads to what it finds.
func (s *Server) searchPeople(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	d := draft.Draft{ID: peopleSearch, Form: map[string][]string{"q": {f.line("q")}}, SavedAt: s.Now()}
	if f.line("q") == "" {
		if err := s.Drafts.Empty(v.actor.ID, d); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, pathPeople)
	}
	if err := s.Drafts.Save(v.actor.ID, "", d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathPeople+"?search=1")
}

// listed is a person as they stand in the list.
func (s *Server) listed(v *visit, p consult.Account) templates.ListedPerson {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = v.l.Code("role", string(r))
	}
	shown := templates.ListedPerson{
		ID: p.ID, Name: p.Name, Email: p.Email, Roles: strings.Join(roles, ", "), Disabled: p.Disabled, Unheard: !p.MailFault.IsZero(),
		Unused: p.Unused && !p.Disabled,
	}
	if !p.Barred() {
		shown.About = s.about(v, consult.Actor{Person: p.Person, Memberships: s.Service.Memberships(p.Person)})
	}
	return shown
}
