package consult_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/view"
)

// rotaPool has two members of whom one is on call at the desk's moment.
const rotaPool = "child-psychiatry"

func (d *desk) on(at time.Time) string { return strings.Join(d.book.OnCall(rotaPool, at), " ") }

// duty returns who is on call now, and their colleague.
func (d *desk) duty() (onCall, other string) {
	d.t.Helper()
	onCall = d.on(d.clock())
	switch onCall {
	case "childpsych":
		return onCall, "childpsych2"
	case "childpsych2":
		return onCall, "childpsych"
	}
	d.t.Fatalf("on call: %q", onCall)
	return "", ""
}

func (d *desk) change(who string, cmd consult.RotaCommand, ch consult.Change) (*consult.Rota, error) {
	a := consult.System
	if who != "" {
		a = d.actor(who)
	}
	return d.ChangeRota(context.Background(), a, rotaPool, cmd, ch)
}

// last returns the newest envelope.
func (d *desk) last() consult.Envelope {
	d.t.Helper()
	e, err := d.store.Journal.Envelope(d.store.Journal.Head())
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// What is agreed under one key for another time is not taken for what was agreed first.
func TestRotaRepeat(t *testing.T) {
	d := newDesk(t)
	_, other := d.duty()
	at := func(days int) consult.SetOverrideCommand {
		from := d.clock().Add(time.Duration(days) * 24 * time.Hour)
		return consult.SetOverrideCommand{Person: other, From: from, To: from.Add(time.Hour)}
	}
	for i, days := range []int{1, 1, 2, 2} {
		if r, err := d.change("childpsych2", at(days), consult.Change{Key: "k"}); err != nil || len(r.Overrides) != days {
			t.Errorf("%d: %+v, %v", i, r, err)
		}
	}
}

func TestOverrideIsOnCall(t *testing.T) {
	d := newDesk(t)
	onCall, other := d.duty()
	from, to := d.clock().Add(24*time.Hour), d.clock().Add(48*time.Hour)
	r, err := d.change("childpsych2", consult.SetOverrideCommand{Person: other, From: from, To: to}, consult.Change{})
	if err != nil || len(r.Overrides) != 1 || r.Revision != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{{from.Add(-time.Minute), onCall}, {from, other}, {to.Add(-time.Minute), other}, {to, onCall}} {
		if got := d.on(c.at); got != c.want {
			t.Errorf("at %s %s is on call, want %s", c.at, got, c.want)
		}
		reach, err := d.book.Reach(1, rotaPool, []string{"on-call"}, c.at)
		if err != nil || strings.Join(reach.People, " ") != c.want {
			t.Errorf("an escalation at %s reaches %v (%v), want %s", c.at, reach.People, err, c.want)
		}
	}
	told := slices.DeleteFunc([]string{"childpsych", "childpsych2"}, func(id string) bool { return id == "childpsych2" })
	if e := d.last(); e.Kind != consult.KindRota || !slices.Equal(e.Notice.Tell, told) || e.Notice.Shift.Person != other || e.Notice.Pools != nil {
		t.Errorf("the entry tells %+v", e.Notice)
	}

	// It has begun: removing it ends it now, and who was on call stays known.
	d.wait(30 * time.Hour)
	now := d.clock()
	if r, err = d.change("admin", consult.RemoveOverrideCommand{ID: r.Overrides[0].ID}, consult.Change{Version: 1}); err != nil {
		t.Fatal(err)
	}
	if got := d.on(now) + " " + d.on(now.Add(-time.Minute)); got != onCall+" "+other {
		t.Errorf("after the removal %s", got)
	}
	if _, err = d.change("admin", consult.RemoveOverrideCommand{ID: r.Overrides[0].ID}, consult.Change{}); consult.KindOf(err) != consult.Conflict {
		t.Errorf("removed twice: %v", err)
	}
}

// TestOverrideOfWhoIsGone: an override does not count for somebody who is disabled or not of the pool any more. The plan does.
func TestOverrideOfWhoIsGone(t *testing.T) {
	d := newDesk(t)
	onCall, other := d.duty()
	now := d.clock()
	if _, err := d.change("", consult.SetOverrideCommand{Person: other, From: now, To: now.Add(time.Hour)}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	if got := d.on(now); got != other {
		t.Fatalf("%s is on call, want %s", got, other)
	}
	p := d.actor(other).Person
	p.Disabled = true
	if err := d.SetPerson(t.Context(), consult.System, p); err != nil {
		t.Fatal(err)
	}
	if got := d.on(now); got != onCall {
		t.Errorf("%s was disabled and %s is on call, want %s", other, got, onCall)
	}
	p.Disabled, p.Revision = false, p.Revision+1
	if err := d.SetPerson(t.Context(), consult.System, p); err != nil {
		t.Fatal(err)
	}
	// A version of the rules in which the pool is somebody else's. The former version's plan still counts for its requests.
	rules := strings.ReplaceAll(string(d.rules), "[childpsych, childpsych2]", "["+onCall+"]")
	rules = strings.ReplaceAll(rules, "lead: childpsych2", "lead: "+onCall)
	if err := d.book.Publish(2, []byte(rules)); err != nil {
		t.Fatal(err)
	}
	if got := d.on(now); got != onCall {
		t.Errorf("%s left the pool and %s is on call, want %s", other, got, onCall)
	}
}

func TestSwap(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(colleague, asker string) (who string, cmd consult.RotaCommand)
		state  consult.SwapState
		moves  bool
	}{
		{"accepted", func(colleague, _ string) (string, consult.RotaCommand) {
			return colleague, consult.AnswerSwapCommand{ID: "s1", Accept: true}
		}, consult.SwapAccepted, true},
		{"declined", func(colleague, _ string) (string, consult.RotaCommand) {
			return colleague, consult.AnswerSwapCommand{ID: "s1"}
		}, consult.SwapDeclined, false},
		{"withdrawn", func(_, asker string) (string, consult.RotaCommand) {
			return asker, consult.WithdrawSwapCommand{ID: "s1"}
		}, consult.SwapWithdrawn, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			asker, colleague := d.duty()
			from, to := d.clock().Add(time.Hour), d.clock().Add(5*time.Hour)
			if _, err := d.change(asker, consult.AskSwapCommand{Colleague: colleague, From: from, To: to}, consult.Change{Key: "k"}); err != nil {
				t.Fatal(err)
			}
			if r, err := d.change(asker, consult.AskSwapCommand{Colleague: colleague, From: from, To: to}, consult.Change{Key: "k"}); err != nil || len(r.Swaps) != 1 {
				t.Errorf("asked again under the same key: %+v, %v", r, err)
			}
			if e := d.last(); e.Type != consult.TypeSwapAsked || !slices.Equal(e.Notice.Tell, []string{colleague}) {
				t.Errorf("asking tells %+v", e.Notice)
			}
			if got := d.on(from); got != asker {
				t.Errorf("%s is on call before anybody answered", got)
			}
			who, cmd := c.answer(colleague, asker)
			r, err := d.change(who, cmd, consult.Change{})
			if err != nil || r.Swap("s1").State != c.state {
				t.Fatalf("%+v, %v", r, err)
			}
			if got := d.on(from) == colleague; got != c.moves || d.on(to) != asker {
				t.Errorf("on call are %s and then %s", d.on(from), d.on(to))
			}
			e := d.last()
			want := []string{"childpsych", "childpsych2"}
			if c.state == consult.SwapWithdrawn {
				want = []string{colleague}
			}
			if !slices.Equal(e.Notice.Tell, want) || e.Notice.Shift.Swap != c.state {
				t.Errorf("the answer tells %+v", e.Notice)
			}
			for _, again := range []consult.RotaCommand{cmd, consult.AnswerSwapCommand{ID: "s1", Accept: true}} {
				if _, err := d.change(colleague, again, consult.Change{}); err == nil {
					t.Errorf("a second answer, %+v, was taken", again)
				}
			}
		})
	}
}

// TestSwapAnsweredOnce: accept, decline and withdraw at the same time. One of them counts.
func TestSwapAnsweredOnce(t *testing.T) {
	d := newDesk(t)
	asker, colleague := d.duty()
	now := d.clock()
	if _, err := d.change(asker, consult.AskSwapCommand{Colleague: colleague, From: now, To: now.Add(time.Hour)}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	var mu sync.Mutex
	counted := 0
	for i := range 12 {
		done.Go(func() {
			who, cmd := colleague, consult.RotaCommand(consult.AnswerSwapCommand{ID: "s1", Accept: i%3 == 0})
			if i%3 == 2 {
				who, cmd = asker, consult.WithdrawSwapCommand{ID: "s1"}
			}
			_, err := d.change(who, cmd, consult.Change{Key: fmt.Sprint(i)})
			switch consult.KindOf(err) {
			case consult.Conflict:
			default:
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				counted++
			}
		})
	}
	done.Wait()
	r, err := d.Rota(consult.System, rotaPool)
	if err != nil || counted != 1 || r.Revision != 2 || len(r.Overrides) > 1 {
		t.Errorf("%d answers counted: %+v, %v", counted, r, err)
	}
}

func TestRotaRefuses(t *testing.T) {
	d := newDesk(t)
	asker, colleague := d.duty()
	now := d.clock()
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		who  string
		cmd  consult.RotaCommand
		ch   consult.Change
		want string
	}{
		"a stretch that is over":    {"admin", consult.SetOverrideCommand{Person: colleague, From: now.Add(-day), To: now}, consult.Change{}, "invalid /to: in-past"},
		"the end before the start":  {"admin", consult.SetOverrideCommand{Person: colleague, From: now.Add(2 * day), To: now.Add(day)}, consult.Change{}, "invalid /to: before-from"},
		"too long":                  {"admin", consult.SetOverrideCommand{Person: colleague, From: now, To: now.Add(93 * day)}, consult.Change{}, "invalid /to: too-far"},
		"too far ahead":             {"admin", consult.SetOverrideCommand{Person: colleague, From: now.Add(1000 * day), To: now.Add(1001 * day)}, consult.Change{}, "invalid /from: too-far"},
		"nobody":                    {"admin", consult.SetOverrideCommand{From: now, To: now.Add(day)}, consult.Change{}, "invalid /person: required"},
		"somebody of no pool":       {"admin", consult.SetOverrideCommand{Person: "nurse", From: now, To: now.Add(day)}, consult.Change{}, "invalid /person: not-a-member"},
		"somebody unknown":          {"admin", consult.SetOverrideCommand{Person: "no\nbody", From: now, To: now.Add(day)}, consult.Change{}, "invalid /person: not-a-member"},
		"oneself":                   {asker, consult.AskSwapCommand{Colleague: asker, From: now, To: now.Add(day)}, consult.Change{}, "invalid /colleague: yourself"},
		"a duty that is not theirs": {colleague, consult.AskSwapCommand{Colleague: asker, From: now, To: now.Add(day)}, consult.Change{}, "invalid /from: not-on-duty"},
		"another version":           {"admin", consult.SetOverrideCommand{Person: colleague, From: now, To: now.Add(day)}, consult.Change{Version: 7}, "stale.rota"},
		"an override that is none":  {"admin", consult.RemoveOverrideCommand{ID: "o9"}, consult.Change{}, "conflict.override-over"},
		"a swap that is none":       {colleague, consult.AnswerSwapCommand{ID: "s9"}, consult.Change{}, "not-found"},
		"a sender":                  {"nurse", consult.SetOverrideCommand{Person: colleague, From: now, To: now.Add(day)}, consult.Change{}, "not-found"},
	} {
		_, err := d.change(c.who, c.cmd, c.ch)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := d.Rota(d.actor("admin"), "no-pool"); consult.KindOf(err) != consult.NotFound {
		t.Errorf("the rota of a pool that is none: %v", err)
	}
	if _, err := d.store.View.Rota(rotaPool); consult.KindOf(err) != consult.NotFound {
		t.Errorf("something refused was kept: %v", err)
	}
}

// TestRotaSurvives: the view that is built anew from the journal has the same rota.
func TestRotaSurvives(t *testing.T) {
	d := newDesk(t)
	asker, colleague := d.duty()
	now := d.clock()
	for _, step := range []struct {
		who string
		cmd consult.RotaCommand
	}{
		{"admin", consult.SetOverrideCommand{Person: colleague, From: now.Add(time.Hour), To: now.Add(2 * time.Hour)}},
		{asker, consult.AskSwapCommand{Colleague: colleague, From: now.Add(3 * time.Hour), To: now.Add(4 * time.Hour)}},
		{colleague, consult.AnswerSwapCommand{ID: "s2", Accept: true}},
		{"admin", consult.RemoveOverrideCommand{ID: "o1"}},
	} {
		if _, err := d.change(step.who, step.cmd, consult.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	before, err := d.store.View.Rota(rotaPool)
	if err != nil || len(before.Overrides) != 1 || before.Overrides[0].Swap != "s2" || before.Revision != 4 {
		t.Fatalf("%+v, %v", before, err)
	}
	d.store.Reopen(t, view.Options{Rebuild: true})
	after, err := d.store.View.Rota(rotaPool)
	if got, want := fmt.Sprintf("%+v", after), fmt.Sprintf("%+v", before); err != nil || got != want {
		t.Errorf("built anew:\n%s\nbefore:\n%s (%v)", got, want, err)
	}
}
