package ui

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// mailPolicy lets a mail's HTML show its own styles and nothing else.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

// showMails shows the demo's mailbox.
func (s *Server) showMails(c echo.Context, v *visit) error {
	p := templates.DemoMails{Page: s.page(c, v, "")}
	for _, m := range s.Demo.Mails() {
		p.Mails = append(p.Mails, mailOf(m))
	}
	return render(c, http.StatusOK, p.View())
}

// showMail shows one mail.
func (s *Server) showMail(c echo.Context, v *visit) error {
	m, err := s.mail(c)
	if err != nil {
		return err
	}
	p := templates.DemoMailPage{Page: s.page(c, v, ""), Mail: mailOf(m), Frame: "/demo/mail/" + m.ID + "/body"}
	return render(c, http.StatusOK, p.View())
}

// showMailBody is the HTML part of a mail, for the frame on its page.
func (s *Server) showMailBody(c echo.Context, _ *visit) error {
	m, err := s.mail(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", mailPolicy)
	return c.HTML(http.StatusOK, m.HTML)
}

func (s *Server) mail(c echo.Context) (Mail, error) {
	mails := s.Demo.Mails()
	i := slices.IndexFunc(mails, func(m Mail) bool { return m.ID == c.Param("id") })
	if i < 0 {
		return Mail{}, consult.Fail(consult.NotFound, "not-found")
	}
	return mails[i], nil
}

func mailOf(m Mail) templates.DemoMail {
	return templates.DemoMail{ID: m.ID, To: m.To, Subject: m.Subject, At: m.At, Text: m.Text}
}
