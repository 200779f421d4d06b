package mail

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message"
)

// IncomingKind is what a mail that came in is.
type IncomingKind string

// Kinds of mails that come in.
const (
	// Bounce: the mail will not arrive. This is the only kind with a consequence for a request.
	Bounce IncomingKind = "bounce"
	// Delay: it has not arrived yet, and the server goes on trying.
	Delay IncomingKind = "delay"
	// Delivered: a server confirms that it has arrived, or gone on to one that does not report.
	Delivered IncomingKind = "delivered"
	// Unclear: a mail server says something of the mail that is neither.
	Unclear IncomingKind = "unclear"
	// AutoReply: a program has answered: somebody is away, or asks who is writing.
	AutoReply IncomingKind = "auto-reply"
	// Receipt: a mail program says that the mail was shown, or deleted.
	Receipt IncomingKind = "receipt"
	// Calendar: an answer to an invitation, or an invitation.
	Calendar IncomingKind = "calendar"
	// List: a mailing list or a bulk mail.
	List IncomingKind = "list"
	// Complaint: a mail service reports that its user took the mail for spam.
	Complaint IncomingKind = "complaint"
	// Reply: a person has written.
	Reply IncomingKind = "reply"
	// Unreadable: it is no mail.
	Unreadable IncomingKind = "unreadable"
)

// IncomingKinds are all kinds.
var IncomingKinds = []IncomingKind{
	Bounce, Delay, Delivered, Unclear, AutoReply, Receipt, Calendar, List, Complaint, Reply, Unreadable,
}

// Incoming is what a mail that came in comes to. It holds none of its words.
type Incoming struct {
	Kind IncomingKind
	// Status is of a bounce or a delay: a code of RFC 3463 ("5.1.1"), or of RFC 5321 where there is no other ("550"). It is never
	// empty in a bounce.
	Status string
	// From is the address that a reply is of, in small letters; "" where there is none or several.
	From string
	// Refers are the message ids, without brackets, and the addresses of the mails that it can be about, each once.
	Refers []string
}

// Envelope is what the server said of a mail when it handed it over.
type Envelope struct {
	// Null: the sender was "<>", which no person writes from.
	Null bool
	// To are the addresses that it came for.
	To []string
}

const (
	// MaxIncoming is how much of a mail is looked at, in bytes.
	MaxIncoming = 1 << 20
	// maxText is how much of its text is.
	maxText = 64 << 10
	// maxParts and maxDepth bound its structure, maxRefers what it refers to.
	maxParts  = 64
	maxDepth  = 8
	maxRefers = 64
)

// ReadIncoming reads a mail, whatever it is like: what can't be read is of kind [Unreadable]. It never fails for what the mail
// holds; an error is the reader's own.
func ReadIncoming(r io.Reader, env Envelope) (Incoming, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxIncoming))
	if err != nil {
		return Incoming{}, err
	}
	p := &parser{env: env}
	for _, to := range env.To {
		p.refer(to)
	}
	// An error that comes with a mail is of its character set or encoding: all else of it can be read.
	e, _ := message.ReadWithOptions(bytes.NewReader(mend(raw)), &message.ReadOptions{MaxHeaderBytes: MaxIncoming})
	if e == nil || e.Header.Len() == 0 {
		return Incoming{Kind: Unreadable, Refers: p.refers}, nil
	}
	p.header(e.Header)
	p.entity(e, 0)
	if p.parts == 1 && p.text.Len() == 0 && p.html == "" || p.report && len(p.recipients) == 0 {
		p.unparted(raw)
	}
	return p.judge(e.Header), nil
}

// mend takes out of a mail's head what is no header field, so that one bad line does not hide the others.
func mend(raw []byte) []byte {
	head := make([]byte, 0, len(raw))
	kept := false
	for rest := raw; len(rest) > 0; {
		var line []byte
		before := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i+1], rest[i+1:]
		} else {
			line, rest = rest, nil
		}
		text := bytes.TrimRight(line, "\r\n")
		if len(text) == 0 {
			return append(append(head, "\r\n"...), rest...)
		}
		switch {
		case text[0] == ' ' || text[0] == '\t':
		case isField(text):
			kept = true
		case kept && bytes.HasPrefix(text, []byte("--")):
			// The blank line is missing, and this is where the parts begin.
			return append(append(head, "\r\n"...), before...)
		default:
			kept = false
		}
		if kept {
			head = append(append(head, text...), "\r\n"...)
		}
	}
	return append(head, "\r\n"...)
}

func isField(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		return false
	}
	return !slices.ContainsFunc(name, func(c byte) bool { return c <= ' ' || c >= 0x7f })
}

// parser collects what matters of a mail.
type parser struct {
	env    Envelope
	refers []string
	parts  int
	// text is what people would read, in small letters.
	text strings.Builder
	html string
	// recipients are those of a delivery report.
	recipients                           []recipient
	report, receipt, complaint, calendar bool
}

// refer notes what the mail may be about.
func (p *parser) refer(id string) {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if id != "" && len(id) <= 320 && strings.Contains(id, "@") && len(p.refers) < maxRefers && !slices.Contains(p.refers, id) {
		p.refers = append(p.refers, id)
	}
}

// header notes what the mail's own head refers to, and where it was delivered.
func (p *parser) header(h message.Header) {
	for _, name := range []string{"Delivered-To", "X-Original-To", "To"} {
		for f := h.FieldsByKey(name); f.Next(); {
			for _, a := range addresses(f.Value()) {
				p.refer(a)
			}
		}
	}
	for _, name := range []string{"In-Reply-To", "References", "X-MS-Exchange-Message-Original-Message-Id", "X-Original-Message-ID"} {
		p.ids(h.Get(name))
	}
	if strings.TrimSpace(h.Get("Return-Path")) == "<>" {
		p.env.Null = true
	}
}

// ids refers to every message id in a text.
func (p *parser) ids(s string) {
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, next, ok := strings.Cut(after, ">")
		if !ok {
			break
		}
		p.refer(id)
		rest = next
	}
}

// entity goes through a part and the parts in it. A part that ends too early is read as far as it goes.
func (p *parser) entity(e *message.Entity, depth int) {
	if p.parts++; p.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil {
		kind, params = "text/plain", nil
	}
	if kind == "multipart/report" {
		switch strings.ToLower(params["report-type"]) {
		case "delivery-status":
			p.report = true
		case "disposition-notification":
			p.receipt = true
		case "feedback-report":
			p.complaint = true
		}
	}
	parts := e.MultipartReader()
	if parts == nil {
		p.leaf(kind, e)
		return
	}
	for p.parts <= maxParts {
		part, err := parts.NextPart()
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return
		}
		p.entity(part, depth+1)
	}
}

// unparted reads a mail whose parts can't be told apart as one text.
func (p *parser) unparted(raw []byte) {
	if p.report {
		p.recipients = readReport(raw)
	}
	p.original(raw)
	p.read(raw)
}

// read adds to what people would read.
func (p *parser) read(body []byte) {
	if room := maxText - p.text.Len(); room > 0 {
		p.text.WriteString(strings.ToLower(string(body[:min(len(body), room)])) + "\n")
	}
}

func (p *parser) leaf(kind string, e *message.Entity) {
	// What could be read before a fault counts.
	body, _ := io.ReadAll(io.LimitReader(e.Body, MaxIncoming))
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		p.report = true
		p.recipients = append(p.recipients, readReport(body)...)
	case "message/disposition-notification", "message/global-disposition-notification":
		p.receipt = true
		p.original(body)
	case "message/feedback-report":
		p.complaint = true
	case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers":
		p.original(body)
	case "text/calendar":
		p.calendar = true
	case "text/html":
		p.html = plain(body)
	case "text/plain":
		p.original(body)
		p.read(body)
	}
}

// original looks for the returned mail's own id and return path among lines that look like header fields.
func (p *parser) original(body []byte) {
	name := ""
	for line := range bytes.Lines(body) {
		text := strings.TrimRight(string(line[:min(len(line), 1000)]), "\r\n")
		text = strings.TrimLeft(text, ">")
		folded := strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t")
		field, value, ok := strings.Cut(strings.TrimSpace(text), ":")
		if !ok || folded && name != "" {
			field, value = name, text
		}
		switch name = strings.ToLower(field); name {
		case "message-id", "original-message-id", "return-path":
			if name == "return-path" || strings.Contains(value, "<") {
				p.ids(value)
			}
		default:
			name = ""
		}
	}
}
