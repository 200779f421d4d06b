package view

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/seal"
)

// errDamaged is returned for a document that can't be read. The view is then to be built again.
var errDamaged = errors.New("a document of the view is damaged: build the view again")

// A document's row is its revision (8 bytes), its card, and the sealed JSON.
type stored struct {
	revision uint64
	card     card
	sealed   []byte
}

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
	v := tx.Bucket(bucketDocuments).Get(key)
	if v == nil {
		return nil, nil
	}
	return parse(v)
}

func parse(v []byte) (*stored, error) {
	if len(v) < 8 {
		return nil, errDamaged
	}
	c, sealed, ok := readCard(v[8:])
	if !ok {
		return nil, errDamaged
	}
	return &stored{binary.BigEndian.Uint64(v), c, sealed}, nil
}

// open reads the document into v. The errors of JSON are left out: they may quote contents.
func (s *stored) open(key *seal.Key, v any) error {
	plain, err := key.Open(s.revision, seal.ForDocument, s.sealed)
	if err != nil {
		return errors.Join(errDamaged, err)
	}
	if json.Unmarshal(plain, v) != nil {
		return errDamaged
	}
	return nil
}

// change is what an entry makes of its subject's document.
type change struct {
	kind     consult.SubjectKind
	id       string
	key      []byte
	document []byte
	old, new card
}

// Prepare implements the journal's projection: it folds the entry into its subject's document, seals it, and works out the
// rows that come and go.
func (v *View) Prepare(tx *bbolt.Tx, key *seal.Key, e consult.Entry) (check, write func(tx *bbolt.Tx) error, err error) {
	c := &change{kind: e.Kind, id: e.ID}
	c.key = documentKey(e.Kind, e.ID, e.Revision)
	before, err := find(tx, c.key)
	if err != nil {
		return nil, nil, err
	}
	if before != nil {
		c.old = before.card
	}
	document, err := fold(before, key, e, &c.new)
	if err != nil {
		return nil, nil, err
	}
	if e.Kind == consult.KindConsultation && !c.new.valid() {
		return nil, nil, errors.New("the request's ids, state or reference are not valid")
	}
	plain, err := json.Marshal(document)
	if err != nil {
		return nil, nil, err
	}
	c.document = make([]byte, 0, len(plain)+key.Overhead()+256)
	c.document = c.new.append(binary.BigEndian.AppendUint64(c.document, e.Revision))
	c.document = key.Seal(c.document, e.Revision, seal.ForDocument, plain)
	if c.new.ref != "" && c.new.ref != c.old.ref {
		check = c.check
	}
	return check, c.write, nil
}

// fold returns the document after the entry, and fills its card.
func fold(before *stored, key *seal.Key, e consult.Entry, c *card) (any, error) {
	switch e.Kind {
	case consult.KindConsultation:
		after, err := foldConsultation(before, key, e)
		if err != nil {
			return nil, err
		}
		*c = card{
			state: after.State, ref: after.Ref, requester: after.Requester, holder: after.Holder, pools: poolsOf(after),
			answerBy: after.AnswerBy, due: after.Due(),
		}
		return after, nil
	case consult.KindPerson:
		if ev, ok := e.Event.(*consult.PersonSetEvent); ok {
			p := ev.Person
			p.ID, p.Revision = e.ID, e.Revision
			c.failed = p.MailFault.At
			return p, nil
		}
	case consult.KindToken:
		if ev, ok := e.Event.(*consult.TokenSetEvent); ok {
			t := ev.Token
			t.ID, t.Revision = e.ID, e.Revision
			return t, nil
		}
	case consult.KindRules:
		if ev, ok := e.Event.(*consult.RulesPublishedEvent); ok {
			return consult.PublishedRules{Number: e.Revision, Document: ev.Document, Comment: ev.Comment, At: e.At, By: e.By}, nil
		}
	case consult.KindRota:
		return foldRota(before, key, e)
	case consult.KindDelivery:
		if ev, ok := e.Event.(*consult.DeliverySetEvent); ok {
			d := ev.Delivery
			d.ID, d.Revision = e.ID, e.Revision
			c.due = d.Due()
			if d.State == consult.Failed || d.State == consult.Returned {
				c.failed = e.At
			}
			return d, nil
		}
	}
	return nil, fmt.Errorf("an event of type %s does not fit a subject of kind %s", e.Type, e.Kind)
}

func foldConsultation(before *stored, key *seal.Key, e consult.Entry) (*consult.Consultation, error) {
	if after, ok := e.State.(*consult.Consultation); ok && after != nil {
		if after.ID != e.ID || after.Revision != e.Revision {
			return nil, errors.New("the state given is not that of the subject after the event")
		}
		return after, nil
	}
	var present *consult.Consultation
	if before != nil {
		present = new(consult.Consultation)
		if err := before.open(key, present); err != nil {
			return nil, err
		}
	}
	if submitted, ok := e.Event.(*consult.SubmittedEvent); (present == nil) != ok || ok && submitted.Request == nil {
		return nil, fmt.Errorf("an event of type %s does not fit the request's state", e.Type)
	}
	return present.After(e.Envelope, e.Event), nil
}

func foldRota(before *stored, key *seal.Key, e consult.Entry) (*consult.Rota, error) {
	var present *consult.Rota
	if before != nil {
		present = new(consult.Rota)
		if err := before.open(key, present); err != nil {
			return nil, err
		}
	}
	switch e.Event.(type) {
	case *consult.OverrideSetEvent, *consult.OverrideRemovedEvent, *consult.SwapAskedEvent, *consult.SwapAnsweredEvent:
		return present.After(e.Envelope, e.Event), nil
	}
	return nil, fmt.Errorf("an event of type %s does not fit a subject of kind %s", e.Type, e.Kind)
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
	if id := tx.Bucket(bucketIndex).Get(row); id != nil && string(id) != c.id {
		return consult.ErrRefTaken
	}
	return nil
}

func (c *change) write(tx *bbolt.Tx) error {
	documents := tx.Bucket(bucketDocuments)
	// Ids are made in the order of time, so new documents come at the end.
	documents.FillPercent = 0.9
	if err := documents.Put(c.key, c.document); err != nil {
		return err
	}
	return c.index(tx)
}

// index changes the rows from those of the old card to those of the new one. A reference is kept for ever: its number is
// not given to another request.
func (c *change) index(tx *bbolt.Tx) error {
	index := tx.Bucket(bucketIndex)
	before, after := c.old.rows(c.kind, c.id), c.new.rows(c.kind, c.id)
	for _, row := range without(before, after) {
		if err := index.Delete(row); err != nil {
			return err
		}
	}
	for _, row := range without(after, before) {
		if err := index.Put(row, []byte{}); err != nil {
			return err
		}
	}
	if row, ok := refRow(c.new.ref); ok && c.new.ref != c.old.ref {
		if err := index.Put(row, []byte(c.id)); err != nil {
			return err
		}
	}
	return c.count(tx)
}
