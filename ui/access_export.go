package ui

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// exportAccess writes out all that a search finds, as CSV or as a JSON object a line, page by page as it is read. An answer that could
// not be finished breaks off, so that nobody takes it for the whole.
func (s *Server) exportAccess(c echo.Context, v *visit) error {
	q, err := s.lookQuery(v, searchOf(c.QueryParams()))
	if err != nil {
		return err
	}
	q.Limit = consult.MaxPage
	page, err := s.Service.Looks(c.Request().Context(), v.actor, q)
	if err != nil {
		return err
	}
	write, end, err := s.looksOut(c, v)
	for err == nil {
		for _, l := range page.Items {
			if err = write(l); err != nil {
				break
			}
		}
		if q.After = page.Next; err != nil || q.After == "" {
			break
		}
		moreTime(c.Response())
		page, err = s.Service.Looks(c.Request().Context(), v.actor, q)
	}
	if err == nil {
		err = end()
	}
	if err != nil {
		s.problems.Record(c.Request().Context(), err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// looksOut begins an answer in the format that was asked for, and returns what writes a look and what ends it. A spreadsheet has
// each look as the page words it, its time as spreadsheets sort and read it, and behind that its codes for programs.
func (s *Server) looksOut(c echo.Context, v *visit) (write func(consult.LoggedLook) error, end func() error, err error) {
	if c.QueryParam("format") == "ndjson" {
		h := c.Response().Header()
		h.Set(echo.HeaderContentDisposition, `attachment; filename="silta-access.ndjson"`)
		h.Set(echo.HeaderContentType, "application/x-ndjson")
		c.Response().WriteHeader(http.StatusOK)
		out := json.NewEncoder(c.Response())
		return func(l consult.LoggedLook) error { return out.Encode(l) }, func() error { return nil }, nil
	}
	out, err := newSpreadsheet(c, "silta-access.csv")
	if err == nil {
		t := v.l.T
		err = out.row(
			t("access.at"), t("access.who"), t("access.request"), t("access.what"), t("access.why"), t("access.team"),
			"at", "person", "request", "ref", "look", "standing", "pool", "reason",
		)
	}
	return func(l consult.LoggedLook) error {
		at, row := l.At.In(s.Zone()), s.lookRow(v, l)
		return out.row(
			at.Format(time.DateTime), row.Who, row.Ref, v.l.Code("look", string(l.Kind)), row.Why(v.l), row.Pool,
			at.Format(time.RFC3339), l.By, l.Request, l.Ref, string(l.Kind), string(l.Standing), l.Pool, string(l.Reason),
		)
	}, out.end, err
}

// showExtract shows who has looked at one request, to be printed for the client.
func (s *Server) showExtract(c echo.Context, v *visit) error {
	search := searchOf(c.QueryParams())
	q, err := s.lookQuery(v, search)
	if err != nil {
		return err
	}
	if q.Request == "" {
		return consult.Fail(consult.NotFound, "not-found")
	}
	looks, err := s.allLooks(c, v, q)
	if err != nil {
		return err
	}
	p := templates.AccessExtract{Ref: search.Ref, Looks: s.lookRows(v, looks), Limits: s.limits(v, q)}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// limits says to what a search of the looks at one request is limited besides.
func (s *Server) limits(v *visit, q consult.LookQuery) (list []string) {
	if q.Person != "" {
		list = append(list, s.name(v, q.Person))
	}
	if !q.From.IsZero() {
		list = append(list, v.l.T("extract.from", "day", v.l.Date(q.From)))
	}
	if !q.To.IsZero() {
		list = append(list, v.l.T("extract.to", "day", v.l.Date(q.To.AddDate(0, 0, -1))))
	}
	return list
}

// allLooks returns all looks that a query finds; one for a single request, for they stand in memory.
func (s *Server) allLooks(c echo.Context, v *visit, q consult.LookQuery) (all []consult.LoggedLook, err error) {
	q.Limit = consult.MaxPage
	for {
		page, err := s.Service.Looks(c.Request().Context(), v.actor, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}
