package routing

import (
	"cmp"

	"silta/consult"
)

// Decide says where a request goes. It never fails: what no rule takes goes to the pool of otherwise. If an interlock forbids
// sending, the pool is empty and the urgency is the request's own.
func (r *Rules) Decide(f consult.Facts) consult.Decision {
	p := r.pack(&f)
	to := &r.outcomes[r.match(&p)]
	d := consult.Decision{Rules: consult.RulesVersion{Hash: r.doc.Hash}, Rule: to.id, Urgency: cmp.Or(f.Urgency, consult.Routine)}
	blocked := false
	for i, lock := range r.locks {
		if anyHolds(lock, &p) {
			l := r.doc.Interlocks[i]
			d.Interlocks = append(d.Interlocks, consult.Interlock{ID: l.ID, Block: l.Block, Phone: l.Phone, Show: l.Show})
			blocked = blocked || l.Block
		}
	}
	if blocked {
		return d
	}
	d.Pool, d.With, d.Why, d.Urgency = to.to, to.with, to.why, d.Urgency.AtLeast(to.atLeast)
	if mode := p.at[atMode]; mode >= 0 && !to.offers.has(int(mode)) {
		d.Notes = append(d.Notes, consult.ModeNotOffered)
	}
	if profession := p.at[atProfession]; profession >= 0 && !to.offers.has(int(profession)) {
		d.Notes = append(d.Notes, consult.ProfessionNotAccepted)
	}
	return d
}
