package templates

import "time"

// Failure is the page for an error.
type Failure struct {
	Page
	// Status is the HTTP status.
	Status int
	// Text is what happened, in the reader's language.
	Text string
	// ID is what the log knows it by, or "".
	ID string
	// Request: it was the page of a request, which may have gone to another team.
	Request bool
	// Written is what was written and could not be sent, or "".
	Written string
}

// DemoMails is the demo's mailbox: every mail that would have been sent, the latest first.
type DemoMails struct {
	Page
	Mails []DemoMail
}

// DemoMail is one mail.
type DemoMail struct {
	ID      string
	To      string
	Subject string
	At      time.Time
	// Text is the plain part.
	Text string
}

// DemoMailPage shows one mail: its plain part, and its HTML part in a sandboxed frame.
type DemoMailPage struct {
	Page
	Mail DemoMail
	// Frame is the path at which the HTML part is served, with a policy of its own.
	Frame string
}
