package consult

import "time"

// Request is what the sender fills in.
type Request struct {
	Client   Client    `json:"client"`
	Concerns []Concern `json:"concerns"`
	RedFlags []RedFlag `json:"red_flags"`
	Urgency  Urgency   `json:"urgency"`
	Mode     Mode      `json:"mode"`
	Involved []Party   `json:"involved"`
	// Background, Tried, Assessment and Question are the sender's own words; Assessment is what the sender makes of it all.
	Background  string       `json:"background"`
	Tried       string       `json:"tried"`
	Assessment  string       `json:"assessment,omitempty"`
	Question    string       `json:"question"`
	Instruments []Instrument `json:"instruments"`
	// InterlockConfirmed names the interlocks of action "confirm" on which the sender has acted.
	InterlockConfirmed []string `json:"interlock_confirmed"`
	// IdentityConfirmed names, by JSON pointer, the texts in which the identity guard was wrong.
	IdentityConfirmed []string `json:"identity_confirmed"`
}

// Client is whom the request is about.
type Client struct {
	// Age is in completed years.
	Age          int      `json:"age"`
	Pregnant     bool     `json:"pregnant"`
	Municipality string   `json:"municipality"`
	Language     Language `json:"language"`
	// Identity is nil in an anonymous request, which is the default.
	Identity *Identity `json:"identity,omitempty"`
}

// Identity says who the client is, and on what ground the request may say it.
type Identity struct {
	// Hetu is the Finnish personal identity code. Its century mark tells people apart and is kept.
	Hetu  string `json:"hetu"`
	Name  string `json:"name"`
	Basis Basis  `json:"basis"`
}

// Instrument is a result of a questionnaire: never its items, which are licensed.
type Instrument struct {
	Name  string `json:"name"`
	Score int    `json:"score"`
	Date  Date   `json:"date"`
}

// Facts returns what routing may know of the request.
func (r *Request) Facts(sender Profession) Facts {
	return Facts{
		Age: r.Client.Age, Pregnant: r.Client.Pregnant, Concerns: r.Concerns, RedFlags: r.RedFlags, Urgency: r.Urgency,
		Mode: r.Mode, Involved: r.Involved, Profession: sender, Municipality: r.Client.Municipality,
		Language: r.Client.Language, Identified: r.Client.Identity != nil,
	}
}

// Date is a calendar day, "2006-01-02".
type Date string

// Time returns the day's midnight in UTC, and false for a text that is no day.
func (d Date) Time() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}
