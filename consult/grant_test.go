package consult_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/consult/view"
)

func TestOpenWithReason(t *testing.T) {
	d := newMailDesk(t)
	ctx := t.Context()
	c, _, err := d.submit("")
	if err != nil {
		t.Fatal(err)
	}
	outside := d.add(consult.Person{ID: "youthpsych", Roles: []consult.Role{consult.Specialist}})
	if _, err := d.Get(ctx, outside, c.ID); consult.KindOf(err) != consult.NotFound {
		t.Fatalf("without a reason: %v", err)
	}
	open := func(a consult.Actor, name string, code consult.ReasonCode, text string) error {
		_, _, err := d.OpenWithReason(ctx, a, name, code, text)
		return err
	}
	for name, test := range map[string]struct {
		err  error
		want consult.Kind
	}{
		"no reason":       {open(outside, c.Ref, "", "x"), consult.Invalid},
		"no text":         {open(outside, c.Ref, consult.ReasonCover, " "), consult.Invalid},
		"unknown reason":  {open(outside, c.Ref, "curiosity", "x"), consult.Invalid},
		"long":            {open(outside, c.Ref, consult.ReasonCover, strings.Repeat("x", consult.MaxReason+1)), consult.Invalid},
		"no such request": {open(outside, "S-2026-9999", consult.ReasonCover, "x"), consult.NotFound},
		"no reference":    {open(outside, "S-../x", consult.ReasonCover, "x"), consult.NotFound},
		"sender":          {open(d.actor("nurse"), c.Ref, consult.ReasonCover, "x"), consult.NotFound},
		"administrator":   {open(d.actor("admin"), c.Ref, consult.ReasonCover, "x"), consult.NotFound},
		"auditor":         {open(d.auditor(), c.Ref, consult.ReasonCover, "x"), consult.NotFound},
		"of no pool": {
			open(d.add(consult.Person{ID: "stranger", Roles: []consult.Role{consult.Specialist}}), c.Ref, consult.ReasonCover, "x"), consult.NotFound,
		},
	} {
		if consult.KindOf(test.err) != test.want || test.err == nil {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if id, g, err := d.OpenWithReason(ctx, d.actor("childpsych"), c.Ref, consult.ReasonCover, "x"); err != nil || g != nil || id != c.ID {
		t.Errorf("one's own pool: %v, %v", g, err)
	}
	id, g, err := d.OpenWithReason(ctx, outside, c.Ref, consult.ReasonEmergency, " Pitäisi soittaa heti. ")
	if err != nil || id != c.ID || g.Text != "Pitäisi soittaa heti." || g.Pool != "child-psychiatry" {
		t.Fatalf("%+v, %v", g, err)
	}
	got, err := d.Get(ctx, outside, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range consult.Actions {
		if consult.Can(outside, a, got) {
			t.Errorf("may %s", a)
		}
	}
	if _, err := d.Do(ctx, outside, c.ID, consult.ClaimCommand{}, consult.Change{}); consult.KindOf(err) != consult.NotFound {
		t.Errorf("acting: %v", err)
	}
	if until := d.Granted(outside, got); !until.Equal(d.clock().Add(12 * time.Hour)) {
		t.Errorf("until %v", until)
	}
	page, err := d.Looks(ctx, d.auditor(), consult.LookQuery{Limit: 10})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	if l := page.Items[0]; l.Standing != consult.StandsByReason || l.Grant != g.ID || l.Reason != consult.ReasonEmergency || l.By != "youthpsych" {
		t.Errorf("%+v", l)
	}

	// The pool's lead sees it, and nobody else.
	grants, err := d.Grants(ctx, d.actor("childpsych2"), "child-psychiatry", "", 10)
	if err != nil || len(grants.Items) != 1 || grants.Items[0].Text != g.Text {
		t.Errorf("%+v, %v", grants, err)
	}
	for _, who := range []consult.Actor{d.actor("childpsych"), outside, d.actor("admin"), d.auditor()} {
		if _, err := d.Grants(ctx, who, "child-psychiatry", "", 10); consult.KindOf(err) != consult.NotFound {
			t.Errorf("%s: %v", who.ID, err)
		}
	}
	notices, err := d.GrantsSince([]string{"child-psychiatry", "youth-psychiatry"}, d.clock().Add(-time.Hour))
	if err != nil || len(notices) != 1 || notices[0].Grant.ID != g.ID || len(notices[0].Tell) != 1 || notices[0].Tell[0] != "childpsych2" {
		t.Errorf("%+v, %v", notices, err)
	}
	if ids, err := d.store.View.GrantsAbout(c.ID); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := d.store.Journal.Prove(ctx); err != nil {
		t.Error(err)
	}

	d.wait(12 * time.Hour)
	if _, err := d.Get(ctx, outside, c.ID); consult.KindOf(err) != consult.NotFound {
		t.Errorf("after its time: %v", err)
	}
	if err := d.store.Journal.Erase(ctx, consult.KindGrant, g.ID); err != nil {
		t.Fatal(err)
	}
	if grants, err := d.Grants(ctx, d.actor("childpsych2"), "child-psychiatry", "", 10); err != nil || len(grants.Items) > 0 {
		t.Errorf("erased: %+v, %v", grants, err)
	}
	if _, err := d.store.Journal.Prove(ctx); err != nil {
		t.Error(err)
	}
	d.store.Reopen(t, view.Options{Rebuild: true})
	if _, err := d.store.Journal.Prove(ctx); err != nil {
		t.Error(err)
	}
}

// TestOpeningIsHeard: where no mail reaches the lead of a pool, somebody else hears as well that a request of the pool was opened.
func TestOpeningIsHeard(t *testing.T) {
	d := newMailDesk(t)
	c := d.sent()
	outside := d.add(consult.Person{ID: "youthpsych", Roles: []consult.Role{consult.Specialist}})
	if _, _, err := d.OpenWithReason(t.Context(), outside, c.Ref, consult.ReasonCover, "x"); err != nil {
		t.Fatal(err)
	}
	told := func(want ...string) {
		t.Helper()
		notices, err := d.GrantsSince([]string{"child-psychiatry"}, d.clock().Add(-time.Hour))
		if err != nil || len(notices) != 1 || !slices.Equal(notices[0].Tell, want) {
			t.Errorf("%+v, %v, want %v", notices, err, want)
		}
	}
	told("childpsych2")
	d.flag("childpsych2")
	told("childpsych2", "childpsych")
	d.flag("childpsych")
	told("childpsych2", "admin")
}
