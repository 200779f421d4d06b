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

// showRules shows the rules in force, or what the reader has begun to make of them, to be edited.
func (s *Server) showRules(c echo.Context, v *visit) error {
	p, err := s.begunRules(v)
	if err != nil {
		return err
	}
	return s.rulesPage(c, v, http.StatusOK, p)
}

// rulesPage draws the whole page.
func (s *Server) rulesPage(c echo.Context, v *visit, status int, p templates.Rules) error {
	p.Page = s.page(c, v, pathRules)
	p.Nonce = allowStyles(c)
	return render(c, status, p.View())
}

// typedRules is what the form holds, over the version in force. It is kept as a draft.
func (s *Server) typedRules(c echo.Context, v *visit) (p templates.Rules, d routing.Draft, err error) {
	f, err := form(c)
	if err != nil {
		return p, d, err
	}
	inForce := ""
	if p.InForce, inForce, err = s.rulesInForce(v); err != nil {
		return p, d, err
	}
	p.Document, p.Comment, p.Command = f.document("document"), f.line("comment"), f.line("command")
	d = routing.Draft{File: rulesFile, Data: []byte(p.Document), Comment: p.Comment}
	if d.Expected, err = strconv.ParseUint(f.line("version"), 10, 64); err != nil || d.Expected == 0 {
		return p, d, consult.Fail(consult.Invalid, "invalid")
	}
	if p.Base, err = strconv.ParseUint(f.line("from"), 10, 64); err != nil || p.Base > d.Expected {
		p.Base = d.Expected
	}
	p.Newer = p.Base != d.Expected
	return p, d, s.keepRules(v, &p, f, inForce)
}

// showResults draws what was found out about a document: the part alone for a script, else the page.
func (s *Server) showResults(c echo.Context, v *visit, p templates.Rules) error {
	if byScript(c) {
		p.Page = s.fragment(c, v, pathRules)
		return render(c, http.StatusOK, p.Live())
	}
	return s.rulesPage(c, v, http.StatusOK, p)
}
