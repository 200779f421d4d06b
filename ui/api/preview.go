package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// factsInput are the facts of a request, under the names that rules use.
type factsInput struct {
	Age          *int               `json:"age"`
	Pregnant     bool               `json:"pregnant"`
	Concerns     []consult.Concern  `json:"concern"`
	RedFlags     []consult.RedFlag  `json:"red-flag"`
	Urgency      consult.Urgency    `json:"urgency"`
	Mode         consult.Mode       `json:"mode"`
	Involved     []consult.Party    `json:"involved"`
	Profession   consult.Profession `json:"profession"`
	Municipality string             `json:"municipality"`
	Language     consult.Language   `json:"language"`
	Identified   bool               `json:"identified"`
}

// preview says where a request would go and why. A profession that is left out is the caller's own.
func (a *API) preview(c echo.Context, who consult.Actor) error {
	var in factsInput
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.Profession == "" {
		in.Profession = who.Profession
	}
	now := a.with.Now()
	f, err := in.facts(a.with.Service.Terms(), now)
	if err != nil {
		return err
	}
	out, err := a.with.Rules.Explain(f, now)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, out)
}

// factNames are the places of the facts in a request, and in a list of facts.
var factNames = []struct{ request, fact string }{
	{"/client/", "/"}, {"/concerns", "/concern"}, {"/red_flags", "/red-flag"},
}

// facts returns the facts, valid. They are held against the same limits as the request that they would be of.
func (in *factsInput) facts(t consult.Terms, now time.Time) (consult.Facts, error) {
	sent := requestInput{
		Client:   clientInput{Age: in.Age, Pregnant: in.Pregnant, Municipality: in.Municipality, Language: in.Language},
		Concerns: in.Concerns, RedFlags: in.RedFlags, Urgency: in.Urgency, Mode: in.Mode, Involved: in.Involved, Question: "?",
	}
	r, missing := sent.request()
	r.Normalize()
	var faults []consult.FieldError
	if err := lacking(r.Validate(t, now), missing); err != nil {
		e, ok := errors.AsType[*consult.Error](err)
		if !ok {
			return consult.Facts{}, err
		}
		for _, f := range e.Fields {
			for _, n := range factNames {
				if rest, ok := strings.CutPrefix(f.Pointer, n.request); ok {
					f.Pointer = n.fact + rest
				}
			}
			faults = append(faults, f)
		}
	}
	switch {
	case in.Profession == "":
		faults = append(faults, consult.FieldError{Pointer: "/profession", Code: "required"})
	case !slices.Contains(consult.Professions, in.Profession):
		faults = append(faults, consult.UnknownValue("/profession", consult.Professions))
	}
	if len(faults) > 0 {
		return consult.Facts{}, &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: faults}
	}
	f := r.Facts(in.Profession)
	f.Identified = in.Identified
	return f, nil
}
