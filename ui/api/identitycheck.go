package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// maxTexts is how many texts are looked through at once.
const maxTexts = 50

// identityCheckInput are texts by field. Name is the client's, where it is known: the guard looks for it as well.
type identityCheckInput struct {
	Texts map[string]string `json:"texts"`
	Name  string            `json:"name"`
}

type identityCheckOutput struct {
	Findings []findingOutput `json:"findings"`
}

// findingOutput is one place that may identify somebody; offsets are in code points, the end excluded.
type findingOutput struct {
	Field string `json:"field"`
	Kind  string `json:"kind"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// identityCheck says what the identity guard finds in texts, field by field. Nothing is saved.
func (a *API) identityCheck(c echo.Context, _ consult.Actor) error {
	var in identityCheckInput
	if err := decode(c, &in); err != nil {
		return err
	}
	switch {
	case in.Texts == nil:
		return invalid("/texts", "required")
	case len(in.Texts) > maxTexts:
		return invalid("/texts", "too-many", "max", maxTexts)
	}
	var names []string
	if name := strings.TrimSpace(in.Name); name != "" {
		names = []string{name}
	}
	var out identityCheckOutput
	for _, field := range slices.Sorted(maps.Keys(in.Texts)) {
		for _, f := range consult.FindIdentity(in.Texts[field], names...) {
			out.Findings = append(out.Findings, findingOutput{field, string(f.Kind), f.Start, f.End})
		}
	}
	return send(c, http.StatusOK, out)
}
