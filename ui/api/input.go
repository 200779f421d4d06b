package api

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"silta/consult"
)

// requestInput is a submission as it is sent. Numbers are pointers: one that is missing is not 0.
type requestInput struct {
	Client             clientInput       `json:"client"`
	Concerns           []consult.Concern `json:"concerns"`
	RedFlags           []consult.RedFlag `json:"red_flags"`
	Urgency            consult.Urgency   `json:"urgency"`
	Mode               consult.Mode      `json:"mode"`
	Involved           []consult.Party   `json:"involved"`
	Background         string            `json:"background"`
	Tried              string            `json:"tried"`
	Assessment         string            `json:"assessment"`
	Question           string            `json:"question"`
	Instruments        []instrumentInput `json:"instruments"`
	InterlockConfirmed []string          `json:"interlock_confirmed"`
	IdentityConfirmed  []string          `json:"identity_confirmed"`
}

type clientInput struct {
	Age          *int              `json:"age"`
	Pregnant     bool              `json:"pregnant"`
	Municipality string            `json:"municipality"`
	Language     consult.Language  `json:"language"`
	Identity     *consult.Identity `json:"identity"`
}

type instrumentInput struct {
	Name  string       `json:"name"`
	Score *int         `json:"score"`
	Date  consult.Date `json:"date"`
}

// never is what stands for a number that was not sent: no limit lets it pass.
const never = -1

// request returns the request, and where a number is missing.
func (in *requestInput) request() (consult.Request, []string) {
	var missing []string
	number := func(n *int, pointer string) int {
		if n == nil {
			missing = append(missing, pointer)
			return never
		}
		return *n
	}
	r := consult.Request{
		Client: consult.Client{
			Age: number(in.Client.Age, "/client/age"), Pregnant: in.Client.Pregnant, Municipality: in.Client.Municipality,
			Language: in.Client.Language, Identity: in.Client.Identity,
		},
		Concerns: in.Concerns, RedFlags: in.RedFlags, Urgency: in.Urgency, Mode: in.Mode, Involved: in.Involved,
		Background: in.Background, Tried: in.Tried, Assessment: in.Assessment, Question: in.Question,
		InterlockConfirmed: in.InterlockConfirmed, IdentityConfirmed: in.IdentityConfirmed,
	}
	if len(in.Instruments) > 0 {
		r.Instruments = make([]consult.Instrument, len(in.Instruments))
	}
	for i, m := range in.Instruments {
		score := number(m.Score, "/instruments/"+strconv.Itoa(i)+"/score")
		r.Instruments[i] = consult.Instrument{Name: m.Name, Score: score, Date: m.Date}
	}
	return r, missing
}

// minutesInput is a bracket of minutes, or a whole number of them.
type minutesInput consult.MinuteBracket

// noBracket stands for a number that no bracket holds.
const noBracket minutesInput = "-"

// UnmarshalJSONFrom reads a text or a number.
func (m *minutesInput) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '0' {
		return json.UnmarshalDecode(d, (*string)(m))
	}
	var n int
	if err := json.UnmarshalDecode(d, &n); err != nil {
		return err
	}
	if *m = noBracket; n >= 0 {
		*m = minutesInput(consult.BracketOf(n))
	}
	return nil
}
