package mail

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"net/mail"
	"net/url"
	"strings"
	texttemplate "text/template"
	"time"

	_ "github.com/emersion/go-message/charset"
	gomail "github.com/emersion/go-message/mail"

	"silta/consult"
	"silta/consult/locale"
)

//go:embed locale/*.yaml
var messages embed.FS

//go:embed mail.html.tmpl mail.txt.tmpl
var templates embed.FS

// Notification is what one receiver is to be told.
type Notification struct {
	// Delivery is the id of the delivery: the same one is the same mail.
	Delivery string
	// Envelope is the entry that is told of; it has a notice. It counts for nothing where there is a letter.
	Envelope consult.Envelope
	// Letter is what is said instead, or nil.
	Letter *consult.Letter
	// To is the receiver's address.
	To string
	// Language is the receiver's; "" is Finnish.
	Language consult.Language
	// Sender: the receiver is who sent the request, not somebody who answers it.
	Sender bool
}

// Message is a mail that is ready to be sent.
type Message struct {
	// ID is the delivery's.
	ID string
	// ReturnPath is where the servers say that the mail could not be delivered; each mail has its own, and an answer has none.
	ReturnPath string
	To         string
	At         time.Time
	Subject    string
	Text       string
	HTML       string
	// Raw is the whole mail as it is sent.
	Raw []byte
}

// PoolNames tells what pools are called.
type PoolNames interface {
	// PoolName returns the pool's name in the language, or its id where the rules do not have it any more.
	PoolName(pool string, l consult.Language) string
}

// People tells who people are.
type People interface {
	// Person returns the person of an id, or an error of kind [consult.NotFound].
	Person(id string) (consult.Person, error)
}

// Options are what all mails have in common.
type Options struct {
	// From is the address that mails come from, Name how it introduces itself; "" is "Silta".
	From string
	Name string
	// Domain is that of message ids and return paths; "" takes it from From.
	Domain string
	// Tokens mark return paths and message ids, so that what comes back is known. They are needed.
	Tokens Tokens
	// PublicURL is where people reach the program, without a slash at the end.
	PublicURL string
	// Zone returns the time zone of deadlines, which may change while the program runs; nil is UTC.
	Zone func() *time.Location
	// Pools and People are needed.
	Pools  PoolNames
	People People
	// Organisation is who runs the service, for the foot of each mail; empty: it is not said.
	Organisation consult.Text
}

// Composer writes mails. It is safe for concurrent use.
type Composer struct {
	Options
	catalogue *locale.Catalogue
	html      *htmltemplate.Template
	text      *texttemplate.Template
}

// NewComposer checks the options and reads the templates.
func NewComposer(o Options) (*Composer, error) {
	if a, err := mail.ParseAddress(o.From); err != nil || a.Address != o.From {
		return nil, fmt.Errorf("mails can't come from %q: it is no address", o.From)
	}
	if !o.Tokens.valid() {
		return nil, errors.New("mails need a key for their return paths")
	}
	o.Name = cmp.Or(o.Name, "Silta")
	o.Domain = cmp.Or(o.Domain, o.From[strings.LastIndexByte(o.From, '@')+1:])
	if u, err := url.Parse(o.PublicURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("the public address is not a web address: %q", o.PublicURL)
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	c := &Composer{Options: o}
	words, err := fs.Sub(messages, "locale")
	if err != nil {
		return nil, err
	}
	if c.catalogue, err = locale.Load(words); err != nil {
		return nil, err
	}
	if c.html, err = htmltemplate.ParseFS(templates, "mail.html.tmpl"); err != nil {
		return nil, err
	}
	c.text, err = texttemplate.ParseFS(templates, "mail.txt.tmpl")
	return c, err
}

// content is what the templates are filled with.
type content struct {
	Language consult.Language
	Subject  string
	// What happened, and More about it, which may be "".
	What, More string
	// Preview is what mail programs show of the mail in a list.
	Preview string
	// Due is the deadline, nil where there is none.
	Due      *fact
	Facts    []fact
	Sections []section
	Link     string
	Open     string
	Footer   string
	// Organisation runs the service, "" where that is not configured.
	Organisation string
	// Urgent marks the mail in colour.
	Urgent bool
}

type fact struct{ Name, Value string }

// section is a list with a heading. A row's link may be "".
type section struct {
	Title string
	Rows  []struct{ Text, Link string }
}

// Compose writes a mail. The same notification gives the same mail, but for the boundary between its parts.
func (c *Composer) Compose(n Notification) (Message, error) {
	of, at, thread := c.content, n.Envelope.At, "request."+n.Envelope.ID
	valid := consult.ValidID(n.Delivery) && consult.ValidID(n.Envelope.ID) && n.Envelope.Notice != nil
	if l := n.Letter; l != nil {
		of, at, thread = c.letter, l.At, ""
		valid = consult.ValidID(n.Delivery) && (l.Thread == "" || consult.ValidID(l.Thread))
		if l.Thread != "" {
			thread = "letter." + l.Thread
		}
	}
	if !valid {
		return Message{}, fmt.Errorf("delivery %s can't be composed: an id is not valid, or there is no notice", n.Delivery)
	}
	if a, err := mail.ParseAddress(n.To); err != nil || a.Address != n.To {
		// The address itself stays out of the error: it goes to the log.
		return Message{}, &Error{Code: badMailbox, Stage: "address"}
	}
	page := of(n)
	page.Organisation = c.Organisation.In(page.Language)
	page.Preview = cmp.Or(page.Preview, page.What)
	m := Message{ID: n.Delivery, ReturnPath: c.Tokens.returnPath(n.Delivery, c.Domain), To: n.To, At: at, Subject: page.Subject}
	submitted := "auto-generated"
	if n.Letter != nil && n.Letter.Answer {
		m.ReturnPath, submitted = "", "auto-replied"
	}
	var text, html strings.Builder
	if err := c.text.Execute(&text, page); err != nil {
		return Message{}, err
	}
	if err := c.html.Execute(&html, page); err != nil {
		return Message{}, err
	}
	m.Text, m.HTML = text.String(), html.String()
	var err error
	m.Raw, err = c.raw(m, thread, submitted, page.Language)
	return m, err
}

func (c *Composer) content(n Notification) content {
	l := c.catalogue.For(n.Language, c.zone())
	notice, event := n.Envelope.Notice, string(n.Envelope.Type)
	if notice.Reminder != "" {
		event += "-" + string(notice.Reminder)
	}
	role := "team"
	if n.Sender {
		role = "sender"
	}
	urgent := notice.Urgency == consult.Urgent && notice.State.Open()
	subject := "mail.subject"
	if urgent {
		subject = "mail.subject.urgent"
	}
	page := content{
		Language: l.Lang(), Urgent: urgent,
		Subject: l.T(subject, "ref", notice.Ref, "what", l.T("mail.short."+event)),
		What:    l.T("mail." + role + "." + event), More: optional(l, "mail."+role+"."+event+".more", nil),
		Facts: []fact{
			{l.T("mail.ref"), notice.Ref},
			{l.T("mail.pool"), c.Pools.PoolName(notice.Pool, l.Lang())},
			{l.T("mail.urgency"), l.Code("urgency", string(notice.Urgency))},
		},
		Link: c.PublicURL + "/requests/" + n.Envelope.ID, Open: l.T("mail.open"), Footer: l.T("mail.footer"),
	}
	page.Preview = page.Facts[1].Value
	switch {
	case notice.Reminder == consult.RemindClaim:
		page.Due = &fact{l.T("mail.claim"), moment(l, notice.ClaimBy)}
		page.Facts = append(page.Facts, fact{l.T("mail.deadline"), deadline(l, role, n.Envelope)})
	case notice.State.Open():
		page.Due = &fact{l.T("mail.deadline"), deadline(l, role, n.Envelope)}
	case notice.Reminder == consult.RemindClose:
		page.Due = &fact{l.T("mail.expires"), moment(l, notice.ExpiresAt)}
	}
	if page.Due != nil {
		page.Preview = page.Due.Value + " · " + page.Preview
	}
	return page
}

// optional is a message that not every mail has.
func optional(l *locale.Localizer, key string, args map[string]any) string {
	if !l.Has(key) {
		return ""
	}
	return l.Message(key, args)
}

// deadline says in words when the answer is due, as seen when it happened.
func deadline(l *locale.Localizer, role string, e consult.Envelope) string {
	when := moment(l, e.Notice.AnswerBy)
	switch {
	case e.Notice.State == consult.Waiting:
		return l.T("mail.deadline.waiting")
	case e.Notice.AnswerBy.After(e.At):
		return l.T("mail.deadline."+role, "when", when)
	default:
		return l.T("mail.deadline.late", "when", when)
	}
}

// raw writes the mail with its headers. A thread is the name of what the mail belongs to, or ""; submitted is how RFC 3834 calls it.
func (c *Composer) raw(m Message, thread, submitted string, lang consult.Language) ([]byte, error) {
	var h gomail.Header
	h.SetDate(m.At.In(c.zone()))
	h.SetAddressList("From", []*gomail.Address{{Name: c.Name, Address: c.From}})
	h.SetAddressList("To", []*gomail.Address{{Address: m.To}})
	h.SetSubject(m.Subject)
	h.SetMessageID(c.Tokens.Sign(m.ID) + "@" + c.Domain)
	if thread != "" {
		// A message that was never sent stands for the request: all of its mails are answers to that one, in whatever order they come.
		first := []string{thread + "@" + c.Domain}
		h.SetMsgIDList("In-Reply-To", first)
		h.SetMsgIDList("References", first)
	}
	h.Set("Auto-Submitted", submitted)
	h.Set("X-Auto-Response-Suppress", "All")
	h.Set("Content-Language", string(lang))
	var b bytes.Buffer
	w, err := gomail.CreateInlineWriter(&b, h)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, body string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		var ph gomail.InlineHeader
		ph.SetContentType(part.kind, map[string]string{"charset": "utf-8"})
		ph.Set("Content-Transfer-Encoding", "quoted-printable")
		p, err := w.CreatePart(ph)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(p, strings.ReplaceAll(part.body, "\n", "\r\n")); err != nil {
			return nil, err
		}
		if err := p.Close(); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (c *Composer) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone()
}
