package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"silta/consult"
)

//go:embed week.yaml
var weekYAML []byte

// Week returns what happened in the working week before a moment, in the order of time: all that is open at the moment, and some that
// has ended.
func Week(now time.Time) ([]Step, error) {
	var cases []caseFile
	if err := yaml.UnmarshalWithOptions(weekYAML, &cases, yaml.Strict()); err != nil {
		return nil, err
	}
	var steps []Step
	for i := range cases {
		of, err := cases[i].steps(now)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", i+1, err)
		}
		steps = append(steps, of...)
	}
	inOrder(steps)
	return steps, nil
}

// Moment is a time of day some working days away. It is exported for the YAML library, which fills in what is embedded.
type Moment struct {
	Day  int    `yaml:"day"`
	Time string `yaml:"time"`
	By   string `yaml:"by"`
}

type caseFile struct {
	Moment  `yaml:",inline"`
	Request requestFile  `yaml:"request"`
	Then    []actionFile `yaml:"then"`
}

type requestFile struct {
	Client struct {
		Age          int              `yaml:"age"`
		Pregnant     bool             `yaml:"pregnant"`
		Municipality string           `yaml:"municipality"`
		Language     consult.Language `yaml:"language"`
	} `yaml:"client"`
	Concerns    []consult.Concern `yaml:"concerns"`
	Urgency     consult.Urgency   `yaml:"urgency"`
	Mode        consult.Mode      `yaml:"mode"`
	Involved    []consult.Party   `yaml:"involved"`
	Background  string            `yaml:"background"`
	Tried       string            `yaml:"tried"`
	Assessment  string            `yaml:"assessment"`
	Question    string            `yaml:"question"`
	Instruments []struct {
		Name    string `yaml:"name"`
		Score   int    `yaml:"score"`
		DaysAgo int    `yaml:"days-ago"`
	} `yaml:"instruments"`
}

type actionFile struct {
	Moment      `yaml:",inline"`
	Do          consult.Action      `yaml:"do"`
	Text        string              `yaml:"text"`
	Disposition consult.Disposition `yaml:"disposition"`
	Minutes     int                 `yaml:"minutes"`
	Plan        []struct {
		What   string `yaml:"what"`
		Who    string `yaml:"who"`
		InDays int    `yaml:"in-days"`
	} `yaml:"plan"`
	Outcome     consult.Outcome         `yaml:"outcome"`
	Referral    consult.ReferralOutcome `yaml:"referral"`
	ValueClient int                     `yaml:"value-client"`
	ValueMe     int                     `yaml:"value-me"`
}

func (c *caseFile) steps(now time.Time) ([]Step, error) {
	at, err := c.at(now)
	if err != nil || at.After(now) {
		return nil, err
	}
	r := &sentRequest{}
	steps := []Step{r.send(at, c.By, c.Request.request(at))}
	for i := range c.Then {
		act := &c.Then[i]
		at, err := act.at(now)
		if err != nil {
			return nil, err
		}
		cmd, err := act.command(at)
		if err != nil {
			return nil, err
		}
		if at.After(now) {
			break
		}
		steps = append(steps, Step{at, func(ctx context.Context, s *consult.Service) error { return r.do(ctx, s, act.By, cmd) }})
	}
	return steps, nil
}

// at finds the moment in the calendar: day 0 is today, or the working day before it.
func (m Moment) at(now time.Time) (time.Time, error) {
	clock, err := time.Parse("15:04", m.Time)
	if err != nil {
		return time.Time{}, err
	}
	day := now
	for left := -m.Day; ; day = day.AddDate(0, 0, -1) {
		if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
			continue
		}
		if left == 0 {
			break
		}
		left--
	}
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location()), nil
}

func (r *requestFile) request(at time.Time) consult.Request {
	req := consult.Request{
		Client:   consult.Client{Age: r.Client.Age, Pregnant: r.Client.Pregnant, Municipality: r.Client.Municipality, Language: r.Client.Language},
		Concerns: r.Concerns, Urgency: r.Urgency, Mode: r.Mode, Involved: r.Involved,
		Background: r.Background, Tried: r.Tried, Assessment: r.Assessment, Question: r.Question,
	}
	for _, in := range r.Instruments {
		req.Instruments = append(req.Instruments, consult.Instrument{Name: in.Name, Score: in.Score, Date: date(at, -in.DaysAgo)})
	}
	return req
}

func date(at time.Time, days int) consult.Date {
	return consult.Date(at.AddDate(0, 0, days).Format(time.DateOnly))
}

func (a *actionFile) command(at time.Time) (consult.Command, error) {
	switch a.Do {
	case consult.Claim:
		return consult.ClaimCommand{}, nil
	case consult.Ask:
		return consult.AskCommand{Text: a.Text}, nil
	case consult.Reply:
		return consult.ReplyCommand{Said: consult.Said{Text: a.Text}}, nil
	case consult.Answer:
		cmd := consult.AnswerCommand{Text: a.Text, Disposition: a.Disposition, Minutes: consult.BracketOf(a.Minutes)}
		for _, p := range a.Plan {
			cmd.Steps = append(cmd.Steps, consult.PlanStep{What: p.What, Who: p.Who, Due: date(at, p.InDays)})
		}
		return cmd, nil
	case consult.FollowUp:
		return consult.FollowUpCommand{Said: consult.Said{Text: a.Text}}, nil
	case consult.Close:
		return consult.CloseCommand{CloseOut: consult.CloseOut{
			Outcome: a.Outcome, Referral: a.Referral, ValueClient: a.ValueClient, ValueMe: a.ValueMe,
		}}, nil
	}
	return nil, errors.New("the week has no such action as " + string(a.Do))
}
