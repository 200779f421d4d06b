package routing

import (
	"context"
	"iter"
	"time"

	"silta/consult"
)

// Publications appends versions of the rules to the history; [consult.Service] is one. It fails with an error of kind
// [consult.Stale] if expected is not the newest version.
type Publications interface {
	PublishRules(ctx context.Context, a consult.Actor, document, comment string, expected uint64) (version uint64, err error)
}

// Site is what a publication is held against besides the document. Its functions must be safe for concurrent use.
type Site struct {
	// World returns what is known at the moment.
	World func() (World, error)
	// Open returns how many requests of a pool are not ended.
	Open func(pool string) (int, error)
	// Published is called when a version is in force. It does not wait. Nil: nobody wants to know.
	Published func()
	// Submitted returns the requests that were submitted since a moment, the latest first. Nil: there is no history.
	Submitted func(since time.Time) iter.Seq2[consult.Past, error]
}

// Publisher puts new versions of the rules in force: checked, appended to the history, and only then answered by. It may be used
// by several goroutines; publications take place one after the other.
type Publisher struct {
	book    *Book
	history Publications
	site    Site
	turn    chan struct{}
	// looks bounds how many drafts are looked at at once: it is work.
	looks chan struct{}
}

// NewPublisher publishes to a book whose newest version is in force.
func NewPublisher(book *Book, history Publications, site Site) *Publisher {
	return &Publisher{book: book, history: history, site: site, turn: make(chan struct{}, 1), looks: make(chan struct{}, 2)}
}

// Draft is a document to be published.
type Draft struct {
	// File is what findings begin with.
	File string
	// Data is a bare document or a whole configuration, of which the routing section is published.
	Data []byte
	// Restore, if not 0, is the number of a version whose document is meant; Data is then not looked at.
	Restore uint64
	// Comment says why, for the history.
	Comment string
	// Operator is who runs the command that publishes it, by their name on the server; "" where there is none.
	Operator string
	// Expected is the version that the author started from; 0: whichever is in force.
	Expected uint64
}

// Published is what came of a draft.
type Published struct {
	Version uint64 `json:"version"`
	// Findings are the warnings about the document.
	Findings []Finding `json:"findings"`
}

// Refused is the error, of kind [consult.Invalid], of a draft that has errors in it.
type Refused struct{ Findings []Finding }

// Error implements error. It repeats nothing of the document.
func (r *Refused) Error() string { return r.Unwrap().Error() }

// Unwrap returns the error that people are told. Each of its faults has the finding as its argument of that name.
func (r *Refused) Unwrap() error {
	e := consult.Fail(consult.Invalid, "rules.refused")
	for _, f := range r.Findings {
		e.Fields = append(e.Fields, consult.FieldError{Code: string(f.Code), Args: map[string]any{"finding": f}})
	}
	return e
}

// Publish checks a draft and makes it the next version. When it returns without an error, the version is on disk and in force:
// requests that are submitted from now on go by it, running ones stay with theirs. Errors: [*Refused]; of kind [consult.Stale]
// where the rules in force are not the expected ones; [consult.NotFound] for a version to be restored that does not exist;
// [consult.Forbidden] for who is no administrator.
func (p *Publisher) Publish(ctx context.Context, a consult.Actor, d Draft) (Published, error) {
	if !a.Administers() {
		return Published{}, consult.Fail(consult.Forbidden, "forbidden")
	}
	a.Operator = d.Operator
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return Published{}, ctx.Err()
	}
	current := p.book.Current().Number
	if d.Expected != 0 && d.Expected != current {
		return Published{}, consult.Fail(consult.Stale, "stale.rules")
	}
	section, found, err := p.publishable(d)
	if err != nil {
		return Published{}, err
	}
	next, err := newEdition(current+1, section)
	if err != nil {
		return Published{}, err
	}
	// Whoever gives up waiting does not leave a version in the history that is not in force.
	_, err = p.history.PublishRules(context.WithoutCancel(ctx), a, string(section), d.Comment, current)
	if consult.KindOf(err) == consult.Stale {
		return Published{}, consult.Fail(consult.Stale, "stale.rules")
	}
	if err != nil {
		return Published{}, err
	}
	p.book.current.Store(next)
	if p.site.Published != nil {
		p.site.Published()
	}
	return Published{next.version.Number, found}, nil
}

// data returns the document that a draft means.
func (p *Publisher) data(d Draft) ([]byte, error) {
	if d.Restore != 0 {
		return p.book.source(d.Restore)
	}
	return d.Data, nil
}

// check returns all that is found in a draft.
func (p *Publisher) check(d Draft) ([]Finding, error) {
	world, err := p.site.World()
	if err != nil {
		return nil, err
	}
	doc, list := Examine(d.File, d.Data, world)
	found := &findings{file: d.File, list: list}
	if doc != nil {
		if err := p.reportInUse(doc, found); err != nil {
			return nil, err
		}
	}
	return found.sorted(), nil
}

// publishable returns the section that is to be published, and the warnings about it.
func (p *Publisher) publishable(d Draft) ([]byte, []Finding, error) {
	var err error
	if d.Data, err = p.data(d); err != nil {
		return nil, nil, err
	}
	list, err := p.check(d)
	if err != nil {
		return nil, nil, err
	}
	if HasErrors(list) {
		return nil, nil, &Refused{list}
	}
	section, faults := Section(d.File, d.Data)
	if len(faults) == 0 {
		_, faults = Parse(d.File, section)
	}
	if HasErrors(faults) {
		return nil, nil, &Refused{faults}
	}
	return section, orEmpty(list), nil
}

// reportInUse reports the pools of the rules in force that the document does not have, and that have requests: nobody could see
// those any more.
func (p *Publisher) reportInUse(doc *Document, found *findings) error {
	rules := p.book.Rules()
	if rules == nil {
		return nil
	}
	for _, pool := range rules.doc.Pools {
		if doc.pool(pool.ID) != nil {
			continue
		}
		n, err := p.site.Open(pool.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			found.add(Pos{1, 1}, PoolInUse, pool.ID, "pool-in-use", "pool", pool.ID, "count", n)
		}
	}
	return nil
}
