package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/ui/templates"
)

// compareRules shows what differs between two versions. Without any it is the last two.
func (s *Server) compareRules(c echo.Context, v *visit) error {
	p := templates.RulesCompare{Page: s.page(c, v, "")}
	var err error
	if p.Versions, err = s.rulesVersions(v); err != nil {
		return err
	}
	p.To = s.Rules.Current().Number
	p.From = max(p.To-1, 1)
	for name, into := range map[string]*uint64{"from": &p.From, "to": &p.To} {
		if text := c.QueryParam(name); text != "" {
			if *into, err = versionNumber(text); err != nil {
				return err
			}
		}
	}
	preview, err := s.RulesPublisher.Compare(c.Request().Context(), v.actor, p.From, p.To)
	if err != nil {
		return err
	}
	p.Diff = s.diffOf(v, preview)
	before, err := s.RulesHistory.Rules(p.From)
	if err != nil {
		return err
	}
	after, err := s.RulesHistory.Rules(p.To)
	if err != nil {
		return err
	}
	p.Lines = changedLines(before.Document, after.Document)
	return render(c, http.StatusOK, p.View())
}

// maxLineTable bounds the table by which lines are compared; beyond it the differing middle is shown whole.
const maxLineTable = 4 << 20

// changedLines are the lines that differ, with the two lines around each stretch of them.
func changedLines(before, after string) []templates.RulesLine {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	lines := make([]templates.RulesLine, 0, len(a))
	add := func(sign string, list []string) {
		for _, text := range list {
			lines = append(lines, templates.RulesLine{Sign: sign, Text: text})
		}
	}
	add(" ", a[:start])
	lines = append(lines, middleLines(a[start:endA], b[start:endB])...)
	add(" ", a[endA:])
	return around(lines, 2)
}

// middleLines compares by the longest list of lines that both have.
func middleLines(a, b []string) (lines []templates.RulesLine) {
	out, in := func(s string) { lines = append(lines, templates.RulesLine{Sign: "-", Text: s}) }, func(s string) {
		lines = append(lines, templates.RulesLine{Sign: "+", Text: s})
	}
	longest := make([][]int32, len(a)+1)
	if len(a)*len(b) <= maxLineTable {
		for i := range longest {
			longest[i] = make([]int32, len(b)+1)
		}
		for i := len(a) - 1; i >= 0; i-- {
			for j := len(b) - 1; j >= 0; j-- {
				if longest[i][j] = max(longest[i+1][j], longest[i][j+1]); a[i] == b[j] {
					longest[i][j] = longest[i+1][j+1] + 1
				}
			}
		}
	}
	i, j := 0, 0
	for longest[0] != nil && i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			lines = append(lines, templates.RulesLine{Sign: " ", Text: a[i]})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			out(a[i])
			i++
		default:
			in(b[j])
			j++
		}
	}
	for ; i < len(a); i++ {
		out(a[i])
	}
	for ; j < len(b); j++ {
		in(b[j])
	}
	return lines
}

// around leaves out the lines that are the same and farther than n from any that is not.
func around(lines []templates.RulesLine, n int) []templates.RulesLine {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Sign != " " {
			for k := max(i-n, 0); k < min(i+n+1, len(lines)); k++ {
				near[k] = true
			}
		}
	}
	var kept []templates.RulesLine
	for i, l := range lines {
		switch {
		case near[i]:
			kept = append(kept, l)
		case len(kept) > 0 && kept[len(kept)-1].Sign != "…":
			kept = append(kept, templates.RulesLine{Sign: "…"})
		}
	}
	if len(kept) > 0 && kept[len(kept)-1].Sign == "…" {
		kept = kept[:len(kept)-1]
	}
	return kept
}
