package ui

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/templates"
)

const pathRules = "/rules"

// rulesFile is what findings name the document by; on a page nothing shows it.
const rulesFile = "routing"

// showRules shows the rules in force, to be edited.
func (s *Server) showRules(c echo.Context, v *visit) error {
	if err := s.mayEditRules(v); err != nil {
		return err
	}
	inForce, document, err := s.rulesInForce(v)
	if err != nil {
		return err
	}
	return s.rulesPage(c, v, http.StatusOK, templates.Rules{InForce: inForce, Base: inForce.Number, Document: document})
}

// rulesPage draws the whole page.
func (s *Server) rulesPage(c echo.Context, v *visit, status int, p templates.Rules) error {
	p.Page = s.page(c, v, pathRules)
	p.Nonce = allowStyles(c)
	return render(c, status, p.View())
}

// typedRules is what the form holds, over the version in force.
func (s *Server) typedRules(c echo.Context, v *visit) (p templates.Rules, d routing.Draft, err error) {
	if err = s.mayEditRules(v); err != nil {
		return p, d, err
	}
	f, err := form(c)
	if err != nil {
		return p, d, err
	}
	if p.InForce, _, err = s.rulesInForce(v); err != nil {
		return p, d, err
	}
	p.Document, p.Comment, p.Typed = f.document("document"), f.line("comment"), true
	if p.Base, err = strconv.ParseUint(f.line("version"), 10, 64); err != nil || p.Base == 0 {
		return p, d, consult.Fail(consult.Invalid, "invalid")
	}
	return p, routing.Draft{File: rulesFile, Data: []byte(p.Document), Comment: p.Comment, Expected: p.Base}, nil
}

// showResults draws what was found out about a document: the part alone for a script, else the page.
func (s *Server) showResults(c echo.Context, v *visit, p templates.Rules) error {
	if byScript(c) {
		p.Page = s.fragment(c, v, pathRules)
		return render(c, http.StatusOK, p.Live())
	}
	return s.rulesPage(c, v, http.StatusOK, p)
}
