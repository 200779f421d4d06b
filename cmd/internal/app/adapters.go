package app

import (
	"silta/cmd/internal/config"
	"silta/consult"
	"silta/notify/mail"
	"silta/ui"
	"silta/ui/templates"
)

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
