package templates

import (
	"fmt"
	"strings"

	"silta/consult"
)

// Record is a request as plain text for the client's record.
type Record struct {
	Page
	Request RequestView
}

// Text is the whole of the request in the reader's language, a line at a time, the oldest first.
func (p Record) Text() string {
	r, l := p.Request, p.L
	var b strings.Builder
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, value)
		}
	}
	block := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", label, text)
		}
	}
	day := RequestPage{Page: p.Page}.day
	fmt.Fprintf(&b, "%s %s\n%s\n%s\n", l.T("record.heading"), r.Ref, r.asCase().title(l), r.asCase().client(l))
	if id := r.Identity; id != nil {
		line(l.T("label.client.identity.name"), id.Name)
		line(l.T("label.client.identity.hetu"), id.Hetu)
		line(l.T("label.client.identity.basis"), p.Site.basis(l, id.Basis))
	}
	sender := r.Sender.Name
	if profession := l.Code("profession", string(r.Sender.Profession)); !says(sender, profession) {
		sender += ", " + profession
	}
	line(l.T("request.sender"), sender)
	line(l.T("request.pool"), strings.Join(append([]string{r.Pool}, r.Joined...), ", "))
	line(l.Code("event", string(consult.TypeSubmitted)), l.DateTime(r.SubmittedAt))
	line(l.T("request.mode"), l.Code("mode", string(r.Mode)))
	line(l.T("request.language"), l.Code("language", string(r.Language)))
	line(l.T("label.involved"), r.involved(l))
	line(l.T("record.state"), l.Code("state", string(r.State)))
	flags := make([]string, len(r.RedFlags))
	for i, flag := range r.RedFlags {
		flags[i] = l.Code("red-flag", string(flag))
	}
	block(l.T("label.red-flags"), enumerate(flags))
	block(l.T("label.background"), r.Background)
	block(l.T("label.tried"), r.Tried)
	block(l.T("request.assessment"), r.Assessment)
	block(l.T("request.question"), r.Question)
	if len(r.Instruments) > 0 {
		fmt.Fprintf(&b, "\n%s\n", l.T("label.instruments"))
		for _, i := range r.Instruments {
			fmt.Fprintf(&b, "- %s %d (%s)\n", i.Name, i.Score, day(i.Date))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", l.T("request.timeline"))
	for _, e := range r.Timeline {
		what := e.title(l)
		for _, to := range []string{e.Pool, e.Person} {
			if to != "" {
				what += " → " + to
			}
		}
		words := []string{l.DateTime(e.At), what}
		if e.By != "" {
			words = append(words, e.By)
		}
		fmt.Fprintf(&b, "- %s\n", strings.Join(words, ", "))
		if e.Text != "" {
			fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(e.Text, "\n", "\n  "))
		}
		if e.Disposition != "" {
			fmt.Fprintf(&b, "  %s: %s\n", l.T("label.disposition"), l.Code("disposition", string(e.Disposition)))
		}
		if c := e.CloseOut; c != nil {
			fmt.Fprintf(&b, "  %s %s\n  %s %s\n", l.T("label.outcome"), l.Code("outcome", string(c.Outcome)),
				l.T("label.referral"), l.Code("referral", string(c.Referral)))
		}
	}
	if len(r.Plan) > 0 || len(r.Workers) > 0 {
		fmt.Fprintf(&b, "\n%s\n", l.T("plan.title"))
	}
	for _, role := range consult.PlanRoles {
		line(l.Code("plan-role", string(role)), r.Workers[role])
	}
	for _, s := range r.Plan {
		words := []string{s.What}
		for _, word := range []string{s.Who, day(s.Due)} {
			if word != "" {
				words = append(words, word)
			}
		}
		if s.Done {
			words = append(words, l.T("plan.done"))
		}
		fmt.Fprintf(&b, "- %s\n", strings.Join(words, ", "))
	}
	return b.String()
}
