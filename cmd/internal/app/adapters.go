package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"time"

	"silta/consult"
	"silta/consult/view"
	"silta/notify/mail"
	"silta/routing"
	"silta/ui"
	"silta/ui/api"
)

// desk shows the rules in force to pages and the API.
type desk struct {
	book *routing.Book
	view *view.View
}

// Explain implements [api.Explainer].
func (d desk) Explain(_ context.Context, f consult.Facts, at time.Time) (any, error) {
	return d.book.Explain(f, at)
}

// Directory implements [api.Directory].
func (d desk) Directory(_ context.Context, at time.Time) ([]api.Pool, error) {
	var pools []api.Pool
	for _, p := range d.book.Rules().Document().Pools {
		pools = append(pools, api.Pool{
			ID: p.ID, Name: p.Name, About: p.About, Open: p.Calendar.Open(at), Modes: p.Modes, Languages: p.Languages, Accepts: p.Accepts,
			ClaimWithin: times(p.ClaimWithin), AnswerWithin: times(p.AnswerWithin), Lead: p.Lead, OnCall: d.book.OnCall(p.ID, at),
		})
	}
	return pools, nil
}

func times(d routing.Deadlines) map[consult.Urgency]string {
	m := make(map[consult.Urgency]string, len(d))
	for u, within := range d {
		m[u] = within.String()
	}
	return m
}

// Version implements [api.Rules].
func (d desk) Version(_ context.Context, number uint64) (api.RulesVersion, error) {
	if number == 0 {
		number = d.book.Current().Number
	}
	p, err := d.view.Rules(number)
	if err != nil {
		return api.RulesVersion{}, err
	}
	return rulesVersion(p), nil
}

// Versions implements [api.Rules].
func (d desk) Versions(context.Context) iter.Seq2[api.RulesVersion, error] {
	return func(yield func(api.RulesVersion, error) bool) {
		versions, err := d.view.RulesVersions()
		if err != nil {
			yield(api.RulesVersion{}, err)
			return
		}
		for _, p := range slices.Backward(versions) {
			if !yield(rulesVersion(p), nil) {
				return
			}
		}
	}
}

func rulesVersion(p consult.PublishedRules) api.RulesVersion {
	sum := sha256.Sum256([]byte(p.Document))
	return api.RulesVersion{
		RulesVersion: consult.RulesVersion{Number: p.Number, Hash: hex.EncodeToString(sum[:])},
		At:           p.At, By: p.By, Comment: p.Comment, Document: p.Document,
	}
}

// All implements [ui.Pools].
func (d desk) All() []ui.Pool {
	var pools []ui.Pool
	for _, p := range d.book.Rules().Document().Pools {
		pools = append(pools, ui.Pool{ID: p.ID, Name: p.Name, About: p.About})
	}
	return pools
}

// OnCall implements [ui.Pools].
func (d desk) OnCall(pool string, at time.Time) (now, next []string) {
	p := d.book.Rules().Pool(pool)
	if p == nil {
		return nil, nil
	}
	if change, ok := p.OnCall.NextChange(at, nil); ok {
		next = p.OnCall.At(change, nil)
	}
	return p.OnCall.At(at, nil), next
}

// name returns a person's name, or "".
func (d desk) name(id string) string {
	p, err := d.view.Person(id)
	if err != nil {
		return ""
	}
	return p.Name
}

// kept shows the mails that a demo keeps.
func kept(k *mail.Keep) func() []ui.Mail {
	return func() []ui.Mail {
		var mails []ui.Mail
		for _, m := range k.List() {
			mails = append(mails, ui.Mail{ID: m.ID, To: m.To, Subject: m.Subject, At: m.At, Text: m.Text, HTML: m.HTML})
		}
		return mails
	}
}
