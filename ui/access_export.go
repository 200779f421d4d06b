package ui

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// exportAccess writes out all that a search finds, as CSV or as a JSON object a line.
func (s *Server) exportAccess(c echo.Context, v *visit) error {
	q, err := s.lookQuery(v, searchOf(c.QueryParams()))
	if err != nil {
		return err
	}
	looks, err := s.allLooks(c, v, q)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	if c.QueryParam("format") == "ndjson" {
		h.Set(echo.HeaderContentDisposition, `attachment; filename="silta-access.ndjson"`)
		h.Set(echo.HeaderContentType, "application/x-ndjson")
		c.Response().WriteHeader(http.StatusOK)
		out := json.NewEncoder(c.Response())
		for _, l := range looks {
			if err := out.Encode(l); err != nil {
				return nil // Nobody reads any more.
			}
		}
		return nil
	}
	h.Set(echo.HeaderContentDisposition, `attachment; filename="silta-access.csv"`)
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	c.Response().WriteHeader(http.StatusOK)
	out := csv.NewWriter(c.Response())
	_ = out.Write([]string{"at", "person", "request", "ref", "look", "standing", "pool", "reason"})
	for _, l := range looks {
		_ = out.Write([]string{
			l.At.In(s.Zone()).Format(time.RFC3339), l.By, l.Request, l.Ref, string(l.Kind), string(l.Standing), l.Pool, string(l.Reason),
		})
	}
	out.Flush()
	return nil
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
	p := templates.AccessExtract{Ref: search.Ref, Looks: s.lookRows(v, looks)}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// maxExport bounds what is read into memory for one answer. More is asked for by time.
const maxExport = 100_000

func (s *Server) allLooks(c echo.Context, v *visit, q consult.LookQuery) (all []consult.LoggedLook, err error) {
	q.Limit = consult.MaxPage
	for {
		page, err := s.Service.Looks(c.Request().Context(), v.actor, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if q.After = page.Next; q.After == "" || len(all) >= maxExport {
			return all, nil
		}
	}
}
