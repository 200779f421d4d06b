package api

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"silta/consult"
)

// summaryOutput is a consultation in a list: all but what was typed.
type summaryOutput struct {
	ID          string             `json:"id"`
	Ref         string             `json:"ref"`
	Version     uint64             `json:"version"`
	State       consult.State      `json:"state"`
	Pool        string             `json:"pool"`
	Joined      []string           `json:"joined"`
	Rule        string             `json:"rule"`
	Why         textOutput         `json:"why,omitzero"`
	Notes       []consult.NoteCode `json:"notes"`
	Rules       rulesOutput        `json:"rules"`
	Urgency     consult.Urgency    `json:"urgency"`
	Requester   string             `json:"requester"`
	Profession  consult.Profession `json:"profession"`
	SubmittedAt string             `json:"submitted_at"`
	ClaimBy     string             `json:"claim_by"`
	AnswerBy    string             `json:"answer_by"`
	// Holder is "" while nobody has it.
	Holder     string `json:"holder"`
	Escalation int    `json:"escalation"`
	// The moments below are left out until they come.
	WaitingSince string `json:"waiting_since,omitempty"`
	AnsweredAt   string `json:"answered_at,omitempty"`
	EndedAt      string `json:"ended_at,omitempty"`
	ExpiresAt    string `json:"expires_at,omitempty"`
}

// textOutput is what an administrator wrote, by language.
type textOutput struct {
	Finnish string `json:"fi,omitempty"`
	Swedish string `json:"sv,omitempty"`
	English string `json:"en,omitempty"`
}

func textOf(t consult.Text) textOutput {
	return textOutput{t[consult.Finnish], t[consult.Swedish], t[consult.English]}
}

type rulesOutput struct {
	Number uint64 `json:"number"`
	Hash   string `json:"hash"`
}

// consultationOutput is all of a consultation.
type consultationOutput struct {
	summaryOutput
	Request requestOutput `json:"request"`
	Plan    []stepOutput  `json:"plan"`
	// Workers are who has a part in the plan.
	Workers  map[consult.PlanRole]string `json:"workers"`
	CloseOut *closeOutOutput             `json:"close_out,omitempty"`
	Timeline []timelineOutput            `json:"timeline"`
}

// requestOutput is the request as it was sent. Its urgency is the sender's own.
type requestOutput struct {
	Client             clientOutput       `json:"client"`
	Concerns           []consult.Concern  `json:"concerns"`
	RedFlags           []consult.RedFlag  `json:"red_flags"`
	Urgency            consult.Urgency    `json:"urgency"`
	Mode               consult.Mode       `json:"mode"`
	Involved           []consult.Party    `json:"involved"`
	Background         string             `json:"background"`
	Tried              string             `json:"tried"`
	Assessment         string             `json:"assessment"`
	Question           string             `json:"question"`
	Instruments        []instrumentOutput `json:"instruments"`
	InterlockConfirmed []string           `json:"interlock_confirmed"`
	IdentityConfirmed  []string           `json:"identity_confirmed"`
}

type clientOutput struct {
	Age          int              `json:"age"`
	Pregnant     bool             `json:"pregnant"`
	Municipality string           `json:"municipality"`
	Language     consult.Language `json:"language"`
	Identity     *identityOutput  `json:"identity,omitempty"`
}

type identityOutput struct {
	Hetu  string        `json:"hetu"`
	Name  string        `json:"name"`
	Basis consult.Basis `json:"basis"`
}

type instrumentOutput struct {
	Name  string       `json:"name"`
	Score int          `json:"score"`
	Date  consult.Date `json:"date"`
}

type planOutput struct {
	What string       `json:"what"`
	Who  string       `json:"who,omitempty"`
	Due  consult.Date `json:"due,omitempty"`
}

// stepOutput is a step of the shared plan as it stands.
type stepOutput struct {
	planOutput
	Done bool `json:"done"`
	// DoneBy and DoneAt say who marked it, and when.
	DoneBy string `json:"done_by,omitempty"`
	DoneAt string `json:"done_at,omitempty"`
}

type closeOutOutput struct {
	Outcome     consult.Outcome         `json:"outcome"`
	Referral    consult.ReferralOutcome `json:"referral"`
	ValueClient int                     `json:"value_client"`
	ValueMe     int                     `json:"value_me"`
	Text        string                  `json:"text,omitempty"`
}

// stamp tells a moment in a zone, to the second; "" for none.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

func summaryOf(c *consult.Consultation, zone *time.Location) summaryOutput {
	return summaryOutput{
		ID: c.ID, Ref: c.Ref, Version: c.Revision, State: c.State, Pool: c.Pool, Joined: c.Joined,
		Rule: c.Rule, Why: textOf(c.Why), Notes: c.Notes, Rules: rulesOutput(c.Rules), Urgency: c.Urgency,
		Requester: c.Requester, Profession: c.Profession,
		SubmittedAt: stamp(c.SubmittedAt, zone), ClaimBy: stamp(c.ClaimBy, zone), AnswerBy: stamp(c.AnswerBy, zone),
		Holder: c.Holder, Escalation: c.Escalation,
		WaitingSince: stamp(c.WaitingSince, zone), AnsweredAt: stamp(c.AnsweredAt, zone),
		EndedAt: stamp(c.EndedAt, zone), ExpiresAt: stamp(c.ExpiresAt, zone),
	}
}

func consultationOf(c *consult.Consultation, zone *time.Location) *consultationOutput {
	r := &c.Request
	out := &consultationOutput{
		summaryOutput: summaryOf(c, zone),
		Request: requestOutput{
			Client: clientOutput{
				Age: r.Client.Age, Pregnant: r.Client.Pregnant, Municipality: r.Client.Municipality, Language: r.Client.Language,
			},
			Concerns: r.Concerns, RedFlags: r.RedFlags, Urgency: r.Urgency, Mode: r.Mode, Involved: r.Involved,
			Background: r.Background, Tried: r.Tried, Assessment: r.Assessment, Question: r.Question,
			InterlockConfirmed: r.InterlockConfirmed, IdentityConfirmed: r.IdentityConfirmed,
		},
		Plan:     stepsOf(c, zone),
		Workers:  c.Workers,
		Timeline: make([]timelineOutput, len(c.Timeline)),
	}
	if id := r.Client.Identity; id != nil {
		out.Request.Client.Identity = new(identityOutput(*id))
	}
	if len(r.Instruments) > 0 {
		out.Request.Instruments = make([]instrumentOutput, len(r.Instruments))
	}
	for i, in := range r.Instruments {
		out.Request.Instruments[i] = instrumentOutput(in)
	}
	if c.CloseOut != nil {
		out.CloseOut = new(closeOutOutput(*c.CloseOut))
	}
	for i := range c.Timeline {
		out.Timeline[i] = timelineOf(&c.Timeline[i], zone)
	}
	return out
}

func planOf(steps []consult.PlanStep) []planOutput {
	if len(steps) == 0 {
		return nil
	}
	out := make([]planOutput, len(steps))
	for i, s := range steps {
		out[i] = planOutput(s)
	}
	return out
}

// stepsOf is the plan with what was done of it.
func stepsOf(c *consult.Consultation, zone *time.Location) []stepOutput {
	out := make([]stepOutput, len(c.Plan))
	for i, s := range c.Plan {
		out[i].planOutput = planOutput(s)
	}
	for _, d := range c.Done {
		out[d.Step].Done, out[d.Step].DoneBy, out[d.Step].DoneAt = true, d.By, stamp(d.At, zone)
	}
	return out
}

// show answers with a consultation as it is now.
func (a *API) show(c echo.Context, status int, con *consult.Consultation) error {
	c.Response().Header().Set(headerETag, etag(con.Revision))
	return send(c, status, consultationOf(con, a.zone()))
}

// send answers with a value as JSON. Lists that are nil are written as empty.
func send(c echo.Context, status int, v any) error {
	data, err := json.Marshal(v, json.DefaultOptionsV2())
	if err != nil {
		return err
	}
	return sendBytes(c, status, mimeJSON, data)
}

func sendBytes(c echo.Context, status int, contentType string, data []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, contentType)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(data)))
	h.Set(headerCache, cacheNothing)
	c.Response().WriteHeader(status)
	_, err := c.Response().Write(data)
	return err
}
