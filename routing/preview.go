package routing

import (
	"context"
	"time"

	"silta/consult"
)

// Preview is what a draft would change, were it published now.
type Preview struct {
	// Version is the one in force, which the draft is compared with.
	Version uint64 `json:"version"`
	// Findings are all that is wrong with the draft, or worth a thought.
	Findings []Finding `json:"findings"`
	// Changes has every pair of outcomes that some request has before and after, with how many requests of the history have it.
	Changes []Change `json:"changes"`
	// Complete is false if the comparison ran out of its bounds: then a pair may be missing.
	Complete bool `json:"complete"`
	// OnlyOld and OnlyNew are municipalities that one side alone knows: requests from there are compared by the history only.
	OnlyOld []string `json:"only_old"`
	OnlyNew []string `json:"only_new"`
	// Since is where the history begins, and Replay what the draft would have meant for the requests since then.
	Since  time.Time `json:"since"`
	Replay Replay    `json:"history"`
}

// Check returns all that is found in a draft as [Publisher.Publish] would, without publishing it. Errors: of kind
// [consult.NotFound] for a version that does not exist; [consult.Forbidden] for who may not read the rules.
func (p *Publisher) Check(ctx context.Context, a consult.Actor, d Draft) ([]Finding, error) {
	leave, err := p.look(ctx, a)
	if err != nil {
		return nil, err
	}
	defer leave()
	if d.Data, err = p.data(d); err != nil {
		return nil, err
	}
	found, err := p.check(d)
	return orEmpty(found), err
}

// Preview compares a draft with the rules in force, over every possible request and over those of the last year. Errors:
// [*Refused] where the draft cannot be compared for the errors in it, failed tests and what a check says of a sound document
// apart; else those of [Publisher.Check].
func (p *Publisher) Preview(ctx context.Context, a consult.Actor, d Draft) (Preview, error) {
	leave, err := p.look(ctx, a)
	if err != nil {
		return Preview{}, err
	}
	defer leave()
	if d.Data, err = p.data(d); err != nil {
		return Preview{}, err
	}
	doc, written := parse(d.File, d.Data)
	if doc == nil || HasErrors(written.list) {
		return Preview{}, &Refused{written.sorted()}
	}
	found, err := p.check(d)
	if err != nil {
		return Preview{}, err
	}
	e := p.book.current.Load()
	if e == nil {
		return Preview{}, consult.Fail(consult.Unavailable, "unavailable.rules")
	}
	preview, err := p.compare(ctx, e.rules, Compile(doc))
	preview.Version, preview.Findings = e.version.Number, orEmpty(found)
	return preview, err
}

// Compare compares two versions as [Publisher.Preview] does with the rules in force; it has no findings. Errors are those of
// [Publisher.Check].
func (p *Publisher) Compare(ctx context.Context, a consult.Actor, from, to uint64) (Preview, error) {
	leave, err := p.look(ctx, a)
	if err != nil {
		return Preview{}, err
	}
	defer leave()
	before, err := p.book.At(from)
	if err != nil {
		return Preview{}, err
	}
	after, err := p.book.At(to)
	if err != nil {
		return Preview{}, err
	}
	preview, err := p.compare(ctx, before, after)
	preview.Version, preview.Findings = from, []Finding{}
	return preview, err
}

// look waits for its turn. What it returns ends it.
func (p *Publisher) look(ctx context.Context, a consult.Actor) (leave func(), err error) {
	if !a.Administers() && !a.Is(consult.Auditor) {
		return nil, consult.Fail(consult.Forbidden, "forbidden")
	}
	select {
	case p.looks <- struct{}{}:
		return func() { <-p.looks }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// compare finds what differs. Of the history only counts are kept.
func (p *Publisher) compare(ctx context.Context, before, after *Rules) (Preview, error) {
	c := Diff(before, after)
	c.private = true
	preview := Preview{OnlyOld: only(before, after), OnlyNew: only(after, before)}
	if p.site.Submitted != nil {
		world, err := p.site.World()
		if err != nil {
			return preview, err
		}
		preview.Since = world.Now.AddDate(-1, 0, 0)
		for past, err := range p.site.Submitted(preview.Since) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return preview, err
			}
			c.Add(past)
		}
	}
	preview.Changes, preview.Complete, preview.Replay = orEmpty(c.Changes), c.Complete, c.Replay
	return preview, nil
}

// only are the municipalities that one of two documents knows alone.
func only(one, other *Rules) []string {
	list := []string{}
	for _, m := range one.doc.Municipalities {
		if _, both := other.places[m]; !both {
			list = append(list, m)
		}
	}
	return list
}
