package app

import (
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/consult/view"
	"silta/notify/mail"
	"silta/routing"
	"silta/ui"
	"silta/ui/templates"
)

// desk shows the rules in force, and people's names, to the pages.
type desk struct {
	book *routing.Book
	view *view.View
}

// All implements [ui.Pools].
func (d desk) All() []ui.Pool {
	var pools []ui.Pool
	for _, p := range d.book.Rules().Document().Pools {
		pools = append(pools, ui.Pool{ID: p.ID, Name: p.Name, About: p.About})
	}
	return pools
}

// OnCall implements [ui.Pools].
func (d desk) OnCall(pool string, at time.Time) (now, next []string) {
	p := d.book.Rules().Pool(pool)
	if p == nil {
		return nil, nil
	}
	if change, ok := p.OnCall.NextChange(at, nil); ok {
		next = p.OnCall.At(change, nil)
	}
	return p.OnCall.At(at, nil), next
}

// name returns a person's name, or "".
func (d desk) name(id string) string {
	p, err := d.view.Person(id)
	if err != nil {
		return ""
	}
	return p.Name
}

// kept shows the mails that a demo keeps.
func kept(k *mail.Keep) func() []ui.Mail {
	return func() []ui.Mail {
		var mails []ui.Mail
		for _, m := range k.List() {
			mails = append(mails, ui.Mail{ID: m.ID, To: m.To, Subject: m.Subject, At: m.At, Text: m.Text, HTML: m.HTML})
		}
		return mails
	}
}

// site is what the pages say of who runs the installation.
func site(c *config.Config) templates.Site {
	s := templates.Site{Name: c.Organisation.Name, Feedback: c.Organisation.Feedback, Bases: map[consult.Basis]consult.Text{}}
	for _, p := range c.Organisation.Emergency {
		s.Emergency = append(s.Emergency, templates.Phone{Number: p.Number, Name: p.Name})
	}
	for _, b := range c.Identity.Bases {
		s.Bases[b.ID] = b.Text
	}
	return s
}
