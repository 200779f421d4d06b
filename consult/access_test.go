package consult

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// cast are the people that stand in each relation to a request of pool "child" with "eating" joined.
var cast = map[string]Actor{
	"sender":    {Person: Person{ID: "sender", Roles: []Role{Requester}}},
	"other":     {Person: Person{ID: "other", Roles: []Role{Requester}}},
	"holder":    specialistOf("holder", Membership{Pool: "child"}),
	"member":    specialistOf("member", Membership{Pool: "child"}),
	"lead":      specialistOf("lead", Membership{Pool: "child", Lead: true}),
	"joined":    specialistOf("joined", Membership{Pool: "eating"}),
	"elsewhere": specialistOf("elsewhere", Membership{Pool: "youth"}),
	"admin":     {Person: Person{ID: "admin", Roles: []Role{Admin}}},
	"auditor":   {Person: Person{ID: "auditor", Roles: []Role{Auditor}}},
	"program":   System,
}

func specialistOf(id string, m ...Membership) Actor {
	return Actor{Person: Person{ID: id, Roles: []Role{Specialist}}, Memberships: m}
}

// inState returns a request in a state; in all but the first somebody has it.
func inState(s State) *Consultation {
	c := &Consultation{ID: "c", State: s, Pool: "child", Joined: []string{"eating"}, Requester: "sender"}
	if s != Submitted {
		c.Holder = "holder"
	}
	return c
}

// TestMay holds the whole table of states, actions and relations against what is written here: "." may, "f" forbidden, "c" not
// now. The columns are sender, holder, member, lead, member of a joined pool, and the program.
func TestMay(t *testing.T) {
	table := `
                submitted claimed waiting answered closed withdrawn expired
	view        ......    ......  ......  ......   ...... ......    ......
	claim       f...ff    fcccff  fcccff  fcccff   fcccff fcccff    fcccff
	assign      fff.ff    fff.ff  fff.ff  fffcff   fffcff fffcff    fffcff
	release     fcccff    f.c.ff  f.c.ff  fcccff   fcccff fcccff    fcccff
	ask         fcccff    f.ccff  fcccff  fcccff   fcccff fcccff    fcccff
	reply       cfffff    cfffff  .fffff  cfffff   cfffff cfffff    cfffff
	add         .fffff    .fffff  .fffff  cfffff   cfffff cfffff    cfffff
	answer      fccc.f    f.cc.f  f.cc.f  fccccf   fccccf fccccf    fccccf
	follow-up   cfffff    cfffff  cfffff  .fffff   cfffff cfffff    cfffff
	hand-over   f...f.    f.c.f.  f.c.f.  fcccfc   fcccfc fcccfc    fcccfc
	join        f...ff    f.c.ff  f.c.ff  fcccff   fcccff fcccff    fcccff
	withdraw    .fffff    .fffff  .fffff  cfffff   cfffff cfffff    cfffff
	close       cfffff    cfffff  cfffff  .fffff   cfffff cfffff    cfffff
	step        .....f    .....f  .....f  .....f   .....f cccccf    .....f
	worker      .....f    .....f  .....f  .....f   .....f cccccf    .....f
	escalate    fffff.    fffff.  fffffc  fffffc   fffffc fffffc    fffffc
	remind      fffff.    fffffc  fffff.  fffff.   fffffc fffffc    fffffc
	expire      fffffc    fffffc  fffffc  fffff.   fffffc fffffc    fffffc`
	columns := []string{"sender", "holder", "member", "lead", "joined", "program"}
	rows := strings.Split(strings.TrimSpace(table), "\n")
	states := strings.Fields(rows[0])
	if len(states) != len(States) || len(rows)-1 != len(Actions) {
		t.Fatalf("the table has %d states and %d actions, the code %d and %d", len(states), len(rows)-1, len(States), len(Actions))
	}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		act := Action(cells[0])
		if !slices.Contains(Actions, act) {
			t.Fatalf("no action %q", act)
		}
		for i, s := range states {
			c := inState(State(s))
			for j, who := range columns {
				if got := mark(May(cast[who], act, c)); got != cells[i+1][j:j+1] {
					t.Errorf("%s of a request that is %s, by %s: got %q, want %q", act, s, who, got, cells[i+1][j:j+1])
				}
			}
			for _, who := range []string{"other", "elsewhere", "admin", "auditor"} {
				if got := mark(May(cast[who], act, c)); got != "n" {
					t.Errorf("%s of a request that is %s, by %s: got %q, want it not to exist", act, s, who, got)
				}
			}
		}
	}
}

// TestAdvisedIsClosed: once there was an answer, the sender ends the request with the questionnaire, also while a follow-up is
// open; it is not withdrawn any more.
func TestAdvisedIsClosed(t *testing.T) {
	for _, s := range OpenStates {
		c := inState(s)
		c.Timeline = []TimelineItem{{Event: &AnsweredEvent{}}, {Event: &FollowedUpEvent{}}}
		for who, want := range map[string][2]string{"sender": {"c", "."}, "holder": {"f", "f"}, "lead": {"f", "f"}, "other": {"n", "n"}} {
			got := [2]string{mark(May(cast[who], Withdraw, c)), mark(May(cast[who], Close, c))}
			if got != want {
				t.Errorf("%s, by %s: withdraw and close got %v, want %v", s, who, got, want)
			}
		}
		v, err := Decide(c, CloseCommand{CloseOut: CloseOut{"confirmed", "avoided", 4, 5, ""}}, cast["sender"], start, Lifetimes{})
		if err != nil || slices.Contains(v.Tell, "holder") != (c.Holder != "") {
			t.Errorf("%s: closed with %v, told %v", s, err, v.Tell)
		}
	}
}

func mark(err error) string {
	if err == nil {
		return "."
	}
	return map[Kind]string{Forbidden: "f", Conflict: "c", NotFound: "n"}[KindOf(err)]
}

func TestFormerMemberLosesHold(t *testing.T) {
	c := inState(Claimed)
	gone := specialistOf("holder", Membership{Pool: "youth"})
	if err := May(gone, Answer, c); KindOf(err) != NotFound {
		t.Errorf("a holder who left the pool: got %v, want not found", err)
	}
	moved := specialistOf("holder", Membership{Pool: "eating"})
	for act, want := range map[Action]string{View: ".", Answer: ".", Ask: "f", Release: "f", HandOver: "f", Join: "f"} {
		if got := mark(May(moved, act, c)); got != want {
			t.Errorf("%s by a holder who went over to a pool that joined: got %q, want %q", act, got, want)
		}
	}
}

func TestSenderWithoutRoleSeesNothing(t *testing.T) {
	if Sees(Actor{Person: Person{ID: "sender"}}, inState(Claimed)) {
		t.Error("who is no requester any more still sees what they sent")
	}
}

func TestHears(t *testing.T) {
	e := &Envelope{At: time.Now(), Notice: &Notice{Requester: "sender", Pools: []string{"child", "eating"}}}
	for who, want := range map[string]bool{
		"sender": true, "member": true, "lead": true, "joined": true,
		"other": false, "elsewhere": false, "admin": false, "auditor": false, "program": false,
	} {
		if got := Hears(cast[who], e); got != want {
			t.Errorf("%s hears: got %v, want %v", who, got, want)
		}
	}
	if Hears(cast["sender"], &Envelope{}) {
		t.Error("an entry without a notice is heard")
	}
	if Hears(Actor{Person: Person{ID: "sender"}}, e) {
		t.Error("who is no requester any more still hears of what they sent")
	}
}

// TestMayRota holds the table of a pool's duty against what is written here: "." may, "f" forbidden, "n" it does not exist.
func TestMayRota(t *testing.T) {
	who := []string{"holder", "member", "lead", "admin", "program", "elsewhere", "sender", "auditor"}
	// The member has asked for the swap, and the holder was asked.
	swap := &Swap{ID: "s1", Asker: "member", Colleague: "holder", State: SwapAsked}
	rows := map[RotaAction]string{
		ViewRota:       ".....nnn",
		SetOverride:    "ff...nnn",
		RemoveOverride: "ff...nnn",
		AskSwap:        "...ffnnn",
		AnswerSwap:     ".ffffnnn",
		WithdrawSwap:   "f...fnnn",
	}
	for act, want := range rows {
		var got strings.Builder
		for _, id := range who {
			got.WriteString(mark(MayRota(cast[id], act, "child", swap)))
		}
		if got.String() != want {
			t.Errorf("%s: got %s, want %s", act, got.String(), want)
		}
	}
	if len(rotaAccess) != len(rows) {
		t.Errorf("the table has %d actions, %d of them are tried here", len(rotaAccess), len(rows))
	}
	left := specialistOf("holder", Membership{Pool: "youth"})
	if err := MayRota(left, AnswerSwap, "child", swap); KindOf(err) != NotFound {
		t.Errorf("somebody who has left the pool answers a swap: %v", err)
	}
	left.Roles = append(left.Roles, Admin)
	if err := MayRota(left, AnswerSwap, "child", swap); KindOf(err) != Forbidden {
		t.Errorf("an administrator who has left the pool answers a swap: %v", err)
	}
}
