package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showAccess shows auditors who has looked at which request.
func (s *Server) showAccess(c echo.Context, v *visit) error {
	return s.accessPage(c, v, http.StatusOK, templates.AccessLog{Search: searchOf(c.QueryParams()), After: c.QueryParam("after")})
}

// searchAccess checks what is looked for and leads to what was found: what somebody typed does not become an address as it is.
func (s *Server) searchAccess(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p := templates.AccessLog{Search: searchOf(url.Values(f))}
	if _, err := s.lookQuery(v, p.Search); err != nil {
		if p.Errors = fieldsOf(err); len(p.Errors) == 0 {
			return err
		}
		return s.accessPage(c, v, http.StatusUnprocessableEntity, p)
	}
	return c.Redirect(http.StatusSeeOther, accessPath(p.Search)+"#looks")
}

// accessPage shows the log. Where what is looked for makes no sense, it shows none.
func (s *Server) accessPage(c echo.Context, v *visit, status int, p templates.AccessLog) error {
	if !v.actor.Is(consult.Auditor) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	people, err := s.People.People()
	if err != nil {
		return err
	}
	for _, person := range people {
		p.People = append(p.People, templates.Choice{ID: person.ID, Name: person.Name})
	}
	order := v.l.Order()
	slices.SortFunc(p.People, func(a, b templates.Choice) int { return order(a.Name, b.Name) })
	if len(p.Errors) == 0 {
		q, err := s.lookQuery(v, p.Search)
		if p.Errors = fieldsOf(err); err != nil && len(p.Errors) == 0 {
			return err
		}
		if err == nil {
			q.After, q.Limit = p.After, pageSize
			page, err := s.Service.Looks(c.Request().Context(), v.actor, q)
			if err != nil {
				return err
			}
			p.Looks, p.Next, p.Query = s.lookRows(v, page.Items), page.Next, queryOf(p.Search)
		}
	}
	if s.Prover != nil {
		running, last := s.Prover.Result()
		p.Proof = &templates.ProofState{Running: running, Last: last}
	}
	path := "/access"
	if len(p.Errors) == 0 {
		path = accessPath(p.Search)
	}
	p.Page = s.page(c, v, path)
	return render(c, status, p.View())
}

// startProof has the log proved in the background.
func (s *Server) startProof(c echo.Context, v *visit) error {
	if !v.actor.Is(consult.Auditor) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	if s.Prover == nil {
		return consult.Fail(consult.NotFound, "not-found")
	}
	s.Prover.Start()
	return c.Redirect(http.StatusSeeOther, "/access#proof")
}

func searchOf(q url.Values) templates.AccessSearch {
	line := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	return templates.AccessSearch{Person: line("person"), Ref: strings.ToUpper(line("ref")), From: line("from"), To: line("to")}
}

// accessPath is the address of what a search finds. The search is one that makes sense: then it holds nothing but ids, references and days.
func accessPath(a templates.AccessSearch) string {
	return strings.TrimSuffix("/access?"+queryOf(a), "?")
}

// queryOf writes a search as the query of an address.
func queryOf(a templates.AccessSearch) string {
	q := url.Values{}
	for name, value := range map[string]string{"person": a.Person, "ref": a.Ref, "from": a.From, "to": a.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// lookQuery reads a search. The error lists what makes no sense.
func (s *Server) lookQuery(v *visit, a templates.AccessSearch) (consult.LookQuery, error) {
	var wrong faults
	q := consult.LookQuery{Person: a.Person}
	if a.Person != "" {
		if _, err := s.People.Person(a.Person); err != nil {
			wrong.add("/person", "unknown-value")
		}
	}
	if a.Ref != "" {
		var err error
		if q.Request, err = s.Service.Referred(v.actor, a.Ref); consult.KindOf(err) == consult.NotFound {
			wrong.add("/ref", "unknown-ref")
		} else if err != nil {
			return q, err
		}
	}
	day := func(pointer, text string, to *time.Time, days int) {
		if text == "" {
			return
		}
		t, err := time.ParseInLocation(time.DateOnly, text, s.Zone())
		if err != nil {
			wrong.add(pointer, "bad-date")
			return
		}
		*to = t.AddDate(0, 0, days)
	}
	day("/from", a.From, &q.From, 0)
	day("/to", a.To, &q.To, 1)
	if len(wrong) > 0 {
		return q, &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: wrong}
	}
	return q, nil
}

func (s *Server) lookRows(v *visit, looks []consult.LoggedLook) []templates.LookRow {
	rows := make([]templates.LookRow, len(looks))
	for i, l := range looks {
		rows[i] = s.lookRow(v, l)
	}
	return rows
}

func (s *Server) lookRow(v *visit, l consult.LoggedLook) templates.LookRow {
	row := templates.LookRow{At: l.At, Who: s.name(v, l.By), Ref: l.Ref, Look: l.Look}
	if l.Pool != "" {
		row.Pool = s.poolName(v, l.Pool)
	}
	return row
}
