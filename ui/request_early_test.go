package ui_test

import (
	"testing"

	"silta/consult"
)

// Where a mail did not arrive and the next people were told at once, the request's page says so, and why.
func TestEarlyEscalation(t *testing.T) {
	s := newSite(t, nil)
	c := s.submitted("nurse")
	lost := consult.Unheard{Revision: c.Revision, Person: s.book.OnCall(c.Pool, s.clock())[0], Status: "5.2.2"}
	s.update(lost.Person, func(p *consult.Person) { p.Email = "full@example.org" })
	moved, err := s.service.MoveOn(t.Context(), c.ID, lost, s.clock())
	if s.check(err); !moved {
		t.Fatal("nobody was told")
	}
	for _, who := range []string{"nurse", "childpsych"} {
		s.inFinnish(who).open("/requests/"+c.ID).want(".timeline", "Aiottua aikaisemmin, koska viesti ei tavoittanut henkilöä "+
			s.personName(lost.Person)+": postilaatikko on täynnä.")
	}
}
