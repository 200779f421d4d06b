package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/problem"
	"silta/ui/session"
)

// saveSettings changes what the visitor has chosen for themselves.
func (s *Server) saveSettings(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	language := consult.Language(f.line("language"))
	chosen := consult.Preferences{Topics: map[consult.Topic]consult.Way{}, Morning: f.is("morning")}
	for _, topic := range consult.TopicsOf(v.actor) {
		if way := consult.Way(f.line("topics." + string(topic))); way != "" && way != consult.AtOnce {
			chosen.Topics[topic] = way
		}
	}
	err = s.Service.SetPreferences(c.Request().Context(), v.actor, language, chosen)
	if faults := fieldsOf(err); len(faults) > 0 {
		p := settingsOf(v, language, chosen)
		p.Page, p.Errors = s.page(c, v, "/settings"), faults
		return render(c, problem.Status(err), p.View())
	}
	if err != nil {
		return err
	}
	s.rememberLanguage(c, language)
	return s.done(c, "/settings", session.Flash{Kind: "ok", Key: "done.settings"})
}
