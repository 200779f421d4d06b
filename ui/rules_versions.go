package ui

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRulesVersions lists who published what, and when.
func (s *Server) showRulesVersions(c echo.Context, v *visit) error {
	lines, err := s.rulesVersions(v)
	if err != nil {
		return err
	}
	p := templates.RulesVersions{Page: s.page(c, v, ""), Versions: lines}
	return render(c, http.StatusOK, p.View())
}

// showRulesVersion shows one publication.
func (s *Server) showRulesVersion(c echo.Context, v *visit) error {
	return s.rulesVersionPage(c, v, http.StatusOK, templates.RulesVersion{})
}

func (s *Server) rulesVersionPage(c echo.Context, v *visit, status int, p templates.RulesVersion) error {
	number, err := versionNumber(c.Param("number"))
	if err != nil {
		return err
	}
	published, err := s.RulesHistory.Rules(number)
	if err != nil {
		return err
	}
	p.Page = s.page(c, v, "/rules/versions/"+strconv.FormatUint(number, 10))
	p.Version, p.Document, p.InForce = s.rulesVersion(v, published), published.Document, s.Rules.Current().Number
	return render(c, status, p.View())
}

// versionNumber reads the number of a version; what is none does not exist.
func versionNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 {
		return 0, consult.Fail(consult.NotFound, "not-found")
	}
	return n, nil
}
