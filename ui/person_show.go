package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// pathPeople is the list of people.
const pathPeople = "/people"

// memberships are the pools that a person belongs to or, if the person can act no more, those that the rules still name them in.
func (s *Server) memberships(id string) []consult.Membership {
	if a, err := s.Service.Actor(id); err == nil {
		return a.Memberships
	}
	if s.Rules == nil || s.Rules.Rules() == nil {
		return nil
	}
	return s.Rules.Rules().Memberships(id, nil)
}

// mayKeepPeople knows of no such pages for anybody but administrators.
func (s *Server) mayKeepPeople(v *visit) error {
	if !v.actor.Administers() {
		return consult.Fail(consult.NotFound, "not-found")
	}
	return nil
}

// showNewPerson shows the form for adding a person.
func (s *Server) showNewPerson(c echo.Context, v *visit) error {
	return s.personPage(c, v, http.StatusOK, templates.PersonPage{New: true, Person: consult.Person{Language: consult.Finnish}})
}

// showPerson shows a person's record to an administrator.
func (s *Server) showPerson(c echo.Context, v *visit) error {
	p, err := s.staff(c.Param("id"))
	if err != nil {
		return err
	}
	return s.personPage(c, v, http.StatusOK, templates.PersonPage{Person: p})
}

// staff returns a person for an administrator, whom the route lets in alone.
func (s *Server) staff(id string) (consult.Person, error) {
	if !consult.ValidID(id) {
		return consult.Person{}, consult.Fail(consult.NotFound, "not-found.person")
	}
	return s.People.Person(id)
}

func (s *Server) personPage(c echo.Context, v *visit, status int, p templates.PersonPage) error {
	path := pathPeople + "/-/new"
	account := p.Person.Account(s.Now())
	p.Person, p.Unused, p.Invited = account.Person, account.Unused, account.Invited
	if !p.New {
		path = pathPeople + "/" + p.Person.ID
		tokens, err := s.Service.Tokens(v.actor, p.Person.ID)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			shown, err := s.accountToken(t)
			if err != nil {
				return err
			}
			p.Tokens = append(p.Tokens, shown)
		}
		if !p.Person.Disabled && p.Person.ID != v.actor.ID {
			if p.Ties, err = s.ties(c.Request().Context(), v, p.Person.ID); err != nil {
				return err
			}
		}
		p.Moves = s.moves(v, p.Person)
		for _, m := range s.memberships(p.Person.ID) {
			name := s.poolName(v, m.Pool)
			if m.Provider != "" {
				name += " (" + v.l.T("pool.by-provider", "provider", s.providerName(v, m.Provider)) + ")"
			}
			p.Pools = append(p.Pools, name)
		}
		if f := p.Person.MailFault; !f.IsZero() {
			p.MailFault = v.l.Code("mail-fault", string(consult.ReasonOf(f.Status)))
		}
	}
	p.Municipalities = s.Service.Terms().Municipalities
	p.Mails = s.Letters != nil
	p.Page = s.page(c, v, path)
	return render(c, status, p.View())
}
