package ui

import (
	"context"
	"slices"
	"strconv"

	"silta/consult"
	"silta/ui/templates"
)

// tellMoved writes to the address that a person had until the change that was just made to their record, if it had another one: with it,
// whoever reads the new one can be sent a link to a new password.
func (s *Server) tellMoved(ctx context.Context, p consult.Person) error {
	from, moved := p.Moved()
	if !moved || s.Letters == nil {
		return nil
	}
	by := consult.LetterValue{Person: from.By}
	if from.By == consult.SystemID {
		by = consult.LetterValue{Word: "letter.change.by-program"}
	}
	// Named by the change: it is told once, however often somebody asks.
	id := "l-address-changed-" + consult.TokenID(p.ID + " " + strconv.FormatUint(from.Until, 10))[:24]
	_, err := s.Letters.Letter(ctx, id, p.ID, consult.Letter{
		Kind: "address-changed", At: s.Now(), Path: pathAccount, Before: from.Until,
		Facts: []consult.LetterFact{{Name: "changed-at", Value: consult.LetterValue{Moment: from.At}}, {Name: "changed-by", Value: by}},
	})
	return err
}

// moves are the mail addresses that a person had in the last months, the latest first.
func (s *Server) moves(v *visit, p consult.Person) (list []templates.Move) {
	for _, f := range slices.Backward(p.Former) {
		list = append(list, templates.Move{From: f.Email, At: f.At, By: s.name(v, f.By)})
	}
	return list
}
