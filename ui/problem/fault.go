package problem

import (
	"fmt"
	"strings"

	"silta/consult"
	"silta/consult/locale"
	"silta/routing"
)

// Fault is one fault of an input.
type Fault struct {
	// Pointer is the JSON pointer of the field, "" for the whole; a query parameter is a field of that name.
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	// Header names the HTTP header that is at fault.
	Header string `json:"header,omitempty"`
	// Min and Max are limits that were passed.
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
	// Allowed are the values of which one was expected.
	Allowed []string `json:"allowed,omitempty"`
	// Expected is the type of JSON value that belongs there: integer, number, string, boolean, array or object.
	Expected string `json:"expected,omitempty"`
	// Kind, Start and End say what the identity guard found and where, in code points.
	Kind  string `json:"kind,omitempty"`
	Start *int   `json:"start,omitempty"`
	End   *int   `json:"end,omitempty"`
	// Line, Column and Severity are those of a finding in a document of rules; ID is then the rule, pool or test that it speaks of.
	Line     int              `json:"line,omitempty"`
	Column   int              `json:"column,omitempty"`
	Severity routing.Severity `json:"severity,omitempty"`
	// ID, Block, Phone and Show are the interlock's.
	ID    string `json:"id,omitempty"`
	Block *bool  `json:"block,omitempty"`
	Phone string `json:"phone,omitempty"`
	Show  string `json:"show,omitempty"`
}

// maxTold is how many allowed values are told in the sentence; more stand in the list alone.
const maxTold = 40

// faultOf tells a fault in a language. Of its arguments it takes what it knows: one that is added to consult stays inside
// until it is described here.
func faultOf(l *locale.Localizer, f consult.FieldError) Fault {
	if finding, ok := f.Args["finding"].(routing.Finding); ok {
		return FindingFault(l, finding)
	}
	out := Fault{Pointer: f.Pointer, Code: f.Code, Detail: l.Field(f)}
	out.Min, out.Max = number(f, "min"), number(f, "max")
	switch f.Code {
	case "unknown-value":
		if out.Allowed, _ = f.Args["allowed"].([]string); len(out.Allowed) > 0 && len(out.Allowed) <= maxTold {
			out.Detail = l.Message("fault.unknown-value", map[string]any{"allowed": strings.Join(out.Allowed, ", ")})
		}
	case "wrong-type":
		if out.Expected, _ = f.Args["expected"].(string); out.Expected != "" {
			out.Detail = l.Message("fault.wrong-type", map[string]any{"expected": l.Code("json", out.Expected)})
		}
	case "bad-date":
		out.Detail = l.T("fault.bad-date")
	case "identity":
		out.Kind, out.Start, out.End = fmt.Sprint(f.Args["kind"]), number(f, "start"), number(f, "end")
	case "interlock":
		out.ID, _ = f.Args["id"].(string)
		out.Phone, _ = f.Args["phone"].(string)
		if block, ok := f.Args["block"].(bool); ok {
			out.Block = &block
		}
		if show, ok := f.Args["show"].(consult.Text); ok {
			out.Show = l.In(show)
		}
	case "bad-header":
		out.Header, _ = f.Args["header"].(string)
	}
	return out
}

// FindingFault tells a finding in a language.
func FindingFault(l *locale.Localizer, f routing.Finding) Fault {
	detail := f.Text
	if key := "finding." + f.Key; l.Has(key) {
		detail = l.Message(key, spoken(l, f.Args))
	}
	return Fault{Code: string(f.Code), Detail: detail, Line: f.Line, Column: f.Column, Severity: f.Severity, ID: f.ID}
}

// spoken are the arguments of a finding in a language.
func spoken(l *locale.Localizer, args map[string]any) map[string]any {
	told := make(map[string]any, len(args))
	for name, value := range args {
		switch v := value.(type) {
		case routing.Phrase:
			value = phrase(l, v)
		case routing.Phrases:
			parts := make([]string, len(v))
			for i := range v {
				parts[i] = phrase(l, v[i])
			}
			value = strings.Join(parts, "; ")
		}
		told[name] = value
	}
	return told
}

func phrase(l *locale.Localizer, p routing.Phrase) string {
	return l.Message("finding."+p.Key, spoken(l, p.Args))
}

func number(f consult.FieldError, name string) *int {
	if n, ok := f.Args[name].(int); ok {
		return &n
	}
	return nil
}
