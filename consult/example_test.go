package consult_test

import (
	"fmt"
	"time"

	"silta/consult"
)

// A command is decided on what the request is now, and comes to an event; the request after it is the fold of one event more.
func ExampleDecide() {
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	request := &consult.Consultation{ID: "c1", Revision: 1, State: consult.Submitted, Pool: "child", Requester: "nurse"}
	anna := consult.Actor{
		Person:      consult.Person{ID: "anna", Roles: []consult.Role{consult.Specialist}},
		Memberships: []consult.Membership{{Pool: "child"}},
	}
	verdict, err := consult.Decide(request, consult.ClaimCommand{}, anna, now, consult.Lifetimes{})
	if err != nil {
		fmt.Println(err)
		return
	}
	after := request.After(consult.Envelope{ID: "c1", Revision: 2, At: now, By: "anna", Type: verdict.Event.Type()}, verdict.Event)
	fmt.Println(request.State, "→", verdict.Event.Type(), "→", after.State, "by", after.Holder)

	// Somebody of another team may not even know of it.
	stranger := consult.Actor{
		Person:      consult.Person{ID: "bror", Roles: []consult.Role{consult.Specialist}},
		Memberships: []consult.Membership{{Pool: "youth"}},
	}
	_, err = consult.Decide(request, consult.ClaimCommand{}, stranger, now, consult.Lifetimes{})
	fmt.Println(consult.KindOf(err) == consult.NotFound)
	// Output:
	// submitted → claimed → claimed by anna
	// true
}

// The identity guard says where a text could tell who somebody is; what is no trace of anybody it lets be.
func ExampleFindIdentity() {
	text := "Ellin äidin numero on 040 123 4567, PHQ-9 oli 14 pistettä 3.11.2026."
	for _, f := range consult.FindIdentity(text, "Elli") {
		fmt.Printf("%s: %s\n", f.Kind, string([]rune(text)[f.Start:f.End]))
	}
	// Output:
	// name: Ellin
	// phone: 040 123 4567
}
