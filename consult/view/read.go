package view

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/internal/tier"
	"silta/consult/seal"
)

func notFound() error { return consult.Fail(consult.NotFound, "not-found") }

// view calls fn in a transaction that reads. It must not be called within another one of the same goroutine: see the journal.
func (v *View) view(fn func(tx *bbolt.Tx) error) error { return boltsafe.View(v.db, fn) }

// contents is what a document is made of: its JSON, or the entry that says all of it.
type contents struct {
	document []byte
	entry    consult.Envelope
	event    []byte
}

// plain returns a document's contents. To decode them is left to after the transaction.
func (v *View) plain(tx *bbolt.Tx, kind consult.SubjectKind, id string, version uint64) (contents, error) {
	return v.plainAt(tx, documentKey(kind, id, version), kind, id)
}

func (v *View) plainAt(tx *bbolt.Tx, at []byte, kind consult.SubjectKind, id string) (contents, error) {
	s, err := find(tx, at)
	if err != nil {
		return contents{}, err
	}
	if s == nil {
		return contents{}, notFound()
	}
	return v.open(tx, s, kind, id)
}

// open returns the contents of a document whose row was found.
func (v *View) open(tx *bbolt.Tx, s *stored, kind consult.SubjectKind, id string) (contents, error) {
	if len(s.sealed) == 0 {
		env, event, err := v.event(tx, s.position)
		if err != nil || event == nil || env.Kind != kind || env.ID != id || env.Revision != s.revision {
			return contents{}, errors.Join(errDamaged, err)
		}
		return contents{entry: env, event: event}, nil
	}
	if v.keysIn != nil {
		tx = v.keysIn
	}
	key, err := v.keys.Key(tx, kind, id)
	if err != nil {
		return contents{}, errors.Join(errDamaged, err)
	}
	plain, err := key.Open(s.revision, seal.ForDocument, s.sealed)
	if err != nil {
		return contents{}, errors.Join(errDamaged, err)
	}
	return contents{document: plain}, nil
}

// decode reads a document. The errors of JSON are left out: they may quote contents.
func decode[T any](c contents) (T, error) {
	var doc T
	if c.document != nil {
		if json.Unmarshal(c.document, &doc) != nil {
			return doc, errDamaged
		}
		return doc, nil
	}
	event, err := consult.DecodeEvent(c.entry.Type, c.event)
	if err != nil {
		return doc, errDamaged
	}
	made, err := documentOf(c.entry, event)
	if err != nil {
		return doc, errors.Join(errDamaged, err)
	}
	doc, ok := made.(T)
	if !ok {
		return doc, errDamaged
	}
	return doc, nil
}

func get[T any](v *View, kind consult.SubjectKind, id string, version uint64) (T, error) {
	var plain contents
	err := v.view(func(tx *bbolt.Tx) (err error) {
		plain, err = v.plain(tx, kind, id, version)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return decode[T](plain)
}

// gather decodes the documents whose contents fn adds in one transaction.
func gather[T any](v *View, fn func(tx *bbolt.Tx, plains *[]contents) error) ([]T, error) {
	var plains []contents
	if err := v.view(func(tx *bbolt.Tx) error { return fn(tx, &plains) }); err != nil {
		return nil, err
	}
	docs := make([]T, len(plains))
	for i, plain := range plains {
		var err error
		if docs[i], err = decode[T](plain); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// all returns the documents of a kind in the order of their keys.
func all[T any](v *View, kind consult.SubjectKind) ([]T, error) {
	return gather[T](v, func(tx *bbolt.Tx, plains *[]contents) error {
		prefix := append([]byte(kind), 0)
		c := documents(tx).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			id, _, _ := bytes.Cut(k[len(prefix):], []byte{0})
			plain, err := v.plainAt(tx, k, kind, string(id))
			if err != nil {
				return err
			}
			*plains = append(*plains, plain)
		}
		return nil
	})
}

// Consultation returns a request.
func (v *View) Consultation(id string) (*consult.Consultation, error) {
	return get[*consult.Consultation](v, consult.KindConsultation, id, 0)
}

// Outline returns of a request who sent it, who has it and which pools answer it: what stands in clear in its row.
func (v *View) Outline(id string) (*consult.Consultation, error) {
	var c card
	err := v.view(func(tx *bbolt.Tx) error {
		s, err := find(tx, documentKey(consult.KindConsultation, id, 0))
		if err != nil {
			return err
		}
		if s == nil || len(s.card.pools) == 0 {
			return notFound()
		}
		c = s.card
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &consult.Consultation{ID: id, Ref: c.ref, State: c.state, Requester: c.requester, Holder: c.holder, Pool: c.pools[0], Joined: c.pools[1:]}, nil
}

// LastRef returns the highest number that a reference of the year has, 0 where there is none.
func (v *View) LastRef(year int) (number int, err error) {
	if year < 0 || year > 0xfffe {
		return 0, nil
	}
	err = v.view(func(tx *bbolt.Tx) error {
		prefix := binary.BigEndian.AppendUint16([]byte{rowRef}, uint16(year))
		k, _ := lastBefore(index(tx).Cursor(), binary.BigEndian.AppendUint16([]byte{rowRef}, uint16(year+1)))
		if bytes.HasPrefix(k, prefix) && len(k) == len(prefix)+4 {
			number = int(binary.BigEndian.Uint32(k[len(prefix):]))
		}
		return nil
	})
	return number, err
}

// RefID returns the id of the request of a reference. It stays known when the request is erased.
func (v *View) RefID(ref string) (id string, err error) {
	row, ok := refRow(ref)
	if !ok {
		return "", notFound()
	}
	err = v.view(func(tx *bbolt.Tx) error {
		value := index(tx).Get(row)
		if value == nil {
			return notFound()
		}
		id = string(value)
		return nil
	})
	return id, err
}

// lastBefore moves the cursor to the last key before another one, and returns it.
func lastBefore(c *tier.Cursor, key []byte) (k, value []byte) {
	if k, _ = c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// Person returns a person.
func (v *View) Person(id string) (consult.Person, error) {
	return getOpened[consult.Person](v, consult.KindPerson, id)
}

// People returns everybody, by id.
func (v *View) People() ([]consult.Person, error) { return all[consult.Person](v, consult.KindPerson) }

// Flagged returns the people at whose address mail does not arrive, the one of whom it was found first at the beginning.
func (v *View) Flagged() ([]consult.Person, error) {
	return gather[consult.Person](v, func(tx *bbolt.Tx, plains *[]contents) error {
		c := index(tx).Cursor()
		for k, _ := c.Seek([]byte{rowFault}); len(k) > 1+momentLen && k[0] == rowFault; k, _ = c.Next() {
			plain, err := v.plain(tx, consult.KindPerson, string(k[1+momentLen:]), 0)
			if err != nil {
				return err
			}
			*plains = append(*plains, plain)
		}
		return nil
	})
}

// Token returns a token by the hash that is its id.
func (v *View) Token(id string) (consult.Token, error) {
	return getOpened[consult.Token](v, consult.KindToken, id)
}

// Tokens returns all tokens, by id.
func (v *View) Tokens() ([]consult.Token, error) { return all[consult.Token](v, consult.KindToken) }

// Rules returns a version of the rules.
func (v *View) Rules(version uint64) (consult.PublishedRules, error) {
	return get[consult.PublishedRules](v, consult.KindRules, consult.RulesID, version)
}

// RulesVersions returns all versions of the rules, the first one first.
func (v *View) RulesVersions() ([]consult.PublishedRules, error) {
	return all[consult.PublishedRules](v, consult.KindRules)
}

// Rota returns what was agreed about a pool's duty. It is not to be changed.
func (v *View) Rota(pool string) (consult.Rota, error) {
	return getOpened[consult.Rota](v, consult.KindRota, pool)
}

// Feed returns a feed by the hash that is its id.
func (v *View) Feed(id string) (consult.Feed, error) {
	return getOpened[consult.Feed](v, consult.KindFeed, id)
}

// Feeds returns all feeds, by id.
func (v *View) Feeds() ([]consult.Feed, error) { return all[consult.Feed](v, consult.KindFeed) }

// Delivery returns a delivery.
func (v *View) Delivery(id string) (consult.Delivery, error) {
	return get[consult.Delivery](v, consult.KindDelivery, id, 0)
}

// FailedDeliveries returns the deliveries that failed last, the latest first, limit at most.
func (v *View) FailedDeliveries(limit int) ([]consult.Delivery, error) {
	return gather[consult.Delivery](v, func(tx *bbolt.Tx, plains *[]contents) error {
		c := index(tx).Cursor()
		for k, _ := lastBefore(c, []byte{rowFailed + 1}); len(*plains) < limit; k, _ = c.Prev() {
			if len(k) <= 1+momentLen || k[0] != rowFailed {
				return nil
			}
			plain, err := v.plain(tx, consult.KindDelivery, string(k[1+momentLen:]), 0)
			if err != nil {
				return err
			}
			*plains = append(*plains, plain)
		}
		return nil
	})
}
