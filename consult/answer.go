package consult

// MinuteBracket is how long an answer took, in minutes.
type MinuteBracket string

// MinuteBrackets are those of the BASE eConsult service (Ontario), in order.
var MinuteBrackets = []MinuteBracket{"0-5", "5-10", "10-15", "15-20", "over-20"}

// BracketOf returns the bracket of a number of minutes; one on a border belongs to the lower bracket.
func BracketOf(minutes int) MinuteBracket {
	for i, upTo := range []int{5, 10, 15, 20} {
		if minutes <= upTo {
			return MinuteBrackets[i]
		}
	}
	return MinuteBrackets[4]
}

// PlanStep is one step of the shared plan: what is done, by whom, until when.
type PlanStep struct {
	What string `json:"what"`
	Who  string `json:"who,omitempty"`
	Due  Date   `json:"due,omitempty"`
}

// Outcome is what the advice was worth to the sender (BASE close-out survey, question 1, in our own words).
type Outcome string

// ReferralOutcome is what became of a referral (question 2).
type ReferralOutcome string

// Outcomes and referral outcomes in the order of the form.
var (
	Outcomes         = []Outcome{"confirmed", "new-advice", "not-useful"}
	ReferralOutcomes = []ReferralOutcome{"avoided", "still-needed", "not-needed", "initiated"}
)

// CloseOut is the sender's closing questionnaire.
type CloseOut struct {
	Outcome  Outcome         `json:"outcome"`
	Referral ReferralOutcome `json:"referral"`
	// ValueClient and ValueMe are 1 to 5.
	ValueClient int    `json:"value_client"`
	ValueMe     int    `json:"value_me"`
	Text        string `json:"text,omitempty"`
}
