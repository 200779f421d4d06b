package mail

import (
	"cmp"
	"fmt"
	"strconv"
)

// Reply codes of RFC 5321.
const (
	// Accepted is the reply by which a server takes a mail into its care.
	Accepted = 250
	// badMailbox is the reply to an address that is none.
	badMailbox = 553
)

// Error is a mail server's refusal of one mail. That no server could be spoken to at all is another error.
type Error struct {
	// Code is the reply code: 4xx for now, 5xx for good.
	Code int
	// Stage is the command that was refused.
	Stage string
	// Enhanced is the code of RFC 3463, "" where the server gave none.
	Enhanced string
}

// Status is the most exact code that there is.
func (e *Error) Status() string {
	return cmp.Or(e.Enhanced, strconv.Itoa(e.Code))
}

// OfAddress reports whether it was the address that was refused, and not the mail or whoever sends it.
func (e *Error) OfAddress() bool { return e.Stage == "RCPT" || e.Stage == "address" }

// Error names the stage and the code. The server's own words are left out: they may hold addresses.
func (e *Error) Error() string { return fmt.Sprintf("mail refused at %s with %d", e.Stage, e.Code) }

// Permanent reports whether it makes no sense to try again.
func (e *Error) Permanent() bool { return e.Code >= 500 }
