package consult_test

import (
	"testing"
	"time"

	"silta/consult"
)

// TestTokensAreOnesOwn: people make, see and end their own tokens; administrators see and end all, and make none for others, with
// which they could read what those read.
func TestTokensAreOnesOwn(t *testing.T) {
	d := newDesk(t)
	order := func(person string) consult.TokenOrder {
		return consult.TokenOrder{Person: person, Note: "skripti", Scopes: []consult.TokenScope{consult.ScopeRead}, Life: time.Hour * 24}
	}
	want := func(kind consult.Kind, err error) {
		t.Helper()
		if got := consult.KindOf(err); err == nil || got != kind {
			t.Errorf("got %v, want kind %d", err, kind)
		}
	}
	nurse, admin := d.actor("nurse"), d.actor("admin")
	secret, err := d.CreateToken(t.Context(), nurse, order("nurse"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.CreateToken(t.Context(), admin, order("nurse"))
	want(consult.Forbidden, err)
	_, err = d.CreateToken(t.Context(), nurse, order("childpsych"))
	want(consult.Forbidden, err)
	byToken, err := d.ActorByToken(secret)
	if err != nil || byToken.ID != "nurse" || byToken.Allows(consult.ScopeWrite) || !byToken.Allows(consult.ScopeRead) {
		t.Fatalf("%+v, %v", byToken, err)
	}
	_, err = d.CreateToken(t.Context(), byToken, order("nurse")) // A token must not make itself immortal.
	want(consult.Forbidden, err)
	for _, bad := range []func(*consult.TokenOrder){
		func(o *consult.TokenOrder) { o.Note = "" }, func(o *consult.TokenOrder) { o.Scopes = nil },
		func(o *consult.TokenOrder) { o.Life = 0 }, func(o *consult.TokenOrder) { o.Life = consult.MaxTokenLife + 1 },
		func(o *consult.TokenOrder) { o.Scopes = []consult.TokenScope{"all"} },
	} {
		o := order("nurse")
		bad(&o)
		_, err := d.CreateToken(t.Context(), nurse, o)
		want(consult.Invalid, err)
	}

	_, err = d.Tokens(nurse, "childpsych")
	want(consult.Forbidden, err)
	_, err = d.Tokens(nurse, "")
	want(consult.Forbidden, err)
	if list, err := d.Tokens(admin, "nurse"); err != nil || len(list) != 1 || list[0].ID != consult.TokenID(secret) {
		t.Errorf("%v, %v", list, err)
	}
	short := consult.Token{ID: consult.TokenID(secret)}.Short()
	_, err = d.RevokeToken(t.Context(), d.actor("childpsych"), short)
	want(consult.NotFound, err)
	rung := d.Unchanged()
	if _, err = d.RevokeToken(t.Context(), nurse, short); err != nil {
		t.Error(err)
	}
	if rung.Err() == nil {
		t.Error("nobody was told of the revocation")
	}
	_, err = d.ActorByToken(secret)
	want(consult.Unauthenticated, err)
	_, err = d.RevokeToken(t.Context(), admin, short)
	want(consult.NotFound, err)
}

// TestEditPerson: only administrators edit, nobody's credentials but by the program, and not so that they lock themselves out.
func TestEditPerson(t *testing.T) {
	d := newDesk(t)
	disable := func(p *consult.Person) error { p.Disabled = true; return nil }
	if _, err := d.EditPerson(t.Context(), d.actor("nurse"), "childpsych", disable); consult.KindOf(err) != consult.Forbidden {
		t.Errorf("a nurse: %v", err)
	}
	if _, err := d.EditPerson(t.Context(), d.actor("admin"), "admin", disable); consult.KindOf(err) != consult.Conflict {
		t.Errorf("oneself: %v", err)
	}
	for _, id := range []string{"nobody", "NO!", ""} {
		if _, err := d.EditPerson(t.Context(), d.actor("admin"), id, disable); consult.KindOf(err) != consult.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	p, err := d.EditPerson(t.Context(), d.actor("admin"), "nurse", func(p *consult.Person) error {
		p.PasswordHash, p.Name, p.ID, p.Epoch = "hash", "Uusi Nimi", "other", 7
		return nil
	})
	if err != nil || p.PasswordHash != "" || p.Name != "Uusi Nimi" || p.ID != "nurse" || p.Epoch != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	stamp := p.Stamp()
	for i, disabled := range []bool{true, true, false, true} {
		p, err = d.EditPerson(t.Context(), d.actor("admin"), "nurse", func(p *consult.Person) error { p.Disabled = disabled; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 1, 1, 2}[i]; p.Epoch != want || p.Stamp() == stamp {
			t.Errorf("step %d: epoch %d, want %d", i, p.Epoch, want)
		}
	}
}
