package ui

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// previewRequest shows where a request would go as it stands, and what of it could tell who the client is. Nothing is saved but,
// without script, what was typed, as the whole page is shown anew.
func (s *Server) previewRequest(c echo.Context, v *visit) error {
	if !v.actor.Is(consult.Requester) {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	var p templates.NewRequest
	var r consult.Request
	var wrong faults
	p.Form, r, wrong = readRequest(f)
	if p.Preview, err = s.preview(v, r, wrong); err != nil {
		return err
	}
	r.Normalize()
	for _, fault := range fieldsOf(r.Validate(s.Service.Terms(), s.Now())) {
		if fault.Code == "identity" {
			p.Errors = append(p.Errors, fault)
		}
	}
	if byScript(c) {
		p.Page = s.fragment(c, v, pathNewRequest)
		return render(c, http.StatusOK, p.Live())
	}
	return s.newRequestAgain(c, v, http.StatusOK, f, p)
}

// missing returns the pointers of the facts without which a request goes nowhere. An age that is not known is below 0.
func missing(r *consult.Request, t consult.Terms) []string {
	var pointers []string
	if r.Client.Age < 0 || r.Client.Age > consult.MaxAge {
		pointers = append(pointers, "/client/age")
	}
	if !slices.Contains(t.Municipalities, r.Client.Municipality) {
		pointers = append(pointers, "/client/municipality")
	}
	if len(r.Concerns) == 0 {
		pointers = append(pointers, "/concerns")
	}
	return pointers
}

// protectionConcerns are those that suggest a child welfare notice: a duty that a consultation does not discharge.
var protectionConcerns = []consult.Concern{"violence-at-home", "abuse-suspected", "parental-substance-use"}

// preview asks the rules. Where facts are missing, what is known may be enough for an interlock, which must not wait.
func (s *Server) preview(v *visit, r consult.Request, wrong faults) (templates.Preview, error) {
	if slices.ContainsFunc(wrong, func(f consult.FieldError) bool { return f.Pointer == "/client/age" }) {
		r.Client.Age = -1
	}
	p := templates.Preview{
		Missing: missing(&r, s.Service.Terms()),
		ChildProtection: slices.ContainsFunc(r.Concerns, func(c consult.Concern) bool {
			return slices.Contains(protectionConcerns, c)
		}),
	}
	r.Normalize()
	now := s.Now()
	d, plan, err := s.Service.Preview(r.Facts(v.actor.Profession), now)
	if err != nil {
		return p, err
	}
	for _, i := range d.Interlocks {
		p.Interlocks = append(p.Interlocks, templates.InterlockView{ID: i.ID, Block: i.Block, Phone: i.Phone, Text: v.l.In(i.Show)})
	}
	if len(p.Missing) > 0 || d.Pool == "" {
		return p, nil
	}
	p.Pool, p.With, p.Why, p.Notes = s.poolName(v, d.Pool), s.poolNames(v, d.With), v.l.In(d.Why), d.Notes
	p.Urgency, p.Raised, p.AnswerBy = d.Urgency, d.Urgency.Rank() > r.Urgency.Rank(), plan.Schedule.AnswerBy
	if took, known, err := s.Service.LatelyTook(d.Pool, now); err != nil {
		return p, err
	} else if known {
		p.Took = took
	}
	onCall, _ := s.Pools.OnCall(d.Pool, now)
	p.OnCall = s.namesOf(v, onCall)
	if pool, ok := s.pool(v, d.Pool); ok {
		p.About = v.l.In(pool.About)
		for _, ask := range pool.Asks {
			if ask.Open(&r) {
				p.Asks = append(p.Asks, v.l.In(ask.Text))
			}
		}
	}
	return p, nil
}
