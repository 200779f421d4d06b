package consult_test

import (
	"slices"
	"testing"
	"time"

	"silta/consult"
)

// newMailDesk is a desk whose people have addresses.
func newMailDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	for _, id := range []string{"nurse", "childpsych", "childpsych2", "admin"} {
		d.address(id, id+"@example.org")
	}
	return d
}

func (d *desk) person(id string) consult.Person {
	d.t.Helper()
	p, err := d.store.View.Person(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) address(id, address string) {
	d.t.Helper()
	p := d.person(id)
	p.Email = address
	if err := d.SetPerson(d.t.Context(), consult.System, p); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) flag(id string) bool {
	d.t.Helper()
	d.wait(time.Second)
	address := d.person(id).Email
	fresh, err := d.FlagAddress(d.t.Context(), id, func(a string) bool { return a == address }, "5.1.1", d.clock())
	if err != nil {
		d.t.Fatal(err)
	}
	return fresh
}

func (d *desk) moveOn(id string, revision uint64, person string) bool {
	d.t.Helper()
	d.wait(time.Second)
	moved, err := d.MoveOn(d.t.Context(), id, consult.Unheard{Revision: revision, Person: person, Status: "5.1.1"}, d.clock())
	if err != nil {
		d.t.Fatal(err)
	}
	return moved
}

// told returns whom the journal's last entry tells.
func (d *desk) told() []string {
	d.t.Helper()
	e, err := d.store.Journal.Envelope(d.store.Journal.Head())
	if err != nil || e.Notice == nil {
		d.t.Fatalf("%+v, %v", e, err)
	}
	return e.Notice.Tell
}

func (d *desk) sent() *consult.Consultation {
	d.t.Helper()
	c, _, err := d.submit("")
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) get(id string) *consult.Consultation {
	d.t.Helper()
	c, err := d.store.View.Consultation(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func TestLostMailMovesOn(t *testing.T) {
	d := newMailDesk(t)
	c := d.sent()
	first := d.told()
	if len(first) != 1 {
		t.Fatalf("first told: %v", first)
	}
	if !d.flag(first[0]) || !d.moveOn(c.ID, 1, first[0]) {
		t.Fatal("it did not move on")
	}
	after := d.get(c.ID)
	ev, ok := after.Timeline[len(after.Timeline)-1].Event.(*consult.EscalatedEvent)
	if !ok || after.Escalation != 1 || ev.Lost == nil || ev.Lost.Person != first[0] || ev.Lost.Status != "5.1.1" {
		t.Fatalf("%+v", ev)
	}
	heard := slices.DeleteFunc(slices.Clone(d.told()), func(p string) bool { return !d.person(p).Hears() })
	if len(heard) == 0 || !slices.Contains(d.told(), first[0]) {
		t.Errorf("told %v; want somebody else, and %s all the same", d.told(), first[0])
	}
	if d.flag(first[0]) || d.moveOn(c.ID, 1, first[0]) || d.moveOn(c.ID, after.Revision, first[0]) {
		t.Error("a second bounce changed something")
	}
	if got := d.get(c.ID); got.Revision != after.Revision {
		t.Errorf("revision %d, want %d", got.Revision, after.Revision)
	}
}

// Who has a request does not lose it to another pool because a mail was lost: that comes at its time.
func TestLostMailLeavesHolder(t *testing.T) {
	d := newMailDesk(t)
	c := d.sent()
	for _, step := range []struct {
		who string
		cmd consult.Command
	}{
		{"childpsych", consult.ClaimCommand{}}, {"childpsych", consult.AskCommand{Text: "Kuinka kauan?"}},
		{"nurse", consult.ReplyCommand{Said: consult.Said{Text: "Syksyn."}}},
	} {
		if _, err := d.Do(t.Context(), d.actor(step.who), c.ID, step.cmd, consult.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	youth := consult.Person{ID: "youthpsych", Name: "youthpsych", Language: consult.Finnish, Email: "y@example.org", Roles: []consult.Role{consult.Specialist}}
	if err := d.SetPerson(t.Context(), consult.System, youth); err != nil {
		t.Fatal(err)
	}
	before := d.get(c.ID)
	d.flag("childpsych2")
	d.flag("childpsych")
	if d.moveOn(c.ID, before.Revision, "childpsych") || d.get(c.ID).Revision != before.Revision {
		t.Errorf("it went on to %s", d.get(c.ID).Pool)
	}
	d.wait(before.Due().Sub(d.clock()))
	if err := d.Advance(t.Context(), c.ID, d.clock()); err != nil || d.get(c.ID).Revision == before.Revision {
		t.Errorf("nothing happened at its time: %v", err)
	}
}

func TestLateBounceChangesNothing(t *testing.T) {
	for name, act := range map[string]func(*desk, *consult.Consultation) error{
		"claimed": func(d *desk, c *consult.Consultation) error {
			_, err := d.Do(t.Context(), d.actor("childpsych2"), c.ID, consult.ClaimCommand{}, consult.Change{})
			return err
		},
		"withdrawn": func(d *desk, c *consult.Consultation) error {
			_, err := d.Do(t.Context(), d.actor("nurse"), c.ID, consult.WithdrawCommand{}, consult.Change{})
			return err
		},
		"escalated": func(d *desk, c *consult.Consultation) error { return d.Advance(t.Context(), c.ID, c.Due()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newMailDesk(t)
			c := d.sent()
			if err := act(d, c); err != nil {
				t.Fatal(err)
			}
			before := d.get(c.ID).Revision
			if !d.flag("childpsych") || d.moveOn(c.ID, 1, "childpsych") || d.get(c.ID).Revision != before {
				t.Error("it moved on")
			}
		})
	}
	d := newMailDesk(t)
	c := d.sent()
	if _, err := d.Do(t.Context(), d.actor("nurse"), c.ID, consult.AddCommand{Said: consult.Said{Text: "Lisäys."}}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	d.flag("childpsych")
	if !d.moveOn(c.ID, 1, "childpsych") {
		t.Error("the sender's own addition kept it from moving on")
	}
	for _, lost := range []consult.Unheard{{Revision: 0}, {Revision: 99}, {Revision: 2}, {Revision: 3, Person: "nurse"}} {
		if moved, err := d.MoveOn(t.Context(), c.ID, lost, d.clock()); moved || err != nil {
			t.Errorf("%+v: moved on %t, %v", lost, moved, err)
		}
	}
	if moved, err := d.MoveOn(t.Context(), "nowhere", consult.Unheard{Revision: 1}, d.clock()); moved || err != nil {
		t.Errorf("a request that is not there: %t, %v", moved, err)
	}
}

// TestBouncesEnd lets every mail bounce: it goes on to everybody, in the end to the administrators, and then it is over.
func TestBouncesEnd(t *testing.T) {
	d := newMailDesk(t)
	c := d.sent()
	seen := map[string]bool{}
	for told := d.told(); ; told = d.told() {
		revision, moved := d.get(c.ID).Revision, false
		for _, p := range told {
			seen[p] = true
			d.flag(p)
			moved = d.moveOn(c.ID, revision, p) || moved
		}
		if !moved {
			break
		}
		if revision > 20 {
			t.Fatal("it goes round for ever")
		}
	}
	for _, p := range []string{"childpsych", "childpsych2", "admin"} {
		if !seen[p] {
			t.Errorf("%s was never told", p)
		}
	}
}

// TestFlaggedIsNeverTheOnlyOne: a new request is told to somebody else as well.
func TestFlaggedIsNeverTheOnlyOne(t *testing.T) {
	d := newMailDesk(t)
	d.sent()
	first := d.told()[0]
	d.flag(first)
	d.sent()
	if told := d.told(); len(told) < 2 || told[0] != first || !d.person(told[1]).Hears() {
		t.Errorf("told %v", told)
	}
}

func TestFlagGoes(t *testing.T) {
	d := newMailDesk(t)
	fresh, err := d.FlagAddress(t.Context(), "admin", func(string) bool { return false }, "5.1.1", d.clock())
	if fresh || err != nil {
		t.Errorf("an address of old was flagged: %t, %v", fresh, err)
	}
	if !d.flag("admin") || d.person("admin").Hears() {
		t.Fatal("not flagged")
	}
	if flagged, err := d.store.View.Flagged(); err != nil || len(flagged) != 1 || flagged[0].ID != "admin" || flagged[0].MailFault.Status != "5.1.1" {
		t.Errorf("%+v, %v", flagged, err)
	}
	p := d.person("admin")
	p.Name = "Another"
	if err := d.SetPerson(t.Context(), consult.System, p); err != nil || d.person("admin").Hears() {
		t.Errorf("another name took the flag away: %v", err)
	}
	d.address("admin", "other@example.org")
	if !d.person("admin").Hears() {
		t.Error("another address left the flag")
	}
	d.flag("admin")
	if err := d.ClearAddress(t.Context(), d.actor("nurse"), "admin"); consult.KindOf(err) != consult.Forbidden {
		t.Errorf("by a nurse: %v", err)
	}
	if err := d.ClearAddress(t.Context(), d.actor("admin"), "admin"); err != nil || !d.person("admin").Hears() {
		t.Errorf("by hand: %v", err)
	}
	if flagged, err := d.store.View.Flagged(); err != nil || len(flagged) != 0 {
		t.Errorf("%+v, %v", flagged, err)
	}
}

func TestReasonOf(t *testing.T) {
	for status, want := range map[string]consult.MailReason{
		"5.1.1": consult.MailUnknown, "5.1.10": consult.MailUnknown, "550": consult.MailUnknown, "5.2.2": consult.MailFull, "4.2.2": consult.MailFull,
		"452": consult.MailFull, "5.2.1": consult.MailDisabled, "4.4.7": consult.MailUnreachable, "5.4.4": consult.MailUnreachable,
		"5.7.1": consult.MailRefused, "554": consult.MailRefused, "5.0.0": consult.MailOther, "451": consult.MailOther, "": consult.MailOther,
	} {
		if got := consult.ReasonOf(status); got != want {
			t.Errorf("%s: %s, want %s", status, got, want)
		}
	}
}

func TestRelieves(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 24, hour, 0, 0, 0, time.UTC) }
	first := consult.Override{Person: "anna", From: at(8), To: at(16)}
	for name, c := range map[string]struct {
		over consult.Override
		want bool
	}{
		"in its midst":          {consult.Override{Person: "bror", From: at(10), To: at(12)}, true},
		"before it":             {consult.Override{Person: "bror", From: at(6), To: at(8)}, false},
		"after it":              {consult.Override{Person: "bror", From: at(16), To: at(18)}, false},
		"the same person":       {consult.Override{Person: "anna", From: at(10), To: at(12)}, false},
		"for that person":       {consult.Override{Person: "bror", For: "anna", From: at(10), To: at(12)}, true},
		"for somebody else":     {consult.Override{Person: "bror", For: "cia", From: at(10), To: at(12)}, false},
		"over its whole length": {consult.Override{Person: "bror", From: at(0), To: at(23)}, true},
	} {
		if got := c.over.Relieves(first); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
