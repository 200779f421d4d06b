package ui

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// addPerson adds a person, who can do nothing before they have chosen a password.
func (s *Server) addPerson(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p := readPerson(f)
	p.ID = f.line("id")
	if err := s.Service.SetPerson(c.Request().Context(), v.actor, p); err != nil {
		page := templates.PersonPage{New: true, Person: p, Errors: fieldsOf(err)}
		if consult.KindOf(err) == consult.Conflict {
			page.Errors = templates.Errors{{Pointer: "/id", Code: "taken"}}
		}
		if len(page.Errors) == 0 {
			return err
		}
		return s.personPage(c, v, problem.Status(err), page)
	}
	return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "ok", Key: "person.done.add"})
}

// savePerson changes what is said of a person.
func (s *Server) savePerson(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	typed := readPerson(f)
	seen, _ := strconv.ParseUint(f.line("revision"), 10, 64) // None is no revision that a record can have.
	saved, err := s.Service.EditPerson(c.Request().Context(), v.actor, c.Param("id"), func(p *consult.Person) error {
		if p.Revision != seen {
			return consult.Fail(consult.Stale, "stale.person")
		}
		p.Name, p.Email, p.Phone, p.Language, p.Roles = typed.Name, typed.Email, typed.Phone, typed.Language, typed.Roles
		p.Profession, p.Municipality = typed.Profession, typed.Municipality
		return nil
	})
	if fields := fieldsOf(err); len(fields) > 0 {
		typed.ID, typed.Revision = c.Param("id"), seen
		return s.personPage(c, v, http.StatusUnprocessableEntity, templates.PersonPage{Person: typed, Errors: fields})
	}
	if err != nil {
		return err
	}
	if err := s.tellMoved(c.Request().Context(), saved); err != nil {
		return err
	}
	return s.done(c, pathPeople+"/"+c.Param("id"), session.Flash{Kind: "ok", Key: "person.done.save"})
}

// readPerson reads what an administrator says of a person.
func readPerson(f formValues) consult.Person {
	return consult.Person{
		Name: f.line("name"), Email: f.line("email"), Phone: f.line("phone"), Language: consult.Language(f.line("language")),
		Roles: codes[consult.Role](f.all("roles")), Profession: consult.Profession(f.line("profession")), Municipality: f.line("municipality"),
	}
}

// disablePerson takes from a person all they can do, at once.
func (s *Server) disablePerson(c echo.Context, v *visit) error {
	return s.setDisabled(c, v, true, "person.done.disable")
}

// enablePerson lets a person sign in again.
func (s *Server) enablePerson(c echo.Context, v *visit) error {
	return s.setDisabled(c, v, false, "person.done.enable")
}

func (s *Server) setDisabled(c echo.Context, v *visit, disabled bool, done string) error {
	p, err := s.Service.EditPerson(c.Request().Context(), v.actor, c.Param("id"), func(p *consult.Person) error {
		p.Disabled = disabled
		return nil
	})
	if err != nil {
		return err
	}
	return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "ok", Key: done})
}

// clearAddress takes the flag off a person's address: mail arrives there again.
func (s *Server) clearAddress(c echo.Context, v *visit) error {
	p, err := s.staff(c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Service.ClearAddress(c.Request().Context(), v.actor, p.ID); err != nil {
		return err
	}
	return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "ok", Key: "person.done.mail-works"})
}

// invitePerson sends a person the link with which they choose a password. The administrator never sees it: with it they could sign in
// as the person.
func (s *Server) invitePerson(c echo.Context, v *visit) error {
	p, err := s.staff(c.Param("id"))
	if err != nil {
		return err
	}
	if s.Letters == nil || !p.Hears() {
		return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "warn", Key: "person.no-mail"})
	}
	token, p, err := s.Service.Invite(c.Request().Context(), v.actor, p.ID, consult.InvitationLife, true)
	if err != nil {
		return err
	}
	if err := s.sendInvitation(c.Request().Context(), "invitation", token, p); err != nil {
		return err
	}
	return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "ok", Key: "person.done.invite"})
}

// endPersonToken ends a person's token.
func (s *Server) endPersonToken(c echo.Context, v *visit) error {
	p, err := s.staff(c.Param("id"))
	if err != nil {
		return err
	}
	if _, err := s.Service.RevokeToken(c.Request().Context(), v.actor, c.Param("token")); err != nil {
		return err
	}
	return s.done(c, pathPeople+"/"+p.ID, session.Flash{Kind: "ok", Key: "account.done.token"})
}
