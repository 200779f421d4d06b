package consult_test

import (
	"errors"
	"testing"

	"silta/consult"
)

// TestRepeatSaysTheSame: what is sent again under its key is done once, and something else under that key is not taken for it.
func TestRepeatSaysTheSame(t *testing.T) {
	said := func(text string) consult.Said { return consult.Said{Text: text} }
	closing := consult.CloseOut{Outcome: "confirmed", Referral: "avoided", ValueClient: 5, ValueMe: 4}
	better := closing
	better.ValueMe = 5
	answer := consult.AnswerCommand{
		Text: "Näin.", Disposition: consult.Advice, Minutes: "5-10", Steps: []consult.PlanStep{{What: "Tavataan", Due: "2026-12-01"}},
	}
	later := answer
	later.Steps = []consult.PlanStep{{What: "Tavataan", Due: "2026-12-08"}}
	d := newDesk(t)
	ids := make([]string, 2)
	for i, key := range []string{"answered", "withdrawn"} {
		c, _, err := d.submit(key)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = c.ID
	}
	for _, tc := range []struct {
		request     int
		who         string
		says, other consult.Command
	}{
		{0, "childpsych2", consult.AssignCommand{Person: "childpsych"}, consult.AssignCommand{Person: "childpsych2"}},
		{0, "childpsych", consult.AskCommand{Text: "Entä uni?"}, consult.AskCommand{Text: "Entä ruoka?"}},
		{0, "nurse", consult.ReplyCommand{Said: said("Nukkuu.")}, consult.ReplyCommand{Said: said("Ei nuku.")}},
		{0, "nurse", consult.AddCommand{Said: said("Lisää.")}, consult.AddCommand{Said: said("Muuta.")}},
		{0, "nurse", consult.WorkerCommand{Role: consult.ResponsibleWorker, Name: "Terveydenhoitaja"}, consult.WorkerCommand{Role: consult.ResponsibleWorker}},
		{0, "childpsych", consult.JoinCommand{Pool: "youth-psychiatry", Reason: "Yhdessä."}, consult.JoinCommand{Pool: "youth-psychiatry", Reason: "Muuten."}},
		{0, "childpsych", answer, later},
		{0, "nurse", consult.StepCommand{Step: 0, Done: true}, consult.StepCommand{Step: 0}},
		{0, "nurse", consult.FollowUpCommand{Said: said("Entä nyt?")}, consult.FollowUpCommand{Said: said("Entä sitten?")}},
		{0, "nurse", consult.CloseCommand{CloseOut: closing}, consult.CloseCommand{CloseOut: better}},
		{1, "nurse", consult.WithdrawCommand{Reason: "Ratkesi."}, consult.WithdrawCommand{}},
	} {
		do := func(cmd consult.Command) (*consult.Consultation, error) {
			return d.Do(t.Context(), d.actor(tc.who), ids[tc.request], cmd, consult.Change{Key: "k"})
		}
		first, err := do(tc.says)
		if err != nil {
			t.Fatalf("%s: %v", tc.says.Action(), err)
		}
		if again, err := do(tc.says); err != nil || again.Revision != first.Revision {
			t.Errorf("%s again: %v, %v", tc.says.Action(), again, err)
		}
		var other *consult.Error
		if _, err := do(tc.other); !errors.As(err, &other) || other.Key != "conflict.idempotency" {
			t.Errorf("%s with something else: %v", tc.says.Action(), err)
		}
	}
}
