package demo

import (
	"context"
	_ "embed"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"silta/consult"
)

//go:embed year.yaml
var yearYAML []byte

// Year is how long before the demo's present its past begins.
const Year = 365 * 24 * time.Hour

// yearEnds is how long before the present the last request of the year has ended: the [Week] is all that is open.
const yearEnds = 10 * 24 * time.Hour

// perWeek is how many requests come in a week of school, at the least and at the most.
var perWeek = [2]int{4, 7}

// yearFile is what year.yaml holds.
type yearFile struct {
	Senders   map[string]sendersFile `yaml:"senders"`
	Answering map[string][]string    `yaml:"answering"`
	Kinds     []kindFile             `yaml:"kinds"`
}

type sendersFile struct {
	People         []string `yaml:"people"`
	Municipalities []string `yaml:"municipalities"`
}

// kindFile is a kind of request, and how it is answered.
type kindFile struct {
	Weight      int                 `yaml:"weight"`
	From        string              `yaml:"from"`
	Ages        [2]int              `yaml:"ages"` // from, to
	Pregnant    bool                `yaml:"pregnant"`
	Concerns    []consult.Concern   `yaml:"concerns"`
	Urgency     consult.Urgency     `yaml:"urgency"`
	Mode        consult.Mode        `yaml:"mode"`
	Background  string              `yaml:"background"`
	Question    string              `yaml:"question"`
	Answer      string              `yaml:"answer"`
	Disposition consult.Disposition `yaml:"disposition"`
}

// chance makes up what year.yaml leaves open. It is seeded, so that a demo is the same every time.
type chance struct{ *rand.Rand }

// among is a number from the first to the last.
func (c chance) among(first, last int) int { return first + c.IntN(last-first+1) }

func pick[T any](c chance, from ...T) T { return from[c.IntN(len(from))] }

// later is a moment of work so long after another one, give or take a third.
func (c chance) later(at time.Time, by time.Duration) time.Time {
	at = at.Add(by*2/3 + time.Duration(c.Int64N(int64(by*2/3)+1))).Truncate(time.Minute)
	switch {
	case at.Hour() >= 16:
		at = c.morning(at.AddDate(0, 0, 1))
	case at.Hour() < 8:
		at = c.morning(at)
	}
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = c.morning(at.AddDate(0, 0, 1))
	}
	return at
}

func (c chance) morning(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 8, c.among(1, 100), 0, 0, day.Location())
}

// year returns what happened in the year before the [Week]. All of its requests have ended.
func year(now time.Time) ([]Step, error) {
	var file yearFile
	if err := yaml.UnmarshalWithOptions(yearYAML, &file, yaml.Strict()); err != nil {
		return nil, err
	}
	var kinds []*kindFile
	for i := range file.Kinds {
		kinds = append(kinds, slices.Repeat([]*kindFile{&file.Kinds[i]}, file.Kinds[i].Weight)...)
	}
	c := chance{rand.New(rand.NewPCG(2026, 11))} // #nosec G404 -- nothing is secret: it is the same every time
	var steps []Step
	for week := now.Add(-Year).AddDate(0, 0, 7); week.Before(now.Add(-yearEnds)); week = week.AddDate(0, 0, 7) {
		n := c.among(perWeek[0], perWeek[1])
		if week.Month() == time.July {
			n = c.among(0, 1) // Schools are closed.
		}
		for range n {
			sent := c.later(c.morning(week.AddDate(0, 0, c.IntN(5))), 3*time.Hour)
			steps = append(steps, file.request(c, pick(c, kinds...), sent, now.Add(-yearEnds))...)
		}
	}
	return steps, nil
}

// request returns the steps of a request of a kind that was sent at a moment; none where it would not have ended in time.
func (f *yearFile) request(c chance, k *kindFile, sent, end time.Time) []Step {
	by, municipality := pick(c, f.Senders[k.From].People...), pick(c, f.Senders[k.From].Municipalities...)
	req := consult.Request{
		Client:   consult.Client{Age: c.among(k.Ages[0], k.Ages[1]), Pregnant: k.Pregnant, Municipality: municipality, Language: consult.Finnish},
		Concerns: k.Concerns, Urgency: k.Urgency, Mode: k.Mode, Background: k.Background, Question: k.Question,
	}
	unclaimed, others := pick(c, 20*time.Minute, time.Hour, 2*time.Hour, 5*time.Hour), time.Hour
	work := pick(c, time.Hour, 4*time.Hour, 20*time.Hour, 30*time.Hour, 60*time.Hour)
	if k.Urgency == consult.Urgent {
		unclaimed, others, work = 15*time.Minute, 20*time.Minute, pick(c, 30*time.Minute, time.Hour, 2*time.Hour)
	}
	claimed := c.later(sent, unclaimed)
	joined := c.later(claimed, others)
	answered := c.later(joined, work)
	closed := c.later(answered, time.Duration(c.among(2, 14))*24*time.Hour)
	if closed.After(end) {
		return nil
	}
	minutes, which := c.among(4, 24), c.IntN(1<<16)
	out := consult.CloseOut{
		Outcome:  pick[consult.Outcome](c, "new-advice", "new-advice", "new-advice", "confirmed", "confirmed", "not-useful"),
		Referral: pick[consult.ReferralOutcome](c, "avoided", "avoided", "avoided", "not-needed", "not-needed", "still-needed"),
		// How much it was worth to the client and to the sender.
		ValueClient: c.among(3, 5), ValueMe: c.among(3, 5),
	}
	if k.Disposition == consult.ReferralRecommended {
		out.Referral = "initiated"
	}
	answer := consult.AnswerCommand{Text: k.Answer, Disposition: k.Disposition, Minutes: consult.BracketOf(minutes)}
	if answer.Disposition == "" {
		answer.Disposition = consult.Advice
	}
	r := &sentRequest{}
	answering := func(pool string) string { return f.Answering[pool][which%len(f.Answering[pool])] }
	return []Step{
		r.send(sent, by, req),
		{claimed, func(ctx context.Context, s *consult.Service) error {
			return r.do(ctx, s, answering(r.pool), consult.ClaimCommand{})
		}},
		{joined, func(ctx context.Context, s *consult.Service) error {
			for _, pool := range r.joined {
				if err := r.do(ctx, s, answering(pool), answer); err != nil {
					return err
				}
			}
			return nil
		}},
		{answered, func(ctx context.Context, s *consult.Service) error { return r.do(ctx, s, answering(r.pool), answer) }},
		{closed, func(ctx context.Context, s *consult.Service) error {
			return r.do(ctx, s, by, consult.CloseCommand{CloseOut: out})
		}},
	}
}
