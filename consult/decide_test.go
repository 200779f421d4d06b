package consult

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// planAt is a plan as the rules would make it: claim in an hour, answer in eight, two steps on the way and one after.
func planAt(clock Clock) Plan {
	shift := time.Duration(0)
	for _, p := range clock.Pauses {
		shift += p.To.Sub(p.From)
	}
	at := func(h int) time.Time { return clock.Start.Add(time.Duration(h)*time.Hour + shift) }
	claim := clock.Start.Add(shift)
	if !clock.Claim.IsZero() {
		claim = clock.Claim
	}
	return Plan{RulesVersion{Number: 1}, clock, Schedule{ClaimBy: claim.Add(time.Hour), AnswerBy: at(8), Steps: []Step{
		{at(4), []string{"on-call"}}, {at(8), []string{"lead"}}, {at(12), []string{"pool:youth"}},
	}, ClaimSteps: []Step{{claim.Add(time.Hour), []string{"on-call"}}, {claim.Add(2 * time.Hour), []string{"on-call", "lead"}}}}}
}

func submission() *SubmittedEvent {
	return &SubmittedEvent{
		Ref: "S-2026-0001", Profession: "school-nurse", Request: &Request{Question: "What next?"},
		Decision: Decision{Pool: "child", With: []string{"eating"}, Rule: "children", Urgency: Soon},
		Plan:     planAt(Clock{Start: start}),
	}
}

func fold(c *Consultation, by string, at time.Time, ev Event) *Consultation {
	var rev uint64
	if c != nil {
		rev = c.Revision
	}
	return c.After(Envelope{ID: "c", Revision: rev + 1, At: at, By: by, Type: ev.Type()}, ev)
}

// command draws a command with plausible or faulty input, completed as the service would.
func command(t *rapid.T, c *Consultation, now time.Time) Command {
	text := rapid.SampledFrom([]string{"", "  ", "Some words.", "Her code is 131052-308T."}).Draw(t, "text")
	pool := rapid.SampledFrom([]string{"child", "eating", "youth", "none", ""}).Draw(t, "pool")
	known := pool != "none" && pool != ""
	said := Said{Text: text}
	clock := c.clockAt(now)
	over := HandOverCommand{Pool: pool, Reason: text, Known: known, Plan: planAt(clock), OnCall: []string{"member"}}
	switch rapid.SampledFrom(Actions[1:]).Draw(t, "action") {
	case Claim:
		return ClaimCommand{}
	case Assign:
		return AssignCommand{Person: "member", Member: rapid.Bool().Draw(t, "member")}
	case Release:
		clock := c.Clock
		clock.Claim = now
		return ReleaseCommand{planAt(clock)}
	case Ask:
		return AskCommand{Text: text, Remind: now.Add(48 * time.Hour)}
	case Reply:
		return ReplyCommand{Said: said, Plan: planAt(clock)}
	case Add:
		return AddCommand{said}
	case Answer:
		return AnswerCommand{Text: text, Disposition: Advice, Steps: []PlanStep{{What: "Meet"}}}
	case FollowUp:
		return FollowUpCommand{Said: said, Plan: planAt(Clock{Start: now}), HolderStays: rapid.Bool().Draw(t, "stays")}
	case HandOver:
		return over
	case Join:
		return JoinCommand{Pool: pool, Reason: text, Known: known}
	case Withdraw:
		return WithdrawCommand{Reason: text}
	case Close:
		return CloseCommand{CloseOut: CloseOut{"confirmed", "avoided", 4, 5, text}}
	case Escalate:
		reaches := []StepReach{{To: []string{"on-call"}}, {To: []string{"lead"}, Reach: Reach{People: []string{"lead"}}}}
		return EscalateCommand{Reaches: reaches[rapid.IntRange(0, 1).Draw(t, "first"):], Fallback: []string{"admin"}}
	case Remind:
		return RemindCommand{
			About: rapid.SampledFrom(ReminderKinds).Draw(t, "about"), Number: c.Reminders + 1, Step: c.NextClaim,
			Next: now.Add(24 * time.Hour), Reaches: []StepReach{{To: []string{"on-call"}}}, Fallback: []string{"admin"},
		}
	}
	return ExpireCommand{}
}

// TestAnyOrderOfCommands: whatever is tried, by whom and when, the fold of what was accepted is a valid request, every accepted
// command is counted once, and a refused one leaves no trace.
func TestAnyOrderOfCommands(t *testing.T) {
	names := []string{"sender", "other", "holder", "member", "lead", "joined", "elsewhere", "admin", "program"}
	rapid.Check(t, func(t *rapid.T) {
		now := start
		events := []Event{submission()}
		c := fold(nil, "sender", now, events[0])
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "minutes")) * time.Minute / 8)
			who := cast[rapid.SampledFrom(names).Draw(t, "who")]
			before, _ := json.Marshal(c)
			v, err := Decide(c, command(t, c, now), who, now, Lifetimes{Expire: 28 * 24 * time.Hour, Close: 7 * 24 * time.Hour})
			if after, _ := json.Marshal(c); string(after) != string(before) {
				t.Fatal("deciding changed the request")
			}
			if err != nil {
				if KindOf(err) == Internal {
					t.Fatalf("not an error to tell a person: %v", err)
				}
				continue
			}
			next := fold(c, who.ID, now, v.Event)
			if after, _ := json.Marshal(c); string(after) != string(before) {
				t.Fatalf("folding %s changed the state before it", v.Event.Type())
			}
			c = next
			events = append(events, v.Event)
			valid(t, c, len(events), now)
		}
		replayed(t, c)
	})
}

func valid(t *rapid.T, c *Consultation, events int, now time.Time) {
	if int(c.Revision) != events || len(c.Timeline) != events {
		t.Fatalf("%d events, revision %d, %d in the timeline", events, c.Revision, len(c.Timeline))
	}
	check := func(ok bool, what string) {
		if !ok {
			t.Fatalf("%s: %+v", what, c)
		}
	}
	check(slices.Contains(States, c.State), "unknown state")
	check(c.Pool != "" && !slices.Contains(c.Joined, c.Pool), "a pool, and not joined to itself")
	check(len(c.Joined) == len(unique(slices.Clone(c.Joined))), "no pool joins twice")
	check((c.State == Submitted) == (c.State.Open() && c.Holder == "" && c.WaitingSince.IsZero()), "submitted: open, and nobody's")
	check(c.State != Claimed || c.Holder != "", "a claimed request has a holder")
	check((c.State == Waiting) == !c.WaitingSince.IsZero(), "waits exactly while waiting")
	check((c.State == Answered) == !c.ExpiresAt.IsZero(), "an answered request expires")
	check(c.State.Ended() == !c.EndedAt.IsZero(), "ended exactly when it has an end")
	check(!c.State.Ended() == !c.Due().IsZero(), "has a next moment until it has ended")
	check((c.State == Closed) == (c.CloseOut != nil), "closed with its questionnaire")
	check(c.Request.Question == "What next?", "the text is never edited")
}

// replayed holds the state against its own JSON: what the store keeps is what was decided on.
func replayed(t *rapid.T, c *Consultation) {
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Consultation
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil || !reflect.DeepEqual(data, again) {
		t.Fatalf("JSON does not survive a round trip:\n%s\n%s", data, again)
	}
}

func TestEscalationNeverSilent(t *testing.T) {
	c := fold(nil, "sender", start, submission())
	at := c.stepDue()
	nobody := []StepReach{{To: []string{"on-call"}}, {To: []string{"lead"}}}
	v, err := Decide(c, EscalateCommand{Reaches: nobody, Fallback: []string{"admin"}}, System, at, Lifetimes{})
	if err != nil {
		t.Fatal(err)
	}
	if ev := v.Event.(*EscalatedEvent); !slices.Equal(v.Tell, []string{"admin"}) || len(ev.Unreached) != 2 {
		t.Errorf("steps that reach nobody: told %v, event %+v; want the administrator told and both steps named", v.Tell, ev)
	}
	if _, err := Decide(c, EscalateCommand{Reaches: nobody}, System, at.Add(-time.Minute), Lifetimes{}); KindOf(err) != Conflict {
		t.Errorf("a minute early: got %v, want a conflict", err)
	}
	// Who does not hear is told, and passed over.
	deaf := StepReach{To: []string{"on-call"}, Reach: Reach{People: []string{"anna"}}, Deaf: true}
	hears := StepReach{To: []string{"lead"}, Reach: Reach{People: []string{"leena"}}}
	if v, err = Decide(c, EscalateCommand{Reaches: []StepReach{deaf, hears}}, System, at, Lifetimes{}); err != nil {
		t.Fatal(err)
	}
	ev := v.Event.(*EscalatedEvent)
	if ev.Step != 1 || !slices.Equal(ev.Told.People, hears.Reach.People) || len(ev.Unreached) != 1 || !slices.Equal(v.Tell, []string{"anna", "leena"}) {
		t.Errorf("a step that nobody hears: told %v, event %+v", v.Tell, ev)
	}
}

// TestNothingExpiresEarly: an answered request closes by itself when its time is over and its sender was reminded, and not before.
func TestNothingExpiresEarly(t *testing.T) {
	c := inState(Answered)
	c.ExpiresAt = start
	for _, at := range []time.Duration{-time.Second, 0, time.Second} {
		_, err := Decide(c, ExpireCommand{}, System, start.Add(at), Lifetimes{})
		if early := KindOf(err) == Conflict; err != nil && !early || early != (at < 0) {
			t.Errorf("%v after its end: %v", at, err)
		}
	}
	c.RemindAt = start.Add(-time.Hour)
	if _, err := Decide(c, ExpireCommand{}, System, start, Lifetimes{}); KindOf(err) != Conflict {
		t.Errorf("before the sender was reminded: %v", err)
	}
}

// TestCommandID: commands of different people, on different requests or under different keys are never taken for one another.
func TestCommandID(t *testing.T) {
	ids := map[string][]string{}
	for _, parts := range [][]string{
		{"nurse", "add", "c1", "k"}, {"nurse", "add", "c", "1k"}, {"nursea", "dd", "c1", "k"}, {"nurse", "addc1", "k"}, {"nurse", "add", "c1", "k2"},
	} {
		id := commandID(parts...)
		if same, ok := ids[id]; ok || id == "" {
			t.Errorf("%q and %q are one command", parts, same)
		}
		ids[id] = parts
	}
	if id := commandID("nurse", "add", "c1", ""); id != "" {
		t.Errorf("a command without a key has the id %q", id)
	}
}

// TestDueGoesOn: after the last step an unanswered request is still reminded of, day after day.
func TestDueGoesOn(t *testing.T) {
	c := fold(nil, "sender", start, submission())
	for level := 1; level <= 6; level++ {
		due := c.stepDue()
		reach := []StepReach{{To: []string{"lead"}, Reach: Reach{People: []string{"lead"}}}}
		v, err := Decide(c, EscalateCommand{Reaches: reach}, System, due, Lifetimes{})
		if err != nil {
			t.Fatal(err)
		}
		c = fold(c, SystemID, due, v.Event)
		if c.Escalation != level || !c.Due().After(due) {
			t.Fatalf("after escalation %d: level %d, next at %v, was due at %v", level, c.Escalation, c.Due(), due)
		}
	}
	if got := c.Due().Sub(c.EscalatedAt); got != reminderPause {
		t.Errorf("after the last step the next moment is %v away, want %v", got, reminderPause)
	}
}

// TestReleasedIsClaimedAnew: who is told while nobody claims a request is told from the first step on again when it comes back to the
// queue, and not when its plan is only moved.
func TestReleasedIsClaimedAnew(t *testing.T) {
	c := fold(nil, "sender", start, submission())
	at := c.ClaimSteps[0].At
	c = fold(c, SystemID, at, &RemindedEvent{About: RemindClaim})
	if c.NextClaim != 1 {
		t.Fatalf("next step %d after the first", c.NextClaim)
	}
	c = fold(c, "holder", at, &ClaimedEvent{})
	c = fold(fold(c, "holder", at, &AskedEvent{Text: "?"}), "sender", at, &RepliedEvent{Text: "!", Plan: planAt(c.Clock)})
	if c.NextClaim != 1 {
		t.Errorf("next step %d after a reply", c.NextClaim)
	}
	plan := planAt(Clock{Start: c.Clock.Start, Claim: at})
	c = fold(c, "holder", at, &ReleasedEvent{Plan: &plan})
	if c.NextClaim != 0 || !c.Due().Equal(at.Add(time.Hour)) {
		t.Errorf("next step %d at %v after the release", c.NextClaim, c.Due())
	}
}

func TestHandOverKeepsTheClock(t *testing.T) {
	c := fold(nil, "sender", start, submission())
	at := start.Add(9 * time.Hour)
	cmd := HandOverCommand{Pool: "youth", Known: true, Reason: "Older than we thought.", Plan: planAt(c.Clock), OnCall: []string{"y"}, Lead: []string{"yl"}}
	v, err := Decide(c, cmd, cast["member"], at, Lifetimes{})
	if err != nil {
		t.Fatal(err)
	}
	n := fold(c, "member", at, v.Event)
	if !n.AnswerBy.Equal(c.AnswerBy) || n.NextStep != 2 {
		t.Errorf("answer by %v, next step %d; want the clock to go on (%v) and the two past steps not told again", n.AnswerBy, n.NextStep, c.AnswerBy)
	}
	if n = fold(c, "member", c.Steps[0].At, v.Event); n.NextStep != 1 {
		t.Errorf("at the moment of the first step: next step %d; the hand-over itself tells of that one", n.NextStep)
	}
	if want := []string{"y", "yl", "sender"}; !slices.Equal(v.Tell, want) {
		t.Errorf("told %v, want %v: the answer is late already", v.Tell, want)
	}
}
