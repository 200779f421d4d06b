package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// signIn begins a session for who gives the right name and password. Whatever is wrong, the answer is the same, and takes as long.
func (s *Server) signIn(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p := templates.SignIn{Name: f.line("name"), Next: localPath(f.line("next")), Kept: carried(f)}
	person, err := s.checkPassword(c, p.Name, f.password())
	if consult.KindOf(err) == consult.Unauthenticated {
		p.Problem = v.l.T("sign-in.failed")
		return s.signInPage(c, v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	if err := s.begin(c, person, session.ByPassword); err != nil {
		return err
	}
	if spoken(person.Language) {
		s.rememberLanguage(c, person.Language)
	}
	if v.actor, err = s.Service.Actor(person.ID); err != nil {
		return err
	}
	v.signedIn = true
	if shown, err := s.resume(c, v, f); shown {
		return err
	}
	return c.Redirect(http.StatusSeeOther, p.Next)
}

// begin begins a session for a person who has shown who they are.
func (s *Server) begin(c echo.Context, person consult.Person, method session.Method) error {
	return s.sessions.SignIn(c.Request().Context(), session.SignedIn{
		Person: person.ID, Stamp: person.Stamp(), Method: method, Browser: session.BrowserOf(c.Request().UserAgent()),
	})
}

// checkPassword returns the person whom the name and the password are of, or an error of kind Unauthenticated.
func (s *Server) checkPassword(c echo.Context, name, password string) (consult.Person, error) {
	var person consult.Person
	if consult.ValidID(name) {
		p, err := s.People.Person(name)
		if err != nil && consult.KindOf(err) != consult.NotFound {
			return consult.Person{}, err
		}
		person = p
	}
	right, err := s.passwords.Check(c.Request().Context(), password, person.PasswordHash)
	if err != nil {
		return consult.Person{}, err
	}
	if !right || person.Disabled {
		return consult.Person{}, consult.Fail(consult.Unauthenticated, "unauthenticated")
	}
	return person, nil
}
