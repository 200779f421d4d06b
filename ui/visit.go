package ui

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/consult/locale"
)

// visit is what one request knows of whoever sent it.
type visit struct {
	actor    consult.Actor
	signedIn bool
	// enrols: they have shown a password and have still to set up a second factor. Until then they are only signed in where that is done.
	enrols bool
	// caller is who acts with a token, where one was sent.
	caller consult.Actor
	// l speaks the visitor's language.
	l     *locale.Localizer
	names map[string]string
	pools []Pool
}

const (
	keyVisit = "silta.visit"
	// paramLanguage, in the address of a page, chooses it.
	paramLanguage = "lang"
	languageLasts = 365 * 24 * time.Hour
)

// who returns the request's visit. It is there from the first step on; the person is known once [Server.identify] was passed.
func who(c echo.Context) *visit {
	v, _ := c.Get(keyVisit).(*visit)
	return v
}

// visit returns the request's visit with a voice.
func (s *Server) visit(c echo.Context) *visit {
	v := who(c)
	if v.l == nil {
		v.l = s.localizer(s.language(c, v))
	}
	return v
}

func (s *Server) localizer(l consult.Language) *locale.Localizer { return s.catalogue.For(l, s.Zone()) }

// language is what was chosen just now or before on this browser, else the person's own, else what the browser asks for.
func (s *Server) language(c echo.Context, v *visit) consult.Language {
	if l := chosenLanguage(c); l != "" {
		return l
	}
	if cookie, err := c.Cookie(languageCookie(s.secure())); err == nil && spoken(consult.Language(cookie.Value)) {
		return consult.Language(cookie.Value)
	}
	if v.signedIn && spoken(v.actor.Language) {
		return v.actor.Language
	}
	return s.catalogue.Match(c.Request().Header.Get("Accept-Language"))
}

// chosenLanguage is the language that the address of a page asks for, or "".
func chosenLanguage(c echo.Context) consult.Language {
	if l := consult.Language(c.QueryParam(paramLanguage)); c.Request().Method == get && spoken(l) {
		return l
	}
	return ""
}

func spoken(l consult.Language) bool { return slices.Contains(consult.Languages, l) }

// languageCookie is the name of the cookie with the language that was chosen on this browser.
func languageCookie(secure bool) string {
	if secure {
		return "__Host-silta-language"
	}
	return "silta-language"
}

func (s *Server) rememberLanguage(c echo.Context, l consult.Language) {
	c.SetCookie(&http.Cookie{ // #nosec G124 -- secure wherever the site is reached by https
		Name: languageCookie(s.secure()), Value: string(l), Path: "/", MaxAge: int(languageLasts.Seconds()), HttpOnly: true, Secure: s.secure(),
		SameSite: http.SameSiteLaxMode,
	})
}

// identify finds out who is signed in, anew for each request: who was disabled, or has another password now, is out at once, and so is
// who has a second factor that is wanted of them by now and was not shown.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isFile(c) {
			return next(c)
		}
		v := who(c)
		ctx := c.Request().Context()
		if id := s.sessions.Person(ctx); id != "" {
			actor, err := s.Service.Actor(id)
			switch {
			case err == nil && actor.Stamp() == s.sessions.Stamp(ctx) && !s.owesFactor(actor.Person, s.sessions.Method(ctx)):
				v.actor, v.signedIn = actor, true
			case err == nil && actor.Stamp() == s.sessions.Stamp(ctx) && !hasFactor(actor.Person):
				v.actor, v.enrols, v.signedIn = actor, true, s.routeOf(c).enrol
			case err != nil && consult.KindOf(err) != consult.Unauthenticated:
				return err
			default:
				if err := s.sessions.SignOut(ctx); err != nil {
					return err
				}
			}
		}
		v.l = nil // Whatever was said before was said without knowing to whom.
		if l := chosenLanguage(c); l != "" {
			s.rememberLanguage(c, l)
		}
		return next(c)
	}
}

// personName returns a person's name, or "" for one who does not exist.
func (s *Server) personName(id string) string {
	p, err := s.People.Person(id)
	if err != nil {
		return ""
	}
	return p.Name
}

// name returns what a person is called, the id where nothing better is known. Each is looked up once per page.
func (s *Server) name(v *visit, id string) string {
	switch id {
	case "", consult.SystemID:
		return ""
	}
	if name, ok := v.names[id]; ok {
		return name
	}
	name := s.personName(id)
	if name == "" {
		name = id
	}
	if v.names == nil {
		v.names = map[string]string{}
	}
	v.names[id] = name
	return name
}

func (s *Server) namesOf(v *visit, ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.name(v, id)
	}
	return names
}
