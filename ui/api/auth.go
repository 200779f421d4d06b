package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
)

// maxToken is longer than any token.
const maxToken = 256

// signedIn finds out who asks and whether what they were let in by reaches so far, and answers with a problem where that fails or
// the handler does.
func (a *API) signedIn(scope consult.TokenScope, h handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := a.actor(c)
		switch {
		case err != nil:
		case !who.Allows(scope):
			err = consult.Fail(consult.Forbidden, "forbidden.scope", "scope", scope)
		default:
			if wait := a.with.Limits.Person(who.ID, a.with.Now()); wait > 0 {
				err = problem.TooMany(wait)
				break
			}
			// What leaves here is logged as read over the API.
			c.SetRequest(c.Request().WithContext(consult.Looking(c.Request().Context(), consult.LookAPI)))
			err = h(a, c, who)
		}
		if err == nil {
			return nil
		}
		if c.Response().Committed {
			return err
		}
		return a.fail(c, err)
	}
}

// actor returns who asks: whose token it is or, where no token is sent, who is signed in by a session. A token that is not
// good is never made up for by a session. What a page of another site lets a browser send is not taken for its user's wish.
func (a *API) actor(c echo.Context) (consult.Actor, error) {
	if header := c.Request().Header.Get(echo.HeaderAuthorization); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if secret = strings.TrimSpace(secret); !strings.EqualFold(scheme, "Bearer") || secret == "" || len(secret) > maxToken {
			return consult.Actor{}, consult.Fail(consult.Unauthenticated, "unauthenticated")
		}
		who, err := a.with.Service.ActorByToken(secret)
		if err == nil && a.with.Used != nil && who.Token != nil {
			a.with.Used(c, who)
		}
		return who, err
	}
	if a.with.SessionActor != nil {
		if who, ok := a.with.SessionActor(c); ok {
			if err := a.cross.Check(c.Request()); err != nil {
				return consult.Actor{}, consult.Fail(consult.Forbidden, "forbidden")
			}
			return who, nil
		}
	}
	return consult.Actor{}, consult.Fail(consult.Unauthenticated, "unauthenticated")
}
