package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showSettings shows what the visitor has chosen for themselves.
func (s *Server) showSettings(c echo.Context, v *visit) error {
	p := settingsOf(v, v.actor.Language, v.actor.Preferences)
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

func settingsOf(v *visit, language consult.Language, chosen consult.Preferences) templates.Settings {
	p := templates.Settings{Language: language, Morning: chosen.Morning, HasPools: len(v.actor.Memberships) > 0}
	for _, topic := range consult.TopicsOf(v.actor) {
		way := chosen.Topics[topic]
		if way == "" {
			way = consult.AtOnce
		}
		p.Topics = append(p.Topics, templates.TopicChoice{Topic: topic, Chosen: way})
	}
	return p
}
