package routing

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"silta/consult"
	"silta/routing/oncall"
)

// Source returns the document of a published version. It fails with an error of kind [consult.NotFound] for a version that does
// not exist. It must be safe for concurrent use.
type Source func(version uint64) ([]byte, error)

// keptVersions is how many old versions stay compiled: those of the running requests, in practice.
const keptVersions = 16

// Book holds every published version of the rules and answers by them: it implements [consult.Router]. The version in force is
// read without a lock. Older ones are compiled when they are first asked for. It may be used by several goroutines.
type Book struct {
	source  Source
	known   oncall.Known
	current atomic.Pointer[edition]

	mu   sync.Mutex
	kept map[uint64]*edition
	// order has the kept versions, the one that was used least recently first.
	order []uint64
}

// edition is a version with its rules.
type edition struct {
	version consult.RulesVersion
	rules   *Rules
}

var _ consult.Router = (*Book)(nil)

// NewBook makes a book that finds old versions by source. known is what is known besides the rules. Until the first [Book.Publish]
// there are no rules in force, and routing fails with an error of kind [consult.Unavailable].
func NewBook(source Source, known oncall.Known) *Book {
	return &Book{source: source, kept: map[uint64]*edition{}, known: known}
}

// Known is what duty depends on besides the rules.
func (b *Book) Known() oncall.Known { return b.known }

// Publish puts a version in force. A document that cannot be read at all is refused; everything else was for [Examine] to find
// before.
func (b *Book) Publish(version uint64, yaml []byte) error {
	e, err := newEdition(version, yaml)
	if err != nil {
		return err
	}
	b.current.Store(e)
	return nil
}

func newEdition(version uint64, yaml []byte) (*edition, error) {
	doc, found := parse("routing", yaml)
	if doc == nil {
		return nil, fmt.Errorf("routing: version %d cannot be read: %s", version, found.sorted()[0].Text)
	}
	return &edition{consult.RulesVersion{Number: version, Hash: doc.Hash}, Compile(doc)}, nil
}

// Rules returns the rules in force, or nil before the first publication.
func (b *Book) Rules() *Rules {
	if e := b.current.Load(); e != nil {
		return e.rules
	}
	return nil
}

// At returns the rules of a version.
func (b *Book) At(version uint64) (*Rules, error) {
	if e := b.current.Load(); e != nil && e.version.Number == version {
		return e.rules, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.kept[version]; e != nil {
		b.use(version)
		return e.rules, nil
	}
	yaml, err := b.source(version)
	if err != nil {
		return nil, err
	}
	e, err := newEdition(version, yaml)
	if err != nil {
		return nil, err
	}
	b.kept[version] = e
	b.use(version)
	if len(b.order) > keptVersions {
		delete(b.kept, b.order[0])
		b.order = b.order[1:]
	}
	return e.rules, nil
}

// use moves a version to the end of the order.
func (b *Book) use(version uint64) {
	for i, v := range b.order {
		if v == version {
			b.order = append(b.order[:i], b.order[i+1:]...)
			break
		}
	}
	b.order = append(b.order, version)
}

// Route applies the rules in force.
func (b *Book) Route(f consult.Facts) (consult.Decision, error) {
	e := b.current.Load()
	if e == nil {
		return consult.Decision{}, consult.Fail(consult.Unavailable, "unavailable.rules")
	}
	d := e.rules.Decide(f)
	d.Rules = e.version
	return d, nil
}

// Retrace goes once more through the rules that a request was routed by, as they were then: a line for each up to the one that took
// it. It fails with an error of kind [consult.NotFound] where the rules of that version are not kept, or are not those that decided.
func (b *Book) Retrace(d consult.Decision, f consult.Facts) ([]Trace, error) {
	r, err := b.At(d.Rules.Number)
	if err != nil {
		return nil, err
	}
	p := r.pack(&f)
	at := r.match(&p)
	if r.doc.Hash != d.Rules.Hash || r.outcomes[at].id != d.Rule {
		return nil, consult.Fail(consult.NotFound, "not-found")
	}
	return r.trace(f, at), nil
}

// Schedule computes a pool's deadlines and escalation steps under a version of the rules.
func (b *Book) Schedule(version uint64, pool string, u consult.Urgency, c consult.Clock) (consult.Schedule, error) {
	r, err := b.At(version)
	if err != nil {
		return consult.Schedule{}, err
	}
	return r.Schedule(pool, u, c)
}

// After returns the moment that lies some of a pool's open days after another one, under a version of the rules.
func (b *Book) After(version uint64, pool string, from time.Time, days int) (time.Time, error) {
	r, err := b.At(version)
	if err != nil {
		return time.Time{}, err
	}
	return r.After(pool, from, days)
}

// Reach resolves an escalation step's targets at a moment under a version of the rules.
func (b *Book) Reach(version uint64, pool string, to []string, at time.Time) (consult.Reach, error) {
	r, err := b.At(version)
	if err != nil {
		return consult.Reach{}, err
	}
	return r.Reach(pool, to, at, b.known)
}

// OnCall returns who of the pool is to be told first at a moment, under the rules in force.
func (b *Book) OnCall(pool string, at time.Time) []string {
	if r := b.Rules(); r != nil {
		return r.OnCall(pool, at, b.known)
	}
	return nil
}

// Rota returns who is on call for a pool under the rules in force; nobody ever for a pool that does not exist.
func (b *Book) Rota(pool string) oncall.Rota {
	if r := b.Rules(); r != nil && r.pools[pool] != nil {
		return b.known.Of(pool, r.pools[pool].OnCall)
	}
	return oncall.Rota{}
}

// Duty returns the shifts of a pool that touch a stretch of time, under the rules in force and what was agreed.
func (b *Book) Duty(pool string, from, to time.Time) []consult.Shift {
	return b.Rota(pool).Between(from, to)
}

// Current names the rules in force; the number is 0 before the first publication.
func (b *Book) Current() consult.RulesVersion {
	if e := b.current.Load(); e != nil {
		return e.version
	}
	return consult.RulesVersion{}
}

// Memberships returns the pools of a person under the rules in force, which name them or have the pools that are claimed for them.
func (b *Book) Memberships(person string, claimed []consult.ClaimedPool) []consult.Membership {
	if r := b.Rules(); r != nil {
		return r.Memberships(person, claimed)
	}
	return nil
}

// HasPool reports whether the rules in force have the pool.
func (b *Book) HasPool(pool string) bool {
	r := b.Rules()
	return r != nil && r.pools[pool] != nil
}

// Municipalities returns the municipalities of the rules in force. The slice must not be changed.
func (b *Book) Municipalities() []string {
	if r := b.Rules(); r != nil {
		return r.doc.Municipalities
	}
	return nil
}

// Explain says what would happen under the rules in force to a request submitted at a moment. It fails as [Book.Route] does.
func (b *Book) Explain(f consult.Facts, at time.Time) (Explanation, error) {
	e := b.current.Load()
	if e == nil {
		return Explanation{}, consult.Fail(consult.Unavailable, "unavailable.rules")
	}
	x := e.rules.Explain(f, at, b.known)
	x.Decision.Rules = e.version
	return x, nil
}
