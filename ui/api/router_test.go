package api_test

import (
	"context"
	"iter"
	"slices"
	"time"

	"silta/consult"
	"silta/ui/api"
)

// region is a small set of rules: under 13 to "child", else to "youth".
type region struct{}

var pools = map[string][]consult.Membership{
	"child1": {{Pool: "child"}}, "child2": {{Pool: "child", Lead: true}}, "youth1": {{Pool: "youth"}},
}

const rulesYAML = "routing:\n  otherwise: youth\n"

func (region) Current() consult.RulesVersion { return consult.RulesVersion{Number: 1, Hash: "00"} }
func (region) HasPool(pool string) bool      { return pool == "child" || pool == "youth" }
func (region) Municipalities() []string      { return []string{"Tampere", "Ylöjärvi"} }
func (region) Memberships(person string) []consult.Membership {
	return pools[person]
}

func (r region) Route(f consult.Facts) (consult.Decision, error) {
	d := consult.Decision{Rules: r.Current(), Pool: "youth", Rule: "otherwise", Urgency: f.Urgency}
	if f.Age < 13 {
		d.Pool, d.Rule, d.Why = "child", "children", consult.Text{"fi": "Alle 13-vuotiaat", "en": "Under 13"}
	}
	show := consult.Text{"fi": "Soita 112", "sv": "Ring 112", "en": "Phone 112"}
	if slices.Contains(f.RedFlags, "psychosis") {
		d.Interlocks = append(d.Interlocks, consult.Interlock{ID: "acute", Block: true, Phone: "112", Show: show})
		d.Pool, d.Rule = "", ""
	}
	if slices.Contains(f.Concerns, "self-harm") {
		d.Interlocks = append(d.Interlocks, consult.Interlock{ID: "self-harm", Phone: "116117", Show: show})
	}
	return d, nil
}

func (region) Schedule(_ uint64, _ string, _ consult.Urgency, c consult.Clock) (consult.Schedule, error) {
	at := func(h time.Duration) time.Time { return c.Start.Add(h * time.Hour) }
	return consult.Schedule{ClaimBy: at(4), AnswerBy: at(48), Steps: []consult.Step{{At: at(24), To: []string{"on-call"}}}}, nil
}

func (region) Reach(_ uint64, pool string, to []string, _ time.Time) (consult.Reach, error) {
	switch {
	case !slices.Contains(to, "members"):
		return consult.Reach{People: []string{pool + "1"}}, nil
	case pool == "child":
		return consult.Reach{People: []string{"child1", "child2"}}, nil
	}
	return consult.Reach{People: []string{"youth1"}}, nil
}

// Explain says what "silta rules explain" would.
func (r region) Explain(_ context.Context, f consult.Facts, at time.Time) (any, error) {
	d, err := r.Route(f)
	ids := []string{}
	for _, i := range d.Interlocks {
		ids = append(ids, i.ID)
	}
	return map[string]any{
		"pool": d.Pool, "with": []string{}, "rule": d.Rule, "urgency": d.Urgency, "interlocks": ids, "notes": []string{},
		"claim_by": at.Add(time.Hour), "answer_by": at.Add(2 * time.Hour), "on_call": []string{"child1"}, "rules_hash": "00",
		"escalations": []any{}, "trace": []map[string]any{{"rule": "children", "matched": f.Age < 13, "failed": []any{}}},
	}, err
}

// Directory lists one pool with everything and one with as little as can be.
func (region) Directory(context.Context, time.Time) ([]api.Pool, error) {
	return []api.Pool{
		{
			ID: "child", Name: consult.Text{"fi": "Lapset"}, About: consult.Text{"fi": "Alle 13"}, Open: true, Modes: consult.Modes,
			Languages: consult.Languages, Accepts: []consult.Profession{"school-nurse"}, Lead: "child2", OnCall: []string{"child1"},
			ClaimWithin:  map[consult.Urgency]string{"routine": "1d"},
			AnswerWithin: map[consult.Urgency]string{"routine": "5d"},
		},
		{ID: "youth", Name: consult.Text{"fi": "Nuoret"}},
	}, nil
}

func (r region) Version(_ context.Context, number uint64) (api.RulesVersion, error) {
	if number > 1 {
		return api.RulesVersion{}, consult.Fail(consult.NotFound, "not-found")
	}
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	return api.RulesVersion{RulesVersion: r.Current(), At: at, By: "admin", Comment: "first", Document: rulesYAML}, nil
}

func (r region) Versions(ctx context.Context) iter.Seq2[api.RulesVersion, error] {
	return func(yield func(api.RulesVersion, error) bool) { yield(r.Version(ctx, 1)) }
}
