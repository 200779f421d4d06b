package consult_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/consulttest"
)

// reminding is a desk whose people have addresses and whose reminders are those of the default configuration.
func reminding(t *testing.T) *desk {
	t.Helper()
	d := newMailDesk(t)
	d.Service = consult.NewService(d.store.Journal, d.store.View, d.book, consult.Config{
		Now: d.clock, NewID: consulttest.NewID, Life: consult.Lifetimes{
			Expire: 28 * 24 * time.Hour, Close: 7 * 24 * time.Hour, Reply: []int{2, 5}, Silence: 7,
		},
	})
	return d
}

func (d *desk) do(who, id string, cmd consult.Command) *consult.Consultation {
	d.t.Helper()
	c, err := d.Do(context.Background(), d.actor(who), id, cmd, consult.Change{})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// pass lets time do to a request all that comes up to a moment, each at its time, and tells what happened: when, what, to whom.
func (d *desk) pass(id string, to time.Time) []string {
	d.t.Helper()
	from := len(d.get(id).Timeline)
	for due := d.get(id).Due(); !due.IsZero() && !due.After(to); due = d.get(id).Due() {
		d.wait(due.Sub(d.clock()))
		if err := d.Advance(context.Background(), id, due); err != nil {
			d.t.Fatal(err)
		}
	}
	d.wait(to.Sub(d.clock()))
	return d.happened(id, from)
}

func (d *desk) happened(id string, from int) []string {
	var lines []string
	for _, i := range d.get(id).Timeline[from:] {
		what, told := string(i.Event.Type()), []string(nil)
		switch ev := i.Event.(type) {
		case *consult.RemindedEvent:
			what, told = what+" "+string(ev.About), ev.Told.People
		case *consult.EscalatedEvent:
			what, told = fmt.Sprint(what, " ", ev.Level), ev.Told.People
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", i.At.In(d.zone()).Format("02.01. 15:04"), what, strings.Join(told, "+"))))
	}
	return lines
}

func (d *desk) zone() *time.Location { return d.book.Rules().Document().Timezone }

func (d *desk) expect(got []string, want ...string) {
	d.t.Helper()
	if !slices.Equal(got, want) {
		d.t.Errorf("it happened:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// TestUnclaimed: nobody takes a request. Who is on call is told at the claim deadline, the lead as well when as much time has gone by
// again, and the answer's own steps come besides. The level rises by those alone.
func TestUnclaimed(t *testing.T) {
	d := reminding(t)
	c := d.sent() // Monday 11.00, routine: to be claimed within a day, answered within five
	onCall := d.told()[0]
	both := onCall + "+childpsych2"
	if onCall == "childpsych2" {
		both = onCall
	}
	d.expect(d.pass(c.ID, c.SubmittedAt.AddDate(0, 0, 2)), "24.11. 11:00 reminded claim "+onCall, "25.11. 11:00 reminded claim "+both)
	if got := d.get(c.ID); got.Escalation != 0 || !got.AnswerBy.Equal(c.AnswerBy) || !got.ClaimBy.Equal(c.ClaimBy) {
		t.Errorf("%+v", got)
	}
	// Somebody who takes it in time hears nothing of that.
	other := d.sent()
	d.do("childpsych", other.ID, consult.ClaimCommand{})
	if got := d.pass(other.ID, other.ClaimSteps[1].At); strings.Contains(strings.Join(got, " "), "claim") {
		t.Errorf("claimed, and yet: %v", got)
	}
	// Back in the queue it is to be claimed anew; the answer is due when it was.
	before := d.get(other.ID)
	released := d.do("childpsych", other.ID, consult.ReleaseCommand{})
	want, err := d.book.After(1, released.Pool, d.clock(), 1)
	if err != nil || !released.ClaimBy.Equal(want) || !released.AnswerBy.Equal(before.AnswerBy) || released.NextClaim != 0 ||
		released.NextStep != before.NextStep || !slices.EqualFunc(released.Steps, before.Steps, func(a, b consult.Step) bool { return a.At.Equal(b.At) }) {
		t.Errorf("released: claim by %s, want %s; %+v; %v", released.ClaimBy, want, released, err)
	}
}

// TestUnclaimedAsWritten: the rules say who is told of a request that nobody takes, also before the deadline; or that nobody is.
func TestUnclaimedAsWritten(t *testing.T) {
	d := reminding(t)
	for steps, want := range map[string][]string{
		"[]": nil,
		`[{at: 50%, to: [lead]}, {at: "+2h", to: ["person:childpsych"]}]`: {"23.11. 15:00 reminded claim childpsych2", "24.11. 13:00 reminded claim childpsych"},
	} {
		rules := strings.Replace(string(d.rules), "      lead: childpsych2\n", "      lead: childpsych2\n      unclaimed: "+steps+"\n", 1)
		if err := d.book.Publish(1, []byte(rules)); err != nil {
			t.Fatal(err)
		}
		c := d.sent()
		d.expect(d.pass(c.ID, c.SubmittedAt.AddDate(0, 0, 2)), want...)
		d.wait(-48 * time.Hour)
	}
}

// TestRemindedWhenOpen: what nobody answers is told again and again after the last step, once a working day and never while the team is away.
func TestRemindedWhenOpen(t *testing.T) {
	d := reminding(t)
	if err := d.SetPerson(t.Context(), consult.System, consult.Person{
		ID: "youthpsych", Name: "youthpsych", Email: "youth@example.org", Language: consult.Finnish, Roles: []consult.Role{consult.Specialist},
	}); err != nil {
		t.Fatal(err)
	}
	c := d.sent()                                                // routine, answered by 30.11., handed over three working days later
	d.wait(d.get(c.ID).AnswerBy.AddDate(0, 0, 3).Sub(d.clock())) // and the program is down until then
	d.pass(c.ID, d.clock().Add(time.Minute))
	days := map[string]int{}
	for _, line := range d.pass(c.ID, time.Date(2027, 1, 11, 0, 0, 0, 0, d.zone())) {
		at, err := time.ParseInLocation("02.01. 15:04", line[:12], d.zone())
		if err != nil {
			t.Fatal(err)
		}
		day := line[:6]
		at = at.AddDate(map[bool]int{true: 2027, false: 2026}[at.Month() == time.January], 0, 0)
		if days[day]++; !officeOpen(at) && !officeOpen(at.Add(-time.Minute)) || days[day] > 1 {
			t.Errorf("reminded while away, or twice a day: %s", line)
		}
	}
	if len(days) < 18 {
		t.Errorf("reminded on %d days only", len(days))
	}
}

// TestUnclaimedWhileDown: what came due in a pause of the program is told once, the step for the answer before that for the claim.
func TestUnclaimedWhileDown(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	d.wait(c.ClaimSteps[1].At.Sub(d.clock()))
	for range 3 {
		if err := d.Advance(t.Context(), c.ID, d.clock()); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.happened(c.ID, 1); len(got) != 1 || !strings.Contains(got[0], "childpsych2") {
		t.Errorf("both claim steps at once: %v", got)
	}
	c = d.sent()
	d.wait(c.Steps[0].At.Sub(d.clock()))
	for range 3 {
		if err := d.Advance(t.Context(), c.ID, d.clock()); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.happened(c.ID, 1); len(got) != 1 || !strings.Contains(got[0], "escalated 1") {
		t.Errorf("claim steps and an answer step at once: %v", got)
	}
}

// TestNobodyOnCall: the step that reaches nobody goes on at once, and says so.
func TestNobodyOnCall(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	p := d.person(d.told()[0])
	p.Disabled = true
	if err := d.SetPerson(t.Context(), consult.System, p); err != nil {
		t.Fatal(err)
	}
	d.pass(c.ID, c.ClaimBy)
	ev, ok := d.get(c.ID).Timeline[1].Event.(*consult.RemindedEvent)
	if !ok || len(ev.Unreached) == 0 || !slices.Equal(ev.Unreached[0], []string{"on-call"}) || len(ev.Told.People) == 0 {
		t.Errorf("%+v", ev)
	}
}

// TestSenderIsReminded of the pool's question on working days; then whoever asked hears that nobody replies.
func TestSenderIsReminded(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, consult.AskCommand{Text: "Entä uni?"}) // Monday 11.00
	d.expect(d.pass(c.ID, time.Date(2026, 12, 17, 12, 0, 0, 0, d.zone())),
		"25.11. 11:00 reminded reply nurse", "30.11. 11:00 reminded reply nurse", // Independence day is a Sunday
		"02.12. 11:00 reminded silence childpsych", "11.12. 11:00 reminded silence childpsych")
	replied := d.do("nurse", c.ID, consult.ReplyCommand{Said: consult.Said{Text: "Huonosti."}})
	if replied.Escalation != 0 || replied.Reminders != 0 || !replied.RemindAt.IsZero() || replied.Due().Before(d.clock()) {
		t.Errorf("after the reply: %+v", replied)
	}
	// Asked again, it begins again.
	d.do("childpsych", c.ID, consult.AskCommand{Text: "Entä ruoka?"})
	d.expect(d.pass(c.ID, d.clock().AddDate(0, 0, 5)), "21.12. 12:00 reminded reply nurse")
	// Whoever asked gives it back: the pool hears of the silence.
	d.do("childpsych", c.ID, consult.ReleaseCommand{})
	got := d.pass(c.ID, d.clock().AddDate(0, 0, 14))
	if len(got) != 2 || !strings.HasSuffix(got[0], "reminded reply nurse") || !strings.Contains(got[1], "reminded silence childpsych") {
		t.Errorf("without a holder: %v", got)
	}
	replied = d.do("nurse", c.ID, consult.ReplyCommand{Said: consult.Said{Text: "Hyvin."}})
	if replied.State != consult.Submitted || !replied.ClaimBy.After(d.clock()) {
		t.Errorf("back in the queue: %s, to be claimed by %s", replied.State, replied.ClaimBy)
	}
}

func TestSilenceWhileDown(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, consult.AskCommand{Text: "Entä uni?"})
	from := len(d.get(c.ID).Timeline)
	d.wait(30 * 24 * time.Hour)
	for range 5 {
		if err := d.Advance(t.Context(), c.ID, d.clock()); err != nil {
			t.Fatal(err)
		}
	}
	d.expect(d.happened(c.ID, from), "23.12. 11:00 reminded reply nurse", "23.12. 11:00 reminded silence childpsych")
	if due := d.get(c.ID).Due(); !due.After(d.clock()) {
		t.Errorf("the next moment is %s", due)
	}
}

// TestSenderWhoHearsNothing: a reminder that nobody would read goes to the pool at once.
func TestSenderWhoHearsNothing(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, consult.AskCommand{Text: "Entä uni?"})
	d.flag("nurse")
	if got := d.pass(c.ID, d.clock().AddDate(0, 0, 3)); len(got) != 1 || !strings.HasSuffix(got[0], "reminded silence childpsych") {
		t.Errorf("%v", got)
	}
}

// TestExpiry: an answered request closes by itself, and never without a word before.
func TestExpiry(t *testing.T) {
	d := reminding(t)
	answer := consult.AnswerCommand{Text: "Näin.", Disposition: consult.Advice}
	c := d.sent()
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, answer)
	d.expect(d.pass(c.ID, d.clock().AddDate(0, 0, 40)), "14.12. 11:00 reminded close nurse", "21.12. 11:00 expired")

	c = d.sent() // The program is down when it is time for both.
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, answer)
	d.wait(60 * 24 * time.Hour)
	at := d.clock()
	if err := d.Advance(t.Context(), c.ID, at); err != nil {
		t.Fatal(err)
	}
	if got := d.get(c.ID); got.State != consult.Answered || !got.ExpiresAt.Equal(at.AddDate(0, 0, 7)) {
		t.Errorf("%s, expires %s", got.State, got.ExpiresAt)
	}
	got := d.pass(c.ID, at.AddDate(0, 0, 8))
	if len(got) != 1 || !strings.HasSuffix(got[0], "expired") {
		t.Errorf("%v", got)
	}

	c = d.sent() // A follow-up question starts again, and so does what comes after its answer.
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.do("childpsych", c.ID, answer)
	d.pass(c.ID, d.clock().AddDate(0, 0, 22))
	asked := d.do("nurse", c.ID, consult.FollowUpCommand{Said: consult.Said{Text: "Entä nyt?"}})
	if !asked.RemindAt.IsZero() || !asked.ExpiresAt.IsZero() || asked.Escalation != 0 {
		t.Errorf("followed up: %+v", asked)
	}
	again := d.do("childpsych", c.ID, answer)
	if !again.RemindAt.Equal(again.ExpiresAt.AddDate(0, 0, -7)) || !again.ExpiresAt.After(d.clock().AddDate(0, 0, 27)) {
		t.Errorf("answered again: %+v", again)
	}
}

// TestHandedOverToBeClaimed: the answer's clock goes on, the claim's begins with the new pool.
func TestHandedOverToBeClaimed(t *testing.T) {
	d := reminding(t)
	c := d.sent()
	d.do("childpsych", c.ID, consult.ClaimCommand{})
	d.wait(26 * time.Hour)
	over := d.do("childpsych", c.ID, consult.HandOverCommand{Pool: "youth-psychiatry", Reason: "Täyttää kohta 13."})
	want, err := d.book.Rules().Schedule(over.Pool, over.Urgency, consult.Clock{Start: d.clock()})
	if err != nil || !over.ClaimBy.Equal(want.ClaimBy) || over.NextClaim != 0 || over.AnswerBy.Equal(want.AnswerBy) {
		t.Errorf("claim by %s, want %s; answer by %s; %v", over.ClaimBy, want.ClaimBy, over.AnswerBy, err)
	}
}
