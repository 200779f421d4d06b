package consult_test

import (
	"slices"
	"testing"

	"silta/consult"
)

// An administrator is told what would come loose without somebody: what they have and have sent, and the pools that they are alone in.
func TestTies(t *testing.T) {
	d := newDesk(t)
	var first *consult.Consultation
	for _, key := range []string{"first", "second"} {
		c, _, err := d.submit(key)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = c
		}
	}
	lead := d.actor("childpsych2")
	if _, err := d.Do(t.Context(), lead, first.ID, consult.ClaimCommand{}, consult.Change{}); err != nil {
		t.Fatal(err)
	}
	admin := d.actor("admin")
	ties := func(id string) consult.Ties {
		t.Helper()
		got, err := d.Ties(admin, id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ties("childpsych2"); len(got.Held) != 1 || got.Held[first.Pool] != 1 || got.Sent != 0 || len(got.Alone) != 0 || !slices.Equal(got.Leads, []string{first.Pool}) {
		t.Errorf("who has one: %+v", got)
	}
	if got := ties("nurse"); got.Sent != 2 || len(got.Held) != 0 {
		t.Errorf("who sent two: %+v", got)
	}

	// A colleague who cannot sign in is no help.
	if _, err := d.EditPerson(t.Context(), admin, "childpsych", func(p *consult.Person) error { p.Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if got := ties("childpsych2"); !slices.Equal(got.Alone, []string{first.Pool}) {
		t.Errorf("alone: %+v", got)
	}
	for who, want := range map[string]consult.Kind{"admin": consult.NotFound, "childpsych2": consult.Forbidden} {
		if _, err := d.Ties(d.actor(who), "nobody"); consult.KindOf(err) != want {
			t.Errorf("%s: %v", who, err)
		}
	}
}
