package consult_test

import (
	"slices"
	"testing"
	"time"

	"silta/consult"
)

// claimDesk is a desk at which the county's claims can give two pools, and another one that the rules do not have.
func claimDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.configure(consult.ClaimedPool{Provider: "county", Pool: "child-psychiatry"}, consult.ClaimedPool{Provider: "county", Pool: "paediatrics"},
		consult.ClaimedPool{Provider: "county", Pool: "gone"})
	return d
}

// claims signs somebody in at the county's provider.
func (d *desk) claims(who string, roles []consult.Role, pools ...string) (consult.Person, error) {
	d.t.Helper()
	return d.Federate(d.t.Context(), consult.Assertion{
		Login: consult.Login{Provider: "county", Subject: who}, ID: who, Name: who, Roles: roles, Mapped: true, Pools: pools, Create: true,
	})
}

var (
	asSpecialist = []consult.Role{consult.Specialist}
	byCounty     = consult.Membership{Pool: "child-psychiatry", Provider: "county"}
)

// TestClaimedMember follows somebody whom claims make a member, and whom they make one no more.
func TestClaimedMember(t *testing.T) {
	d := claimDesk(t)
	c, _, err := d.submit("first")
	if err != nil {
		t.Fatal(err)
	}
	before := d.store.Journal.Head()
	changed := d.Unchanged()
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry", "gone"); err != nil {
		t.Fatal(err)
	}
	if changed.Err() == nil || d.store.Journal.Head() != before+1 {
		t.Error("nobody hears of the new member, or it is not in the journal")
	}
	guest := d.actor("guest")
	if !slices.Equal(guest.Memberships, []consult.Membership{byCounty}) {
		t.Fatalf("works for %v", guest.Memberships)
	}
	colleagues, err := d.Colleagues("child-psychiatry")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range colleagues {
		names = append(names, p.Person.ID+" "+p.Provider)
	}
	if want := []string{"childpsych ", "childpsych2 ", "guest county"}; !slices.Equal(names, want) {
		t.Errorf("the pool has %q, want %q", names, want)
	}
	for target, want := range map[string]bool{"members": true, "lead": false, "on-call": false} {
		reach, err := d.book.Reach(1, "child-psychiatry", []string{target}, d.clock())
		if err != nil || slices.Contains(reach.People, "guest") != want {
			t.Errorf("%s are %v, %v", target, reach.People, err)
		}
	}
	// The lead can give them a request, and put them on call.
	lead := d.actor("childpsych2")
	if _, err := d.Do(t.Context(), lead, c.ID, consult.AssignCommand{Person: "guest"}, consult.Change{}); err != nil {
		t.Error(err)
	}
	now := d.clock()
	if _, err := d.ChangeRota(t.Context(), lead, "child-psychiatry", consult.SetOverrideCommand{Person: "guest", From: now, To: now.Add(24 * time.Hour)}, consult.Change{}); err != nil {
		t.Error(err)
	}
	if on := d.book.OnCall("child-psychiatry", now); !slices.Equal(on, []string{"guest"}) {
		t.Errorf("on call are %v", on)
	}

	// The same claims again are no change, another one is, and what is gone is gone at once.
	head := d.store.Journal.Head()
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry", "gone"); err != nil || d.store.Journal.Head() != head {
		t.Errorf("%v, %d entries", err, d.store.Journal.Head()-head)
	}
	if _, err := d.claims("guest", asSpecialist, "paediatrics"); err != nil || d.store.Journal.Head() != head+1 {
		t.Errorf("%v, %d entries", err, d.store.Journal.Head()-head)
	}
	if a := d.actor("guest"); a.MemberOf("child-psychiatry") || !a.MemberOf("paediatrics") {
		t.Errorf("works for %v", a.Memberships)
	}
	if err := consult.May(d.actor("guest"), consult.View, c); consult.KindOf(err) != consult.NotFound {
		t.Errorf("sees what was theirs: %v", err)
	}
	if on := d.book.OnCall("child-psychiatry", now); slices.Contains(on, "guest") || len(on) == 0 {
		t.Errorf("on call are %v", on)
	}
	if reach, _ := d.book.Reach(1, "child-psychiatry", []string{"members"}, now); slices.Contains(reach.People, "guest") {
		t.Errorf("members are %v", reach.People)
	}
}

// TestClaimsAreNotAll: what the rules say stays, what the configuration has taken back is void, and nobody but a provider gives a pool.
func TestClaimsAreNotAll(t *testing.T) {
	d := claimDesk(t)
	// A lead by the rules is no less one for a claim, and stays one without.
	for _, pools := range [][]string{{"child-psychiatry"}, nil} {
		if _, err := d.claims("childpsych2", asSpecialist, pools...); err != nil {
			t.Fatal(err)
		}
		if m := d.actor("childpsych2").Memberships; !slices.Contains(m, consult.Membership{Pool: "child-psychiatry", Lead: true}) || len(m) != 1 {
			t.Errorf("with the claims %v: %v", pools, m)
		}
	}
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry"); err != nil {
		t.Fatal(err)
	}
	// An administrator's change leaves it, and gives nobody one.
	admin := d.actor("admin")
	for id, want := range map[string]int{"guest": 1, "childpsych": 1} {
		p, err := d.EditPerson(t.Context(), admin, id, func(p *consult.Person) error {
			p.Name += " changed"
			p.Claimed = []consult.ClaimedPool{{Provider: "county", Pool: "paediatrics"}}
			return nil
		})
		if err != nil || len(d.Memberships(p)) != want || d.actor(id).MemberOf("paediatrics") {
			t.Errorf("%s: %v, %v", id, d.Memberships(p), err)
		}
	}
	// Without the role it is nothing.
	if _, err := d.claims("guest", []consult.Role{consult.Auditor}, "child-psychiatry"); err != nil || len(d.actor("guest").Memberships) != 0 {
		t.Errorf("an auditor works for %v, %v", d.actor("guest").Memberships, err)
	}
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry"); err != nil || len(d.actor("guest").Memberships) != 1 {
		t.Errorf("works for %v, %v", d.actor("guest").Memberships, err)
	}
	// Whom claims give nothing at all is let in no more, by no way, and what was begun in their name has ended.
	was := d.actor("guest")
	for _, entries := range []uint64{1, 0} { // The second time nothing is left to be taken away.
		head := d.store.Journal.Head()
		if _, err := d.claims("guest", nil, "child-psychiatry"); consult.KindOf(err) != consult.Forbidden {
			t.Errorf("let in: %v", err)
		}
		if p, err := d.store.View.Person("guest"); err != nil || !p.Barred() || len(p.Claimed) != 0 || p.Stamp() == was.Stamp() {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := d.Actor("guest"); consult.KindOf(err) != consult.Unauthenticated {
			t.Errorf("still acts: %v", err)
		}
		if n := d.store.Journal.Head() - head; n != entries {
			t.Errorf("the journal tells of it %d times", n)
		}
	}
	// Disabling ends it; being let in again does not bring it back, signing in does.
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry"); err != nil {
		t.Fatal(err)
	}
	for _, disabled := range []bool{true, false} {
		if _, err := d.EditPerson(t.Context(), admin, "guest", func(p *consult.Person) error { p.Disabled = disabled; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if m := d.actor("guest").Memberships; len(m) != 0 {
		t.Errorf("works for %v", m)
	}
	if _, err := d.claims("guest", asSpecialist, "child-psychiatry"); err != nil || len(d.actor("guest").Memberships) != 1 {
		t.Errorf("works for %v, %v", d.actor("guest").Memberships, err)
	}
	// What the configuration does not have any more is void from its start on.
	d.configure(consult.ClaimedPool{Provider: "county", Pool: "paediatrics"}, consult.ClaimedPool{Provider: "hospital", Pool: "child-psychiatry"})
	if m := d.actor("guest").Memberships; len(m) != 0 {
		t.Errorf("works for %v", m)
	}
}

// overtaken reads the people, and then something else happens.
type overtaken struct {
	consult.Reader
	then func()
}

func (o *overtaken) People() ([]consult.Person, error) {
	people, err := o.Reader.People()
	if then := o.then; then != nil {
		o.then = nil
		then()
	}
	return people, err
}

// TestOneLoginTakesAnAccount: of two who sign in for the first time under the same name, the one who is later has no part in the account.
func TestOneLoginTakesAnAccount(t *testing.T) {
	d := newDesk(t)
	view := &overtaken{Reader: d.store.View}
	service := consult.NewService(d.store.Journal, view, d.book, consult.Config{Now: d.clock})
	signIn := func(subject string) error {
		_, err := service.Federate(t.Context(), consult.Assertion{Login: consult.Login{Provider: "county", Subject: subject}, ID: "childpsych"})
		return err
	}
	view.then = func() {
		if err := signIn("first"); err != nil {
			t.Error(err)
		}
	}
	if err := signIn("second"); consult.KindOf(err) != consult.Forbidden {
		t.Errorf("the second one: %v", err)
	}
	if p, err := d.store.View.Person("childpsych"); err != nil || len(p.Logins) != 1 || p.Logins[0].Subject != "first" {
		t.Errorf("known as %v, %v", p.Logins, err)
	}
}

// TestFirstSignInTwiceAtOnce: somebody who is added by signing in and does it twice at once is let in both times.
func TestFirstSignInTwiceAtOnce(t *testing.T) {
	d := newDesk(t)
	view := &overtaken{Reader: d.store.View}
	service := consult.NewService(d.store.Journal, view, d.book, consult.Config{Now: d.clock})
	signIn := func() {
		p, err := service.Federate(t.Context(), consult.Assertion{
			Login: consult.Login{Provider: "county", Subject: "1"}, ID: "guest", Roles: asSpecialist, Mapped: true, Create: true,
		})
		if err != nil || p.ID != "guest" {
			t.Errorf("%s, %v", p.ID, err)
		}
	}
	view.then = signIn
	signIn()
}
