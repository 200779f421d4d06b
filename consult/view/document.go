package view

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/seal"
)

// errDamaged is returned for a document that can't be read. The view is then to be built again.
var errDamaged = errors.New("a document of the view is damaged: build the view again")

// A document's row is its revision and the journal position of its last entry (8 bytes each), its card, and the sealed JSON.
// The JSON is left out where the last entry alone says all of it: what nobody has acted on yet stands in the file once.
type stored struct {
	revision, position uint64
	card               card
	sealed             []byte
}

const rowHead = 8 + 8

func subjectKey(kind consult.SubjectKind, id string) []byte {
	b := make([]byte, 0, len(kind)+1+len(id)+1+8)
	return append(append(append(b, kind...), 0), id...)
}

// documentKey is the key of a subject's document. Every version of the rules has a document; other subjects have one.
func documentKey(kind consult.SubjectKind, id string, version uint64) []byte {
	b := subjectKey(kind, id)
	if kind == consult.KindRules {
		b = binary.BigEndian.AppendUint64(append(b, 0), version)
	}
	return b
}

// find returns a document's row, nil where there is none.
func find(tx *bbolt.Tx, key []byte) (*stored, error) {
	v := documents(tx).Get(key)
	if v == nil {
		return nil, nil
	}
	return parse(v)
}

func parse(v []byte) (*stored, error) {
	if len(v) < rowHead {
		return nil, errDamaged
	}
	c, sealed, ok := readCard(v[rowHead:])
	if !ok {
		return nil, errDamaged
	}
	return &stored{binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:]), c, sealed}, nil
}

// change is what an entry makes of its subject's document.
type change struct {
	kind consult.SubjectKind
	id   string
	key  []byte
	// document is the row; the position in it is filled in when it is known.
	document []byte
	old, new card
	// more are rows that stay until the subject is erased.
	more []row
}

// Prepare implements the journal's projection: it folds the entry into its subject's document, seals it where the entry does not
// say all of it, and works out the rows that come and go.
func (v *View) Prepare(
	tx *bbolt.Tx, key *seal.Key, e consult.Entry,
) (check func(tx *bbolt.Tx) error, write func(tx *bbolt.Tx, position uint64) error, err error) {
	if e.Kind == consult.KindLooks {
		write, err := prepareLook(e)
		return nil, write, err
	}
	c := &change{kind: e.Kind, id: e.ID}
	c.key = documentKey(e.Kind, e.ID, e.Revision)
	before, err := find(tx, c.key)
	if err != nil {
		return nil, nil, err
	}
	if before != nil {
		c.old = before.card
	}
	document, err := v.fold(tx, before, e)
	if err != nil {
		return nil, nil, err
	}
	if c.new = cardOf(document, e.At); e.Kind == consult.KindConsultation && !c.new.valid() {
		return nil, nil, errors.New("the request's ids, state or reference are not valid")
	}
	if c.more, err = grantRows(e); err != nil {
		return nil, nil, err
	}
	var plain []byte
	if !saysAll(e.Envelope) {
		if plain, err = json.Marshal(document); err != nil {
			return nil, nil, err
		}
	}
	c.document = make([]byte, rowHead, rowHead+len(plain)+key.Overhead()+256)
	binary.BigEndian.PutUint64(c.document, e.Revision)
	c.document = c.new.append(c.document)
	if plain != nil {
		c.document = key.Seal(c.document, e.Revision, seal.ForDocument, plain)
	}
	if c.new.ref != "" && c.new.ref != c.old.ref {
		check = c.check
	}
	if !mayBeOpened(e.Kind) {
		return check, c.write, nil
	}
	return check, func(tx *bbolt.Tx, position uint64) error {
		v.opened.change(tx)
		return c.write(tx, position)
	}, nil
}

// saysAll reports whether an entry alone says what its subject's document holds: see [documentOf].
func saysAll(env consult.Envelope) bool {
	switch env.Kind {
	case consult.KindConsultation:
		return env.Revision == 1
	case consult.KindPerson, consult.KindToken, consult.KindFeed, consult.KindRules, consult.KindDelivery, consult.KindGrant:
		return true
	}
	return false
}

// fold returns the document after the entry.
func (v *View) fold(tx *bbolt.Tx, before *stored, e consult.Entry) (any, error) {
	switch e.Kind {
	case consult.KindConsultation:
		return v.foldConsultation(tx, before, e)
	case consult.KindRota:
		return v.foldRota(tx, before, e)
	}
	return documentOf(e.Envelope, e.Event)
}

func (v *View) foldConsultation(tx *bbolt.Tx, before *stored, e consult.Entry) (any, error) {
	if after, ok := e.State.(*consult.Consultation); ok && after != nil {
		if after.ID != e.ID || after.Revision != e.Revision {
			return nil, errors.New("the state given is not that of the subject after the event")
		}
		if ev, ok := e.Event.(*consult.SubmittedEvent); (e.Revision == 1) != ok || ok && ev.Request == nil {
			return nil, unfit(e.Envelope)
		}
		return after, nil
	}
	if before == nil {
		return documentOf(e.Envelope, e.Event)
	}
	if e.Type == consult.TypeSubmitted {
		return nil, unfit(e.Envelope)
	}
	present, err := openAs[*consult.Consultation](v, tx, before, e.Envelope)
	if err != nil {
		return nil, err
	}
	return present.After(e.Envelope, e.Event), nil
}

func (v *View) foldRota(tx *bbolt.Tx, before *stored, e consult.Entry) (any, error) {
	var present *consult.Rota
	if before != nil {
		var err error
		if present, err = openAs[*consult.Rota](v, tx, before, e.Envelope); err != nil {
			return nil, err
		}
	}
	switch e.Event.(type) {
	case *consult.OverrideSetEvent, *consult.OverrideRemovedEvent, *consult.SwapAskedEvent, *consult.SwapAnsweredEvent:
		return present.After(e.Envelope, e.Event), nil
	}
	return nil, unfit(e.Envelope)
}

// openAs returns an entry's subject as it is before the entry.
func openAs[T any](v *View, tx *bbolt.Tx, before *stored, env consult.Envelope) (T, error) {
	c, err := v.open(tx, before, env.Kind, env.ID)
	if err != nil {
		var none T
		return none, err
	}
	return decode[T](c)
}

// documentOf returns the document that an entry alone makes.
func documentOf(env consult.Envelope, event consult.Event) (any, error) {
	switch ev := event.(type) {
	case *consult.SubmittedEvent:
		if env.Kind == consult.KindConsultation && ev.Request != nil {
			return (*consult.Consultation)(nil).After(env, ev), nil
		}
	case *consult.PersonSetEvent:
		if env.Kind == consult.KindPerson {
			p := ev.Person
			p.ID, p.Revision = env.ID, env.Revision
			return p, nil
		}
	case *consult.TokenSetEvent:
		if env.Kind == consult.KindToken {
			t := ev.Token
			t.ID, t.Revision = env.ID, env.Revision
			return t, nil
		}
	case *consult.FeedSetEvent:
		if env.Kind == consult.KindFeed {
			f := ev.Feed
			f.ID, f.Revision = env.ID, env.Revision
			return f, nil
		}
	case *consult.RulesPublishedEvent:
		if env.Kind == consult.KindRules {
			return consult.PublishedRules{
				Number: env.Revision, Document: ev.Document, Comment: ev.Comment, At: env.At, By: env.By, Operator: ev.Operator,
			}, nil
		}
	case *consult.GrantedEvent:
		if env.Kind == consult.KindGrant {
			g := ev.Grant
			g.ID = env.ID
			return g, nil
		}
	case *consult.DeliverySetEvent:
		if env.Kind == consult.KindDelivery {
			d := ev.Delivery
			d.ID, d.Revision = env.ID, env.Revision
			return d, nil
		}
	}
	return nil, unfit(env)
}

func unfit(env consult.Envelope) error {
	return fmt.Errorf("an event of type %s does not fit a subject of kind %s as it is", env.Type, env.Kind)
}

// cardOf returns the card of a document that was changed at a moment.
func cardOf(document any, at time.Time) (c card) {
	switch d := document.(type) {
	case *consult.Consultation:
		return card{
			state: d.State, ref: d.Ref, requester: d.Requester, holder: d.Holder, pools: poolsOf(d),
			answerBy: d.AnswerBy, ended: d.EndedAt, due: d.Due(), facts: factsOf(d),
		}
	case consult.Person:
		c.failed = d.MailFault.At
	case consult.Delivery:
		c.due = d.Due()
		switch d.State {
		case consult.Failed, consult.Returned:
			c.failed = at
		case consult.Held:
			c.holder, c.failed = d.Person, d.HeldAt
		}
	}
	return c
}

// poolsOf returns the pools that answer, each once.
func poolsOf(c *consult.Consultation) []string {
	pools := []string{c.Pool}
	for _, p := range c.Joined {
		if !slices.Contains(pools, p) {
			pools = append(pools, p)
		}
	}
	return pools
}

// check refuses a reference that belongs to another request.
func (c *change) check(tx *bbolt.Tx) error {
	row, _ := refRow(c.new.ref)
	if id := index(tx).Get(row); id != nil && string(id) != c.id {
		return consult.ErrRefTaken
	}
	return nil
}

func (c *change) write(tx *bbolt.Tx, position uint64) error {
	binary.BigEndian.PutUint64(c.document[8:], position)
	if err := documents(tx).Put(c.key, c.document); err != nil {
		return err
	}
	return c.index(tx)
}

// index changes the rows from those of the old card to those of the new one. A reference is kept for ever: its number is
// not given to another request.
func (c *change) index(tx *bbolt.Tx) error {
	index := index(tx)
	before, after := c.old.rows(c.kind, c.id), c.new.rows(c.kind, c.id)
	for _, r := range without(before, after) {
		if err := index.Delete(r.key); err != nil {
			return err
		}
	}
	for _, r := range without(after, before) {
		if err := index.Put(r.key, r.value); err != nil {
			return err
		}
	}
	for _, r := range c.more {
		if err := index.Put(r.key, r.value); err != nil {
			return err
		}
	}
	if row, ok := refRow(c.new.ref); ok && c.new.ref != c.old.ref {
		if err := index.Put(row, []byte(c.id)); err != nil {
			return err
		}
	}
	if err := c.figure(tx); err != nil {
		return err
	}
	return c.count(tx)
}
