package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/routing/oncall"
)

type rulesExplain struct {
	rulesFile
	Request string `required:"" placeholder:"REQ.json" help:"The facts of a request, one JSON object; - is standard input."`
	At      string `placeholder:"TIME" help:"When it is sent, such as 2026-11-23T09:30 (in the rules' time zone) or with an offset. Default: now."`
	JSON    bool   `help:"Print the explanation as JSON."`
}

// Help ends the command's help.
func (rulesExplain) Help() string {
	return `Exit status 1 if the document has errors, 2 if the request is not one.

Example:
  echo '{"age": 12, "concern": ["eating"], "profession": "school-nurse", "municipality": "Tampere"}' |
    silta rules explain config.example.yaml --request - --at 2026-11-23T09:30`
}

// Run explains what would happen to the request.
func (c rulesExplain) Run(w world) error {
	if c.File == "-" && c.Request == "-" {
		return errors.New("the rules and the request can't both come from standard input; name a file for one of them")
	}
	request, err := input(c.Request, w)
	if err != nil {
		return err
	}
	doc, _, err := c.parse(w)
	if err != nil {
		return err
	}
	at := w.now()
	if c.At != "" {
		if at, err = moment(c.At, doc.Timezone); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	compiled := routing.Compile(doc)
	facts, faults := compiled.ParseFacts(request)
	if len(faults) > 0 {
		lines := make([]string, len(faults))
		for i, f := range faults {
			lines[i] = "the request: " + f.Error()
		}
		return errors.New(strings.Join(lines, "\nsilta: "))
	}
	e := compiled.Explain(facts, at, oncall.Known{})
	if c.JSON {
		return printJSON(w.stdout, e)
	}
	var b strings.Builder
	report{&b, compiled, doc.Timezone}.explanation(e, at)
	_, err = io.WriteString(w.stdout, b.String())
	return err
}

// moment reads a time with an offset, or the wall-clock time of a place.
func moment(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("is no time; write one such as 2026-11-23T09:30 or 2026-11-23T09:30:00+02:00")
}

// report writes for people who administer rules.
type report struct {
	w     io.Writer
	rules *routing.Rules
	zone  *time.Location
}

func (r report) explanation(e routing.Explanation, at time.Time) {
	if e.Pool == "" {
		fmt.Fprintln(r.w, "It cannot be sent.")
	} else {
		fmt.Fprintf(r.w, "It goes to %s.\n", r.pool(e.Pool))
	}
	r.interlocks(e)
	r.table(func(row func(name, value string)) {
		row("sent", r.moment(at))
		row("by rule", e.Rule)
		if why := e.Decision.Why.In(consult.English); why != "" {
			row("told to the sender", why)
		}
		var joined []string
		for _, p := range e.With {
			joined = append(joined, r.pool(p))
		}
		if len(joined) > 0 {
			row("joined by", strings.Join(joined, ", "))
		}
		row("urgency", string(e.Urgency))
		if e.Pool == "" {
			return
		}
		if e.ClaimBy == nil {
			row("deadlines", "none: the pool is never open")
		} else {
			row("claim by", r.moment(*e.ClaimBy))
			row("answer by", r.moment(*e.AnswerBy))
		}
		row("on call", people(e.OnCall))
	})
	for _, n := range e.Notes {
		fmt.Fprintf(r.w, "\nNote: %s.\n", note(n))
	}
	r.steps("If nobody claims it:", e.Unclaimed)
	r.steps("If nobody answers:", e.Escalations)
	if len(e.Segments) > 0 {
		fmt.Fprintln(r.w, "\nThe time until the answer is due:")
		r.table(func(row func(name, value string)) {
			for _, s := range e.Segments {
				row(r.moment(s.From)+" to "+r.moment(s.To), strings.TrimSpace(string(s.Reason)+" "+s.Holiday))
			}
		})
	}
	r.trace(e)
}

func (r report) steps(title string, steps []routing.Escalation) {
	if len(steps) == 0 {
		return
	}
	fmt.Fprintln(r.w, "\n"+title)
	r.table(func(row func(name, value string)) {
		for _, step := range steps {
			row(r.moment(step.At), strings.Join(step.To, ", ")+" ("+people(step.People)+")")
		}
	})
}

func (r report) interlocks(e routing.Explanation) {
	for _, lock := range e.Decision.Interlocks {
		what := "Interlock %s: it is sent only when the sender says to have phoned %s.\n"
		if lock.Block {
			what = "Interlock %s: it is blocked; the sender is told to phone %s.\n"
		}
		phone := lock.Phone
		if phone == "" {
			phone = "for help"
		}
		fmt.Fprintf(r.w, what, lock.ID, phone)
		if show := lock.Show.In(consult.English); show != "" {
			fmt.Fprintf(r.w, "  %q\n", show)
		}
	}
}

func (r report) trace(e routing.Explanation) {
	fmt.Fprintln(r.w, "\nThe rules in their order:")
	r.table(func(row func(name, value string)) {
		for _, t := range e.Trace {
			if t.Matched {
				row(t.Rule, "matches")
				continue
			}
			var misses []string
			for _, f := range t.Failed {
				misses = append(misses, fmt.Sprintf("%s %s (has %s)", f.Fact, f.Wanted, orNothing(f.Got.String())))
			}
			row(t.Rule, "wants "+strings.Join(misses, " and "))
		}
		if e.Rule == routing.Otherwise {
			row(routing.Otherwise, "takes what no rule does")
		}
	})
}

// table aligns rows of two columns.
func (r report) table(fill func(row func(name, value string))) {
	t := tabwriter.NewWriter(r.w, 0, 0, 2, ' ', 0)
	fill(func(name, value string) { fmt.Fprintf(t, "  %s\t%s\n", name, strings.ReplaceAll(value, "\t", " ")) })
	_ = t.Flush() // What reports are written to takes everything.
}

// pool names a pool as people know it, with its id.
func (r report) pool(id string) string {
	if p := r.rules.Pool(id); p != nil {
		if name := p.Name.In(consult.English); name != "" {
			return name + " (" + id + ")"
		}
	}
	return id
}

func (r report) moment(t time.Time) string { return t.In(r.zone).Format("Mon 2 Jan 2006 15:04") }

func people(ids []string) string {
	if len(ids) == 0 {
		return "nobody"
	}
	return strings.Join(ids, ", ")
}

func orNothing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func note(n consult.NoteCode) string {
	switch n {
	case consult.ModeNotOffered:
		return "the pool does not offer the way of answering that is asked for"
	case consult.ProfessionNotAccepted:
		return "the pool does not take requests from this profession"
	}
	return string(n)
}
