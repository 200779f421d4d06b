package ui

import (
	"strings"

	"github.com/labstack/echo/v4"

	"silta/ui/session"
)

// discardDraft forgets a draft.
func (s *Server) discardDraft(c echo.Context, v *visit) error {
	id := c.Param("id")
	path, err := s.draftPath(v, id)
	if err != nil {
		return err
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	if err := s.Drafts.End(v.actor.ID, id, f.line("command")); err != nil {
		return err
	}
	if strings.HasPrefix(id, newDraftPrefix) {
		path = "/requests"
	}
	return s.done(c, path, session.Flash{Kind: "ok", Key: "done.draft-discarded"})
}
